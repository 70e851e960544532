"""Page to set a password with an e-mail link, whose token is in a cookie."""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import button, plain_link
from cme_reflex.components.controls.fields import text_field
from cme_reflex.components.controls.forms import post_form
from cme_reflex.components.layout.cards import card
from cme_reflex.components.layout.shell import page_title, shell
from cme_reflex.components.meeting import meeting
from cme_reflex.components.messages.fragment_message import fragment_message
from cme_reflex.domain.sign_in.password_policy import MAX_LENGTH
from cme_reflex.routes import SET_PASSWORD, SIGN_IN_FORM


def password() -> rx.Component:
    """The form, with a message for each error code. The only rule for a password is its length."""
    return shell(
        rx.el.div(
            page_title(
                text.password.TITLE,
                lead=text.password.LEAD.format(account=meeting.account_name),
            ),
            card(
                post_form(
                    *(fragment_message(code, text) for code, text in text.password.FAULTS.items()),
                    _field(
                        text.password.NEW,
                        field_id="new-password",
                        name="password",
                        hint=text.password.NEW_HINT,
                    ),
                    _field(text.password.AGAIN, field_id="again", name="again"),
                    button(text.password.SET, type="submit", class_name="mt-1 w-full"),
                    action=SET_PASSWORD,
                    class_name="grid gap-4",
                )
            ),
            plain_link(text.sign_in.BACK, href=SIGN_IN_FORM, class_name="w-fit py-2 text-15"),
            class_name="mx-auto grid w-full max-w-[28rem] gap-5",
        ),
    )


def _field(label: str, **props: Any) -> rx.Component:
    return text_field(
        label,
        type="password",
        auto_complete="new-password",
        required=True,
        max_length=MAX_LENGTH,
        **props,
    )
