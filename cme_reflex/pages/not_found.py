"""The page for a link of ours that leads nowhere; a typed address is answered by a plain one."""

import reflex as rx

from cme_reflex import words
from cme_reflex.components.buttons import button_link
from cme_reflex.components.shell import page_title, shell
from cme_reflex.routes import HOME


def not_found() -> rx.Component:
    """No such page, and the way back."""
    return shell(
        page_title(
            words.not_found.TITLE,
            lead=words.not_found.LEAD,
        ),
        rx.el.p(button_link(words.not_found.TO_CLAIM, href=HOME)),
    )
