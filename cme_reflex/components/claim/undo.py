"""Undo of removals, one after the other."""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import button
from cme_reflex.components.messages.interpolation import interpolate
from cme_reflex.components.page_hooks import COMMAND


def undo_notice(state: Any) -> rx.Component:
    """Undo for the newest removal, in a live region. `state` has `removed` and `undo`."""
    return rx.el.div(
        rx.cond(state.removed.length() > 0, _newest(state)),
        role="status",
        class_name="empty:hidden",
    )


def _newest(state: Any) -> rx.Component:
    removed = state.removed[0]
    more = state.removed.length() - 1
    return rx.el.div(
        rx.el.div(
            rx.el.p(
                *interpolate(
                    text.claim.REMOVED, title=rx.el.span(removed.title, class_name="font-semibold")
                ),
                class_name="line-clamp-2",
            ),
            rx.cond(
                more > 0,
                rx.el.p(text.claim.MORE_REMOVED.format(count=more), class_name="text-muted"),
            ),
            class_name="min-w-0 flex-1 basis-44 text-15",
        ),
        button(
            text.claim.UNDO,
            rx.el.span(text.claim.ABOUT.format(title=removed.title), class_name="sr-only"),
            kind="secondary",
            on_click=state.undo(removed.id, COMMAND),
            pending=True,
            data_cme_tap=f"undo-{removed.id}",
            # Gets the focus when the line that had it is removed.
            data_cme_focus_fallback="true",
        ),
        key=removed.id,
        custom_attrs={"data-cme-subject": removed.title},
        class_name="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-card bg-sunken p-2 "
        "pl-4",
    )
