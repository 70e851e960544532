"""Home page of the claim: task list, conflicts and lines."""

import reflex as rx

from cme_reflex import text
from cme_reflex.components.claim.claim_line import claim_line
from cme_reflex.components.claim.conflicts import conflicts
from cme_reflex.components.claim.task_list import task, task_list
from cme_reflex.components.claim.totals import other_types, totals_line
from cme_reflex.components.claim.undo import undo_notice
from cme_reflex.components.controls.buttons import Kind, button, button_link, page_link
from cme_reflex.components.controls.icons import icon
from cme_reflex.components.layout.cards import card
from cme_reflex.components.layout.claim_page import claim_page
from cme_reflex.components.layout.header_actions import signed_in_actions
from cme_reflex.components.layout.shell import action_bar, help_contact, page_title
from cme_reflex.components.layout.skeleton import skeleton_lines
from cme_reflex.components.meeting import meeting
from cme_reflex.components.messages.interpolation import interpolate
from cme_reflex.components.messages.notices import notice
from cme_reflex.components.page_hooks import COMMAND
from cme_reflex.routes import RECEIPT, SESSIONS, SUBMIT
from cme_reflex.state.error_banner import ErrorBanner
from cme_reflex.state.home import Home


def home() -> rx.Component:
    """The task list with the claim's lines below it."""
    return claim_page(
        Home,
        page_title(text.home.TITLE.format(meeting=meeting.short_name), lead=Home.attendee),
        rx.cond(Home.reopened != "", _reopened()),
        rx.cond(Home.submitted, _receipt()),
        rx.cond(Home.withdrawn != "", _withdrawn()),
        rx.cond(
            ~Home.submitted & (Home.withdrawn == "") & (Home.locked != ""),
            notice(Home.locked, tone="info"),
        ),
        conflicts(Home.conflicts),
        rx.cond(
            Home.ready,
            rx.cond(~Home.submitted & (Home.withdrawn == ""), _tasks()),
            skeleton_lines(4),
        ),
        rx.cond(Home.ready, _lines()),
        banner=ErrorBanner,
        bar=rx.fragment(
            undo_notice(Home),
            rx.cond(
                Home.submitted,
                _see_receipt(text.home.SUBMITTED, "text-done"),
                rx.cond(
                    Home.withdrawn != "",
                    _see_receipt(text.home.WITHDRAWN_TITLE, "text-warm"),
                    _bar(),
                ),
            ),
        ),
        actions=signed_in_actions(),
    )


def _tasks() -> rx.Component:
    return task_list(
        task(
            1,
            text.home.SESSIONS,
            href=SESSIONS,
            status=rx.cond(
                Home.lines.length() > 0,
                text.home.SESSIONS_ADDED.format(
                    sessions=Home.totals.sessions, credit=Home.credit.supported
                ),
                text.home.NONE_ADDED,
            ),
            done=(Home.lines.length() > 0) & ~Home.blocked,
        ),
        task(
            2,
            text.home.EVALUATIONS,
            href="#lines",
            status=text.home.EVALUATIONS_DONE.format(
                done=rx.cond(Home.lines.length() > 0, Home.evaluations, text.home.NONE_YET),
                asked=Home.evaluations_asked,
            ),
            done=Home.evaluated,
            detail=Home.not_counted,
        ),
        task(
            3,
            text.home.OVERALL,
            href=SUBMIT,
            status=Home.overall,
            done=False,
            detail=Home.overall_needed,
        ),
    )


def _lines() -> rx.Component:
    return rx.el.section(
        rx.el.h2(text.home.LINES, class_name="text-20"),
        rx.cond(
            Home.lines.length() > 0,
            rx.el.ul(
                rx.foreach(Home.lines, lambda line: claim_line(Home, line)),
                role="list",
                class_name="grid gap-3",
            ),
            _nothing_yet(),
        ),
        id="lines",
        class_name="grid scroll-mt-6 gap-3",
    )


def _nothing_yet() -> rx.Component:
    return card(
        rx.el.p(text.home.NOTHING_YET),
        rx.el.p(
            button_link(icon("plus"), text.sessions.TITLE, href=SESSIONS, kind="secondary"),
        ),
        class_name="grid justify-items-start gap-4 p-4 md:p-6",
    )


def _bar() -> rx.Component:
    # Without any session, Add Sessions is the primary action.
    has_lines = Home.lines.length() > 0
    return action_bar(
        totals_line(
            Home.totals,
            rx.cond(
                has_lines,
                rx.fragment(
                    rx.el.p(
                        text.supported.CLAIMED_OF.format(
                            claimed=Home.credit.claimed, supported=Home.credit.supported
                        ),
                        class_name="text-13 text-muted",
                    ),
                    other_types(Home.credit),
                ),
            ),
        ),
        rx.cond(has_lines, _add("secondary"), _add("primary")),
        rx.cond(has_lines, _submit("primary"), _submit("secondary")),
    )


def _add(kind: Kind) -> rx.Component:
    return button_link(text.sessions.TITLE, href=SESSIONS, kind=kind)


def _submit(kind: Kind) -> rx.Component:
    return button_link(text.submit.TITLE, href=SUBMIT, kind=kind)


def _see_receipt(status: str, color: str) -> rx.Component:
    return action_bar(
        rx.el.p(status, class_name=f"font-semibold {color}"),
        button_link(text.home.SEE_RECEIPT, href=RECEIPT),
    )


def _reopened() -> rx.Component:
    return notice(
        rx.el.p(Home.reopened),
        rx.el.p(
            rx.cond(
                Home.receipt.withdrawn,
                text.home.STAYS_WITHDRAWN.format(number=Home.receipt.number),
                text.home.STAYS_VALID.format(number=Home.receipt.number),
            )
        ),
        title=text.claim.OPEN_AGAIN,
        id="reopened",
    )


def _withdrawn() -> rx.Component:
    return notice(
        rx.el.p(Home.withdrawn),
        rx.el.p(*interpolate(text.shell.QUESTIONS, contact=help_contact()), class_name="pt-1"),
        tone="warning",
        title=text.home.WITHDRAWN_TITLE,
        id="withdrawn",
    )


def _receipt() -> rx.Component:
    return notice(
        rx.el.p(
            text.home.CLAIMED.format(
                claimed=Home.receipt.claimed,
                submitted=Home.receipt.submitted,
            ),
        ),
        rx.cond(Home.receipt.less != "", rx.el.p(Home.receipt.less)),
        rx.el.p(
            *interpolate(
                text.home.RECEIPT_NUMBER,
                number=rx.el.strong(Home.receipt.number, class_name="inline-block tabular-nums"),
            ),
        ),
        rx.el.p(page_link(text.home.SEE_RECEIPT, href=RECEIPT), class_name="pt-1"),
        rx.cond(
            Home.may_reopen,
            rx.el.p(
                button(
                    text.home.REOPEN,
                    kind="secondary",
                    pending=True,
                    on_click=Home.reopen(COMMAND),
                ),
                class_name="pt-3",
            ),
        ),
        tone="done",
        title=text.home.SUBMITTED_TITLE,
        id="receipt",
    )
