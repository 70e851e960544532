"""Opting in to learner credit reporting, in a window of its own."""

from typing import Any

import reflex as rx

from cme_reflex import words
from cme_reflex.branding import current_meeting
from cme_reflex.components.buttons import button
from cme_reflex.components.claim_page import claim_page
from cme_reflex.components.fields import check_field, select_field, text_field
from cme_reflex.components.notices import notice
from cme_reflex.components.shell import page_title
from cme_reflex.components.skeleton import skeleton_lines
from cme_reflex.routes import SUBMIT
from cme_reflex.state.error_banner import ErrorBanner
from cme_reflex.state.reporting import RESULT, Reporting, field_id

TYPING_PAUSE = 600  # milliseconds without a keystroke, before what was typed is looked at


def reporting() -> rx.Component:
    """The form, what became of it, and the way back."""
    meeting = current_meeting()
    return claim_page(
        Reporting,
        page_title(
            words.reporting.TITLE.format(programme=meeting.reporting.name),
            lead=meeting.reporting.text,
        ),
        rx.cond(
            Reporting.rejection != "",
            notice(
                rx.el.p(words.reporting.QUOTED.format(said=Reporting.rejection)),
                rx.el.p(words.reporting.REJECTED_REMEDY),
                tone="warning",
                title=words.reporting.REJECTED,
                class_name="max-w-text",
            ),
        ),
        _result(),
        rx.cond(Reporting.ready, _form(), skeleton_lines(6)),
        rx.el.p(
            rx.el.a(
                words.reporting.BACK,
                href=SUBMIT,
                class_name="button button-secondary",
                custom_attrs={"data-cme-close": ""},
            )
        ),
        banner=ErrorBanner,
    )


def _result() -> rx.Component:
    return rx.el.div(
        rx.cond(
            Reporting.opted_in,
            notice(
                rx.el.p(words.reporting.CONSENTED_ON.format(when=Reporting.consented_on)),
                tone="done",
                title=Reporting.result,
            ),
        ),
        rx.cond(
            Reporting.withdrawn,
            notice(rx.el.p(words.reporting.TAKEN_BACK), title=Reporting.result),
        ),
        id=RESULT,
        tab_index=-1,
        class_name="max-w-text scroll-mt-6 outline-none empty:hidden",
    )


def _form() -> rx.Component:
    return rx.el.form(
        _pair(
            _text(words.reporting.FIRST_NAME, "first_name"),
            _text(words.reporting.LAST_NAME, "last_name"),
        ),
        _pair(
            _select(
                words.reporting.BIRTH_MONTH,
                "birth_month",
                *(
                    rx.el.option(month, value=str(number))
                    for number, month in enumerate(words.dates.months(), 1)
                ),
            ),
            _text(words.reporting.BIRTH_DAY, "birth_day", input_mode="numeric", max_length=2),
        ),
        _select(
            words.reporting.STATE,
            "state",
            rx.foreach(Reporting.states, lambda state: rx.el.option(state, value=state, key=state)),
        ),
        _pair(
            _text(words.reporting.LICENCE, "licence_id", hint=words.reporting.LICENCE_HINT),
            _text(
                words.reporting.NPI,
                "npi",
                hint=words.reporting.NPI_HINT,
                input_mode="numeric",
                max_length=10,
            ),
        ),
        _pair(
            _select(
                words.reporting.BOARD,
                "board",
                rx.foreach(
                    Reporting.boards, lambda board: rx.el.option(board, value=board, key=board)
                ),
                hint=words.reporting.BOARD_HINT,
            ),
            _text(words.reporting.BOARD_ID, "board_id", hint=words.reporting.BOARD_ID_HINT),
        ),
        check_field(
            Reporting.consent_text,
            field_id="consent",
            name="consent",
            checked=Reporting.consented,
            on_change=Reporting.consent,
        ),
        rx.el.div(
            button(
                rx.cond(Reporting.opted_in, words.reporting.SAVE, words.reporting.OPT_IN),
                type="submit",
            ),
            rx.cond(
                Reporting.opted_in,
                button(words.reporting.WITHDRAW, kind="danger", on_click=Reporting.withdraw),
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
        rx.el.option(words.reporting.CHOOSE, value=""),
        *options,
        **_bound(name),
        on_change=lambda value: Reporting.typed(name, value),
        **props,
    )


def _bound(name: str) -> dict[str, Any]:
    return {
        "field_id": field_id(name),
        "name": name,
        "value": Reporting.given[name],
        "error": Reporting.faults[name],
    }
