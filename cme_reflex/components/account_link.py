"""What the header of a signed-in page has: the way to the account, and out."""

import reflex as rx

from cme_reflex.components.buttons import page_link
from cme_reflex.components.forms import sign_out_form
from cme_reflex.routes import ACCOUNT


def signed_in_actions(*, account: bool = True) -> rx.Component:
    """The account and Save & Log Out; the account's own page has no link to itself."""
    return rx.el.div(
        page_link(
            "Account",
            href=ACCOUNT,
            class_name="button button-quiet !px-2 !text-15",
        )
        if account
        else rx.fragment(),
        sign_out_form(),
        class_name="flex items-center",
    )
