"""Form fields. Label, hint and error are linked to the control by `for` and `aria-describedby`.

Every field is uncontrolled (`page_hooks.uncontrolled`): pass `value` or `checked` as usual, and no
keystroke is lost, however slow the reply.
"""

from typing import Any

import reflex as rx

from cme_reflex.components.controls.icons import icon
from cme_reflex.components.page_hooks import uncontrolled


def text_field(
    label: str,
    *,
    field_id: str,
    hint: Any = "",
    error: Any = "",
    hidden_label: bool = False,
    **props: Any,
) -> rx.Component:
    """A text field. `error` may be a var; an empty string means no error."""
    control = rx.el.input(
        id=field_id,
        class_name="field-control",
        **_aria_props(field_id, hint, error),
        **uncontrolled(props),
    )
    return _field(
        label, control, field_id=field_id, hint=hint, error=error, hidden_label=hidden_label
    )


def select_field(
    label: str,
    *options: rx.Component,
    field_id: str,
    hint: Any = "",
    error: Any = "",
    hidden_label: bool = False,
    **props: Any,
) -> rx.Component:
    """A select. Options: `rx.el.option("Date", value="date")`, or a foreach."""
    control = rx.el.select(
        *options,
        id=field_id,
        class_name="field-control",
        **_aria_props(field_id, hint, error),
        **uncontrolled(props),
    )
    return _field(
        label, control, field_id=field_id, hint=hint, error=error, hidden_label=hidden_label
    )


def check_field(label: Any, *, field_id: str, hint: Any = "", **props: Any) -> rx.Component:
    """A checkbox with its label and an optional hint."""
    return rx.el.div(
        rx.el.input(
            type="checkbox",
            id=field_id,
            class_name="mt-0.5 size-6 flex-none accent-accent",
            **_aria_props(field_id, hint, ""),
            **uncontrolled(props),
        ),
        rx.el.div(
            rx.el.label(label, html_for=field_id, class_name="block cursor-pointer py-0.5"),
            _hint(field_id, hint),
            class_name="min-w-0",
        ),
        class_name="flex min-h-11 items-start gap-3",
    )


def _field(
    label: str,
    control: rx.Component,
    *,
    field_id: str,
    hint: Any,
    error: Any,
    hidden_label: bool = False,
) -> rx.Component:
    class_name = "sr-only" if hidden_label else "block text-15 font-semibold"
    return rx.el.div(
        rx.el.label(label, html_for=field_id, class_name=class_name),
        _hint(field_id, hint),
        _error(field_id, error),
        control,
        # Controls side by side align at the bottom even if one hint wraps.
        class_name="flex flex-col gap-1.5 *:last:mt-auto",
    )


def _hint(field_id: str, hint: Any) -> rx.Component:
    if isinstance(hint, str) and not hint:
        return rx.fragment()
    return rx.el.p(hint, id=f"{field_id}-hint", class_name="text-15 text-muted")


def _error(field_id: str, error: Any) -> rx.Component:
    """The error message in a live region, always present so that screen readers announce it."""
    if isinstance(error, str) and not error:
        return rx.fragment()
    message = rx.el.span(icon("warning"), error, class_name="flex gap-1.5 text-15 text-warm")
    return rx.el.div(rx.cond(error != "", message), id=f"{field_id}-error", aria_live="polite")


def _aria_props(field_id: str, hint: Any, error: Any) -> dict[str, Any]:
    props: dict[str, Any] = {}
    parts = [
        f"{field_id}-{part}"
        for part, text in (("hint", hint), ("error", error))
        if not (isinstance(text, str) and not text)
    ]
    if parts:
        props["aria_describedby"] = " ".join(parts)
    if isinstance(error, rx.Var):
        props["aria_invalid"] = rx.cond(error != "", "true", "false")
    return props
