"""Claim: its summary, and the transaction in which every change is made."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlmodel import Session as DbSession

from cme_reflex.domain.claims.claim import (
    Claim,
    ClaimStatus,
    InvalidCommand,
    NotInClaim,
    require_changeable,
)
from cme_reflex.domain.credit.claimable import (
    Claimable,
    Line,
    Totals,
    claimable,
    clear_unsupported,
    conflicts_of,
)
from cme_reflex.domain.credit.overlap import Conflict
from cme_reflex.domain.credit.quarters import Quarters
from cme_reflex.domain.evaluations.form import Answer
from cme_reflex.domain.programme.programme import Session
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.claims import claims
from cme_reflex.store.claims.tables import ClaimRow, LineRow
from cme_reflex.store.database import read, write

NO_TOTALS = Totals(None, None)
COMMAND_LIMIT = 64  # characters; a UUID has 36


@dataclass(frozen=True, slots=True)
class ClaimSummary:
    """A claim with its claimable credit and its conflicts.

    Its totals are valid; `cleared`: a chosen total is no longer supported and was cleared, and
    `lost` are the totals that were. `in_conflict` are the ids of the sessions in a conflict.
    `lowered` are the sessions for which a newer programme offers less credit than was claimed.
    """

    claim: Claim
    claimable: Claimable
    conflicts: tuple[Conflict, ...]
    in_conflict: frozenset[int] = frozenset()
    cleared: bool = False
    lowered: frozenset[int] = frozenset()
    lost: Totals = NO_TOTALS


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim in the transaction that changes it, locked until its end.

    `lines` are its rows by session id, including removed ones; `change_line` changes one.
    """

    db: DbSession
    context: RequestContext
    row: ClaimRow
    lines: dict[int, LineRow]

    @property
    def id(self) -> int:
        """The id of the claim."""
        return cast(int, self.row.id)

    @property
    def header(self) -> Claim:
        """The claim's status and deadline, without lines and totals."""
        return Claim(status=ClaimStatus(self.row.status), reopened_until=self.row.reopened_until)

    @property
    def summary(self) -> ClaimSummary:
        """The current summary of the claim."""
        return summarize(self.context, self.row, self.lines.values())

    def session(self, session_id: object) -> Session:
        """The session with this id in the newest programme. Raises NotEligible."""
        return self.context.programme.session(session_id)

    def line(self, session_id: int) -> LineRow:
        """The line of a session. Raises NotInClaim, also for a removed line."""
        line = self.lines.get(session_id)
        if line is None or line.removed:
            raise NotInClaim(session_id)
        return line

    def add_line(self, session: Session, *, on_demand: bool) -> None:
        """Add a line with the session's full credit."""
        self._save(
            LineRow(
                claim_id=self.id,
                session_id=session.id,
                quarters=session.quarters,
                safety=session.safety,
                on_demand=on_demand,
            )
        )

    def change_line(self, line: LineRow, **changes: Any) -> LineRow:
        """Change these columns of a line; returns the changed line."""
        columns = {name: getattr(line, name) for name in LineRow.model_fields}
        changed = LineRow(**{**columns, **changes})
        self._save(changed)
        return changed

    def _save(self, line: LineRow) -> None:
        claims.save_line(self.db, line)
        self.lines[line.session_id] = line

    def answer(self, session_id: int | None, question: str) -> Answer | None:
        """The answer to a question about a session, or about the meeting if it is None."""
        return claims.answer(self.db, self.id, session_id, question)

    def save_answer(self, session_id: int | None, question: str, answer: Answer | None) -> None:
        """Save an answer about a session or the whole meeting; None deletes it."""
        claims.save_answer(self.db, self.id, session_id, question, answer)

    def finalize(self) -> ClaimSummary:
        """Increment the revision and return the new summary; the last step of every change.

        Totals that the lines no longer support are cleared, which the summary states.
        They are never replaced by a number that the attendee did not choose.
        """
        self.row.revision += 1
        summary = self.summary
        self.row.category1 = summary.claim.totals.category1
        self.row.safety = summary.claim.totals.safety
        claims.save_claim(self.db, self.row)
        return summary


async def update_claim(
    context: RequestContext, update: Callable[[Draft], None], *, now: datetime
) -> ClaimSummary:
    """Change the attendee's claim in one transaction. Returns its new summary.

    A command that was executed before changes nothing. Raises ClaimLocked,
    ClaimPeriodNotOpen, ClaimPeriodClosed, InvalidCommand, and what `update` raises.
    """
    if len(context.command) > COMMAND_LIMIT or not context.command.isprintable():
        raise InvalidCommand(context.command)

    def updated(db: DbSession) -> ClaimSummary:
        draft = claim_for_update(db, context)
        # First, so that a command that was executed is not refused when it arrives again later.
        if context.command and not claims.record_command(db, draft.id, context.command, now):
            return draft.summary
        require_changeable(draft.header, draft.context.meeting, now)
        update(draft)
        return draft.finalize()

    return await write(updated)


def claim_for_update(db: DbSession, context: RequestContext) -> Draft:
    """The attendee's claim in any status, locked until the end of the transaction."""
    # The lock excludes a concurrent load, so the draft's context has the newest
    # programme even if the caller's is older.
    newest = programme_cache.get_locked(db, context.programme.meeting_id)
    row = claims.find_for_update(db, context.attendee.id)
    lines = {line.session_id: line for line in claims.lines(db, cast(int, row.id))}
    context = replace(context, meeting=newest.meeting, programme=newest)
    return Draft(db, context, row, lines)


async def load_summary(context: RequestContext) -> ClaimSummary:
    """The attendee's current claim, or an empty draft."""
    found = await read(lambda db: claims.find_with_lines(db, context.attendee.id))
    return summarize(context, *found)


def summarize(
    context: RequestContext, row: ClaimRow | None, lines: Iterable[LineRow]
) -> ClaimSummary:
    """Apply the rules to a claim's rows, or to an empty draft without any."""
    sessions = context.programme.sessions
    visible = [line for line in lines if not line.removed]
    visible.sort(key=lambda line: sessions[line.session_id].order)
    in_order = [_line(line, sessions[line.session_id]) for line in visible]
    limits = context.meeting.limits(context.attendee.registration_type)
    most = claimable(in_order, limits, context.meeting.overlap_policy)
    if row is None:
        return ClaimSummary(Claim(), most, ())
    chosen = Totals(_quarters(row.category1), _quarters(row.safety))
    status = ClaimStatus(row.status)
    # A locked claim does not change with later loads.
    totals, cleared = (chosen, False) if status.is_locked else clear_unsupported(chosen, most)
    claim = Claim(
        status=status,
        revision=row.revision,
        totals=totals,
        lines=tuple(in_order),
        reopened_until=row.reopened_until,
    )
    lowered = frozenset(line.session_id for line in visible if line.lowered)
    conflicts = conflicts_of(in_order)
    in_conflict = frozenset(key for conflict in conflicts for key in conflict.keys)
    lost = _lost(chosen, totals) if cleared else NO_TOTALS
    return ClaimSummary(claim, most, conflicts, in_conflict, cleared, lowered, lost)


def _lost(chosen: Totals, totals: Totals) -> Totals:
    return Totals(
        chosen.category1 if totals.category1 is None else None,
        chosen.safety if totals.safety is None else None,
    )


def _line(row: LineRow, session: Session) -> Line:
    return Line(
        session_id=row.session_id,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        quarters=Quarters(row.quarters),
        safety=Quarters(row.safety),
        on_demand=row.on_demand,
    )


def _quarters(value: int | None) -> Quarters | None:
    return None if value is None else Quarters(value)
