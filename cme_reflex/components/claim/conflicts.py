"""Sessions that nobody can have attended at once, told at the top with the way out."""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import page_link
from cme_reflex.components.controls.icons import icon
from cme_reflex.components.messages.interpolation import pluralize
from cme_reflex.components.messages.notices import notice

MAX_LISTED = 4  # titles that are told at once


def conflicts(views: Any) -> rx.Component:
    """A notice for each of a list of `view_models.ConflictView`; nothing while it is empty."""
    return rx.el.div(
        rx.foreach(views, _conflict),
        id="conflicts",
        role="status",
        class_name="grid scroll-mt-6 gap-3 empty:hidden",
    )


def _session_links(sessions: Any) -> rx.Component:
    """Each session with the way to its line, where it is put right."""

    def way(session: Any) -> rx.Component:
        link = page_link(session.title, href=session.href)
        return rx.el.li(link, key=session.href, class_name="py-1")

    return rx.el.ul(rx.foreach(sessions, way), class_name="mt-1 list-disc pl-5")


def _collapsed_links(sessions: Any) -> rx.Component:
    """How many there are, and which at a tap: what is to do next stays on the first screen."""
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
