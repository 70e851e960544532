"""Base of all claim pages' states: authentication, the claim's summary, error messages."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from inspect import Parameter, signature
from time import perf_counter
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import reflex as rx

from cme_reflex import text
from cme_reflex.domain.claims.claim import ClaimPeriod, ClaimStatus, claim_period
from cme_reflex.routes import SIGN_IN_FORM
from cme_reflex.services.claims import claim, claim_snapshot
from cme_reflex.services.claims.claim import ClaimSummary
from cme_reflex.services.claims.claim_snapshot import ClaimSnapshot
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in import authentication
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.state.command_queue import CommandQueue, Outcome, Reply, queue_owner
from cme_reflex.state.views import credit_presenter, view_models
from cme_reflex.store.transient_errors import is_transient
from cme_reflex.web.access_policy import Audience, allow
from cme_reflex.web.logs import log_extra, pseudonym
from cme_reflex.web.middleware.socket_sign_in import MEETING_HEADER, SIGN_IN_HEADER

logger = logging.getLogger(__name__)

Handler: TypeAlias = Callable[..., Awaitable[Any]]
Loader: TypeAlias = Callable[[str, str], Awaitable[tuple[Any, ...]]]
"""Loads a handler's injected arguments by the meeting and the hash of the sign-in's token."""

INJECTED = ("context", "summary")  # parameters of a handler that a browser cannot send


# Events beyond the limit wait in order. If all ran at once under a burst of load, all would finish
# late, and the event loop could not answer heartbeats in time: browsers would consider the
# connection dead, reconnect and send their events again.
MAX_CONCURRENT = 32

_semaphores: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def event_slot() -> asyncio.Semaphore:
    """The semaphore of the running event loop; waiters acquire it in order."""
    loop = asyncio.get_running_loop()
    if loop not in _semaphores:
        _semaphores[loop] = asyncio.Semaphore(MAX_CONCURRENT)
    return _semaphores[loop]


@dataclass(frozen=True, slots=True)
class _Tap:
    """How an event is answered: by the id of its command, if it has one; `quiet` is not logged."""

    command: str = ""
    is_queued: bool = False
    quiet: bool = False


class ClaimPage(rx.State, mixin=True):
    """State mixin with the variables that every claim page has."""

    ready: bool = False
    attendee: str = ""
    totals: view_models.TotalsView = view_models.TotalsView()
    submitted: bool = False
    locked: str = ""
    problem: str = ""
    unavailable: str = ""  # "load" or "refresh": what failed as the database could not be read
    announcement: str = ""
    refusals: int = 0  # events of this page that were refused; see `components.page_hooks`
    redirect_to: str = ""
    _attendee_id: int = 0
    _revision: int = 0
    _programme_version: int = 0
    _loaded: tuple[ClaimSummary, ...] = ()
    _loaded_at: tuple[int, int] = (0, 0)  # the revision and the programme version of `_loaded`

    def _set(self, **shown: object) -> None:
        """Set the variables that differ; unchanged ones are not sent again."""
        for name, value in shown.items():
            if getattr(self, name) != value:
                setattr(self, name, value)

    def _show_summary(
        self, context: RequestContext, summary: ClaimSummary, *, announcement: str = ""
    ) -> None:
        """Show the claim's summary, and announce the last change."""
        self._set(
            ready=True,
            totals=credit_presenter.totals_view(summary, context),
            submitted=summary.claim.status is ClaimStatus.SUBMITTED,
            locked=_lock(context, summary),
            _revision=summary.claim.revision,
        )
        if self._programme_version != context.programme.version:
            # The registered name can change only when the meeting is loaded again.
            self._set(attendee=context.attendee.name, _programme_version=context.programme.version)
        self._say(context, summary, announcement)

    def _say(self, context: RequestContext, summary: ClaimSummary, announcement: str) -> None:
        cleared = (
            credit_presenter.cleared_text(summary, context, clock()) if summary.cleared else ""
        )
        self._set(problem=cleared, announcement=announcement)

    async def _summary(self, context: RequestContext) -> ClaimSummary:
        """The claim's current summary, reloaded only if the claim or the programme has changed."""
        current = (context.claim_revision, context.programme.version)
        if not self._loaded or self._loaded_at != current:
            self._loaded, self._loaded_at = (
                (await claim.load_summary(context, now=clock()),),
                current,
            )
        return self._loaded[0]

    async def _run_handler(
        self, load: Loader, tap: _Tap, handler: Handler, *args: Any, **kwargs: Any
    ) -> Any:
        async with event_slot():
            try:
                answer = await self._run_in_slot(load, tap, handler, *args, **kwargs)
            except Exception as error:
                if not is_transient(error):
                    raise
                if tap.command:
                    # A queued one is sent again, for as long as it takes.
                    _reply(await self.get_state(CommandQueue), tap.command, Outcome.POSTPONED)
                else:
                    logger.warning("database not available", exc_info=error)
                    is_loaded = self.ready and self.unavailable != "load"
                    is_refresh = is_loaded and handler.__name__ != "load"
                    self._set(unavailable="refresh" if is_refresh else "load")
                return None
            if not tap.command:
                self._set(unavailable="")
            return answer

    def _refuse(self, queue: CommandQueue, tap: _Tap, problem: str | None) -> None:
        """Answer what a rule refuses, with its problem, or what a defect does, without one.

        A defect fails each time, and the commands after it would wait for it.
        """
        if problem is None:
            logger.exception("command failed")
            problem = text.queue.FAILED
        if tap.command:
            _reply(queue, tap.command, Outcome.REFUSED, problem)
        if not tap.is_queued:
            self._set(problem=problem, ready=True)

    async def _run_in_slot(
        self, load: Loader, tap: _Tap, handler: Handler, *args: Any, **kwargs: Any
    ) -> Any:
        event = f"{type(self).__name__}.{handler.__name__}".lower()
        try:
            headers = self.router.headers.raw_headers
            hashed = headers.get(SIGN_IN_HEADER, "")
            context, *injected = await load(headers.get(MEETING_HEADER, ""), hashed)
        except authentication.NotSignedIn:
            _log(logging.INFO, event, outcome="not signed in")
            self.reset()  # type: ignore[no-untyped-call]
            self.redirect_to = f"{SIGN_IN_FORM}#expired"
            return None
        who = {"meeting": context.meeting.code, "attendee": pseudonym(context.attendee.id)}
        if self._attendee_id != context.attendee.id:
            # Discard the state of another attendee who used this tab before.
            self.reset()  # type: ignore[no-untyped-call]
            self._attendee_id = context.attendee.id
        queue = await self.get_state(CommandQueue)
        if queue.attendee.partition(".")[0] != str(context.attendee.id):
            queue.attendee = queue_owner(context.attendee.id)
        if queue.meeting_version != context.programme.version:
            queue.meeting_version = context.programme.version
        started, outcome = perf_counter(), "done"
        try:
            answer = await handler(
                self, replace(context, command=tap.command), *injected, *args, **kwargs
            )
        except Exception as error:
            problem = text.errors.error_message(error, context.meeting.zone)
            outcome = f"{'failed' if problem is None else 'refused'}: {type(error).__name__}"
            if problem is None and (is_transient(error) or not tap.command):
                raise
            self._refuse(queue, tap, problem)
            self._set(refusals=self.refusals + 1)
            answer = None
        else:
            if tap.command:
                _reply(queue, tap.command, Outcome.APPLIED)
        finally:
            # A successful search for each letter typed would flood the log.
            level = logging.DEBUG if tap.quiet and outcome == "done" else logging.INFO
            if logger.isEnabledFor(level):
                ms = round(1000 * (perf_counter() - started), 1)
                _log(level, event, **who, ms=ms, outcome=outcome)
        return answer


