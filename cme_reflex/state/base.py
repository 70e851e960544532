"""What all pages of a claim share: authentication, the claim's summary, errors in words."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import wraps
from inspect import Parameter, signature
from time import perf_counter
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import reflex as rx

from cme_reflex import text
from cme_reflex.domain.claims.claim import ClaimStatus
from cme_reflex.domain.meetings.meeting import ClaimPeriod
from cme_reflex.routes import SIGN_IN_FORM
from cme_reflex.services.claims import claim, claim_snapshot
from cme_reflex.services.claims.claim import ClaimSummary
from cme_reflex.services.claims.claim_snapshot import ClaimSnapshot
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in import authentication
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.settings import settings
from cme_reflex.state.command_queue import CommandQueue
from cme_reflex.state.views import presenters, view_models
from cme_reflex.web.access_policy import Audience, allow
from cme_reflex.web.logs import log_extra, pseudonym
from cme_reflex.web.middleware.socket_limits import SIGN_IN_HEADER

logger = logging.getLogger(__name__)

Handler: TypeAlias = Callable[..., Awaitable[Any]]
Loader: TypeAlias = Callable[[str], Awaitable[tuple[Any, ...]]]
"""Loads what is injected into a handler, by the hash of the sign-in's token."""

INJECTED = ("context", "summary")  # parameters of a handler that never come from a browser


# A crowd that acts at one moment is answered one after another. Were all events handled together,
# each would be done last, and the event loop would take so long for a round that it answers no
# heartbeat: browsers would take the connection for dead, reconnect, and ask again.
MAX_CONCURRENT = 32

_semaphores: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def event_slot() -> asyncio.Semaphore:
    """The semaphore that limits how many events are handled at once, in the order they came."""
    loop = asyncio.get_running_loop()
    if loop not in _semaphores:
        _semaphores[loop] = asyncio.Semaphore(MAX_CONCURRENT)
    return _semaphores[loop]


