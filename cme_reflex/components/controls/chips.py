"""Chips: radio buttons in a row that scrolls horizontally."""

from typing import Any

import reflex as rx

from cme_reflex.components.page_hooks import query_field, uncontrolled


def chips(label: str, options: Any, *, name: str, chosen: Any, on_choose: Any) -> rx.Component:
    """A row of chips. `name` is also the parameter in the address's query.

    `options` is a list (or list var) of `view_models.FilterOption`; `on_choose` is an
    event handler with the value as its argument.
    """

    def chip(option: Any) -> rx.Component:
        return rx.el.label(
            rx.el.input(
                type="radio",
                name=name,
                on_change=lambda _: on_choose(option.value),
                **uncontrolled(
                    {"checked": chosen == option.value, **query_field(name, option.value)}
                ),
            ),
            option.label,
            key=option.value,
            class_name="chip",
        )

    items = (
        rx.foreach(options, chip)
        if isinstance(options, rx.Var)
        else rx.fragment(*map(chip, options))
    )
    return rx.el.div(items, role="radiogroup", aria_label=label, class_name="chips")
