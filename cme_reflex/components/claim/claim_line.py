"""A session on the claim: how much of it is claimed, its evaluation, and Remove."""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import button, button_link
from cme_reflex.components.controls.icons import icon
from cme_reflex.components.page_hooks import COMMAND, uncontrolled
from cme_reflex.routes import EVALUATION


def claim_line(page: Any, line: Any) -> rx.Component:
    """A claim line, under a day heading if it is the day's first. `line` is a `LineView`."""
    return rx.el.li(
        rx.cond(line.day != "", rx.el.h3(line.day, class_name="pt-2 pb-2 text-15 text-muted")),
        rx.el.div(
            rx.el.h4(line.title, class_name="text-17 font-semibold"),
            rx.el.p(line.when, class_name="text-15 text-muted"),
            _warnings(line),
            rx.cond(page.locked == "", _credit(page, line), _claimed(line)),
            _actions(page, line),
            id=f"line-{line.id}",
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


def _credit(page: Any, line: Any) -> rx.Component:
    return rx.el.div(
        _hours(text.claim.HOURS, "hours", line, line.hours, line.hours_choices, page.set_hours),
        rx.cond(
            line.safety_choices.length() > 0,
            _hours(
                text.claim.SAFETY,
                "safety",
                line,
                line.safety,
                line.safety_choices,
                page.set_safety,
            ),
        ),
        rx.cond(line.on_demand_offered, _on_demand(page, line)),
        class_name="flex flex-wrap items-end gap-x-4 gap-y-2",
    )


def _claimed(line: Any) -> rx.Component:
    """The same where nothing can be changed."""
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


def _on_demand(page: Any, line: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            on_change=lambda ticked: page.set_on_demand(line.id, ticked, COMMAND),
            class_name="size-6 flex-none accent-accent",
            **uncontrolled({"checked": line.on_demand}),
        ),
        rx.el.span(text.claim.ON_DEMAND, _about(line)),
        class_name="flex min-h-11 cursor-pointer items-center gap-2 text-15",
    )


def _actions(page: Any, line: Any) -> rx.Component:
    about = _about(line)
    return rx.cond(
        page.locked == "",
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
                on_click=page.remove(line.id, COMMAND),
                # Its word ends where the line above it does, also where it has a row of its own.
                class_name="-mr-3 ml-auto",
            ),
            class_name="compact flex flex-wrap items-center gap-2 border-t border-line pt-3",
        ),
    )


def _about(line: Any) -> rx.Component:
    """Which session it is, for who hears the label alone."""
    return rx.el.span(text.claim.ABOUT.format(title=line.title), class_name="sr-only")
