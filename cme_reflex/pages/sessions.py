"""Add Sessions: search, filters, order, and the list."""

import reflex as rx

from cme_reflex import words
from cme_reflex.components.account_link import signed_in_actions
from cme_reflex.components.buttons import button, button_link
from cme_reflex.components.chips import chips
from cme_reflex.components.claim_page import claim_page
from cme_reflex.components.fields import select_field, text_field
from cme_reflex.components.filled import filled
from cme_reflex.components.icons import icon
from cme_reflex.components.notices import notice
from cme_reflex.components.page_hooks import query_field
from cme_reflex.components.session_list import session_list
from cme_reflex.components.shell import action_bar, page_title
from cme_reflex.components.skeleton import skeleton_rows
from cme_reflex.components.totals import totals_line
from cme_reflex.routes import HOME
from cme_reflex.state.error_banner import ErrorBanner
from cme_reflex.state.sessions import Sessions
from cme_reflex.state.views import Choice

KEYSTROKE_PAUSE = 150  # milliseconds; shorter than between two words, longer than between letters

SHOWING = [
    Choice("all", words.sessions.SHOW_ALL),
    Choice("added", words.sessions.SHOW_ADDED),
    Choice("fits", words.sessions.SHOW_FITTING),
]
ORDERS = [
    (words.sessions.BY_DATE, "date"),
    (words.sessions.BY_TITLE, "title"),
    (words.sessions.BY_HOURS, "hours"),
]


def sessions() -> rx.Component:
    """The list with what narrows it down."""
    screen = claim_page(
        Sessions,
        page_title(words.sessions.TITLE),
        rx.cond(Sessions.locked != "", notice(Sessions.locked, tone="info")),
        _filters(),
        rx.cond(
            Sessions.ready,
            rx.cond(
                Sessions.matches > 0,
                session_list(Sessions, locked=Sessions.locked != ""),
                _nothing_found(),
            ),
            skeleton_rows(),
        ),
        banner=ErrorBanner,
        bar=action_bar(
            totals_line(Sessions.totals),
            button_link(icon("back"), words.sessions.BACK, href=HOME),
            below=True,
        ),
        actions=signed_in_actions(),
        address=True,
    )
    return filled(Sessions, screen)


def _filters() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            text_field(
                words.sessions.SEARCH,
                field_id="search",
                type="search",
                placeholder=words.sessions.SEARCH_IN,
                auto_complete="off",
                enter_key_hint="search",
                spell_check=False,
                on_change=Sessions.search.debounce(KEYSTROKE_PAUSE),
                value=Sessions.query,
                **query_field("q"),
            ),
            select_field(
                words.sessions.KIND,
                rx.foreach(
                    Sessions.kinds,
                    lambda kind: rx.el.option(kind.label, value=kind.value, key=kind.value),
                ),
                field_id="kind",
                value=Sessions.kind,
                on_change=Sessions.filter_kind,
                **query_field("kind"),
            ),
            select_field(
                words.sessions.SORT,
                *(rx.el.option(label, value=value) for label, value in ORDERS),
                field_id="sort",
                value=Sessions.sort,
                on_change=Sessions.sort_by,
                **query_field("sort"),
            ),
            class_name="grid grid-cols-2 gap-3 *:first:col-span-2 md:grid-cols-[2fr_1fr_1fr] "
            "md:*:first:col-span-1",
        ),
        chips(
            words.sessions.DAY,
            Sessions.days,
            name="day",
            chosen=Sessions.day,
            on_choose=Sessions.filter_day,
        ),
        chips(
            words.sessions.SHOW,
            SHOWING,
            name="show",
            chosen=Sessions.showing,
            on_choose=Sessions.show_only,
        ),
        rx.el.p(
            rx.cond(Sessions.ready, words.sessions.FOUND.format(sessions=Sessions.found), ""),
            class_name="min-h-5 text-13 text-muted",
        ),
        role="search",
        class_name="grid gap-3",
    )


def _nothing_found() -> rx.Component:
    return rx.el.div(
        rx.el.p(words.sessions.NOTHING_FOUND, class_name="font-semibold"),
        rx.el.p(
            words.sessions.NOTHING_FOUND_REMEDY,
            class_name="text-muted",
        ),
        button(words.sessions.EVERYTHING, kind="secondary", on_click=Sessions.clear_filters),
        class_name="grid justify-items-start gap-3 py-6",
    )
