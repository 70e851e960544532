"""A claim as it stands, and the one way in which it is changed."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlmodel.ext.asyncio.session import AsyncSession

from cme_reflex.domain.claim import Claimable, Line, Totals, claimable, conflicts_of, kept
from cme_reflex.domain.credit import Quarters
from cme_reflex.domain.overlap import Conflict
from cme_reflex.domain.programme import Programme
from cme_reflex.domain.submission import Claim, NotInClaim, Status, require_changeable
from cme_reflex.services.visit import Visit
from cme_reflex.store import claims
from cme_reflex.store.database import reading, transaction
from cme_reflex.store.tables import ClaimRow, LineRow


@dataclass(frozen=True, slots=True)
class Standing:
    """A claim with what the rules say of it.

    `cleared` tells that the chosen totals no longer held after this change.
    """

    claim: Claim
    claimable: Claimable
    conflicts: tuple[Conflict, ...]
    cleared: bool = False

    @property
    def in_conflict(self) -> frozenset[int]:
        """The ids of the sessions that take part in a conflict."""
        return frozenset(key for conflict in self.conflicts for key in conflict.keys)


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim that is being changed, locked until the end of its transaction.

    `row` and `lines` (by session id, the removed ones too) are what is changed.
    """

    db: AsyncSession
    visit: Visit
    row: ClaimRow
    lines: dict[int, LineRow]

    @property
    def id(self) -> int:
        """The claim's id in the store."""
        return cast(int, self.row.id)

    @property
    def standing(self) -> Standing:
        """The claim as it stands at this moment."""
        return _standing(self.row, self.lines.values(), self.visit)

    def line(self, session_id: int) -> LineRow:
        """The line of a session, unless it is removed. Raises NotInClaim."""
        line = self.lines.get(session_id)
        if line is None or line.removed:
            raise NotInClaim(session_id)
        return line

    def put_line(self, line: LineRow) -> None:
        """Put a new line on the claim."""
        self.lines[line.session_id] = line
        self.db.add(line)

    def settled(self) -> Standing:
        """What the claim has become, its revision counted on; the last word of every change.

        Totals above what the lines now support are cleared, and the answer
        says so: a number that was not chosen is never put in its place.
        """
        changed = self.standing
        totals, cleared = kept(changed.claim.totals, changed.claimable)
        self.row.category1, self.row.safety = totals.category1, totals.safety
        self.row.revision += 1
        return _standing(self.row, self.lines.values(), self.visit, cleared=cleared)


@asynccontextmanager
async def changing(visit: Visit, *, now: datetime) -> AsyncIterator[Draft]:
    """The attendee's claim, to be changed in one transaction.

    Raises ClaimLocked, ClaimPeriodNotOpen or ClaimPeriodClosed.
    """
    async with locked(visit) as draft:
        require_changeable(draft.standing.claim, visit.meeting, now)
        yield draft


@asynccontextmanager
async def locked(visit: Visit) -> AsyncIterator[Draft]:
    """The attendee's claim, whatever its status, and nobody else's until the transaction ends."""
    async with transaction() as db:
        row = await claims.lock(db, visit.attendee.id)
        lines = await claims.lines(db, cast(int, row.id))
        yield Draft(db, visit, row, {line.session_id: line for line in lines})


async def standing(visit: Visit) -> Standing:
    """The attendee's claim as it stands; an empty draft where none was begun."""
    async with reading() as db:
        return await read_standing(db, visit)


async def read_standing(db: AsyncSession, visit: Visit) -> Standing:
    """The same, within a reading that asks for more."""
    row = await claims.find(db, visit.attendee.id)
    lines = await claims.lines(db, cast(int, row.id)) if row else []
    return _standing(row or ClaimRow(attendee_id=visit.attendee.id), lines, visit)


def _standing(
    row: ClaimRow, lines: Iterable[LineRow], visit: Visit, *, cleared: bool = False
) -> Standing:
    visible = [_line(line, visit.programme) for line in lines if not line.removed]
    claim = Claim(
        status=Status(row.status),
        revision=row.revision,
        totals=Totals(_quarters(row.category1), _quarters(row.safety)),
        lines=tuple(sorted(visible, key=lambda line: (line.starts_at, line.session_id))),
        reopened_until=row.reopened_until,
    )
    limits = visit.meeting.limits(visit.attendee.registration_type)
    return Standing(
        claim,
        claimable(claim.lines, limits, visit.meeting.overlap_policy),
        conflicts_of(claim.lines),
        cleared,
    )


def _line(row: LineRow, programme: Programme) -> Line:
    session = programme.sessions[row.session_id]
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
