"""Inline SVG icons with a 20 by 20 view box, in the color and size of the surrounding text."""

import reflex as rx

_PATHS = {
    "back": "M12.5 4.5 7 10l5.5 5.5",
    "check": "m4.5 10.5 3.5 3.5 7.5-8",
    "chevron": "M7.5 4.5 13 10l-5.5 5.5",
    "close": "m5 5 10 10M15 5 5 15",
    "down": "M4.5 7.5 10 13l5.5-5.5",
    "info": "M10 9v5M10 6.2v.1M18 10a8 8 0 1 1-16 0 8 8 0 0 1 16 0Z",
    "plus": "M10 4v12M4 10h12",
    "search": "m13 13 4 4M14.5 8.5a6 6 0 1 1-12 0 6 6 0 0 1 12 0Z",
    "warning": "M10 7.5v4M10 14v.1M8.7 3.2 1.9 15a1.5 1.5 0 0 0 1.3 2.2h13.6a1.5 1.5 0 0 0 1.3-2.2"
    "L11.3 3.2a1.5 1.5 0 0 0-2.6 0Z",
}


def icon(name: str, class_name: str = "") -> rx.Component:
    """A decorative icon beside text, hidden from screen readers."""
    return rx.el.svg(
        rx.el.path(d=_PATHS[name]),
        view_box="0 0 20 20",
        class_name=f"size-[1.25em] flex-none {class_name}",
        aria_hidden="true",
        # Passed as props, Reflex would turn these into an inline style on every render.
        custom_attrs={
            "fill": "none",
            "stroke": "currentColor",
            "strokeWidth": "2",
            "strokeLinecap": "round",
            "strokeLinejoin": "round",
        },
    )
