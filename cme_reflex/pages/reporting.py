"""Learner credit reporting page: the opt-in form, in a separate window."""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import button
from cme_reflex.components.controls.fields import check_field, select_field, text_field
from cme_reflex.components.layout.claim_page import claim_page
from cme_reflex.components.layout.shell import page_title
from cme_reflex.components.layout.skeleton import skeleton_lines
from cme_reflex.components.meeting import meeting
from cme_reflex.components.messages.notices import notice
from cme_reflex.components.page_hooks import COMMAND, RESEND
from cme_reflex.components.step_up import step_up_notice
from cme_reflex.routes import REPORTING, SUBMIT
from cme_reflex.state.error_banner import ErrorBanner
from cme_reflex.state.reporting import RESULT, Reporting, field_id

VALIDATION_DEBOUNCE = 600  # milliseconds without a keystroke before the field is validated


def reporting() -> rx.Component:
    """The form, its result, and the link back to the claim."""
    return claim_page(
        Reporting,
        page_title(
            text.reporting.TITLE.format(programme=meeting.reporting_name),
            lead=meeting.reporting_text,
        ),
        rx.cond(
            Reporting.rejection != "",
            notice(
                rx.el.p(text.reporting.QUOTED.format(said=Reporting.rejection)),
                rx.el.p(text.reporting.REJECTED_REMEDY),
                tone="warning",
                title=text.reporting.REJECTED,
                class_name="max-w-text",
            ),
        ),
        _result(),
        rx.cond(
            Reporting.ready,
            rx.cond(Reporting.hidden, _stored(), _form()),
            skeleton_lines(6),
        ),
        rx.el.p(
            rx.el.a(
                text.reporting.BACK,
                href=SUBMIT,
                class_name="button button-secondary",
                custom_attrs={"data-cme-close-window": ""},
            )
        ),
        banner=ErrorBanner,
    )


def _result() -> rx.Component:
    return rx.el.div(
        rx.cond(
            Reporting.opted_in,
            notice(
                rx.el.p(text.reporting.CONSENTED_ON.format(when=Reporting.consented_on)),
                tone="done",
                title=Reporting.result,
            ),
        ),
        rx.cond(
            Reporting.withdrawn,
            notice(rx.el.p(text.reporting.TAKEN_BACK), title=Reporting.result),
        ),
        id=RESULT,
        tab_index=-1,
        class_name="max-w-text scroll-mt-6 outline-none empty:hidden",
    )


def _stored() -> rx.Component:
    """What is stored, masked, and the ways to see and change it."""
    labels = {
        text.reporting.FIRST_NAME: "first_name",
        text.reporting.LAST_NAME: "last_name",
        text.reporting.BIRTH_MONTH: "birth_month",
        text.reporting.BIRTH_DAY: "birth_day",
        text.reporting.STATE: "state",
        text.reporting.LICENCE: "licence_id",
        text.reporting.NPI: "npi",
        text.reporting.BOARD: "board",
        text.reporting.BOARD_ID: "board_id",
    }
    return rx.fragment(
        step_up_notice(text.step_up.REPORTING_TITLE, text.step_up.REPORTING, page=REPORTING),
        rx.el.div(
            rx.el.dl(
                *(
                    rx.cond(
                        Reporting.values[name] != "",
                        rx.el.div(
                            rx.el.dt(label, class_name="text-13 text-muted"),
                            rx.el.dd(Reporting.values[name], class_name="break-words"),
                        ),
                    )
                    for label, name in labels.items()
                ),
                class_name="grid grid-cols-2 gap-4",
            ),
            rx.cond(
                Reporting.opted_in,
                button(
                    text.reporting.WITHDRAW,
                    kind="danger",
                    on_click=Reporting.withdraw(COMMAND),
                    class_name="w-fit",
                ),
            ),
            class_name="card grid max-w-text gap-5 p-4 md:p-6",
        ),
    )


def _form() -> rx.Component:
    return rx.el.form(
        _pair(
            _text(text.reporting.FIRST_NAME, "first_name"),
            _text(text.reporting.LAST_NAME, "last_name"),
        ),
        _pair(
            _select(
                text.reporting.BIRTH_MONTH,
                "birth_month",
                *(
                    rx.el.option(month, value=str(number))
                    for number, month in enumerate(text.dates.months(), 1)
                ),
            ),
            _text(text.reporting.BIRTH_DAY, "birth_day", input_mode="numeric", max_length=2),
        ),
        _select(
            text.reporting.STATE,
            "state",
            rx.foreach(Reporting.states, lambda state: rx.el.option(state, value=state, key=state)),
        ),
        _pair(
            _text(text.reporting.LICENCE, "licence_id", hint=text.reporting.LICENCE_HINT),
            _text(
                text.reporting.NPI,
                "npi",
                hint=text.reporting.NPI_HINT,
                input_mode="numeric",
                max_length=10,
            ),
        ),
        _pair(
            _select(
                text.reporting.BOARD,
                "board",
                rx.foreach(
                    Reporting.boards, lambda board: rx.el.option(board, value=board, key=board)
                ),
                hint=text.reporting.BOARD_HINT,
            ),
            _text(text.reporting.BOARD_ID, "board_id", hint=text.reporting.BOARD_ID_HINT),
        ),
        check_field(
            Reporting.consent_text,
            field_id="consent",
            name="consent",
            checked=Reporting.consented,
            on_change=Reporting.consent,
            **RESEND,
        ),
        rx.el.div(
            button(
                rx.cond(Reporting.opted_in, text.reporting.SAVE, text.reporting.OPT_IN),
                type="submit",
            ),
            rx.cond(
                Reporting.opted_in,
                button(
                    text.reporting.WITHDRAW, kind="danger", on_click=Reporting.withdraw(COMMAND)
                ),
            ),
            class_name="flex flex-wrap gap-3",
        ),
        on_submit=lambda form: Reporting.opt_in(form, COMMAND),
        no_validate=True,
        class_name="card grid max-w-text gap-5 p-4 md:p-6",
    )


def _pair(*fields: rx.Component) -> rx.Component:
    return rx.el.div(*fields, class_name="grid items-start gap-5 md:grid-cols-2 md:gap-4")


def _text(label: str, name: str, **props: Any) -> rx.Component:
    return text_field(
        label,
        **_field_props(name),
        on_change=lambda value: Reporting.typed(name, value).debounce(VALIDATION_DEBOUNCE),
        on_blur=lambda value: Reporting.typed(name, value),
        **props,
    )


def _select(label: str, name: str, *options: rx.Component, **props: Any) -> rx.Component:
    return select_field(
        label,
        rx.el.option(text.reporting.CHOOSE, value=""),
        *options,
        **_field_props(name),
        on_change=lambda value: Reporting.typed(name, value),
        **props,
    )


def _field_props(name: str) -> dict[str, Any]:
    return {
        "field_id": field_id(name),
        "name": name,
        "value": Reporting.values[name],
        "error": Reporting.faults[name],
    }
