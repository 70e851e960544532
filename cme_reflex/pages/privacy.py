"""Privacy page: the meeting's statement about personal data."""

import reflex as rx

from cme_reflex import text
from cme_reflex.components.layout.shell import page_title, shell
from cme_reflex.services.meetings.branding import current_meeting


def privacy() -> rx.Component:
    """The meeting's privacy statement: paragraphs with an empty line between them."""
    paragraphs = current_meeting().privacy.split("\n\n")
    return shell(
        page_title(text.privacy.TITLE),
        rx.el.div(
            *(rx.el.p(" ".join(text.split())) for text in paragraphs if text.strip()),
            class_name="grid max-w-text gap-4",
        ),
    )
