"""Opt-in to learner credit reporting, which is not part of a claim."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlmodel import Session

from cme_reflex.domain.people.audit import RegistrationEvent
from cme_reflex.domain.reporting.learner import (
    ConsentChanged,
    ConsentMissing,
    Learner,
    parse_learner,
)
from cme_reflex.domain.sign_in.strength import StrongerSignInRequired
from cme_reflex.services.reporting.learners import learner_from_row
from cme_reflex.services.sign_in import rate_limits
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.database import read, write
from cme_reflex.store.people.tables import AttendeeRow, RegistrationAuditRow
from cme_reflex.store.reporting.reporting import latest_rejection
from cme_reflex.store.reporting.tables import OptInRow

CHANGES = rate_limits.Quota(scope="reporting data", limit=50, window=timedelta(days=1))
"""Changes of a registration's data: each leaves an entry that is kept for years."""


@dataclass(frozen=True, slots=True)
class OptIn:
    """An attendee's opt-in and its consent. Datetimes are aware UTC.

    `rejection` is PARS's reason for a rejection, until the attendee corrects the data.
    """

    learner: Learner
    consent_version: str
    consented_at: datetime
    withdrawn_at: datetime | None
    rejection: str = ""

    @property
    def active(self) -> bool:
        """Whether the consent was not withdrawn, so that credit will be reported."""
        return self.withdrawn_at is None


async def save_opt_in(
    context: RequestContext,
    values: Mapping[str, object],
    *,
    consented: bool,
    version: str,
    now: datetime,
) -> OptIn:
    """Save the data that PARS requires, with the version and time of the consent.

    Possible before and after submitting, and again for corrections. Changing stored data leaves an
    entry in the registration's audit log, and requires a sign-in that proves who the person is.
    `version` is that of the consent text shown. Raises InvalidLearner, ConsentMissing,
    ConsentChanged, StrongerSignInRequired or TooManyAttempts.
    """
    terms = context.meeting.reporting
    learner = parse_learner(values, terms.boards)
    if not consented:
        raise ConsentMissing
    if version != terms.consent_version:
        raise ConsentChanged
    if context.method.is_strong:  # others cannot change what is stored
        await rate_limits.check((CHANGES, str(context.attendee.id)), now=now)

    def save(db: Session) -> OptIn:
        # Locked first, so that of two simultaneous first opt-ins the second is a change.
        db.get_one(AttendeeRow, context.attendee.id, with_for_update=True)
        stored = db.get(OptInRow, context.attendee.id)
        if stored is not None:
            if not context.method.is_strong:
                raise StrongerSignInRequired
            _record_change(db, context, learner_from_row(stored), learner, now)
        row = db.merge(
            OptInRow(
                attendee_id=context.attendee.id,
                **{field.name: getattr(learner, field.name) for field in fields(Learner)},
                consent_version=terms.consent_version,
                consented_at=now,
                withdrawn_at=None,
            )
        )
        return _opt_in(row)

    return await write(save)


def _record_change(
    db: Session, context: RequestContext, before: Learner, after: Learner, now: datetime
) -> None:
    names = [field.name for field in fields(Learner)]
    changed = [name for name in names if getattr(before, name) != getattr(after, name)]
    if changed:
        db.add(
            RegistrationAuditRow(
                attendee_id=context.attendee.id,
                at=now,
                actor=f"attendee {context.attendee.id}",
                what=RegistrationEvent.REPORTING_DATA_CHANGED,
                reason=", ".join(changed),
            )
        )


async def withdraw_opt_in(context: RequestContext, *, now: datetime) -> OptIn | None:
    """Withdraw the consent; withdrawing it twice changes nothing."""

    def mark_withdrawn(db: Session) -> OptIn | None:
        row = db.get(OptInRow, context.attendee.id, with_for_update=True)
        if row is None:
            return None
        row.withdrawn_at = row.withdrawn_at or now
        return _opt_in(row)

    return await write(mark_withdrawn)


async def load_opt_in(context: RequestContext) -> OptIn | None:
    """The attendee's opt-in, or None."""

    def load(db: Session) -> OptIn | None:
        row = db.get(OptInRow, context.attendee.id)
        if row is None:
            return None
        rejected = latest_rejection(db, row.attendee_id, since=row.consented_at)
        return _opt_in(row, rejected.rejection if rejected else "")

    return await read(load)


def _opt_in(row: OptInRow, rejection: str = "") -> OptIn:
    return OptIn(
        learner=learner_from_row(row),
        consent_version=row.consent_version,
        consented_at=row.consented_at,
        withdrawn_at=row.withdrawn_at,
        rejection="" if row.withdrawn_at else rejection,
    )
