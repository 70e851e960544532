"""The page for an address that leads nowhere."""

import reflex as rx

from cme_reflex.components.buttons import button_link
from cme_reflex.components.shell import page_title, shell
from cme_reflex.routes import HOME


def not_found() -> rx.Component:
    """No such page, and the way back."""
    return shell(
        page_title(
            "There is no such page",
            lead="The address may be mistyped or from an older e-mail. Nothing of your claim is "
            "lost.",
        ),
        rx.el.p(button_link("Go to your claim", href=HOME)),
        live=False,
    )
