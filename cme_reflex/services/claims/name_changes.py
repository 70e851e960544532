"""Names on certificates that differ from the registration."""

from dataclasses import dataclass
from typing import cast

from sqlmodel import Session, col, select

from cme_reflex.domain.people.names import (
    check_name,
    differs_beyond_spelling,
    full_name,
)
from cme_reflex.services.programme.programme_cache import meeting_by_code
from cme_reflex.store.claims.tables import ClaimRow, ReceiptRow
from cme_reflex.store.database import read
from cme_reflex.store.people.tables import AttendeeRow

TIMEOUT = 60.0  # seconds per statement; no page waits for it


@dataclass(frozen=True, slots=True, kw_only=True)
class NameChange:
    """A certificate's name that is not the registered one; `receipt` is empty before Submit."""

    badge: str
    registered_name: str
    name_on_certificate: str
    status: str
    receipt: str


async def load_name_changes(meeting: str) -> list[NameChange]:
    """Claims whose name differs from the registration beyond spelling, by registration.

    The name is that of the valid version; before the first, the one that was entered, if it is a
    name. Raises MeetingNotFound.
    """

    def load(db: Session) -> list[NameChange]:
        meeting_id = cast(int, meeting_by_code(db, meeting).id)
        submitted = _submitted_names(db, meeting_id)
        claims = (
            select(AttendeeRow, ClaimRow)
            .join(ClaimRow, col(ClaimRow.attendee_id) == AttendeeRow.id)
            .where(AttendeeRow.meeting_id == meeting_id)
            .order_by(col(AttendeeRow.id))
        )
        found = (
            _name_change(attendee, claim, *submitted.get(claim.id, ("", "")))
            for attendee, claim in db.exec(claims).all()
        )
        return [change for change in found if change]

    return await read(load, timeout=TIMEOUT)


def _submitted_names(db: Session, meeting_id: int) -> dict[int | None, tuple[str, str]]:
    """Name and receipt number of the valid version, by the claim's id."""
    versions = (
        select(
            ReceiptRow.claim_id,
            col(ReceiptRow.document)["name_on_certificate"].as_string(),
            ReceiptRow.number,
        )
        .join(ClaimRow, col(ClaimRow.id) == ReceiptRow.claim_id)
        .join(AttendeeRow, col(AttendeeRow.id) == ClaimRow.attendee_id)
        .where(AttendeeRow.meeting_id == meeting_id)
        .order_by(col(ReceiptRow.version))
    )
    # The newest version comes last and replaces earlier ones.
    return {claim: (name, number) for claim, name, number in db.exec(versions).all()}


def _name_change(
    attendee: AttendeeRow, claim: ClaimRow, submitted: str, receipt: str
) -> NameChange | None:
    name = submitted or attendee.name_on_certificate
    if not name or (not submitted and check_name(name)):
        return None
    if not differs_beyond_spelling(
        name, first_name=attendee.first_name, last_name=attendee.last_name
    ):
        return None
    return NameChange(
        badge=attendee.badge,
        registered_name=full_name(attendee.first_name, attendee.last_name, attendee.suffix),
        name_on_certificate=name,
        status=claim.status,
        receipt=receipt,
    )
