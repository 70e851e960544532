"""Receipt page: claimed sessions and hours, receipt number, certificate, next steps."""

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import button_link, page_link, plain_link
from cme_reflex.components.layout.cards import (
    card,
    claimed_sessions,
    figure_rows,
    summary_list,
    summary_row,
)
from cme_reflex.components.layout.claim_page import claim_page
from cme_reflex.components.layout.header_actions import signed_in_actions
from cme_reflex.components.layout.shell import action_bar, help_contact, page_title
from cme_reflex.components.layout.skeleton import skeleton_lines
from cme_reflex.components.meeting import address, meeting
from cme_reflex.components.messages.interpolation import interpolate
from cme_reflex.components.messages.notices import notice
from cme_reflex.domain.claims.proof import ProofState
from cme_reflex.routes import ACCOUNT, HOME
from cme_reflex.state.error_banner import ErrorBanner
from cme_reflex.state.receipt import Receipt


def receipt() -> rx.Component:
    """The receipt of the submitted claim, on screen and in print."""
    return claim_page(
        Receipt,
        page_title(text.receipt.TITLE, lead=meeting.name),
        rx.cond(
            Receipt.ready,
            rx.fragment(
                rx.cond(Receipt.status != "", _status()),
                card(
                    summary_list(
                        summary_row(text.receipt.NUMBER, Receipt.receipt.number),
                        summary_row(text.receipt.NAME, Receipt.receipt.name),
                        figure_rows(Receipt.receipt.credits),
                        summary_row(text.receipt.SUBMITTED, Receipt.receipt.submitted),
                    ),
                    rx.cond(
                        Receipt.receipt.less != "",
                        rx.el.p(Receipt.receipt.less, class_name="pt-3 text-15 text-muted"),
                    ),
                ),
                rx.cond(Receipt.receipt.certificates.length() > 0, _certificates()),
                _sessions(),
                rx.cond(Receipt.replaced.length() > 0, _replaced()),
                rx.cond(Receipt.status == "", _next()),
            ),
            skeleton_lines(6),
        ),
        banner=ErrorBanner,
        bar=action_bar(
            None,
            button_link(text.receipt.BACK, href=HOME, kind="secondary"),
            rx.cond(
                Receipt.ready,
                # A native link, because the PDF is not a page of the application.
                plain_link(
                    text.receipt.DOWNLOAD,
                    href=address(Receipt.receipt.certificate),
                    class_name="button button-primary",
                ),
                # Its address is not known yet.
                rx.el.button(
                    text.receipt.DOWNLOAD, disabled=True, class_name="button button-primary"
                ),
            ),
        ),
        actions=signed_in_actions(),
    )


def _status() -> rx.Component:
    return rx.cond(
        Receipt.receipt.withdrawn,
        notice(
            rx.el.p(Receipt.status),
            rx.el.p(*interpolate(text.shell.QUESTIONS, contact=help_contact()), class_name="pt-1"),
            tone="warning",
            title=text.receipt.WITHDRAWN_TITLE,
        ),
        notice(Receipt.status, title=text.receipt.REOPENED_TITLE),
    )


def _certificates() -> rx.Component:
    """The certificates where there are several, one for each primary type."""
    return card(
        rx.el.h2(text.receipt.CERTIFICATES, class_name="text-20"),
        rx.el.ul(
            rx.foreach(
                Receipt.receipt.certificates,
                lambda certificate: rx.el.li(
                    plain_link(
                        certificate.label,
                        href=address(certificate.href),
                        class_name="inline-block py-2.5",
                    ),
                    key=certificate.href,
                ),
            ),
            role="list",
        ),
        class_name="grid gap-2 p-4 print:hidden md:p-6",
    )


def _sessions() -> rx.Component:
    return card(
        rx.el.h2(text.receipt.SESSIONS, class_name="text-20"),
        claimed_sessions(Receipt.receipt.lines),
    )


def _replaced() -> rx.Component:
    return card(
        rx.el.h2(text.receipt.EARLIER, class_name="text-20"),
        rx.el.ul(
            rx.foreach(
                Receipt.replaced,
                lambda old: rx.el.li(
                    *interpolate(
                        text.receipt.OLD,
                        number=old.number,
                        state=rx.cond(
                            old.withdrawn,
                            text.certificate.STATE_TITLES[ProofState.WITHDRAWN].lower(),
                            text.certificate.STATE_TITLES[ProofState.REPLACED].lower(),
                        ),
                        claimed=old.amounts,
                        submitted=old.submitted,
                        certificate=plain_link(
                            text.receipt.OLD_CERTIFICATE,
                            href=address(old.certificate),
                            aria_label=text.receipt.OLD_CERTIFICATE_NUMBER.format(
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
    return rx.el.div(
        rx.el.h2(text.receipt.NEXT, class_name="text-20"),
        rx.el.p(
            *interpolate(
                text.receipt.NEXT_TEXT,
                account=page_link(text.receipt.NEXT_ACCOUNT, href=ACCOUNT),
                society=meeting.society,
                contact=help_contact(),
            ),
        ),
        class_name="grid max-w-text gap-2 print:hidden",
    )
