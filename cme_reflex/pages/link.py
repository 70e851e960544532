"""Where a link in a message leads: nothing happens until the button is pressed.

Mail programs open links to check them, and that must not use one up. The token stands behind the
# of the address, which no server is told; assets/link.js puts it into the form. Without scripts the
link is pasted.
"""

import reflex as rx

from cme_reflex import words
from cme_reflex.components.buttons import button, plain_link
from cme_reflex.components.cards import card
from cme_reflex.components.fields import text_field
from cme_reflex.components.forms import post_form
from cme_reflex.components.shell import page_title, shell
from cme_reflex.routes import SIGN_IN_FORM, USE_LINK


def link() -> rx.Component:
    """One button."""
    return shell(
        rx.el.script(src="/link.js", type="module"),
        rx.el.div(
            page_title(
                words.link.TITLE,
                lead=words.link.LEAD,
            ),
            card(
                post_form(
                    rx.el.div(
                        text_field(
                            words.link.LINK,
                            field_id="token",
                            name="token",
                            hint=words.link.LINK_HINT,
                            auto_complete="off",
                            auto_capitalize="none",
                            spell_check=False,
                            custom_attrs={"data-cme-token": "true"},
                        ),
                        custom_attrs={"data-cme-paste": "true"},
                    ),
                    button(words.link.GO_ON, type="submit", class_name="w-full"),
                    action=USE_LINK,
                    class_name="grid gap-4",
                )
            ),
            plain_link(words.sign_in.BACK, href=SIGN_IN_FORM, class_name="w-fit py-2 text-15"),
            class_name="mx-auto grid w-full max-w-[28rem] gap-5",
        ),
    )
