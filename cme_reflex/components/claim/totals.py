"""Totals of a claim: credit, maximum, number of sessions and conflicts, save status."""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.components.claim.explanation import disclosure, explained
from cme_reflex.components.controls.icons import icon
from cme_reflex.components.layout.connection import save_status
from cme_reflex.components.messages.interpolation import interpolate, pluralize


def number(value: Any, class_name: str = "") -> rx.Component:
    """A number that is animated when it changes: a new key makes React create a new element."""
    return rx.el.span(value, key=value, class_name=f"animated-number {class_name}")


def totals_line(totals: Any, *claimed: rx.Component) -> rx.Component:
    """Credit of the maximum with a meter, sessions and conflicts. `totals` is a `TotalsView`.

    `claimed` are lines with the credit claimed, by credit type.
    """
    return rx.el.div(
        _explained(
            totals,
            *interpolate(
                text.claim.AMOUNT_OF,
                text_class="text-15 text-muted",
                amount=number(totals.amount, class_name="text-20 font-bold"),
                of=totals.of,
            ),
        ),
        _meter(totals.percent),
        *claimed,
        _sessions(totals),
        class_name="grid min-w-0 gap-1",
    )


def claimed_line(credit: Any, totals: Any) -> rx.Component:
    """Credit claimed of what is supported, by type, with a meter, sessions and conflicts.

    `credit` is a `CreditView`, `totals` a `TotalsView`.
    """
    return rx.el.div(
        _explained(
            totals,
            *interpolate(
                text.supported.CLAIMED_OF,
                text_class="text-15 text-muted",
                claimed=number(credit.claimed, class_name="text-20 font-bold"),
                supported=credit.supported,
            ),
        ),
        _meter(credit.percent),
        other_types(credit),
        _sessions(totals),
        class_name="grid min-w-0 gap-1",
    )


def other_types(credit: Any) -> rx.Component:
    """The credit claimed of what is supported, of each type but the first primary one.

    Several are behind their number, so that the bar leaves room for what it stands beside.
    """
    sentences = rx.foreach(
        credit.others,
        lambda sentence: rx.el.p(sentence, key=sentence, class_name="text-13 text-muted"),
    )
    return rx.cond(
        credit.others.length() > 1,
        disclosure(pluralize(text.claim.OTHER_TYPES, credit.others.length()), sentences),
        rx.fragment(sentences),
    )


def _explained(totals: Any, *line: Any) -> rx.Component:
    # Invisible until the server's first reply: reserves the space without wrong numbers.
    return rx.el.div(
        explained(totals.why, *line),
        class_name=rx.cond(totals.sessions == "", "invisible", ""),
    )


def _sessions(totals: Any) -> rx.Component:
    return rx.el.p(
        totals.sessions,
        rx.cond(
            totals.conflicts > 0,
            rx.el.span(
                icon("warning"),
                pluralize(text.claim.OVERLAPS, totals.conflicts),
                class_name="inline-flex items-center gap-1 font-semibold text-warm",
            ),
        ),
        save_status(),
        class_name="flex min-h-4.5 flex-wrap gap-x-3 text-13 text-muted",
    )


def _meter(percent: Any) -> rx.Component:
    """A bar of the same percentage; hidden from screen readers, which read the text above it."""
    return rx.el.div(
        rx.el.div(
            class_name="h-full origin-left rounded-full bg-accent transition-transform",
            custom_attrs={"style": rx.Var.create({"transform": f"scaleX(calc({percent} / 100))"})},
        ),
        aria_hidden="true",
        class_name="h-1 overflow-hidden rounded-full bg-line",
    )
