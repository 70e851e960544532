"""Wrapper of every claim page: shell, error message, announcements and page hooks."""

from typing import Any

import reflex as rx

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

    Errors are shown in the bar, which is always visible; without a bar, at the top.
    """
    error = error_notice(state.problem, floats=bar is None)
    return rx.fragment(
        shell(
            error if bar is None else rx.fragment(),
            *children,
            announcement(state.announcement),
            banner=banner,
            bar=None if bar is None else rx.fragment(error, bar),
            actions=actions,
        ),
        page_hooks(state, refresh=state.refresh, address=address),
    )
