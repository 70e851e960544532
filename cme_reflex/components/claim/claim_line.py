"""Claim line: a session on the claim with its credit, evaluation and Remove button."""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.components.claim.explanation import question
from cme_reflex.components.controls.buttons import button, button_link
from cme_reflex.components.controls.icons import icon
from cme_reflex.components.page_hooks import COMMAND, uncontrolled
from cme_reflex.routes import EVALUATION


def claim_line(state: Any, line: Any) -> rx.Component:
    """A claim line, with a day heading if it is the day's first.

    `line` is a `LineView`; `state` has the handlers of `state.home.Home`.
    """
    return rx.el.li(
        rx.cond(line.day != "", rx.el.h3(line.day, class_name="pt-2 pb-2 text-15 text-muted")),
        rx.el.div(
            rx.el.h4(line.title, class_name="text-17 font-semibold"),
            rx.el.p(line.when, class_name="text-15 text-muted"),
            _warnings(line),
            rx.cond(state.locked == "", _credit(state, line), _claimed(line)),
            _actions(state, line),
            id=f"line-{line.id}",
            custom_attrs={"data-cme-subject": line.title},
            class_name=rx.cond(
                line.conflict | line.withdrawn,
                "claim-line card grid gap-3 border-warm p-4",
                "claim-line card grid gap-3 p-4",
            ),
        ),
        key=line.id,
    )


def _warnings(line: Any) -> rx.Component:
    return rx.fragment(
        rx.cond(line.conflict, _warning(text.claim.OVERLAPS_WITH)),
        rx.cond(line.withdrawn, _warning(text.claim.NO_CREDIT)),
        rx.cond(line.lowered != "", _warning(line.lowered)),
        rx.foreach(line.unmet, _warning),
    )


def _warning(message: Any) -> rx.Component:
    return rx.el.p(
        icon("warning"), message, class_name="flex items-center gap-1.5 text-15 text-warm"
    )


def _credit(state: Any, line: Any) -> rx.Component:
    return rx.el.div(
        _select(
            line.unit,
            line,
            field_id=f"minutes-{line.id}",
            value=line.minutes,
            options=rx.foreach(
                line.choices,
                lambda choice: rx.el.option(choice.label, value=choice.value, key=choice.value),
            ),
            on_change=lambda minutes: state.set_minutes(line.id, minutes, COMMAND),
        ),
        rx.foreach(line.others, lambda credit: _other_credit(state, line, credit)),
        rx.cond(line.on_demand_offered, _on_demand(state, line)),
        rx.cond(line.why != "", question(text.claim.WHY, line.why)),
        class_name="flex flex-wrap items-end gap-x-4 gap-y-2",
    )


def _other_credit(state: Any, line: Any, credit: Any) -> rx.Component:
    """A subset, which can be lowered, or what the line gives of another primary type."""
    return rx.cond(
        credit.choices.length() > 0,
        rx.el.div(
            _select(
                credit.label,
                line,
                field_id=f"{credit.code}-{line.id}",
                value=credit.amount,
                options=rx.foreach(
                    credit.choices,
                    lambda amount: rx.el.option(amount, value=amount, key=amount),
                ),
                on_change=lambda amount: state.set_amount(line.id, credit.code, amount, COMMAND),
            ),
            key=credit.code,
            custom_attrs={"data-cme-subject": credit.label},
        ),
        rx.el.p(
            rx.el.span(credit.label, class_name="block text-13 text-muted"),
            rx.el.span(credit.amount, class_name="flex min-h-12 items-center"),
            key=credit.code,
            class_name="grid gap-1 tabular-nums",
        ),
    )


def _claimed(line: Any) -> rx.Component:
    """The claimed credit as text, for a locked claim."""
    return rx.el.p(line.credit, class_name="text-15 font-semibold")


def _select(
    label: Any, line: Any, *, field_id: Any, value: Any, options: rx.Component, on_change: Any
) -> rx.Component:
    return rx.el.div(
        rx.el.label(
            label,
            rx.el.span(text.claim.OF_SESSION.format(title=line.title), class_name="sr-only"),
            html_for=field_id,
            class_name="text-13 text-muted",
        ),
        rx.el.select(
            options,
            id=field_id,
            on_change=on_change,
            class_name="field-control w-auto min-w-26 tabular-nums",
            **uncontrolled({"value": value}),
        ),
        class_name="grid gap-1",
    )


def _on_demand(state: Any, line: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            on_change=lambda checked: state.set_on_demand(line.id, checked, COMMAND),
            class_name="size-6 flex-none accent-accent",
            **uncontrolled({"checked": line.on_demand}),
        ),
        rx.el.span(text.claim.ON_DEMAND, _session_suffix(line)),
        class_name="flex min-h-11 cursor-pointer items-center gap-2 text-15",
    )


def _actions(state: Any, line: Any) -> rx.Component:
    about = _session_suffix(line)
    return rx.cond(
        state.locked == "",
        rx.el.div(
            button_link(
                rx.cond(line.evaluated, icon("check", class_name="text-done"), rx.fragment()),
                text.claim.EVALUATION,
                about,
                href=f"{EVALUATION}?session={line.id}",
                kind="secondary",
            ),
            rx.el.span(
                rx.el.span(text.claim.EVALUATION_IS, class_name="hidden print:inline"),
                line.evaluation,
                class_name="min-w-20 flex-1 text-13 text-muted",
            ),
            button(
                text.claim.REMOVE,
                about,
                kind="danger",
                pending=True,
                on_click=state.remove(line.id, COMMAND),
                # Align the label's right edge with the content above, also when the button wraps.
                class_name="-mr-3 ml-auto",
            ),
            class_name="compact flex flex-wrap items-center gap-2 border-t border-line pt-3",
        ),
    )


def _session_suffix(line: Any) -> rx.Component:
    """The session's title in a label, for screen readers."""
    return rx.el.span(text.claim.ABOUT.format(title=line.title), class_name="sr-only")
