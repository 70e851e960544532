"""Asking for a sign-in link by e-mail; also where every link leads that is no longer good."""

import reflex as rx

from cme_reflex import words
from cme_reflex.branding import current_meeting
from cme_reflex.components.buttons import button, plain_link
from cme_reflex.components.cards import card
from cme_reflex.components.fields import text_field
from cme_reflex.components.forms import post_form
from cme_reflex.components.sentences import sentence
from cme_reflex.components.shell import help_contact, page_title, shell
from cme_reflex.components.told import told
from cme_reflex.domain.mail import ADDRESS_LIMIT
from cme_reflex.routes import SEND_LINK, SIGN_IN_FORM


def sign_in_link() -> rx.Component:
    """One field, and the same answer whether the address is known or not."""
    return shell(
        rx.el.div(
            page_title(
                words.sign_in_link.TITLE,
                lead=words.sign_in_link.LEAD.format(meeting=current_meeting().short_name),
            ),
            told("link-sent", words.sign_in_link.NOTICES["link-sent"], tone="done"),
            *(
                told(code, words.sign_in_link.NOTICES[code])
                for code in ("link-used", "link-expired", "link-unknown")
            ),
            told(
                "password-link",
                *sentence(words.sign_in_link.NOTICES["password-link"], contact=help_contact()),
            ),
            *(
                told(f"link-wait-{wait}", words.sign_in_link.wait(wait))
                for wait in words.sign_in.WAITS
            ),
            card(
                post_form(
                    told("link-address", words.sign_in_link.NOTICES["link-address"]),
                    text_field(
                        words.sign_in_link.ADDRESS,
                        field_id="email",
                        name="email",
                        type="email",
                        auto_complete="email",
                        auto_capitalize="none",
                        spell_check=False,
                        required=True,
                        max_length=ADDRESS_LIMIT,
                    ),
                    button(words.sign_in_link.SEND, type="submit", class_name="mt-1 w-full"),
                    action=SEND_LINK,
                    class_name="grid gap-4",
                )
            ),
            plain_link(words.sign_in.BACK, href=SIGN_IN_FORM, class_name="w-fit py-2 text-15"),
            class_name="mx-auto grid w-full max-w-[28rem] gap-5",
        ),
    )
