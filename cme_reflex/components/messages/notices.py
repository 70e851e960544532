"""Notices: something to know, something to mend, something done."""

from typing import Any, Literal

import reflex as rx

from cme_reflex.components.controls.icons import icon

Tone = Literal["info", "warning", "done"]

_TONES = {
    "info": ("info", "bg-accent-wash", "text-accent"),
    "warning": ("warning", "bg-warm-wash", "text-warm"),
    "done": ("check", "bg-done-wash", "text-done"),
}


def notice(*children: Any, tone: Tone = "info", title: Any = None, **props: Any) -> rx.Component:
    """A notice with an icon, so that its tone does not hang on color alone."""
    drawing, wash, color = _TONES[tone]
    class_name = f"flex gap-3 rounded-card p-4 {wash} {props.pop('class_name', '')}"
    heading = [rx.el.p(title, class_name=f"font-semibold {color}")] if title is not None else []
    return rx.el.div(
        icon(drawing, class_name=f"mt-0.5 {color}"),
        rx.el.div(*heading, *children, class_name="min-w-0 flex-1 text-15"),
        class_name=class_name,
        **props,
    )


def error_notice(text: Any, *, floats: bool = False) -> rx.Component:
    """What went wrong, as a variable of words; empty means nothing did. Announced at once.

    Where no bar holds it, it `floats` above what one was tapping far below.
    """
    return rx.el.div(
        rx.cond(
            text != "", notice(text, tone="warning", class_name="shadow-float" if floats else "")
        ),
        role="alert",
        class_name=f"{'sticky top-2 z-10 max-w-text' if floats else 'mb-3'} empty:hidden",
    )


def announcement(text: Any) -> rx.Component:
    """What changed without a page load, for screen readers; nobody sees it."""
    return rx.el.div(text, role="status", aria_live="polite", class_name="sr-only")
