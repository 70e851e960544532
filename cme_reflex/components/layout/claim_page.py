"""Wrapper of every claim page: shell, error message, announcements and page hooks."""

from typing import Any

import reflex as rx

from cme_reflex.components.command_queue import queue_notices
from cme_reflex.components.layout.connection import connection_status
from cme_reflex.components.layout.shell import shell
from cme_reflex.components.messages.notices import announcement, error_notice
from cme_reflex.components.page_hooks import page_hooks


def claim_page(
    state: Any,
    *children: Any,
    banner: Any,
    bar: rx.Component | None = None,
    actions: rx.Component | None = None,
    address: bool = False,
) -> rx.Component:
    """A page of a claim. `state` is its `ClaimPage`, `banner` the state of its error banner.

    Errors, the connection's status and the queue's notices are shown in the bar, which is always
    visible; without a bar, at the top.
    """
    error = error_notice(state.problem, floats=bar is None)
    status = rx.fragment(connection_status(state.unavailable != ""), queue_notices())
    return rx.fragment(
        shell(
            rx.fragment(error, status) if bar is None else rx.fragment(),
            *children,
            announcement(state.announcement),
            banner=banner,
            bar=None if bar is None else rx.fragment(error, status, bar),
            actions=actions,
        ),
        page_hooks(state, address=address),
    )