class UndoPage(ClaimPage, rx.State, mixin=True):
    """State mixin of the pages where sessions are removed. They have a handler `undo`."""

    removed: list[view_models.RemovedView] = []  # what Undo restores, the last removed first

    def _show_summary(
        self, context: RequestContext, summary: ClaimSummary, *, announcement: str = ""
    ) -> None:
        super()._show_summary(context, summary, announcement=announcement)
        removed = () if self.locked else summary.removed
        titles = {key: context.programme.sessions[key].title for key in removed}
        self._set(removed=[view_models.RemovedView(*each) for each in titles.items()])


def _authenticated_with(load: Loader, *, quiet: bool = False) -> Callable[[Handler], Any]:
    def decorate(handler: Handler) -> Any:
        @wraps(handler)
        async def wrapper(self: ClaimPage, *args: Any, **kwargs: Any) -> Any:
            return await self._run_handler(load, _Tap(quiet=quiet), handler, *args, **kwargs)

        return _as_event(wrapper, handler)

    return decorate


async def _context(meeting: str, hashed: str) -> tuple[RequestContext]:
    return (await authentication.authenticate_hash(meeting, hashed, now=clock()),)


async def _snapshot(meeting: str, hashed: str) -> ClaimSnapshot:
    return await claim_snapshot.load(meeting, hashed, now=clock())


