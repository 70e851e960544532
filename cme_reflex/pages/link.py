"""Landing page of an e-mail link: it does nothing until the button is pressed.

Mail scanners open links, and that must not use one up. The token is in the URL's fragment, which
browsers do not send to a server; assets/link.js copies it into the form. Without scripts the
attendee pastes the link.
"""

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import button, plain_link
from cme_reflex.components.controls.fields import text_field
from cme_reflex.components.controls.forms import post_form
from cme_reflex.components.layout.cards import card
from cme_reflex.components.layout.shell import page_title, shell
from cme_reflex.routes import SIGN_IN_FORM, USE_LINK


def link() -> rx.Component:
    """A form with one button, which posts the token."""
    return shell(
        rx.el.script(src="/link.js", type="module"),
        rx.el.div(
            page_title(
                text.link.TITLE,
                lead=text.link.LEAD,
            ),
            card(
                post_form(
                    rx.el.div(
                        text_field(
                            text.link.LINK,
                            field_id="token",
                            name="token",
                            hint=text.link.LINK_HINT,
                            auto_complete="off",
                            auto_capitalize="none",
                            spell_check=False,
                            custom_attrs={"data-cme-token": "true"},
                        ),
                        custom_attrs={"data-cme-paste": "true"},
                    ),
                    button(text.link.GO_ON, type="submit", class_name="w-full"),
                    action=USE_LINK,
                    class_name="grid gap-4",
                )
            ),
            plain_link(text.sign_in.BACK, href=SIGN_IN_FORM, class_name="w-fit py-2 text-15"),
            class_name="mx-auto grid w-full max-w-[28rem] gap-5",
        ),
    )
