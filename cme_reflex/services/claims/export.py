"""Export of all claims of a meeting, in one consistent snapshot."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, cast

from sqlmodel import Session, col, select

from cme_reflex.domain.credit.quarters import Quarters
from cme_reflex.domain.evaluations.form import Answer
from cme_reflex.domain.people.attendee import OTHER, PHYSICIAN
from cme_reflex.domain.people.names import check_name, full_name
from cme_reflex.formats.reports.claims_export import ExportedAnswer, ExportedClaim, ExportedLine
from cme_reflex.services.programme.programme_cache import meeting_by_code
from cme_reflex.store.claims.tables import ClaimRow, LineRow, ReceiptRow
from cme_reflex.store.database import read
from cme_reflex.store.evaluations.tables import AnswerRow
from cme_reflex.store.people.tables import AttendeeRow
from cme_reflex.store.programme.tables import SessionRow

PAGE_SIZE = 200  # claims per query
TIMEOUT = 60.0  # seconds per statement; no page waits for it


async def iter_claims(meeting: str) -> list[ExportedClaim]:
    """All claims of the meeting, including drafts, by registration. Raises MeetingNotFound.

    They are one snapshot and therefore in memory at once: a claim of twenty sessions takes some
    17 kB, ten thousand of them 170 MB.
    """
    return await read(
        lambda db: [*iter_claims_in(db, cast(int, meeting_by_code(db, meeting).id))],
        timeout=TIMEOUT,
    )


def iter_claims_in(db: Session, meeting: int) -> Iterator[ExportedClaim]:
    """Iterate over all claims within a read; `meeting` is the meeting's id."""
    last = 0
    while page := _page(db, meeting, after=last):
        last = cast(int, page[-1][0].id)
        yield from _exported(db, page)


def _page(db: Session, meeting: int, *, after: int) -> list[tuple[AttendeeRow, ClaimRow]]:
    page = (
        select(AttendeeRow, ClaimRow)
        .join(ClaimRow, col(ClaimRow.attendee_id) == AttendeeRow.id)
        .where(AttendeeRow.meeting_id == meeting, col(AttendeeRow.id) > after)
        .order_by(col(AttendeeRow.id))
        .limit(PAGE_SIZE)
    )
    return list(db.exec(page).all())


def _exported(db: Session, page: list[tuple[AttendeeRow, ClaimRow]]) -> list[ExportedClaim]:
    ids = [cast(int, claim.id) for _, claim in page]
    valid = _valid_versions(db, ids)
    drafts = [each for each in ids if each not in valid]
    lines, answers = _draft_lines(db, drafts), _draft_answers(db, drafts)
    return [
        _submitted(attendee, claim, receipt)
        if (receipt := valid.get(cast(int, claim.id)))
        else _draft(attendee, claim, lines[cast(int, claim.id)], answers[cast(int, claim.id)])
        for attendee, claim in page
    ]


def _valid_versions(db: Session, claim_ids: Iterable[int]) -> dict[int, ReceiptRow]:
    rows = (
        select(ReceiptRow)
        .where(col(ReceiptRow.claim_id).in_(claim_ids), col(ReceiptRow.withdrawn_at).is_(None))
        .order_by(col(ReceiptRow.version))
    )
    # The newest version comes last and replaces earlier ones.
    return {row.claim_id: row for row in db.exec(rows).all()}


def _draft_lines(
    db: Session, claim_ids: Iterable[int]
) -> Mapping[int, list[tuple[LineRow, SessionRow]]]:
    rows = (
        select(LineRow, SessionRow)
        .join(SessionRow, col(SessionRow.id) == LineRow.session_id)
        .where(col(LineRow.claim_id).in_(claim_ids), col(LineRow.removed).is_(False))
        .order_by(col(SessionRow.starts_at), col(SessionRow.id))
    )
    found: dict[int, list[tuple[LineRow, SessionRow]]] = defaultdict(list)
    for line, session in db.exec(rows).all():
        found[line.claim_id].append((line, session))
    return found


