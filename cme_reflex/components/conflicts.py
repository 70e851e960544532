"""Sessions that nobody can have attended at once, told at the top with the way out."""

from typing import Any

import reflex as rx

from cme_reflex.components.notices import notice


def conflicts(told: Any) -> rx.Component:
    """A notice for each of a list of `views.ConflictView`; nothing while it is empty."""
    return rx.el.div(
        rx.foreach(told, _conflict),
        id="conflicts",
        role="status",
        class_name="grid scroll-mt-6 gap-3 empty:hidden",
    )


def _conflict(conflict: Any) -> rx.Component:
    return notice(
        rx.foreach(conflict.windows, lambda window: rx.el.p(window, key=window)),
        rx.el.ul(
            rx.foreach(conflict.titles, lambda title: rx.el.li(title, key=title)),
            class_name="mt-1 list-disc pl-5",
        ),
        rx.el.p(
            "Lower the hours of one, say that it was watched on demand, or remove it.",
            class_name="mt-1 text-muted",
        ),
        tone="warning",
        title="These overlap",
    )
