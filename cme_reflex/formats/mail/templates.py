"""Rendering of mail content as plain text and HTML by the templates in `templates/`."""

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment

from cme_reflex.domain.mail.message import ActionButton, DefinitionList, MailContent, Paragraph
from cme_reflex.formats.template_engine import environment


@dataclass(frozen=True, slots=True)
class MailBodies:
    """Text and HTML body of a message."""

    text: str
    html: str


def render(content: MailContent) -> MailBodies:
    """Render the content as text and as HTML, where it is escaped."""
    return MailBodies(
        text=_templates().get_template("mail.txt").render(content=content),
        html=_templates().get_template("mail.html").render(content=content),
    )


@cache
def _templates() -> Environment:
    templates = environment("cme_reflex.formats.mail")
    templates.tests["paragraph"] = lambda block: isinstance(block, Paragraph)
    templates.tests["definition_list"] = lambda block: isinstance(block, DefinitionList)
    templates.tests["action_button"] = lambda block: isinstance(block, ActionButton)
    return templates
