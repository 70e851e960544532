"""Notices of overlapping sessions, with links to the lines to change."""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import page_link
from cme_reflex.components.controls.icons import icon
from cme_reflex.components.messages.interpolation import pluralize
from cme_reflex.components.messages.notices import notice

MAX_LISTED = 4  # titles shown before the list is collapsed


def conflicts(views: Any) -> rx.Component:
    """A notice for each `view_models.ConflictView` of a list; nothing for an empty list."""
    return rx.el.div(
        rx.foreach(views, _conflict),
        id="conflicts",
        role="status",
        class_name="grid scroll-mt-6 gap-3 empty:hidden",
    )


def _session_links(sessions: Any) -> rx.Component:
    """A list of the sessions, each a link to its claim line."""

    def item(session: Any) -> rx.Component:
        link = page_link(session.title, href=session.href)
        return rx.el.li(link, key=session.href, class_name="py-1")

    return rx.el.ul(rx.foreach(sessions, item), class_name="mt-1 list-disc pl-5")


def _collapsed_links(sessions: Any) -> rx.Component:
    """The number of sessions, with a collapsed list, so that the next step stays on screen."""
    return rx.el.details(
        rx.el.summary(
            icon("chevron", class_name="transition-transform group-open:rotate-90"),
            pluralize(text.claim.SESSIONS, sessions.length()),
            class_name="flex min-h-11 w-fit items-center gap-1.5 font-semibold",
        ),
        _session_links(sessions),
        class_name="group",
    )


def _conflict(conflict: Any) -> rx.Component:
    many = conflict.sessions.length() > MAX_LISTED
    parts = (
        rx.foreach(conflict.windows, lambda window: rx.el.p(window, key=window)),
        rx.cond(many, _collapsed_links(conflict.sessions), _session_links(conflict.sessions)),
        rx.el.p(conflict.advice, class_name="mt-1 text-muted"),
    )
    return rx.cond(
        conflict.blocking,
        notice(*parts, tone="warning", title=text.claim.THESE_OVERLAP),
        notice(*parts, tone="info", title=text.claim.THESE_OVERLAP),
    )