class ClaimPage(rx.State, mixin=True):
    """The parts of a page's state that are the same on every page of a claim."""

    ready: bool = False
    attendee: str = ""
    totals: view_models.TotalsView = view_models.TotalsView()
    submitted: bool = False
    locked: str = ""
    problem: str = ""
    announcement: str = ""
    redirect_to: str = ""
    _attendee_id: int = 0
    _revision: int = 0
    _programme_version: int = 0
    _loaded: tuple[ClaimSummary, ...] = ()
    _loaded_at: tuple[int, int] = (0, 0)  # the revision and the programme version of `_loaded`

    def _set(self, **shown: object) -> None:
        """Set what differs; what stays the same is not sent again."""
        for name, value in shown.items():
            if getattr(self, name) != value:
                setattr(self, name, value)

    def _show_summary(
        self, context: RequestContext, summary: ClaimSummary, *, announcement: str = ""
    ) -> None:
        """Show the claim's summary, and announce what has just been done."""
        limits = context.meeting.limits(context.attendee.registration_type)
        self._set(
            ready=True,
            totals=presenters.totals_view(summary, limits.category1),
            submitted=summary.claim.status is ClaimStatus.SUBMITTED,
            locked=_lock(context, summary),
            _revision=summary.claim.revision,
        )
        if self._programme_version != context.programme.version:
            # A registered name changes only where the meeting is loaded again.
            self._set(attendee=context.attendee.name, _programme_version=context.programme.version)
        self._say(summary, announcement)

    def _say(self, summary: ClaimSummary, announcement: str) -> None:
        self._set(problem=text.claim.CLEARED if summary.cleared else "", announcement=announcement)

    async def _summary(self, context: RequestContext) -> ClaimSummary:
        """The claim as it stands, loaded only where it or the programme has changed since."""
        current = (context.claim_revision, context.programme.version)
        if not self._loaded or self._loaded_at != current:
            self._loaded, self._loaded_at = (await claim.load_summary(context),), current
        return self._loaded[0]

    async def _run_handler(
        self,
        load: Loader,
        command_id: str,
        quiet: bool,
        handler: Handler,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        async with event_slot():
            return await self._run_in_slot(load, command_id, quiet, handler, *args, **kwargs)

    async def _run_in_slot(
        self,
        load: Loader,
        command_id: str,
        quiet: bool,
        handler: Handler,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        event = f"{type(self).__name__}.{handler.__name__}".lower()
        try:
            context, *injected = await load(self.router.headers.raw_headers.get(SIGN_IN_HEADER, ""))
        except authentication.NotSignedIn:
            _log(logging.INFO, event, outcome="not signed in")
            self.reset()  # type: ignore[no-untyped-call]
            self.redirect_to = f"{SIGN_IN_FORM}#expired"
            return None
        who = {"meeting": context.meeting.code, "attendee": pseudonym(context.attendee.id)}
        if self._attendee_id != context.attendee.id:
            # What somebody else left in this tab is nobody's business.
            self.reset()  # type: ignore[no-untyped-call]
            self._attendee_id = context.attendee.id
        queue = await self.get_state(CommandQueue)
        queue.attendee = str(context.attendee.id)
        started, outcome = perf_counter(), "done"
        try:
            answer = await handler(
                self, replace(context, command=command_id), *injected, *args, **kwargs
            )
        except Exception as error:
            problem = text.errors.error_message(error, context.meeting.zone)
            outcome = f"{'failed' if problem is None else 'refused'}: {type(error).__name__}"
            if problem is None:
                raise
            self._set(problem=problem, ready=True)
            answer = None
        finally:
            # A letter of a search that went well is not worth a line.
            level = logging.DEBUG if quiet and outcome == "done" else logging.INFO
            if logger.isEnabledFor(level):
                ms = round(1000 * (perf_counter() - started), 1)
                _log(level, event, **who, ms=ms, outcome=outcome)
        if command_id:
            # Carried out, or refused in words: either way the browser need not keep it.
            queue.applied, queue.refused = command_id, outcome != "done"
        return answer


def _authenticated_with(load: Loader, *, quiet: bool = False) -> Callable[[Handler], Any]:
    def decorate(handler: Handler) -> Any:
        @wraps(handler)
        async def wrapper(self: ClaimPage, *args: Any, **kwargs: Any) -> Any:
            return await self._run_handler(load, "", quiet, handler, *args, **kwargs)

        return _as_event(wrapper, handler)

    return decorate


async def _context(hashed: str) -> tuple[RequestContext]:
    return (await authentication.authenticate_hash(settings().meeting, hashed, now=clock()),)


async def _snapshot(hashed: str) -> ClaimSnapshot:
    return await claim_snapshot.load(settings().meeting, hashed, now=clock())


authenticated = _authenticated_with(_context)
"""Give a handler the context that the cookie of this very event proves.

Without one the page is left for the sign-in. A domain error that is the
attendee's to fix is shown in words; any other one is raised.
"""

with_claim = _authenticated_with(_snapshot)
"""The same, and how the claim stands at this moment."""


def browsing(handler: Handler) -> Any:
    """The same for a handler that browses the list, by the summary that the page already has.

    The claim is loaded only where it has changed. One that went well is no line of the log.
    """

    @wraps(handler)
    async def with_summary(
        self: ClaimPage, context: RequestContext, *args: Any, **kwargs: Any
    ) -> Any:
        return await handler(self, context, await self._summary(context), *args, **kwargs)

    return _authenticated_with(_context, quiet=True)(with_summary)


def command(handler: Handler) -> Any:
    """The same for a handler that changes the claim: what it asks for is carried out once.

    The browser gives each tap an id (`components.page_hooks.COMMAND`) as the last
    argument, which the context carries to the service.
    """

    @wraps(handler)
    async def wrapper(self: ClaimPage, *args: Any, command: str = "", **kwargs: Any) -> Any:
        return await self._run_handler(_context, command, False, handler, *args, **kwargs)

    given = Parameter("command", Parameter.POSITIONAL_OR_KEYWORD, default="", annotation=str)
    return _as_event(wrapper, handler, given)


def _as_event(wrapper: Any, handler: Callable[..., Any], *more: Parameter) -> Any:
    # The framework reads from its signature what a browser may send.
    parameters = [p for p in signature(handler).parameters.values() if p.name not in INJECTED]
    wrapper.__signature__ = signature(handler).replace(parameters=[*parameters, *more])
    wrapper.__annotations__ = {
        name: kind for name, kind in handler.__annotations__.items() if name not in INJECTED
    }
    return allow(Audience.ATTENDEE)(wrapper)


def _log(level: int, event: str, **told: object) -> None:
    logger.log(level, "event handled", extra=log_extra(event=event, **told))


def _lock(context: RequestContext, summary: ClaimSummary) -> str:
    claim, meeting = summary.claim, context.meeting
    if claim.status is ClaimStatus.SUBMITTED:
        return text.claim.LOCKED
    match meeting.period(clock(), claim.reopened_until):
        case ClaimPeriod.NOT_OPEN:
            return text.claim.opens(meeting.claim.opens_at, meeting.zone)
        case ClaimPeriod.CLOSED:
            return text.claim.closed(claim.reopened_until or meeting.claim.closes_at, meeting.zone)
    return ""
