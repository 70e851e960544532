"""Actions in the header of a signed-in page: link to the account, and Save & Log Out."""

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import page_link
from cme_reflex.components.controls.forms import sign_out_form
from cme_reflex.routes import ACCOUNT, HOME


def signed_in_actions(*, account: bool = True) -> rx.Component:
    """Account link and Save & Log Out; the account's own page links to the claim instead."""
    label, href = (text.shell.ACCOUNT, ACCOUNT) if account else (text.shell.CLAIM, HOME)
    return rx.el.div(
        page_link(label, href=href, class_name="button button-quiet !px-2 !text-15"),
        sign_out_form(),
        class_name="-ml-2 flex flex-wrap items-center justify-end",
    )
