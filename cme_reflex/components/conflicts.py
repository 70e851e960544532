"""Sessions that nobody can have attended at once, told at the top with the way out."""

from typing import Any

import reflex as rx

from cme_reflex import words
from cme_reflex.components.buttons import page_link
from cme_reflex.components.icons import icon
from cme_reflex.components.notices import notice
from cme_reflex.components.sentences import plural

FEW = 4  # titles that are told at once


def conflicts(told: Any) -> rx.Component:
    """A notice for each of a list of `views.ConflictView`; nothing while it is empty."""
    return rx.el.div(
        rx.foreach(told, _conflict),
        id="conflicts",
        role="status",
        class_name="grid scroll-mt-6 gap-3 empty:hidden",
    )


def _ways(sessions: Any) -> rx.Component:
    """Each session with the way to its line, where it is put right."""

    def way(session: Any) -> rx.Component:
        link = page_link(session.title, href=session.href)
        return rx.el.li(link, key=session.href, class_name="py-1")

    return rx.el.ul(rx.foreach(sessions, way), class_name="mt-1 list-disc pl-5")


def _many(sessions: Any) -> rx.Component:
    """How many there are, and which at a tap: what is to do next stays on the first screen."""
    return rx.el.details(
        rx.el.summary(
            icon("chevron", class_name="transition-transform group-open:rotate-90"),
            plural(words.claim.SESSIONS, sessions.length()),
            class_name="flex min-h-11 w-fit items-center gap-1.5 font-semibold",
        ),
        _ways(sessions),
        class_name="group",
    )


def _conflict(conflict: Any) -> rx.Component:
    many = conflict.sessions.length() > FEW
    parts = (
        rx.foreach(conflict.windows, lambda window: rx.el.p(window, key=window)),
        rx.cond(many, _many(conflict.sessions), _ways(conflict.sessions)),
        rx.el.p(conflict.advice, class_name="mt-1 text-muted"),
    )
    return rx.cond(
        conflict.blocking,
        notice(*parts, tone="warning", title=words.claim.THESE_OVERLAP),
        notice(*parts, tone="info", title=words.claim.THESE_OVERLAP),
    )
