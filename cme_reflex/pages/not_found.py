"""Not-found page for client-side navigation; the server has a plain page for other requests."""

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import button_link
from cme_reflex.components.layout.shell import page_title, shell
from cme_reflex.routes import HOME


def not_found() -> rx.Component:
    """The message, and a link to the claim."""
    return shell(
        page_title(
            text.not_found.TITLE,
            lead=text.not_found.LEAD,
        ),
        rx.el.p(button_link(text.not_found.TO_CLAIM, href=HOME)),
    )