def _draft_answers(db: Session, claim_ids: Iterable[int]) -> Mapping[int, list[AnswerRow]]:
    rows = (
        select(AnswerRow).where(col(AnswerRow.claim_id).in_(claim_ids)).order_by(col(AnswerRow.id))
    )
    found: dict[int, list[AnswerRow]] = defaultdict(list)
    for row in db.exec(rows).all():
        found[row.claim_id].append(row)
    return found


def _submitted(attendee: AttendeeRow, claim: ClaimRow, receipt: ReceiptRow) -> ExportedClaim:
    document = receipt.document
    return ExportedClaim(
        **_attendee_fields(attendee),
        name_on_certificate=document["name_on_certificate"],
        profession=PHYSICIAN if document["is_physician"] else OTHER,
        registration_type=document["registration_type"],
        status=claim.status,
        version=receipt.version,
        receipt=receipt.number,
        submitted_at=receipt.submitted_at,
        category1=Quarters(receipt.category1),
        safety=Quarters(receipt.safety),
        lines=tuple(line_from_document(line) for line in document["lines"]),
        answers=(
            *(
                answer
                for line in document["lines"]
                for answer in _answers(line["code"], line["answers"])
            ),
            *_answers("", document["overall_answers"]),
        ),
    )


def _draft(
    attendee: AttendeeRow,
    claim: ClaimRow,
    lines: list[tuple[LineRow, SessionRow]],
    answers: list[AnswerRow],
) -> ExportedClaim:
    given: dict[int | None, dict[str, Any]] = defaultdict(dict)
    for answer in answers:
        given[answer.session_id][answer.question] = answer.value
    registered_name = full_name(attendee.first_name, attendee.last_name, attendee.suffix)
    entered_name = attendee.name_on_certificate or ""
    return ExportedClaim(
        **_attendee_fields(attendee),
        name_on_certificate=registered_name if check_name(entered_name) else entered_name,
        profession=attendee.corrected_profession or attendee.profession,
        registration_type=attendee.registration_type,
        status=claim.status,
        version=None,
        receipt="",
        submitted_at=None,
        category1=None if claim.category1 is None else Quarters(claim.category1),
        safety=None if claim.safety is None else Quarters(claim.safety),
        lines=tuple(
            ExportedLine(
                session=session.code,
                title=session.title,
                starts_at=session.starts_at,
                ends_at=session.ends_at,
                watched=_watched(line.on_demand),
                category1=Quarters(line.quarters),
                safety=Quarters(line.safety),
            )
            for line, session in lines
        ),
        answers=(
            *(
                answer
                for _, session in lines
                for answer in _answers(session.code, given[session.id])
            ),
            *_answers("", given[None]),
        ),
    )


def _attendee_fields(attendee: AttendeeRow) -> dict[str, Any]:
    fields = ("badge", "confirmation", "last_name", "first_name", "suffix", "email")
    return {name: getattr(attendee, name) for name in fields}


def line_from_document(line: Mapping[str, Any]) -> ExportedLine:
    """A line of a submitted version's document."""
    return ExportedLine(
        session=line["code"],
        title=line["title"],
        starts_at=datetime.fromisoformat(line["starts_at"]),
        ends_at=datetime.fromisoformat(line["ends_at"]),
        watched=_watched(line["on_demand"]),
        category1=Quarters(line["quarters"]),
        safety=Quarters(line["safety"]),
    )


def _watched(on_demand: bool) -> str:
    return "on demand" if on_demand else "live"


def _answers(session: str, given: Mapping[str, Any]) -> Iterable[ExportedAnswer]:
    for question in sorted(given):
        value = given[question]
        answer: Answer = tuple(value) if isinstance(value, list) else value
        yield ExportedAnswer(session=session, question=question, answer=answer)
