"""Sentences in which something stands that is no plain text: a link, a number, a variable."""

from string import Formatter
from typing import Any

import reflex as rx

from cme_reflex.text.plural import Plural


def interpolate(template: str, *, text_class: str = "", **parts: Any) -> list[Any]:
    """The children of an element that says this, with components in the places of their names.

    What is not a component, variables too, belongs to the text, which stands in a span of
    `text_class` where there is one. Raises KeyError for a name without its part.
    """
    children: list[Any] = []
    text = ""
    for literal, name, _, _ in Formatter().parse(template):
        text += literal
        if name is None:
            continue
        part = parts[name]
        if isinstance(part, rx.Component):
            children += [text, part]
            text = ""
        else:
            text += f"{part}"
    return [_styled(child, text_class) for child in [*children, text] if child != ""]


def pluralize(of: Plural, count: rx.Var, **values: Any) -> rx.Var:
    """The sentence for a number that only the browser knows."""
    return rx.cond(
        count == 1,
        of.one.format(count=count, **values),
        of.other.format(count=count, **values),
    )


def _styled(child: Any, text_class: str) -> Any:
    if text_class and isinstance(child, str):
        return rx.el.span(child, class_name=text_class)
    return child
