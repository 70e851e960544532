"""State of the session list: filters from the address, the rendered window, Add and Remove."""

from collections.abc import Mapping
from datetime import date
from typing import Self
from urllib.parse import urlencode

import reflex as rx

from cme_reflex import text
from cme_reflex.domain.credit.credit_type import CreditTypes
from cme_reflex.domain.programme.programme import Programme, Session
from cme_reflex.domain.programme.session_filter import (
    ClaimFilter,
    SessionFilter,
    SortOrder,
    filter_sessions,
)
from cme_reflex.reflex_bridge.detached_state import deltas_of, detached, values_of
from cme_reflex.services.claims import claim_lines
from cme_reflex.services.claims.claim import ClaimSummary
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.state.base import UndoPage, browsing, command, immediate, with_claim
from cme_reflex.state.command_queue import CommandQueue, queue_owner
from cme_reflex.state.views import session_window, view_models
from cme_reflex.state.views.session_window import WINDOW_CHUNKS
from cme_reflex.web.pages.first_screen import FirstScreen

SLOTS = ("slot_a", "slot_b", "slot_c")


class Sessions(UndoPage, rx.State):
    """State of `/sessions`.

    The page has a window of the list: three slots of rows form a ring, and scrolling sends only
    the slot that changes. Chunk n of the list is in slot n % 3. `phase` is the slot that comes
    first in the page, `_chunks` are the numbers of the chunks in the window, and `_found` the ids
    of all sessions of the list. `_found` does not change when sessions are added or removed, so
    that the list stays stable while scrolling.
    """

    day: str = ""
    kind: str = ""
    credit: str = ""
    query: str = ""
    sort: str = SortOrder.DATE.value
    showing: str = ClaimFilter.ALL.value
    address: str = ""
    days: list[view_models.FilterOption] = []
    kinds: list[view_models.FilterOption] = []
    credits: list[view_models.FilterOption] = []
    matches: int = 0
    found: str = ""
    slot_a: list[view_models.SessionRow] = []
    slot_b: list[view_models.SessionRow] = []
    slot_c: list[view_models.SessionRow] = []
    phase: int = 0
    rows_before: int = 0
    heads_before: int = 0
    rows_after: int = 0
    heads_after: int = 0
    window_day: str = ""
    added: list[int] = []
    in_conflict: list[int] = []
    _found: tuple[int, ...] = ()
    _chunks: tuple[int, ...] = ()

    @rx.event
    @with_claim
    async def load(self, context: RequestContext, summary: ClaimSummary):
        """Rebuild the page from the address and the database."""
        self._open(context, summary, self.router.url.query_parameters)

    @classmethod
    def opened(cls, context: RequestContext, summary: ClaimSummary) -> Self:
        """A detached state of the page without filters, and without an announcement."""
        page = detached(cls)
        page._open(context, summary, {})  # noqa: SLF001 - of this class
        page.announcement = ""
        return page

    def _open(
        self, context: RequestContext, summary: ClaimSummary, parameters: Mapping[str, str]
    ) -> None:
        _ = context.programme.index  # built now, or the first letter would wait for it
        days, kinds = _day_options(context.programme), _kind_options(context.programme)
        credit_types = _credit_options(summary.offered)
        self._set(
            day=_valid_choice(days, parameters.get("day")),
            kind=_valid_choice(kinds, parameters.get("kind")),
            credit=_valid_choice(credit_types, parameters.get("credit")),
            query=parameters.get("q", ""),
            sort=_sort_order(parameters.get("sort")).value,
            showing=_claim_filter(parameters.get("show")).value,
            days=days,
            kinds=kinds,
            credits=credit_types,
        )
        self._update_list(context, summary, is_first=True)
        self._show_summary(context, summary, announcement=self.announcement)

    @rx.event
    @browsing
    async def search(self, context: RequestContext, summary: ClaimSummary, query: str):
        """Show the sessions that match every word."""
        self.query = str(query)
        self._update_list(context, summary)

    @rx.event
    @browsing
    async def filter_day(self, context: RequestContext, summary: ClaimSummary, day: str):
        """Show one day; an empty value shows all days."""
        self.day = str(day)
        self._update_list(context, summary)

    @rx.event
    @browsing
    async def filter_kind(self, context: RequestContext, summary: ClaimSummary, kind: str):
        """Show one kind of session; an empty value shows all kinds."""
        self.kind = str(kind)
        self._update_list(context, summary)

    @rx.event
    @browsing
    async def filter_credit(self, context: RequestContext, summary: ClaimSummary, credit: str):
        """Show the sessions that give credit of one type; an empty value shows all."""
        self.credit = str(credit)
        self._update_list(context, summary)

    @rx.event
    @browsing
    async def show_only(self, context: RequestContext, summary: ClaimSummary, showing: str):
        """Show all sessions, the added ones, or those that fit the claim."""
        self.showing = str(showing)
        self._update_list(context, summary)

    @rx.event
    @browsing
    async def sort_by(self, context: RequestContext, summary: ClaimSummary, sort: str):
        """Sort the list by date, title or credit."""
        self.sort = str(sort)
        self._update_list(context, summary)

    @rx.event
    @immediate(label=text.sessions.EVERYTHING)
    async def clear_filters(self, context: RequestContext):
        """Show all sessions."""
        self._set(day="", kind="", credit="", query="", showing=ClaimFilter.ALL.value)
        self._update_list(context, await self._summary(context))

    @rx.event
    @browsing
    async def scroll_to(self, context: RequestContext, summary: ClaimSummary, row: str):
        """Move the window to this row, counted from 0, which is at the top of the screen."""
        top = int(row) if str(row).isascii() and str(row).isdigit() and len(row) < 6 else 0
        if self._found:  # empty before the page has loaded
            sessions = [context.programme.sessions[key] for key in self._found]
            self._show_window(context, summary, sessions, top // session_window.CHUNK)

    @rx.event
    @command("session_id", label=text.queue.ADD)
    async def add(self, context: RequestContext, session_id: int):
        """Add a session to the claim."""
        summary = await claim_lines.add_session(context, session_id, now=clock())
        overlaps = session_id in summary.in_conflict
        added = text.claim.ADDED_OVERLAPS if overlaps else text.claim.ADDED
        announcement = added.format(title=context.programme.session(session_id).title)
        self._show_claim(context, summary, announcement=announcement)

    @rx.event
    @command("session_id", label=text.queue.REMOVE)
    async def remove(self, context: RequestContext, session_id: int):
        """Remove a session from the claim; Undo restores it."""
        summary = await claim_lines.remove_session(context, session_id, now=clock())
        announcement = text.claim.REMOVED.format(title=context.programme.session(session_id).title)
        self._show_claim(context, summary, announcement=announcement)

    @rx.event
    @command("session_id", label=text.queue.UNDO)
    async def undo(self, context: RequestContext, session_id: int):
        """Restore a removed session with its credit and answers, and the totals it had cleared."""
        summary = await claim_lines.restore_session(context, session_id, now=clock())
        self._show_claim(context, summary, announcement=text.claim.BROUGHT_BACK)

    @rx.event
    @with_claim
    async def refresh(self, context: RequestContext, summary: ClaimSummary):
        """Show changes made in other tabs, without moving the list."""
        self._show_claim(context, summary)

    def _update_list(
        self, context: RequestContext, summary: ClaimSummary, *, is_first: bool = False
    ) -> None:
        session_filter = self._session_filter(summary)
        sessions = filter_sessions(context.programme, session_filter, summary.claim.lines)
        self._found, self._chunks = tuple(session.id for session in sessions), ()
        found = text.claim.SESSIONS(len(sessions))
        self._set(matches=len(sessions), found=found, address=self._address())
        announcement = text.sessions.FOUND.format(sessions=found)
        # A page without filters has had the whole window on its first screen.
        is_whole = is_first and not self.address
        self._show_window(
            context, summary, sessions, 0, announcement=announcement, is_whole=is_whole
        )

    def _session_filter(self, summary: ClaimSummary) -> SessionFilter:
        primary = summary.offered.first_primary
        return SessionFilter(
            day=_date(self.day),
            kind=self.kind,
            credit=self.credit,
            primary=primary.code if primary else "",
            query=self.query,
            sort=_sort_order(self.sort),
            show=_claim_filter(self.showing),
        )

    def _address(self) -> str:
        parameters = {
            "day": self.day,
            "kind": self.kind,
            "credit": self.credit,
            "q": self.query,
            "sort": "" if self.sort == SortOrder.DATE else self.sort,
            "show": "" if self.showing == ClaimFilter.ALL else self.showing,
        }
        return urlencode({name: value for name, value in parameters.items() if value})

    def _show_window(
        self,
        context: RequestContext,
        summary: ClaimSummary,
        sessions: list[Session],
        chunk: int,
        *,
        announcement: str = "",
        is_whole: bool = False,
    ) -> None:
        window = session_window.window_at(
            context.programme,
            sessions,
            chunk,
            context.attendee,
            clock(),
            by_date=_sort_order(self.sort) is SortOrder.DATE,
            shown=self._chunks,
            is_whole=is_whole,
        )
        for number, rows in window.rows.items():
            setattr(self, SLOTS[number % WINDOW_CHUNKS], rows)
        for slot in {0, 1, 2} - {number % WINDOW_CHUNKS for number in window.chunks}:
            self._set(**{SLOTS[slot]: []})
        self._chunks = window.chunks
        self._set(
            phase=window.chunks[0] % WINDOW_CHUNKS,
            rows_before=window.rows_before,
            rows_after=window.rows_after,
            heads_before=window.heads_before,
            heads_after=window.heads_after,
            window_day=window.day,
        )
        if summary.claim.revision == self._revision:
            self._say(context, summary, announcement)
        else:
            self._show_summary(context, summary, announcement=announcement)
        self._update_markers(summary)

    def _show_claim(
        self, context: RequestContext, summary: ClaimSummary, *, announcement: str = ""
    ) -> None:
        self._show_summary(context, summary, announcement=announcement)
        self._update_markers(summary)

    def _update_markers(self, summary: ClaimSummary) -> None:
        # Only sessions in the window: the reply must not grow with the claim.
        chunk = session_window.CHUNK
        shown = {
            key
            for number in self._chunks
            for key in self._found[number * chunk : (number + 1) * chunk]
        }
        self._set(
            added=[line.session_id for line in summary.claim.lines if line.session_id in shown],
            in_conflict=sorted(summary.in_conflict & shown),
        )


def first_screen(context: RequestContext, summary: ClaimSummary) -> FirstScreen | None:
    """What the page shows the attendee first; None for a meeting without sessions to show.

    The queue has its owner from the beginning, so that what is tapped is kept without a connection.
    """
    page, queue = Sessions.opened(context, summary), detached(CommandQueue)
    if not page.matches:
        return None
    queue.attendee = queue_owner(context.attendee.id)
    queue.meeting_version = context.programme.version
    return FirstScreen(values_of(page), deltas_of(page, queue))


def _day_options(programme: Programme) -> list[view_models.FilterOption]:
    days = sorted({programme.days[session.id] for session in programme.eligible_sessions})
    return [view_models.FilterOption("", text.sessions.ALL_DAYS)] + [
        view_models.FilterOption(day.isoformat(), text.dates.short_day(day)) for day in days
    ]


def _kind_options(programme: Programme) -> list[view_models.FilterOption]:
    kinds = sorted({session.kind for session in programme.eligible_sessions})
    return [view_models.FilterOption("", text.sessions.ALL_KINDS)] + [
        view_models.FilterOption(kind, kind.capitalize()) for kind in kinds
    ]


def _credit_options(types: CreditTypes) -> list[view_models.FilterOption]:
    return [view_models.FilterOption("", text.sessions.ANY_CREDIT)] + [
        view_models.FilterOption(each.code, each.label) for each in types
    ]


def _valid_choice(choices: list[view_models.FilterOption], value: str | None) -> str:
    """The value if it is one of the choices; otherwise the first one's, which means all."""
    return value if value in {choice.value for choice in choices} else choices[0].value


def _sort_order(value: str | None) -> SortOrder:
    return SortOrder(value) if value in set(SortOrder) else SortOrder.DATE


def _claim_filter(value: str | None) -> ClaimFilter:
    return ClaimFilter(value) if value in set(ClaimFilter) else ClaimFilter.ALL


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
