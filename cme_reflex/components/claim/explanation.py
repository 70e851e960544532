"""Numbers that explain themselves on demand, by a disclosure."""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.icons import icon


def explained(why: Any, *number: Any) -> rx.Component:
    """A number as the summary of a disclosure that says why it is so, a sentence a line."""
    return rx.el.details(
        rx.el.summary(
            *number,
            icon("info", class_name="ml-1 inline align-[-0.25em] text-muted"),
            rx.el.span(text.credit.EXPLAIN, class_name="sr-only"),
            # The tap target is higher than the line, or the lines if it wraps.
            class_name="-my-2.5 block min-h-11 w-fit py-2.5",
        ),
        rx.el.p(
            why,
            tab_index=0,
            class_name="max-h-[30dvh] overflow-y-auto py-1 text-13 whitespace-pre-line text-muted",
        ),
        class_name="explained min-w-0",
    )


def question(label: Any, why: Any, **props: Any) -> rx.Component:
    """A disclosure whose summary is a question, and its answer."""
    return rx.el.details(
        rx.el.summary(
            icon("info"),
            label,
            class_name="flex min-h-11 w-fit items-center gap-1.5 text-15 text-muted",
        ),
        rx.el.p(why, class_name="pb-1 text-15 whitespace-pre-line text-muted"),
        class_name="explained min-w-0 open:basis-full",
        **props,
    )


def disclosure(label: Any, *content: Any) -> rx.Component:
    """Less important lines behind a small label."""
    return rx.el.details(
        rx.el.summary(
            icon("chevron", class_name="transition-transform group-open:rotate-90"),
            label,
            class_name="-my-3 flex min-h-11 w-fit items-center gap-1 text-13 text-muted",
        ),
        rx.el.div(*content, class_name="py-1"),
        class_name="group",
    )
