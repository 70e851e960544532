"""All claims of a meeting, for files that leave: one consistent look, however many there are."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from cme_reflex.domain.attendee import OTHER, PHYSICIAN
from cme_reflex.domain.credit import Quarters
from cme_reflex.domain.evaluation import Answer
from cme_reflex.domain.names import full_name
from cme_reflex.exchange.claims_export import ExportedAnswer, ExportedClaim, ExportedLine
from cme_reflex.services.programme import meeting_by_code
from cme_reflex.store.database import reading
from cme_reflex.store.tables import (
    AnswerRow,
    AttendeeRow,
    ClaimRow,
    LineRow,
    ReceiptRow,
    SessionRow,
)

PAGE = 200  # claims that are in memory at once


async def count_claims(meeting: str) -> int:
    """How many claims an export of the meeting has. Raises UnknownMeeting."""
    async with reading() as db:
        of_meeting = (
            select(sa.func.count())
            .select_from(ClaimRow)
            .join(AttendeeRow, col(AttendeeRow.id) == ClaimRow.attendee_id)
            .where(AttendeeRow.meeting_id == (await meeting_by_code(db, meeting)).id)
        )
        return int((await db.exec(of_meeting)).one())


async def claims(meeting: str) -> AsyncIterator[ExportedClaim]:
    """Every claim that was begun, in the order of registration. Raises UnknownMeeting.

    All of it is as of one moment, whatever is claimed meanwhile.
    """
    async with reading() as db:
        row = await meeting_by_code(db, meeting)
        async for claim in claims_within(db, cast(int, row.id)):
            yield claim


async def claims_within(db: AsyncSession, meeting: int) -> AsyncIterator[ExportedClaim]:
    """The same, within a reading that asks for more; `meeting` is its id."""
    last = 0
    while page := await _page(db, meeting, after=last):
        last = cast(int, page[-1][0].id)
        for claim in await _exported(db, page):
            yield claim


async def _page(
    db: AsyncSession, meeting: int, *, after: int
) -> list[tuple[AttendeeRow, ClaimRow]]:
    page = (
        select(AttendeeRow, ClaimRow)
        .join(ClaimRow, col(ClaimRow.attendee_id) == AttendeeRow.id)
        .where(AttendeeRow.meeting_id == meeting, col(AttendeeRow.id) > after)
        .order_by(col(AttendeeRow.id))
        .limit(PAGE)
    )
    return list((await db.exec(page)).all())


async def _exported(
    db: AsyncSession, page: list[tuple[AttendeeRow, ClaimRow]]
) -> list[ExportedClaim]:
    ids = [cast(int, claim.id) for _, claim in page]
    valid = await _valid_versions(db, ids)
    drafts = [each for each in ids if each not in valid]
    lines, answers = await _draft_lines(db, drafts), await _draft_answers(db, drafts)
    return [
        _submitted(attendee, claim, receipt)
        if (receipt := valid.get(cast(int, claim.id)))
        else _draft(attendee, claim, lines[cast(int, claim.id)], answers[cast(int, claim.id)])
        for attendee, claim in page
    ]


async def _valid_versions(db: AsyncSession, claim_ids: Iterable[int]) -> dict[int, ReceiptRow]:
    rows = (
        select(ReceiptRow)
        .where(col(ReceiptRow.claim_id).in_(claim_ids))
        .order_by(col(ReceiptRow.version))
    )
    # The newest version comes last and stays.
    return {row.claim_id: row for row in (await db.exec(rows)).all()}


async def _draft_lines(
    db: AsyncSession, claim_ids: Iterable[int]
) -> Mapping[int, list[tuple[LineRow, SessionRow]]]:
    rows = (
        select(LineRow, SessionRow)
        .join(SessionRow, col(SessionRow.id) == LineRow.session_id)
        .where(col(LineRow.claim_id).in_(claim_ids), col(LineRow.removed).is_(False))
        .order_by(col(SessionRow.starts_at), col(SessionRow.id))
    )
    found: dict[int, list[tuple[LineRow, SessionRow]]] = defaultdict(list)
    for line, session in (await db.exec(rows)).all():
        found[line.claim_id].append((line, session))
    return found


async def _draft_answers(
    db: AsyncSession, claim_ids: Iterable[int]
) -> Mapping[int, list[AnswerRow]]:
    rows = (
        select(AnswerRow).where(col(AnswerRow.claim_id).in_(claim_ids)).order_by(col(AnswerRow.id))
    )
    found: dict[int, list[AnswerRow]] = defaultdict(list)
    for row in (await db.exec(rows)).all():
        found[row.claim_id].append(row)
    return found


def _submitted(attendee: AttendeeRow, claim: ClaimRow, receipt: ReceiptRow) -> ExportedClaim:
    document = receipt.document
    return ExportedClaim(
        **_registered(attendee),
        name_on_certificate=document["name_on_certificate"],
        profession=PHYSICIAN if document["is_physician"] else OTHER,
        registration_type=document["registration_type"],
        status=claim.status,
        version=receipt.version,
        receipt=receipt.number,
        submitted_at=receipt.submitted_at,
        category1=Quarters(receipt.category1),
        safety=Quarters(receipt.safety),
        lines=tuple(document_line(line) for line in document["lines"]),
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
    return ExportedClaim(
        **_registered(attendee),
        name_on_certificate=attendee.name_on_certificate or registered_name,
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


def _registered(attendee: AttendeeRow) -> dict[str, Any]:
    fields = ("badge", "confirmation", "last_name", "first_name", "suffix", "email")
    return {name: getattr(attendee, name) for name in fields}


def document_line(line: Mapping[str, Any]) -> ExportedLine:
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
