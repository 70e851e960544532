"""Learner credit reporting: opting in, correcting, withdrawing. No part of the claim."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from sqlmodel import Session

from cme_reflex.domain.reporting.learner import (
    ConsentChanged,
    ConsentMissing,
    Learner,
    parse_learner,
)
from cme_reflex.services.reporting.learners import learner_from_row
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.database import read, write
from cme_reflex.store.reporting.reporting import latest_rejection
from cme_reflex.store.reporting.tables import OptInRow


@dataclass(frozen=True, slots=True)
class OptIn:
    """What the attendee gave, and whether the consent stands. Instants are aware UTC.

    `rejection` is why PARS did not take it, until something is corrected.
    """

    learner: Learner
    consent_version: str
    consented_at: datetime
    withdrawn_at: datetime | None
    rejection: str = ""

    @property
    def active(self) -> bool:
        """Whether the credit will be reported."""
        return self.withdrawn_at is None


async def save_opt_in(
    context: RequestContext,
    given: Mapping[str, object],
    *,
    consented: bool,
    version: str,
    now: datetime,
) -> OptIn:
    """Keep what PARS needs to know, with the consent's version and time.

    It can be done before or after submitting, and again to correct it. `version`
    is that of the text that was shown. Raises InvalidLearner, ConsentMissing or
    ConsentChanged.
    """
    terms = context.meeting.reporting
    known = parse_learner(given, terms.boards)
    if not consented:
        raise ConsentMissing
    if version != terms.consent_version:
        raise ConsentChanged

    def save(db: Session) -> OptIn:
        row = db.merge(
            OptInRow(
                attendee_id=context.attendee.id,
                **{field.name: getattr(known, field.name) for field in fields(Learner)},
                consent_version=terms.consent_version,
                consented_at=now,
                withdrawn_at=None,
            )
        )
        return _opt_in(row)

    return await write(save)


async def withdraw_opt_in(context: RequestContext, *, now: datetime) -> OptIn | None:
    """Take the consent back; doing it twice changes nothing."""

    def mark_withdrawn(db: Session) -> OptIn | None:
        row = db.get(OptInRow, context.attendee.id, with_for_update=True)
        if row is None:
            return None
        row.withdrawn_at = row.withdrawn_at or now
        return _opt_in(row)

    return await write(mark_withdrawn)


async def load_opt_in(context: RequestContext) -> OptIn | None:
    """What the attendee gave, if anything."""

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
