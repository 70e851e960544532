"""Notices: information, warnings and confirmations."""

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
    """A notice with an icon, so that color is not the only sign of its tone."""
    icon_name, background, color = _TONES[tone]
    class_name = f"flex gap-3 rounded-card p-4 {background} {props.pop('class_name', '')}"
    heading = [rx.el.p(title, class_name=f"font-semibold {color}")] if title is not None else []
    return rx.el.div(
        icon(icon_name, class_name=f"mt-0.5 {color}"),
        rx.el.div(*heading, *children, class_name="min-w-0 flex-1 text-15"),
        class_name=class_name,
        **props,
    )


def error_notice(text: Any, *, floats: bool = False) -> rx.Component:
    """An error message, announced at once. `text` is a var; an empty string means no error.

    With `floats` it sticks to the top of the screen, for a page without a bar.
    """
    return rx.el.div(
        rx.cond(
            text != "", notice(text, tone="warning", class_name="shadow-float" if floats else "")
        ),
        role="alert",
        class_name=f"{'sticky top-2 z-10 max-w-text' if floats else 'mb-3'} empty:hidden",
    )


def announcement(text: Any) -> rx.Component:
    """A live region for screen readers that announces changes; visually hidden."""
    return rx.el.div(text, role="status", aria_live="polite", class_name="sr-only")
