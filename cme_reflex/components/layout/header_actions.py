"""What the header of a signed-in page has: the way to the account, and out."""

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import page_link
from cme_reflex.components.controls.forms import sign_out_form
from cme_reflex.routes import ACCOUNT, HOME


def signed_in_actions(*, account: bool = True) -> rx.Component:
    """The account and Save & Log Out; on the account's own page the way back to the claim."""
    label, href = (text.shell.ACCOUNT, ACCOUNT) if account else (text.shell.CLAIM, HOME)
    return rx.el.div(
        page_link(label, href=href, class_name="button button-quiet !px-2 !text-15"),
        sign_out_form(),
        class_name="-ml-2 flex flex-wrap items-center justify-end",
    )
