"""Claim: its summary, and the transaction in which every change is made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlmodel import Session as DbSession

from cme_reflex.domain.claims.claim import (
    Claim,
    ClaimStatus,
    InvalidCommand,
    NotInClaim,
    claim_needs,
    line_needs,
    require_changeable,
)
from cme_reflex.domain.credit.claimable import claimable, clear_unsupported, validate_total
from cme_reflex.domain.credit.credit_type import Amount, Amounts, CreditType, CreditTypes, Need
from cme_reflex.domain.credit.line import NOTHING
from cme_reflex.domain.credit.overlap import Conflict, find_conflicts
from cme_reflex.domain.evaluations.form import Answer, Answers
from cme_reflex.domain.programme.programme import Programme, Session
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.claims import claims
from cme_reflex.store.claims.claims import ClaimContent
from cme_reflex.store.claims.tables import ClaimRow, LineRow
from cme_reflex.store.database import read, write

COMMAND_LIMIT = 64  # characters; a UUID has 36
# Commands whose ids are kept: many times more than a browser sends before the reply to one of them,
# which it would otherwise send again, and than an attendee makes of a meeting.
KEPT_COMMANDS = 5_000
FORGET_EVERY = 100  # changes of a claim
UNDO_LIMIT = 10  # removals that Undo is offered for
UNDO_PERIOD = timedelta(hours=1)  # after a removal; Add restores the session at any time

_EVALUATION_NEEDS = frozenset({Need.SESSION_EVALUATION, Need.OVERALL_EVALUATION})


@dataclass(frozen=True, slots=True)
class ClaimSummary:
    """A claim with its claimable credit and its conflicts.

    `offered` are the credit types of the attendee's profession. The claim's totals are valid;
    `cleared` are those that were chosen and are no longer supported, or whose type is no longer
    offered or has closed. `in_conflict` are the ids of the sessions in a conflict. `lowered` are
    the sessions for which a newer programme offers less credit than was claimed. `removed` are the
    sessions that Undo restores, the last removed first. `blocked` are the credit types that cannot
    be chosen before the overall evaluation is filled in.
    """

    claim: Claim
    claimable: Amounts
    offered: CreditTypes
    blocked: frozenset[str] = frozenset()
    conflicts: tuple[Conflict, ...] = ()
    in_conflict: frozenset[int] = frozenset()
    cleared: Amounts = field(default_factory=dict)
    lowered: frozenset[int] = frozenset()
    removed: tuple[int, ...] = ()

    def can_choose(self, credit_type: CreditType, now: datetime) -> bool:
        """Whether there is credit of the type, and it can be chosen now."""
        code = credit_type.code
        return bool(self.claimable[code]) and credit_type.is_open(now) and code not in self.blocked


@dataclass(slots=True)
class Draft:
    """A claim in the transaction that changes it, locked until its end.

    `content` has its lines and totals as they were saved. `lines` are its lines by session id,
    including removed ones; `change_line` changes one. `totals` are the chosen ones, to be changed.
    """

    db: DbSession
    context: RequestContext
    row: ClaimRow
    content: ClaimContent
    now: datetime
    lines: dict[int, LineRow]
    totals: dict[str, Amount]

    @property
    def id(self) -> int:
        """The id of the claim."""
        return cast(int, self.row.id)

    @property
    def header(self) -> Claim:
        """The claim's status and deadline, without lines and totals."""
        return Claim(status=ClaimStatus(self.row.status), reopened_until=self.row.reopened_until)

    @property
    def offered(self) -> CreditTypes:
        """The credit types of the attendee's profession."""
        return self.context.meeting.credit.offered_to(self.context.attendee.profession)

    @property
    def summary(self) -> ClaimSummary:
        """The current summary of the claim."""
        current = self.content._replace(lines=[*self.lines.values()], totals=self.totals)
        answers = _answers_for_needs(self.db, self.context)
        return summarize(self.context, self.row, current, answers, now=self.now)

    def session(self, session_id: object) -> Session:
        """The session with this id in the newest programme. Raises NotEligible."""
        return self.context.programme.session(session_id)

    def line(self, session_id: int) -> LineRow:
        """The line of a session. Raises NotInClaim, also for a removed line."""
        line = self.lines.get(session_id)
        if line is None or line.removed_at is not None:
            raise NotInClaim(session_id)
        return line

    def add_line(self, session: Session, *, on_demand: bool) -> None:
        """Add a line of the session's full duration."""
        self._save(
            LineRow(
                claim_id=self.id,
                session_id=session.id,
                minutes=session.minutes,
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

    def lower_amounts(self, session_id: int) -> Amounts:
        """The amounts of a line that are lower than its minutes give."""
        return self.content.lower_amounts.get(session_id, NOTHING)

    def set_lower_amount(self, session_id: int, code: str, amount: Amount | None) -> None:
        """Set an amount lower than the line's minutes give; None makes it follow them again."""
        claims.save_lower_amount(self.db, self.id, session_id, code, amount)
        amounts = self.content.lower_amounts.setdefault(session_id, {})
        amounts.pop(code, None)
        if amount is not None:
            amounts[code] = amount

    def choose_valid(self, summary: ClaimSummary, code: str, amount: Amount) -> None:
        """Choose a total, if it can be chosen beside the others.

        `summary` is the claim's current one, but for its totals. Raises UnknownCreditType,
        CreditTypeClosed, CreditNeedUnmet or CreditLimitExceeded.
        """
        met = frozenset(Need) if code not in summary.blocked else frozenset[Need]()
        most = summary.claimable
        validate_total(summary.offered, code, amount, most, self.totals, now=self.now, met=met)
        self.choose(code, amount)

    def choose(self, code: str, amount: Amount | None) -> None:
        """Choose a total; None clears it. Totals of its subsets above it are cleared."""
        self.totals.pop(code, None)
        if amount is not None:
            self.totals[code] = amount
        for subset in self.offered.subsets_of(code):
            if amount is None or self.totals.get(subset.code, amount) > amount:
                self.totals.pop(subset.code, None)

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
        self.save_totals(summary.claim.totals)
        claims.save_claim(self.db, self.row)
        return summary

    def save_totals(self, totals: Amounts) -> None:
        """Save these totals, if they are not those that were saved."""
        if totals != self.content.totals:
            claims.save_totals(self.db, self.id, self.offered, totals)


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
        draft = claim_for_update(db, context, now=now)
        # First, so that a command that was executed is not refused when it arrives again later.
        if context.command and not claims.record_command(db, draft.id, context.command, now):
            return draft.summary
        if draft.row.revision and draft.row.revision % FORGET_EVERY == 0:
            claims.forget_commands(db, draft.id, keep=KEPT_COMMANDS, at_most=2 * FORGET_EVERY)
        require_changeable(draft.header, draft.context.meeting, now)
        update(draft)
        return draft.finalize()

    return await write(updated)


def claim_for_update(db: DbSession, context: RequestContext, *, now: datetime) -> Draft:
    """The attendee's claim in any status, locked until the end of the transaction."""
    # The lock excludes a concurrent load, so the draft's context has the newest
    # programme even if the caller's is older.
    newest = programme_cache.get_locked(db, context.programme.meeting_id)
    row = claims.find_for_update(db, context.attendee.id)
    content = claims.content(db, cast(int, row.id))
    return Draft(
        db,
        replace(context, meeting=newest.meeting, programme=newest),
        row,
        content,
        now,
        lines={line.session_id: line for line in content.lines},
        totals={**content.totals},
    )


async def load_summary(context: RequestContext, *, now: datetime) -> ClaimSummary:
    """The attendee's current claim, or an empty draft, as it is at `now` (aware)."""
    return await read(lambda db: summary_in(db, context, now=now))


def summary_in(db: DbSession, context: RequestContext, *, now: datetime) -> ClaimSummary:
    """The attendee's current claim within a read, in as few statements as it takes."""
    row, content = claims.find_with_content(db, context.attendee.id)
    answers = _answers_for_needs(db, context)
    return summarize(context, row, content, answers, now=now)


def _answers_for_needs(db: DbSession, context: RequestContext) -> Answers | None:
    """The attendee's answers; None if no credit type that is offered needs an evaluation."""
    offered = context.meeting.credit.offered_to(context.attendee.profession)
    needed = any(each.needs in _EVALUATION_NEEDS for each in offered)
    return claims.answers(db, context.attendee.id) if needed else None


def summarize(
    context: RequestContext,
    row: ClaimRow | None,
    content: ClaimContent,
    answers: Answers | None,
    *,
    now: datetime,
) -> ClaimSummary:
    """Apply the rules to a claim's rows, or to an empty draft without any.

    `answers` are None where no credit type that is offered needs an evaluation.
    """
    meeting, attendee = context.meeting, context.attendee
    offered, sessions = meeting.credit.offered_to(attendee.profession), context.programme.sessions
    visible = [line for line in content.lines if line.removed_at is None]
    visible.sort(key=lambda line: sessions[line.session_id].order)
    lines = tuple(
        sessions[line.session_id].line(
            offered,
            line.minutes,
            content.lower_amounts.get(line.session_id, NOTHING),
            on_demand=line.on_demand,
            met=() if answers is None else line_needs(answers, meeting, line.session_id),
        )
        for line in visible
    )
    most = claimable(
        offered,
        lines,
        registration_type=attendee.registration_type,
        policy=meeting.overlap_policy,
        zone=meeting.zone,
    )
    met = () if answers is None else claim_needs(answers, meeting)
    blocked = frozenset(
        each.code
        for each in offered
        if each.needs is Need.OVERALL_EVALUATION and each.needs not in met
    )
    if row is None:
        return ClaimSummary(Claim(), most, offered, blocked)
    status = ClaimStatus(row.status)
    totals: Amounts = content.totals
    if not status.is_locked:  # a locked claim does not change with later loads
        totals = clear_unsupported(offered, totals, most, now=now)
    conflicts = find_conflicts(offered, lines)
    return ClaimSummary(
        claim=Claim(
            status=status,
            revision=row.revision,
            totals=totals,
            lines=lines,
            reopened_until=row.reopened_until,
        ),
        claimable=most,
        offered=offered,
        blocked=blocked,
        conflicts=conflicts,
        in_conflict=frozenset(key for conflict in conflicts for key in conflict.keys),
        cleared={code: each for code, each in content.totals.items() if code not in totals},
        lowered=frozenset(line.session_id for line in visible if line.lowered),
        removed=_undoable(content.lines, context.programme, now),
    )


def _undoable(lines: Sequence[LineRow], programme: Programme, now: datetime) -> tuple[int, ...]:
    removed = [
        (line.removed_at, line.session_id)
        for line in lines
        if line.removed_at is not None
        and now - line.removed_at < UNDO_PERIOD
        and programme.sessions[line.session_id].gives_credit
    ]
    return tuple(session_id for _, session_id in sorted(removed, reverse=True)[:UNDO_LIMIT])
