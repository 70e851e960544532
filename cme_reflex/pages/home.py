"""The claim's home: what is to do, what is on the claim, and what is in the way."""

import reflex as rx

from cme_reflex.branding import current_meeting
from cme_reflex.components.account_link import signed_in_actions
from cme_reflex.components.browser import COMMAND
from cme_reflex.components.buttons import Kind, button, button_link, page_link
from cme_reflex.components.cards import card
from cme_reflex.components.claim_line import claim_line
from cme_reflex.components.claim_page import claim_page
from cme_reflex.components.conflicts import conflicts
from cme_reflex.components.icons import icon
from cme_reflex.components.notices import notice
from cme_reflex.components.shell import action_bar, page_title
from cme_reflex.components.skeleton import skeleton_lines
from cme_reflex.components.task_list import task, task_list
from cme_reflex.components.totals import totals_line
from cme_reflex.routes import RECEIPT, SESSIONS, SUBMIT
from cme_reflex.state.home import Home


def home() -> rx.Component:
    """The task list with the claim's lines below it."""
    return claim_page(
        Home,
        page_title(
            f"{current_meeting().short_name} CME Evaluations & Credit Claim", lead=Home.attendee
        ),
        rx.cond(Home.reopened != "", _reopened()),
        rx.cond(Home.submitted, _receipt()),
        rx.cond(~Home.submitted & (Home.locked != ""), notice(Home.locked, tone="info")),
        conflicts(Home.conflicts),
        rx.cond(Home.ready, rx.cond(~Home.submitted, _tasks()), skeleton_lines(4)),
        rx.cond(Home.ready, _lines()),
        bar=rx.fragment(_undo(), rx.cond(Home.submitted, _after_submission(), _bar())),
        actions=signed_in_actions(),
    )


def _tasks() -> rx.Component:
    return task_list(
        task(
            1,
            "Sessions",
            href=SESSIONS,
            status=rx.cond(
                Home.lines.length() > 0,
                f"{Home.totals.sessions} added, {Home.totals.hours} hours",
                "None added yet",
            ),
            done=Home.lines.length() > 0,
        ),
        task(
            2,
            "Evaluations",
            href="#lines",
            status=f"{Home.evaluations}, "
            + rx.cond(Home.evaluations_required, "required", "optional"),
            done=Home.evaluated,
        ),
        task(3, "Overall evaluation and submit", href=SUBMIT, status=Home.overall, done=False),
    )


def _lines() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Session Evaluations", class_name="text-20"),
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
        rx.el.p("Add the sessions that you attended, live or on demand."),
        rx.el.p(
            button_link(icon("plus"), "Add Sessions", href=SESSIONS),
        ),
        class_name="grid justify-items-start gap-4 p-4 md:p-6",
    )


def _undo() -> rx.Component:
    """What was removed last can be brought back; it is announced where it appears."""
    return rx.el.div(
        rx.cond(
            Home.undo_id > 0,
            rx.el.div(
                rx.el.p(
                    rx.el.span("Removed: "),
                    rx.el.span(Home.undo_title, class_name="font-semibold"),
                    class_name="min-w-0 flex-1 text-15",
                ),
                button("Undo", kind="secondary", on_click=Home.undo(COMMAND), pending=True),
                class_name="mb-3 flex items-center gap-3 rounded-card bg-sunken p-2 pl-4",
            ),
        ),
        role="status",
        class_name="empty:hidden",
    )


def _bar() -> rx.Component:
    # Until there is a session, adding one is the thing to do.
    begun = Home.lines.length() > 0
    return action_bar(
        totals_line(Home.totals),
        rx.cond(begun, _add("secondary"), _add("primary")),
        rx.cond(begun, _submit("primary"), _submit("secondary")),
    )


def _add(kind: Kind) -> rx.Component:
    return button_link("Add Sessions", href=SESSIONS, kind=kind)


def _submit(kind: Kind) -> rx.Component:
    return button_link("Overall Eval / Submit CME", href=SUBMIT, kind=kind)


def _after_submission() -> rx.Component:
    return action_bar(
        rx.el.p("Submitted", class_name="font-semibold text-done"),
        button_link("See your receipt", href=RECEIPT),
    )


def _reopened() -> rx.Component:
    return notice(
        rx.el.p(Home.reopened),
        rx.el.p(f"Until then your receipt {Home.receipt.number} stays valid."),
        title="Your claim is open again",
        id="reopened",
    )


def _receipt() -> rx.Component:
    return notice(
        rx.el.p(
            f"{Home.receipt.hours} Category 1 hours claimed, of which "
            f"{Home.receipt.safety} Patient Safety, on {Home.receipt.submitted}.",
        ),
        rx.el.p(
            "Receipt number ",
            rx.el.strong(Home.receipt.number, class_name="inline-block tabular-nums"),
        ),
        rx.el.p(page_link("See your receipt", href=RECEIPT), class_name="pt-1"),
        rx.cond(
            Home.may_reopen,
            rx.el.p(
                button("Reopen my claim", kind="secondary", pending=True, on_click=Home.reopen),
                class_name="pt-3",
            ),
        ),
        tone="done",
        title="Your claim is submitted",
        id="receipt",
    )
