"""Unsubmitted claims whose credit a load of the programme changed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cme_reflex.domain.claims.claim import LOCKED_STATUSES
from cme_reflex.domain.credit.credit_type import NO_CREDIT, Amounts, Need
from cme_reflex.domain.programme.programme import Programme
from cme_reflex.store.claims import claims
from cme_reflex.store.claims.tables import ClaimRow, LineRow
from cme_reflex.store.people.tables import AttendeeRow

_EVERY_NEED = frozenset(Need)  # what a line lacks is not what a load changes


@dataclass(frozen=True, slots=True)
class AffectedLine:
    """A line of an unsubmitted claim that a load lowered.

    `badge` and `session` (its code) identify it. `credit_type` is the label of the credit type,
    `was` and `left` are its formatted amounts. If the session no longer gives credit, `left` is
    empty: the line blocks the claim until the attendee removes it.
    """

    badge: str
    session: str
    credit_type: str
    was: str
    left: str


@dataclass(frozen=True, slots=True)
class ClearedTotal:
    """A total of an unsubmitted claim whose credit type was withdrawn by a load.

    `credit_type` is the label that the type had, `amount` is formatted.
    """

    badge: str
    credit_type: str
    amount: str


def update_affected_claims(
    db: Session, before: Programme, after: Programme
) -> tuple[tuple[AffectedLine, ...], tuple[ClearedTotal, ...]]:
    """Mark the lines that give less than before, and tell the pages of changed claims.

    A line's credit follows from its minutes and the programme, so nothing else of it changes. The
    revision increases of each claim of which a line gives more or less than before. Returns the
    lowered lines by badge and session, and the totals of credit types that there are no more: they
    are cleared when the claim is next shown, which its page says.
    """
    changed = _changed_sessions(before, after)
    if not changed:
        return (), ()
    found = _unsubmitted(db, after.meeting_id, changed)
    contents = claims.contents(db, [*found])
    affected: list[AffectedLine] = []
    cleared: list[ClearedTotal] = []
    for claim_id, attendee in found.items():
        lines = [line for line in contents[claim_id].lines if line.session_id in changed]
        lower = contents[claim_id].lower_amounts
        profession = attendee.corrected_profession or attendee.profession
        withdrawn = [*_withdrawn(attendee.badge, contents[claim_id].totals, before, after)]
        cleared += withdrawn
        is_changed = bool(withdrawn)
        for line in lines:
            stored = lower[line.session_id]
            was = _amounts(before, line, stored, profession)
            left = _amounts(after, line, stored, profession)
            is_changed = is_changed or was != left
            lowered = [*_lowered(attendee.badge, line.session_id, after, was, left)]
            if lowered and after.sessions[line.session_id].gives_credit:
                _mark_lowered(db, claim_id, line.session_id)
            affected += lowered if line.removed_at is None else []
        if is_changed:
            _increase_revision(db, claim_id)
    return tuple(sorted(affected, key=lambda each: (each.badge, each.session))), tuple(cleared)


def _withdrawn(
    badge: str, totals: Amounts, before: Programme, after: Programme
) -> Iterator[ClearedTotal]:
    for each in before.meeting.credit:
        if each.code in totals and each.code not in after.meeting.credit:
            yield ClearedTotal(badge, each.label, each.format(totals[each.code]))


def _changed_sessions(before: Programme, after: Programme) -> set[int]:
    """Ids of the sessions of which a line may give more or less than before."""
    if before.meeting.credit_types != after.meeting.credit_types:
        return {*before.sessions}

    def credit(programme: Programme, key: int) -> tuple[Amounts, int]:
        session = programme.sessions[key]
        return session.credit if session.gives_credit else {}, session.minutes

    return {key for key in before.sessions if credit(before, key) != credit(after, key)}


def _unsubmitted(
    db: Session, meeting_id: int, sessions: Iterable[int]
) -> Mapping[int, AttendeeRow]:
    """The attendees with an unsubmitted claim that has lines of these sessions, by the claim."""
    query = (
        select(ClaimRow.id, AttendeeRow)
        .join(AttendeeRow, col(AttendeeRow.id) == ClaimRow.attendee_id)
        .where(
            AttendeeRow.meeting_id == meeting_id,
            col(ClaimRow.status).not_in(LOCKED_STATUSES),
            col(ClaimRow.id).in_(
                select(LineRow.claim_id).where(col(LineRow.session_id).in_(sessions))
            ),
        )
        .order_by(AttendeeRow.badge)
    )
    return {cast(int, claim_id): attendee for claim_id, attendee in db.exec(query).all()}


def _amounts(programme: Programme, line: LineRow, stored: Amounts, profession: str) -> Amounts:
    """What a line gives of the types offered to a profession; nothing without eligibility."""
    session = programme.sessions[line.session_id]
    if not session.gives_credit:
        return {}
    types = programme.meeting.offered(profession)
    return session.line(types, line.minutes, stored, met=_EVERY_NEED).amounts


def _lowered(
    badge: str, session_id: int, after: Programme, was: Amounts, left: Amounts
) -> Iterator[AffectedLine]:
    """One entry for each primary type of which a line gives less, or one if it gives nothing."""
    session = after.sessions[session_id]
    if was and not session.gives_credit:
        yield AffectedLine(badge, session.code, "", "", "")
        return
    for each in after.meeting.credit.primaries:
        amount, remaining = was.get(each.code, NO_CREDIT), left.get(each.code, NO_CREDIT)
        if remaining < amount:
            yield AffectedLine(
                badge, session.code, each.label, each.format(amount), each.format(remaining)
            )


def _mark_lowered(db: Session, claim_id: int, session_id: int) -> None:
    line = col(LineRow.claim_id) == claim_id, col(LineRow.session_id) == session_id
    db.exec(sa.update(LineRow).where(*line).values(lowered=True))


def _increase_revision(db: Session, claim_id: int) -> None:
    claim = sa.update(ClaimRow).where(col(ClaimRow.id) == claim_id)
    db.exec(claim.values(revision=ClaimRow.revision + 1))
