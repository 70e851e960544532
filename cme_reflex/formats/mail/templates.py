"""A message's words rendered by the templates of `templates/mail`, as plain text and as HTML."""

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment

from cme_reflex.domain.mail.message import ActionButton, DefinitionList, MailContent, Paragraph
from cme_reflex.formats.template_engine import environment


@dataclass(frozen=True, slots=True)
class MailBodies:
    """Both bodies of a message."""

    text: str
    html: str


def render(letter: MailContent) -> MailBodies:
    """The letter in both forms; in HTML, everything that it says is escaped."""
    return MailBodies(
        text=_templates().get_template("mail.txt").render(letter=letter),
        html=_templates().get_template("mail.html").render(letter=letter),
    )


@cache
def _templates() -> Environment:
    templates = environment("cme_reflex.formats.mail")
    templates.tests["paragraph"] = lambda block: isinstance(block, Paragraph)
    templates.tests["facts"] = lambda block: isinstance(block, DefinitionList)
    templates.tests["action"] = lambda block: isinstance(block, ActionButton)
    return templates
