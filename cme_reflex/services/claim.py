"""A claim as it stands, and the one way in which it is changed."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

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
from cme_reflex.store import claims, database
from cme_reflex.store.claims import KeptClaim, KeptLine

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

    `row` is what is changed; `lines` are those that stand, by session id, the removed ones too.
    """

    db: sa.Connection
    visit: Visit
    row: KeptClaim
    lines: dict[int, KeptLine]

    @property
    def begun(self) -> Claim:
        """Whether it may be changed, without what it holds."""
        return Claim(status=Status(self.row.status), reopened_until=self.row.reopened_until)

    @property
    def standing(self) -> Standing:
        """The claim as it stands at this moment."""
        return standing_of(self.visit, self.row, self.lines.values())

    def session(self, session_id: object) -> Session:
        """The session with this id in the newest programme. Raises NotEligible."""
        return self.visit.programme.session(session_id)

    def line(self, session_id: int) -> KeptLine:
        """The line of a session, unless it is removed. Raises NotInClaim."""
        line = self.lines.get(session_id)
        if line is None or line.removed:
            raise NotInClaim(session_id)
        return line

    def put(self, line: KeptLine) -> None:
        """Put a line on the claim, new or in place of the session's one."""
        self.lines[line.session_id] = line
        claims.put_line(self.db, self.row.id, line)

    def answered(self, session_id: int | None, question: str) -> Answer | None:
        """The answer that stands, without a session about the whole meeting."""
        return claims.answer(self.db, self.row.id, session_id, question)

    def answer(self, session_id: int | None, question: str, answer: Answer | None) -> None:
        """Keep an answer, without a session about the whole meeting; None takes it back."""
        claims.put_answer(self.db, self.row.id, session_id, question, answer)

    def settled(self) -> Standing:
        """What the claim has become, its revision counted on; the last word of every change.

        Totals above what the lines now support are cleared, and the answer
        says so: a number that was not chosen is never put in its place.
        """
        self.row.revision += 1
        settled = self.standing
        self.row.category1 = settled.claim.totals.category1
        self.row.safety = settled.claim.totals.safety
        self.keep()
        return settled

    def keep(self) -> None:
        """Write what the row has become."""
        claims.put(self.db, self.row)


async def change(visit: Visit, make: Callable[[Draft], None], *, now: datetime) -> Standing:
    """Make a change of the attendee's claim in one transaction; how the claim stands then.

    A command that was carried out before changes nothing more. Raises ClaimLocked,
    ClaimPeriodNotOpen, ClaimPeriodClosed, InvalidCommand, and what `make` raises.
    """
    if len(visit.command) > COMMAND_LIMIT or not visit.command.isprintable():
        raise InvalidCommand(visit.command)

    def at(db: sa.Connection) -> Standing:
        draft = _locked(db, visit)
        require_changeable(draft.begun, draft.visit.meeting, now)
        if visit.command and not claims.record_command(db, draft.row.id, visit.command, now):
            return draft.standing
        make(draft)
        return draft.settled()

    return await database.change(at)


@asynccontextmanager
async def locked(visit: Visit) -> AsyncIterator[tuple[AsyncSession, Draft]]:
    """The attendee's claim, whatever its status, and nobody else's until the transaction ends."""
    async with database.transaction() as db:
        yield db, await database.within(db, lambda connection: _locked(connection, visit))


def _locked(db: sa.Connection, visit: Visit) -> Draft:
    # A load of the programme waits for it, or is waited for; so the draft's visit
    # has the newest programme, also where the one given is older.
    newest = programme.newest(db, visit.programme.meeting_id)
    row = claims.lock(db, visit.attendee.id)
    lines = {line.session_id: line for line in claims.lines(db, row.id)}
    return Draft(db, replace(visit, programme=newest), row, lines)


async def standing(visit: Visit) -> Standing:
    """The attendee's claim as it stands; an empty draft where none was begun."""
    seen = await database.look(lambda db: claims.seen(db, visit.attendee.id))
    return standing_of(visit, *seen)


def standing_of(visit: Visit, row: KeptClaim | None, lines: Iterable[KeptLine]) -> Standing:
    """What the rules say of a claim's rows; without any, of an empty draft."""
    row = row or KeptClaim(id=0)
    sessions = visit.programme.sessions
    visible = [line for line in lines if not line.removed]
    visible.sort(key=lambda line: sessions[line.session_id].order)
    in_order = [_line(line, sessions[line.session_id]) for line in visible]
    limits = visit.meeting.limits(visit.attendee.registration_type)
    most = claimable(in_order, limits, visit.meeting.overlap_policy)
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


def _line(row: KeptLine, session: Session) -> Line:
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
