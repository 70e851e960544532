"""Sessions that nobody can have attended at once, told at the top with the way out."""

from typing import Any

import reflex as rx

from cme_reflex import words
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
    parts = (
        rx.foreach(conflict.windows, lambda window: rx.el.p(window, key=window)),
        rx.el.ul(
            rx.foreach(conflict.titles, lambda title: rx.el.li(title, key=title)),
            class_name="mt-1 list-disc pl-5",
        ),
        rx.el.p(conflict.advice, class_name="mt-1 text-muted"),
    )
    return rx.cond(
        conflict.blocking,
        notice(*parts, tone="warning", title=words.claim.THESE_OVERLAP),
        notice(*parts, tone="info", title=words.claim.THESE_OVERLAP),
    )
