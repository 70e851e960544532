"""The receipt: what was claimed, its number, and what happens next."""

from typing import Any

import reflex as rx

from cme_reflex.branding import current_meeting
from cme_reflex.components.account_link import signed_in_actions
from cme_reflex.components.buttons import button_link, page_link, plain_link
from cme_reflex.components.cards import card, summary_list
from cme_reflex.components.claim_page import claim_page
from cme_reflex.components.shell import action_bar, help_contact, page_title
from cme_reflex.components.skeleton import skeleton_lines
from cme_reflex.routes import ACCOUNT, HOME
from cme_reflex.state.receipt import Receipt


def receipt() -> rx.Component:
    """The proof of the submitted claim, made to be printed as well."""
    meeting = current_meeting()
    return claim_page(
        Receipt,
        page_title("Your receipt", lead=meeting.name),
        rx.cond(
            Receipt.ready,
            rx.fragment(
                card(
                    summary_list(
                        ("Receipt number", Receipt.receipt.number),
                        ("Name", Receipt.receipt.name),
                        ("Category 1 hours claimed", Receipt.receipt.hours),
                        ("Of which Patient Safety", Receipt.receipt.safety),
                        ("Submitted", Receipt.receipt.submitted),
                    )
                ),
                _sessions(),
                rx.cond(Receipt.replaced.length() > 0, _replaced()),
                _next(),
            ),
            skeleton_lines(6),
        ),
        bar=action_bar(
            button_link("Back to your claim", href=HOME, kind="secondary"),
            # The browser fetches the file itself; a page of ours it is not.
            plain_link(
                "Download certificate",
                href=Receipt.receipt.certificate,
                class_name="button button-primary",
            ),
        ),
        actions=signed_in_actions(),
    )


def _sessions() -> rx.Component:
    def line(session: Any) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.p(session.title, class_name="font-semibold"),
                rx.el.p(session.when, class_name="text-15 text-muted"),
                class_name="min-w-0 flex-1",
            ),
            rx.el.p(session.hours, class_name="tabular-nums"),
            class_name="flex gap-4 border-b border-line py-3",
        )

    return card(
        rx.el.h2("Sessions", class_name="text-20"),
        rx.el.ul(rx.foreach(Receipt.receipt.lines, line), role="list"),
    )


def _replaced() -> rx.Component:
    return card(
        rx.el.h2("Replaced", class_name="text-20"),
        rx.el.ul(
            rx.foreach(
                Receipt.replaced,
                lambda old: rx.el.li(
                    f"{old.number}: {old.hours} hours, submitted {old.submitted}. ",
                    plain_link(
                        "Its certificate",
                        href=old.certificate,
                        aria_label=f"Certificate {old.number}",
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
        rx.el.h2("What happens next", class_name="text-20"),
        rx.el.p(
            "Your claim is complete and reflects on ",
            page_link("your account", href=ACCOUNT),
            f", with all that you have claimed. {meeting.provider.short_name} keeps it for six "
            "years from the meeting. Quote the receipt number when you ask about it: ",
            help_contact(),
            ".",
        ),
        class_name="grid max-w-text gap-2 print:hidden",
    )