authenticated = _authenticated_with(_context)
"""Decorator: authenticate the event by its cookie, and inject the request context.

Without a valid sign-in the page redirects to the sign-in. An error that the attendee can fix is
shown as a message; any other is raised.
"""

with_claim = _authenticated_with(_snapshot)
"""Like `authenticated`, and inject the claim's current summary."""


def browsing(handler: Handler) -> Any:
    """Like `with_claim`, for handlers that browse the list, with the summary cached by the page.

    The claim is loaded only if it has changed. Successful events are not logged.
    """

    @wraps(handler)
    async def with_summary(
        self: ClaimPage, context: RequestContext, *args: Any, **kwargs: Any
    ) -> Any:
        return await handler(self, context, await self._summary(context), *args, **kwargs)

    return _authenticated_with(_context, quiet=True)(with_summary)


@dataclass(frozen=True, slots=True)
class Command:
    """Declaration of a command, for the lists of what waits and what was refused.

    `about` are the parameters that say what it changes: of two commands of a handler about the same
    thing the later one counts. `label` says what was tapped; it may contain parameters.
    `immediate`: it is not queued; see assets/immediate_actions.js.
    """

    about: tuple[str, ...]
    label: str
    immediate: bool = False


def command(*about: str, label: str) -> Callable[[Handler], Any]:
    """Like `authenticated`, for a handler that changes the claim: each command is applied once.

    `about` and `label` are those of `Command`. The browser sends a unique id
    (`components.page_hooks.COMMAND`) as the last argument; the context passes it on to the service.
    """
    return _with_command(Command(about, label))


def immediate(*, label: str) -> Callable[[Handler], Any]:
    """Like `authenticated`, for what is done only while the attendee waits for it, such as Submit.

    It is sent after the commands that were tapped before, once, and never stored. The page shows
    why a rule refuses it. `label` is that of its button. The last argument is an id, as that of a
    command, by which the browser knows the reply.
    """
    return _with_command(Command((), label, immediate=True))


def _with_command(declared: Command) -> Callable[[Handler], Any]:
    def decorate(handler: Handler) -> Any:
        @wraps(handler)
        async def wrapper(self: ClaimPage, *args: Any, command: str = "", **kwargs: Any) -> Any:
            tap = _Tap(command, is_queued=bool(command) and not declared.immediate)
            return await self._run_handler(_context, tap, handler, *args, **kwargs)

        parameter = Parameter(
            "command", Parameter.POSITIONAL_OR_KEYWORD, default="", annotation=str
        )
        event = _as_event(wrapper, handler, parameter)
        event.command = declared
        return event

    return decorate


def commands(handlers: Mapping[str, Callable[..., Any]]) -> dict[str, Command]:
    """The declarations of all commands among these handlers, by the same names."""
    declared = {name: getattr(handler, "command", None) for name, handler in handlers.items()}
    return {name: each for name, each in declared.items() if isinstance(each, Command)}


def _as_event(wrapper: Any, handler: Callable[..., Any], *more: Parameter) -> Any:
    # Reflex derives the event's parameters from the signature.
    parameters = [p for p in signature(handler).parameters.values() if p.name not in INJECTED]
    wrapper.__signature__ = signature(handler).replace(parameters=[*parameters, *more])
    wrapper.__annotations__ = {
        name: kind for name, kind in handler.__annotations__.items() if name not in INJECTED
    }
    return allow(Audience.ATTENDEE)(wrapper)


def _reply(queue: CommandQueue, command: str, outcome: Outcome, reason: str = "") -> None:
    queue.reply = Reply(command, outcome.value, reason, queue.reply.number + 1)


def _log(level: int, event: str, **fields: object) -> None:
    logger.log(level, "event handled", extra=log_extra(event=event, **fields))


def _lock(context: RequestContext, summary: ClaimSummary) -> str:
    claim, meeting = summary.claim, context.meeting
    if claim.status is ClaimStatus.WITHDRAWN:
        return text.claim.WITHDRAWN
    if claim.status.is_locked:
        return text.claim.LOCKED
    match claim_period(meeting.claim, clock(), claim.reopened_until):
        case ClaimPeriod.NOT_OPEN:
            return text.claim.opens(meeting.claim.opens_at, meeting.zone)
        case ClaimPeriod.CLOSED:
            return text.claim.closed(claim.reopened_until or meeting.claim.closes_at, meeting.zone)
    return ""
