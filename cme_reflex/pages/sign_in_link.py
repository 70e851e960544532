"""Page to request a sign-in link by e-mail; invalid and expired links redirect here."""

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import button, plain_link
from cme_reflex.components.controls.fields import text_field
from cme_reflex.components.controls.forms import post_form
from cme_reflex.components.layout.cards import card
from cme_reflex.components.layout.shell import help_contact, page_title, shell
from cme_reflex.components.meeting import meeting
from cme_reflex.components.messages.fragment_message import fragment_message
from cme_reflex.components.messages.interpolation import interpolate
from cme_reflex.domain.mail.delivery import ADDRESS_LIMIT
from cme_reflex.routes import SEND_LINK, SIGN_IN_FORM


def sign_in_link() -> rx.Component:
    """The e-mail form. The reply is the same for registered and unknown addresses."""
    return shell(
        rx.el.div(
            page_title(
                text.sign_in_link.TITLE,
                lead=text.sign_in_link.LEAD.format(meeting=meeting.short_name),
            ),
            fragment_message("link-sent", text.sign_in_link.NOTICES["link-sent"], tone="done"),
            *(
                fragment_message(code, text.sign_in_link.NOTICES[code])
                for code in ("link-used", "link-expired", "link-unknown")
            ),
            fragment_message(
                "password-link",
                *interpolate(text.sign_in_link.NOTICES["password-link"], contact=help_contact()),
            ),
            *(
                fragment_message(f"link-wait-{minutes}", text.sign_in_link.wait(minutes))
                for minutes in text.sign_in.WAITS
            ),
            card(
                post_form(
                    fragment_message("link-address", text.sign_in_link.NOTICES["link-address"]),
                    text_field(
                        text.sign_in_link.ADDRESS,
                        field_id="email",
                        name="email",
                        type="email",
                        auto_complete="email",
                        auto_capitalize="none",
                        spell_check=False,
                        required=True,
                        max_length=ADDRESS_LIMIT,
                    ),
                    button(text.sign_in_link.SEND, type="submit", class_name="mt-1 w-full"),
                    action=SEND_LINK,
                    class_name="grid gap-4",
                )
            ),
            plain_link(text.sign_in.BACK, href=SIGN_IN_FORM, class_name="w-fit py-2 text-15"),
            class_name="mx-auto grid w-full max-w-[28rem] gap-5",
        ),
    )
