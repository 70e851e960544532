"""Opting in to learner credit reporting, in a window of its own."""

from typing import Any

import reflex as rx

from cme_reflex.branding import current_meeting
from cme_reflex.components.buttons import button
from cme_reflex.components.claim_page import claim_page
from cme_reflex.components.fields import check_field, select_field, text_field
from cme_reflex.components.notices import notice
from cme_reflex.components.shell import page_title
from cme_reflex.components.skeleton import skeleton_lines
from cme_reflex.routes import SUBMIT
from cme_reflex.state.reporting import Reporting

TYPING_PAUSE = 600  # milliseconds without a keystroke, before what was typed is looked at

MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
]  # fmt: skip


def reporting() -> rx.Component:
    """The form, what became of it, and the way back."""
    meeting = current_meeting()
    return claim_page(
        Reporting,
        page_title(f"Opt-In to {meeting.reporting.name}", lead=meeting.reporting.text),
        rx.cond(
            Reporting.rejection != "",
            notice(
                rx.el.p("“", Reporting.rejection, "”"),
                rx.el.p("Correct what you gave below and save. Your credit is then sent again."),
                tone="warning",
                title="ACCME did not take your record",
                class_name="max-w-text",
            ),
        ),
        rx.cond(
            Reporting.opted_in,
            notice(
                rx.el.p("Your consent is from ", Reporting.consented_on, "."),
                tone="done",
                title=Reporting.result,
                class_name="max-w-text",
            ),
        ),
        rx.cond(
            Reporting.withdrawn,
            notice(
                rx.el.p("What was reported is taken back with the next report."),
                title=Reporting.result,
                class_name="max-w-text",
            ),
        ),
        rx.cond(Reporting.ready, _form(), skeleton_lines(6)),
        rx.el.p(
            rx.el.a(
                "Return to your claim",
                href=SUBMIT,
                class_name="button button-secondary",
                custom_attrs={"data-cme-close": ""},
            )
        ),
    )


def _form() -> rx.Component:
    return rx.el.form(
        _pair(_text("First Name", "first_name"), _text("Last Name", "last_name")),
        _pair(
            _select(
                "Month of birth",
                "birth_month",
                *(rx.el.option(month, value=str(number)) for number, month in enumerate(MONTHS, 1)),
            ),
            _text("Day of birth", "birth_day", input_mode="numeric", max_length=2),
        ),
        _select(
            "State of licensure",
            "state",
            rx.foreach(Reporting.states, lambda state: rx.el.option(state, value=state, key=state)),
        ),
        _pair(
            _text("License ID", "licence_id", hint="Or give your NPI."),
            _text("NPI", "npi", hint="Ten digits.", input_mode="numeric", max_length=10),
        ),
        _pair(
            _select(
                "Certifying board",
                "board",
                rx.foreach(
                    Reporting.boards, lambda board: rx.el.option(board, value=board, key=board)
                ),
                hint="Optional.",
            ),
            _text("Board ID", "board_id", hint="With a board."),
        ),
        check_field(
            Reporting.consent_text,
            field_id="consent",
            name="consent",
            checked=Reporting.consented,
            on_change=Reporting.consent,
        ),
        rx.el.div(
            button(rx.cond(Reporting.opted_in, "Save changes", "Opt in"), type="submit"),
            rx.cond(
                Reporting.opted_in,
                button("Withdraw consent", kind="danger", on_click=Reporting.withdraw),
            ),
            class_name="flex flex-wrap gap-3",
        ),
        on_submit=Reporting.opt_in,
        no_validate=True,
        class_name="card grid max-w-text gap-5 p-4 md:p-6",
    )


def _pair(*fields: rx.Component) -> rx.Component:
    return rx.el.div(*fields, class_name="grid items-start gap-5 md:grid-cols-2 md:gap-4")


def _text(label: str, name: str, **props: Any) -> rx.Component:
    return text_field(
        label,
        **_bound(name),
        on_change=lambda value: Reporting.typed(name, value).debounce(TYPING_PAUSE),
        on_blur=lambda value: Reporting.typed(name, value),
        **props,
    )


def _select(label: str, name: str, *options: rx.Component, **props: Any) -> rx.Component:
    return select_field(
        label,
        rx.el.option("Choose…", value=""),
        *options,
        **_bound(name),
        on_change=lambda value: Reporting.typed(name, value),
        **props,
    )


def _bound(name: str) -> dict[str, Any]:
    return {
        "field_id": name.replace("_", "-"),
        "name": name,
        "value": Reporting.given[name],
        "error": Reporting.faults[name],
    }
