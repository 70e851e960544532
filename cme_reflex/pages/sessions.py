"""Add Sessions page: search, filters, sort order and the list."""

import reflex as rx

from cme_reflex import text
from cme_reflex.components.claim.session_list import session_list
from cme_reflex.components.claim.totals import totals_line
from cme_reflex.components.claim.undo import undo_notice
from cme_reflex.components.controls.buttons import button, button_link
from cme_reflex.components.controls.chips import chips
from cme_reflex.components.controls.fields import select_field, text_field
from cme_reflex.components.controls.icons import icon
from cme_reflex.components.first_screen import first_screen_part
from cme_reflex.components.layout.claim_page import claim_page
from cme_reflex.components.layout.connection import unanswered_note
from cme_reflex.components.layout.header_actions import signed_in_actions
from cme_reflex.components.layout.shell import action_bar, page_title
from cme_reflex.components.layout.skeleton import skeleton_rows
from cme_reflex.components.messages.notices import notice
from cme_reflex.components.page_hooks import COMMAND, query_field
from cme_reflex.routes import HOME
from cme_reflex.state.error_banner import ErrorBanner
from cme_reflex.state.sessions import Sessions
from cme_reflex.state.views.view_models import FilterOption

SEARCH_DEBOUNCE = (
    150  # milliseconds; longer than the gap between letters, shorter than between words
)

SHOW_OPTIONS = [
    FilterOption("all", text.sessions.SHOW_ALL),
    FilterOption("added", text.sessions.SHOW_ADDED),
    FilterOption("fits", text.sessions.SHOW_FITTING),
]
SORT_OPTIONS = [
    (text.sessions.BY_DATE, "date"),
    (text.sessions.BY_TITLE, "title"),
    (text.sessions.BY_HOURS, "hours"),
]


def sessions() -> rx.Component:
    """The list with its search and filters."""
    return claim_page(
        Sessions,
        page_title(text.sessions.TITLE),
        _part("locked", rx.cond(Sessions.locked != "", notice(Sessions.locked, tone="info"))),
        _filters(),
        _part(
            "rows",
            rx.cond(
                Sessions.matches > 0,
                session_list(Sessions, locked=Sessions.locked != ""),
                _nothing_found(),
            ),
            skeleton=skeleton_rows(),
        ),
        banner=ErrorBanner,
        bar=rx.fragment(
            _part("changes", undo_notice(Sessions)),
            action_bar(
                _part("totals", totals_line(Sessions.totals)),
                button_link(icon("back"), text.sessions.BACK, href=HOME),
                below=True,
            ),
        ),
        actions=signed_in_actions(),
        address=True,
    )


def _part(name: str, live: rx.Component, *, skeleton: rx.Component | None = None) -> rx.Component:
    return first_screen_part(name, ready=Sessions.ready, live=live, skeleton=skeleton)


def _filters() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            text_field(
                text.sessions.SEARCH,
                field_id="search",
                type="search",
                placeholder=text.sessions.SEARCH_IN,
                auto_complete="off",
                enter_key_hint="search",
                spell_check=False,
                on_change=Sessions.search.debounce(SEARCH_DEBOUNCE),
                value=Sessions.query,
                **query_field("q"),
            ),
            _part(
                "kinds",
                select_field(
                    text.sessions.KIND,
                    rx.foreach(
                        Sessions.kinds,
                        lambda kind: rx.el.option(kind.label, value=kind.value, key=kind.value),
                    ),
                    field_id="kind",
                    value=Sessions.kind,
                    on_change=Sessions.filter_kind,
                    **query_field("kind"),
                ),
            ),
            _part(
                "credits",
                select_field(
                    text.sessions.CREDIT,
                    rx.foreach(
                        Sessions.credits,
                        lambda credit: rx.el.option(
                            credit.label, value=credit.value, key=credit.value
                        ),
                    ),
                    field_id="credit",
                    value=Sessions.credit,
                    on_change=Sessions.filter_credit,
                    **query_field("credit"),
                ),
            ),
            select_field(
                text.sessions.SORT,
                *(rx.el.option(label, value=value) for label, value in SORT_OPTIONS),
                field_id="sort",
                value=Sessions.sort,
                on_change=Sessions.sort_by,
                **query_field("sort"),
            ),
            class_name="grid grid-cols-2 gap-3 *:first:col-span-2 *:last:col-span-2 "
            "md:grid-cols-[13fr_12fr_12fr_9fr] "
            "md:*:first:col-span-1 md:*:last:col-span-1",
        ),
        _part(
            "days",
            chips(
                text.sessions.DAY,
                Sessions.days,
                name="day",
                chosen=Sessions.day,
                on_choose=Sessions.filter_day,
            ),
        ),
        unanswered_note(text.sessions.NEEDS_CONNECTION),
        chips(
            text.sessions.SHOW,
            SHOW_OPTIONS,
            name="show",
            chosen=Sessions.showing,
            on_choose=Sessions.show_only,
        ),
        _part(
            "found",
            rx.el.p(
                rx.cond(Sessions.ready, text.sessions.FOUND.format(sessions=Sessions.found), ""),
                class_name="min-h-5 text-13 text-muted",
            ),
        ),
        role="search",
        class_name="grid gap-3",
    )


def _nothing_found() -> rx.Component:
    return rx.el.div(
        rx.el.p(text.sessions.NOTHING_FOUND, class_name="font-semibold"),
        rx.el.p(
            text.sessions.NOTHING_FOUND_REMEDY,
            class_name="text-muted",
        ),
        button(
            text.sessions.EVERYTHING,
            kind="secondary",
            on_click=Sessions.clear_filters(COMMAND),
        ),
        class_name="grid justify-items-start gap-3 py-6",
    )
