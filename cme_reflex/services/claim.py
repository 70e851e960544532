"""A claim as it stands, and the one way in which it is changed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlmodel import Session as DbSession

from cme_reflex.domain.claim import Claimable, Line, Totals, claimable, conflicts_of, kept
from cme_reflex.domain.credit import Quarters
from cme_reflex.domain.evaluation import Answer
from cme_reflex.domain.overlap import Conflict
from cme_reflex.domain.programme import Session
from cme_reflex.domain.submission import (
    Claim,
    InvalidCommand,
    NotInClaim,
    Status,
    require_changeable,
)
from cme_reflex.services import programme
from cme_reflex.services.visit import Visit
from cme_reflex.store import claims
from cme_reflex.store.database import read, write
from cme_reflex.store.tables import ClaimRow, LineRow

COMMAND_LIMIT = 64  # characters; a UUID has 36


@dataclass(frozen=True, slots=True)
class Standing:
    """A claim with what the rules say of it.

    Its totals are those that hold; `cleared` tells that one was chosen that no
    longer does. `lowered` are the sessions of which a newer programme has less
    credit than was claimed.
    """

    claim: Claim
    claimable: Claimable
    conflicts: tuple[Conflict, ...]
    cleared: bool = False
    lowered: frozenset[int] = frozenset()

    @property
    def in_conflict(self) -> frozenset[int]:
        """The ids of the sessions that take part in a conflict."""
        return frozenset(key for conflict in self.conflicts for key in conflict.keys)


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim that is being changed, locked until the end of its transaction.

    `row` is what is changed; `lines` are its lines by session id, the removed ones too.
    """

    db: DbSession
    visit: Visit
    row: ClaimRow
    lines: dict[int, LineRow]

    @property
    def id(self) -> int:
        """The id of the claim."""
        return cast(int, self.row.id)

    @property
    def header(self) -> Claim:
        """The claim without its lines and totals: whether it may be changed."""
        return Claim(status=Status(self.row.status), reopened_until=self.row.reopened_until)

    @property
    def standing(self) -> Standing:
        """The claim as it stands at this moment."""
        return summarize(self.visit, self.row, self.lines.values())

    def session(self, session_id: object) -> Session:
        """The session with this id in the newest programme. Raises NotEligible."""
        return self.visit.programme.session(session_id)

    def line(self, session_id: int) -> LineRow:
        """The line of a session, unless it is removed. Raises NotInClaim."""
        line = self.lines.get(session_id)
        if line is None or line.removed:
            raise NotInClaim(session_id)
        return line

    def add_line(self, session: Session, *, on_demand: bool) -> None:
        """Add a line with the session's full credit."""
        line = LineRow(
            claim_id=self.id,
            session_id=session.id,
            quarters=session.quarters,
            safety=session.safety,
            on_demand=on_demand,
        )
        self.lines[session.id] = line
        self.db.add(line)

    def answer(self, session_id: int | None, question: str) -> Answer | None:
        """The answer to a question about a session, or without one about the whole meeting."""
        return claims.answer(self.db, self.id, session_id, question)

    def save_answer(self, session_id: int | None, question: str, answer: Answer | None) -> None:
        """Save an answer about a session or the whole meeting; None deletes it."""
        claims.save_answer(self.db, self.id, session_id, question, answer)

    def finalize(self) -> Standing:
        """What the claim has become, its revision incremented; the last step of every change.

        Totals above what the lines now support are cleared, and the answer
        says so: a number that was not chosen is never put in its place.
        """
        self.row.revision += 1
        summary = self.standing
        self.row.category1 = summary.claim.totals.category1
        self.row.safety = summary.claim.totals.safety
        return summary


async def update_claim(visit: Visit, update: Callable[[Draft], None], *, now: datetime) -> Standing:
    """Change the attendee's claim in one transaction; how the claim stands then.

    A command that was carried out before changes nothing more. Raises ClaimLocked,
    ClaimPeriodNotOpen, ClaimPeriodClosed, InvalidCommand, and what `update` raises.
    """
    if len(visit.command) > COMMAND_LIMIT or not visit.command.isprintable():
        raise InvalidCommand(visit.command)

    def updated(db: DbSession) -> Standing:
        draft = claim_for_update(db, visit)
        require_changeable(draft.header, draft.visit.meeting, now)
        if visit.command and not claims.record_command(db, draft.id, visit.command, now):
            return draft.standing
        update(draft)
        return draft.finalize()

    return await write(updated)


def claim_for_update(db: DbSession, visit: Visit) -> Draft:
    """The attendee's claim, whatever its status, locked until the end of `db`."""
    # A load of the programme waits for it, or is waited for; so the draft's visit
    # has the newest programme, also where the one given is older.
    newest = programme.newest(db, visit.programme.meeting_id)
    row = claims.find_for_update(db, visit.attendee.id)
    lines = {line.session_id: line for line in claims.lines(db, cast(int, row.id))}
    return Draft(db, replace(visit, programme=newest), row, lines)


async def standing(visit: Visit) -> Standing:
    """The attendee's claim as it stands; an empty draft where none was begun."""
    found = await read(lambda db: claims.find_with_lines(db, visit.attendee.id))
    return summarize(visit, *found)


def summarize(visit: Visit, row: ClaimRow | None, lines: Iterable[LineRow]) -> Standing:
    """What the rules say of a claim's rows; without any, of an empty draft."""
    sessions = visit.programme.sessions
    visible = [line for line in lines if not line.removed]
    visible.sort(key=lambda line: sessions[line.session_id].order)
    in_order = [_line(line, sessions[line.session_id]) for line in visible]
    limits = visit.meeting.limits(visit.attendee.registration_type)
    most = claimable(in_order, limits, visit.meeting.overlap_policy)
    if row is None:
        return Standing(Claim(), most, ())
    chosen = Totals(_quarters(row.category1), _quarters(row.safety))
    # What was submitted stays as it was, whatever was loaded since.
    totals, cleared = (chosen, False) if row.status == Status.SUBMITTED else kept(chosen, most)
    claim = Claim(
        status=Status(row.status),
        revision=row.revision,
        totals=totals,
        lines=tuple(in_order),
        reopened_until=row.reopened_until,
    )
    lowered = frozenset(line.session_id for line in visible if line.lowered)
    return Standing(claim, most, conflicts_of(in_order), cleared, lowered)


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
