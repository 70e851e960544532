"""The receipt: what was claimed, its number, and what happens next."""

import reflex as rx

from cme_reflex import words
from cme_reflex.branding import current_meeting
from cme_reflex.components.account_link import signed_in_actions
from cme_reflex.components.buttons import button_link, page_link, plain_link
from cme_reflex.components.cards import card, claimed_sessions, summary_list
from cme_reflex.components.claim_page import claim_page
from cme_reflex.components.sentences import sentence
from cme_reflex.components.shell import action_bar, help_contact, page_title
from cme_reflex.components.skeleton import skeleton_lines
from cme_reflex.routes import ACCOUNT, HOME
from cme_reflex.state.error_banner import ErrorBanner
from cme_reflex.state.receipt import Receipt


def receipt() -> rx.Component:
    """The proof of the submitted claim, made to be printed as well."""
    meeting = current_meeting()
    return claim_page(
        Receipt,
        page_title(words.receipt.TITLE, lead=meeting.name),
        rx.cond(
            Receipt.ready,
            rx.fragment(
                card(
                    summary_list(
                        (words.receipt.NUMBER, Receipt.receipt.number),
                        (words.receipt.NAME, Receipt.receipt.name),
                        (words.receipt.HOURS, Receipt.receipt.hours),
                        (words.receipt.SAFETY, Receipt.receipt.safety),
                        (words.receipt.SUBMITTED, Receipt.receipt.submitted),
                    )
                ),
                _sessions(),
                rx.cond(Receipt.replaced.length() > 0, _replaced()),
                _next(),
            ),
            skeleton_lines(6),
        ),
        banner=ErrorBanner,
        bar=action_bar(
            None,
            button_link(words.receipt.BACK, href=HOME, kind="secondary"),
            # The browser fetches the file itself; a page of ours it is not.
            plain_link(
                words.receipt.DOWNLOAD,
                href=Receipt.receipt.certificate,
                class_name="button button-primary",
            ),
        ),
        actions=signed_in_actions(),
    )


def _sessions() -> rx.Component:
    return card(
        rx.el.h2(words.receipt.SESSIONS, class_name="text-20"),
        claimed_sessions(Receipt.receipt.lines),
    )


def _replaced() -> rx.Component:
    return card(
        rx.el.h2(words.receipt.REPLACED, class_name="text-20"),
        rx.el.ul(
            rx.foreach(
                Receipt.replaced,
                lambda old: rx.el.li(
                    *sentence(
                        words.receipt.OLD,
                        number=old.number,
                        hours=old.hours,
                        submitted=old.submitted,
                        certificate=plain_link(
                            words.receipt.OLD_CERTIFICATE,
                            href=old.certificate,
                            aria_label=words.receipt.OLD_CERTIFICATE_NUMBER.format(
                                number=old.number
                            ),
                        ),
                    ),
                    key=old.number,
                    class_name="py-2",
                ),
            ),
            role="list",
        ),
    )


def _next() -> rx.Component:
    meeting = current_meeting()
    return rx.el.div(
        rx.el.h2(words.receipt.NEXT, class_name="text-20"),
        rx.el.p(
            *sentence(
                words.receipt.NEXT_TEXT,
                account=page_link(words.receipt.NEXT_ACCOUNT, href=ACCOUNT),
                society=meeting.provider.short_name,
                contact=help_contact(),
            ),
        ),
        class_name="grid max-w-text gap-2 print:hidden",
    )
