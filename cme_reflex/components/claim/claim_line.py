"""Claim line: a session on the claim with its hours, evaluation and Remove button."""

from typing import Any

import reflex as rx

from cme_reflex import text
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
        rx.cond(line.lowered, _warning(text.claim.LOWERED.format(hours=line.hours))),
    )


def _warning(text: str) -> rx.Component:
    return rx.el.p(icon("warning"), text, class_name="flex items-center gap-1.5 text-15 text-warm")


def _credit(state: Any, line: Any) -> rx.Component:
    return rx.el.div(
        _hours(text.claim.HOURS, "hours", line, line.hours, line.hours_choices, state.set_hours),
        rx.cond(
            line.safety_choices.length() > 0,
            _hours(
                text.claim.SAFETY,
                "safety",
                line,
                line.safety,
                line.safety_choices,
                state.set_safety,
            ),
        ),
        rx.cond(line.on_demand_offered, _on_demand(state, line)),
        class_name="flex flex-wrap items-end gap-x-4 gap-y-2",
    )


def _claimed(line: Any) -> rx.Component:
    """The claimed credit as text, for a locked claim."""
    return rx.el.p(
        rx.el.span(text.claim.CLAIMED_HOURS.format(hours=line.hours), class_name="font-semibold"),
        rx.cond(
            line.safety_choices.length() > 0,
            text.claim.CLAIMED_SAFETY.format(hours=line.safety),
            "",
        ),
        rx.cond(line.on_demand, text.claim.CLAIMED_ON_DEMAND, ""),
        class_name="text-15",
    )


def _hours(
    label: str, name: str, line: Any, chosen: Any, choices: Any, choose: Any
) -> rx.Component:
    return rx.el.div(
        rx.el.label(
            label,
            rx.el.span(text.claim.OF_SESSION.format(title=line.title), class_name="sr-only"),
            html_for=f"{name}-{line.id}",
            class_name="text-13 text-muted",
        ),
        rx.el.select(
            rx.foreach(choices, lambda hours: rx.el.option(hours, value=hours, key=hours)),
            id=f"{name}-{line.id}",
            on_change=lambda hours: choose(line.id, hours, COMMAND),
            class_name="field-control w-26 tabular-nums",
            **uncontrolled({"value": chosen}),
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
