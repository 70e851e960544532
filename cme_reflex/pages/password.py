"""Setting a password, after a link from an e-mail; the browser has the link in a cookie by now."""

from typing import Any

import reflex as rx

from cme_reflex import words
from cme_reflex.branding import current_meeting
from cme_reflex.components.buttons import button, plain_link
from cme_reflex.components.cards import card
from cme_reflex.components.fields import text_field
from cme_reflex.components.forms import post_form
from cme_reflex.components.shell import page_title, shell
from cme_reflex.components.told import told
from cme_reflex.domain.passwords import LONGEST
from cme_reflex.routes import SET_PASSWORD, SIGN_IN_FORM


def password() -> rx.Component:
    """Long is all that it must be; each fault has its message here."""
    account = current_meeting().provider.account_name
    return shell(
        rx.el.div(
            page_title(words.password.TITLE, lead=words.password.LEAD.format(account=account)),
            card(
                post_form(
                    *(told(code, text) for code, text in words.password.FAULTS.items()),
                    _field(
                        words.password.NEW,
                        field_id="new-password",
                        name="password",
                        hint=words.password.NEW_HINT,
                    ),
                    _field(words.password.AGAIN, field_id="again", name="again"),
                    button(words.password.SET, type="submit", class_name="mt-1 w-full"),
                    action=SET_PASSWORD,
                    class_name="grid gap-4",
                )
            ),
            plain_link(words.sign_in.BACK, href=SIGN_IN_FORM, class_name="w-fit py-2 text-15"),
            class_name="mx-auto grid w-full max-w-[28rem] gap-5",
        ),
    )


def _field(label: str, **props: Any) -> rx.Component:
    return text_field(
        label,
        type="password",
        auto_complete="new-password",
        required=True,
        max_length=LONGEST,
        **props,
    )
