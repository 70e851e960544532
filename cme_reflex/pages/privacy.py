"""Privacy page: the meeting's statement about personal data."""

import reflex as rx

from cme_reflex import text
from cme_reflex.components.layout.shell import page_title, shell
from cme_reflex.components.meeting import each_paragraph


def privacy() -> rx.Component:
    """The meeting's privacy statement."""
    return shell(
        page_title(text.privacy.TITLE),
        rx.el.div(each_paragraph("privacy"), class_name="grid max-w-text gap-4"),
    )
