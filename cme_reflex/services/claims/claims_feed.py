"""Claims feed for the society's own systems: all submitted versions, page by page from a cursor."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from sqlmodel import Session, col, select

from cme_reflex.domain.claims.account import Credit
from cme_reflex.domain.claims.claim import ClaimStatus
from cme_reflex.domain.claims.proof import proof_state
from cme_reflex.domain.claims.receipt_number import canonical_receipt_number
from cme_reflex.domain.credit.credit_type import NO_CREDIT, CreditType
from cme_reflex.domain.operations.api_scopes import ApiScope
from cme_reflex.formats.meeting_folder.document import meeting_from_document
from cme_reflex.formats.reports.claims_feed import (
    CATEGORY1,
    PATIENT_SAFETY,
    FeedAttendee,
    FeedClaim,
    FeedCredit,
    FeedLine,
    FeedMeeting,
    FeedPage,
    FeedReporting,
)
from cme_reflex.services.claims.certificate_snapshot import (
    certificate_facts,
    credit_types,
    line_credit,
    line_identifiers,
    profession,
    receipt_credits,
)
from cme_reflex.services.claims.export import line_fields
from cme_reflex.services.claims.reopening import ReceiptNotFound
from cme_reflex.services.programme.programme_cache import meeting_by_code
from cme_reflex.store.claims import feed
from cme_reflex.store.claims.feed import PublishedVersion
from cme_reflex.store.database import read
from cme_reflex.store.reporting.tables import OptInRow

START = "start"
"""The cursor before the first version."""

MAX_PAGE_SIZE = 200  # versions on a page; one of a hundred sessions is some 25 kB

CURSOR_PATTERN = r"start|([0-9a-f]{8})-([1-9][0-9]{0,9})"
"""Format of cursors, including START."""


class InvalidCursor(ValueError):
    """The cursor was never issued."""


class CursorExpired(Exception):
    """The cursor is from before a restore, after which numbers may have been assigned again."""


@dataclass(frozen=True, slots=True)
class _Cursor:
    epoch: str
    position: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.position}" if self.position else START


async def load_page(
    *,
    cursor: str = START,
    since: datetime | None = None,
    meeting: str | None = None,
    limit: int,
    scopes: Collection[ApiScope] = (),
) -> FeedPage:
    """At most `limit` versions after the cursor, in the order of their commits.

    A client that follows each page's `next_cursor` gets every version exactly once, even those
    submitted meanwhile, and once more when it is withdrawn; each resubmission of a claim is a new
    version. `since` (aware) leaves out versions submitted or withdrawn earlier, and `meeting` (a
    code) those of other meetings; a cursor holds for any of them. Data for learner credit reporting
    are loaded with their scope only. Raises InvalidCursor, CursorExpired and MeetingNotFound.
    """
    after = _parse(cursor)

    def load(db: Session) -> FeedPage:
        meeting_id = None if meeting is None else meeting_by_code(db, meeting.lower()).id
        # Read first: all versions counted here are visible to the query below.
        state = feed.state(db)
        if after.position and (state is None or state.epoch != after.epoch):
            raise CursorExpired(cursor)
        if state is None:
            return FeedPage(claims=(), next_cursor=START, has_more=False)
        if after.position > state.last:
            raise InvalidCursor(cursor)
        found = feed.versions_after(
            db, after.position, limit=limit + 1, since=since, meeting_id=meeting_id
        )
        shown = found[:limit]
        has_more = len(found) > limit
        reached = shown[-1].receipt.position if has_more else state.last
        return FeedPage(
            claims=_feed_claims(db, shown, scopes),
            next_cursor=str(_Cursor(state.epoch, reached)),
            has_more=has_more,
        )

    return await read(load)


async def load_claim(number: str, *, scopes: Collection[ApiScope] = ()) -> FeedClaim:
    """The version with this receipt number, in any notation. Raises ReceiptNotFound."""
    canonical = canonical_receipt_number(number)

    def load(db: Session) -> FeedClaim:
        found = None if canonical is None else feed.find_by_receipt(db, canonical)
        if found is None:
            raise ReceiptNotFound(number)
        (claim,) = _feed_claims(db, [found], scopes)
        return claim

    return await read(load)


def _parse(cursor: str) -> _Cursor:
    if cursor == START:
        return _Cursor("", 0)
    parts = re.fullmatch(CURSOR_PATTERN, cursor)
    if parts is None:
        raise InvalidCursor(cursor)
    return _Cursor(parts[1], int(parts[2]))


def _feed_claims(
    db: Session, versions: Sequence[PublishedVersion], scopes: Collection[ApiScope]
) -> tuple[FeedClaim, ...]:
    reported: Mapping[int, OptInRow] = {}
    if ApiScope.REPORTING in scopes:
        ids = {cast(int, version.attendee.id) for version in versions}
        query = select(OptInRow).where(
            col(OptInRow.attendee_id).in_(ids), col(OptInRow.withdrawn_at).is_(None)
        )
        reported = {row.attendee_id: row for row in db.exec(query)}
    return tuple(
        _feed_claim(version, reported.get(cast(int, version.attendee.id))) for version in versions
    )


def _feed_claim(of: PublishedVersion, opt_in: OptInRow | None) -> FeedClaim:
    document, attendee = of.receipt.document, of.attendee
    meeting = meeting_from_document(of.meeting)
    facts = certificate_facts(document, meeting)
    credits_ = {each.type.code: _credit(each) for each in receipt_credits(of.receipt, meeting)}
    types = credit_types(document, meeting)
    return FeedClaim(
        receipt_number=of.receipt.number,
        version=of.receipt.version,
        replaces=of.replaces,
        replaced_by=of.replaced_by,
        status=proof_state(
            ClaimStatus(of.status),
            newest=of.replaced_by is None,
            withdrawn=of.receipt.withdrawn_at is not None,
        ),
        submitted_at=of.receipt.submitted_at,
        withdrawn_at=of.receipt.withdrawn_at,
        meeting=FeedMeeting(
            code=document["meeting"],
            name=facts["meeting"],
            provider=facts["provider"],
            location=facts["location"],
            starts_on=date.fromisoformat(facts["starts_on"]),
            ends_on=date.fromisoformat(facts["ends_on"]),
            time_zone=facts["time_zone"],
        ),
        attendee=FeedAttendee(
            badge=attendee.badge,
            member_username=of.username,
            last_name=attendee.last_name,
            first_name=attendee.first_name,
            suffix=attendee.suffix,
            name_on_certificate=document["name_on_certificate"],
            profession=profession(document),
            registration_type=document["registration_type"],
            email=attendee.email,
            confirmation=attendee.confirmation,
            reporting=_reporting(opt_in) if opt_in is not None else None,
        ),
        category1_hours=_claimed(credits_, CATEGORY1),
        patient_safety_hours=_claimed(credits_, PATIENT_SAFETY),
        credits=tuple(credits_.values()),
        lines=tuple(_line(line, types) for line in document["lines"]),
    )


def _credit(credit: Credit) -> FeedCredit:
    return FeedCredit(
        credit_type=credit.type.code,
        label=credit.type.label,
        name=credit.type.name(credit.claimed),
        accreditor=credit.type.accreditor,
        part_of=credit.type.part_of,
        claimed=credit.type.number(credit.claimed),
    )


def _claimed(credits_: Mapping[str, FeedCredit], code: str) -> Decimal | None:
    return credits_[code].claimed if code in credits_ else None


def _line(line: Mapping[str, Any], types: Mapping[str, CreditType]) -> FeedLine:
    amounts = line_credit(line)
    given = {code: each.number(amounts.get(code, NO_CREDIT)) for code, each in types.items()}
    return FeedLine(
        **line_fields(line),
        category1_hours=given.get(CATEGORY1),
        patient_safety_hours=given.get(PATIENT_SAFETY),
        credits=given,
        identifiers=line_identifiers(line),
    )


def _reporting(row: OptInRow) -> FeedReporting:
    return FeedReporting(
        **{field.name: getattr(row, field.name) for field in fields(FeedReporting)}
    )
