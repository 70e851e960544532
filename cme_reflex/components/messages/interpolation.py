"""Interpolation of components and vars into sentences."""

from string import Formatter
from typing import Any

import reflex as rx

from cme_reflex.text.plural import Plural


def interpolate(template: str, *, text_class: str = "", **parts: Any) -> list[Any]:
    """The template as a list of children, with components in the places of their names.

    All other parts, vars included, become text, in a span of `text_class` if given. Raises KeyError
    for a name without a part.
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


def pluralize(plural: Plural, count: rx.Var, **values: Any) -> rx.Var:
    """The singular or plural sentence for a count that is a var."""
    return rx.cond(
        count == 1,
        plural.one.format(count=count, **values),
        plural.other.format(count=count, **values),
    )


def _styled(child: Any, text_class: str) -> Any:
    if text_class and isinstance(child, str):
        return rx.el.span(child, class_name=text_class)
    return child
