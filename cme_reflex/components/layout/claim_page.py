"""What every page of a claim is wrapped in, around the shell."""

from typing import Any

import reflex as rx

from cme_reflex.components.layout.shell import shell
from cme_reflex.components.messages.notices import announcement, error_notice
from cme_reflex.components.page_hooks import page_hooks


def claim_page(
    page: Any,
    *children: Any,
    banner: Any,
    bar: rx.Component | None = None,
    actions: rx.Component | None = None,
    address: bool = False,
) -> rx.Component:
    """A screen of a claim. `page` is its state, a `ClaimPage`; `banner` its error banner's.

    What could not be done is told in the bar, which is in sight wherever one was tapping.
    """
    error = error_notice(page.problem, floats=bar is None)
    return rx.fragment(
        shell(
            error if bar is None else rx.fragment(),
            *children,
            announcement(page.announcement),
            banner=banner,
            bar=None if bar is None else rx.fragment(error, bar),
            actions=actions,
        ),
        page_hooks(page, refresh=page.refresh, address=address),
    )
