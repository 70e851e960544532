"""Virtual list of sessions: the page renders a window of at most 48 rows.

Rows and headings have fixed heights (tokens.css), so CSS computes the list's padding above and
below the window from four integers. assets/page_hooks/list_position.js sends the row at the top of
the screen to the state; the reply is the one slot of rows that changes.
"""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import button
from cme_reflex.components.controls.icons import icon
from cme_reflex.components.page_hooks import COMMAND


def session_list(sessions: Any, *, locked: Any = False) -> rx.Component:
    """The list. `sessions` has the variables and handlers of `state.sessions.Sessions`."""
    return rx.el.div(
        rx.cond(sessions.rows_before > 0, _day(sessions.window_day, above=True)),
        rx.el.ul(
            rx.foreach(_window(sessions), lambda row, at: _row(sessions, row, at, locked)),
            role="list",
            aria_label=text.sessions.LIST,
            class_name="session-list",
            custom_attrs={
                "style": rx.Var.create(
                    {
                        "--rows-before": sessions.rows_before,
                        "--heads-before": sessions.heads_before,
                        "--rows-after": sessions.rows_after,
                        "--heads-after": sessions.heads_after,
                    }
                ),
                "data-cme-virtual-list": sessions.matches,
                "data-rows-before": sessions.rows_before,
                "data-rows-after": sessions.rows_after,
            },
        ),
        # A hidden field whose change event sends the scroll position to the state.
        rx.el.input(
            type="text",
            hidden=True,
            tab_index=-1,
            aria_hidden="true",
            aria_label=text.sessions.TOP_ROW,
            on_change=sessions.scroll_to,
            custom_attrs={"data-cme-top-row": "true"},
        ),
        class_name="-mx-4 overflow-clip border-y border-line md:mx-0 md:rounded-card md:border-x",
    )


def _window(sessions: Any) -> Any:
    """The three slots in display order: a ring that starts with slot `phase`."""
    a, b, c = sessions.slot_a, sessions.slot_b, sessions.slot_c
    return rx.cond(
        sessions.phase == 0, a + b + c, rx.cond(sessions.phase == 1, b + c + a, c + a + b)
    )


def _day(day: Any, *, above: bool = False) -> rx.Component:
    """A sticky day heading.

    With `above` it takes no space: its day starts in rows above the window.
    """
    return rx.cond(
        day != "",
        rx.el.h2(day, class_name=f"session-day {'session-day-above' if above else ''}"),
    )


def _row(sessions: Any, row: Any, at: Any, locked: Any) -> rx.Component:
    # `contents` makes the heading stick to the list instead of to its own row.
    return rx.el.li(
        _day(row.day),
        rx.el.div(
            _description(sessions, row),
            _add_or_remove(sessions, row, locked),
            class_name="session-row",
            custom_attrs={"data-cme-subject": row.title},
            data_row=sessions.rows_before + at,
        ),
        key=row.id,
        class_name="contents",
        custom_attrs={
            "aria-setsize": sessions.matches,
            "aria-posinset": sessions.rows_before + at + 1,
        },
    )


def _description(sessions: Any, row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.h3(row.title, class_name="session-title"),
        rx.el.p(
            rx.el.span(row.when),
            rx.el.span(row.credit, class_name="font-semibold"),
            rx.cond(row.more != "", rx.el.span(row.more, class_name="whitespace-normal")),
            class_name="session-facts text-ink",
        ),
        rx.el.p(
            rx.cond(
                sessions.in_conflict.contains(row.id),
                rx.el.span(
                    icon("warning", class_name="mr-1 inline align-[-0.25em]"),
                    text.sessions.OVERLAPS,
                    class_name="font-semibold text-warm",
                ),
            ),
            rx.cond(row.tag != "", rx.el.span(row.tag, class_name="font-semibold")),
            rx.el.span(row.place),
            class_name="session-place line-clamp-1 text-13 text-muted",
        ),
        class_name="min-w-0",
    )


def _add_or_remove(sessions: Any, row: Any, locked: Any) -> rx.Component:
    about = rx.el.span(text.sessions.ABOUT.format(title=row.title), class_name="sr-only")
    added_label = (
        icon("check"),
        text.sessions.ADDED,
        rx.el.span(text.sessions.ADDED_REMOVE, class_name="sr-only"),
    )
    added = button(
        idle_label(*added_label),
        pending_label(text.sessions.ADD),
        about,
        kind="done",
        class_name="w-26 px-2",
        pending=True,
        data_cme_tap=f"remove-{row.id}",
        disabled=locked,
        on_click=sessions.remove(row.id, COMMAND),
    )
    add = button(
        idle_label(text.sessions.ADD),
        pending_label(*added_label),
        about,
        kind="secondary",
        class_name="w-26 px-2",
        pending=True,
        data_cme_tap=f"add-{row.id}",
        disabled=locked,
        on_click=sessions.add(row.id, COMMAND),
    )
    refusal = rx.el.p(row.refusal, class_name="w-26 text-center text-13 text-muted")
    return rx.cond(row.refusal != "", refusal, rx.cond(sessions.added.contains(row.id), added, add))


def idle_label(*label: Any) -> rx.Component:
    """The label of an idle button."""
    return rx.el.span(*label, class_name="idle-label")


def pending_label(*label: Any) -> rx.Component:
    """The label of a button whose command is pending."""
    return rx.el.span(*label, class_name="pending-label")
