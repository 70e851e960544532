"""Export of all claims of a meeting, in one consistent snapshot."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from cme_reflex.domain.claims.claim import line_needs
from cme_reflex.domain.credit.credit_type import CreditType
from cme_reflex.domain.credit.line import Line
from cme_reflex.domain.evaluations.form import Answer, Answers
from cme_reflex.domain.people.names import check_name, full_name
from cme_reflex.domain.programme.programme import Programme
from cme_reflex.domain.programme.programme import Session as ProgrammeSession
from cme_reflex.formats.reports.claims_export import (
    ExportedAnswer,
    ExportedClaim,
    ExportedLine,
    exported_credit,
    shown,
)
from cme_reflex.services.claims.certificate_snapshot import (
    credit_types,
    line_credit,
    line_minutes,
    profession,
    receipt_credits,
)
from cme_reflex.services.programme import programme_cache
from cme_reflex.store.claims import claims
from cme_reflex.store.claims.claims import ClaimContent
from cme_reflex.store.claims.tables import ClaimRow, ReceiptRow
from cme_reflex.store.database import read
from cme_reflex.store.evaluations.tables import AnswerRow
from cme_reflex.store.people.tables import AttendeeRow

PAGE_SIZE = 200  # claims per query
TIMEOUT = 60.0  # seconds per statement; no page waits for it


async def iter_claims(meeting: str) -> list[ExportedClaim]:
    """All claims of the meeting, including drafts, by registration. Raises MeetingNotFound.

    They are one snapshot and therefore in memory at once: a claim of twenty sessions takes some
    17 kB, ten thousand of them 170 MB.
    """

    def load(db: Session) -> list[ExportedClaim]:
        row = programme_cache.meeting_by_code(db, meeting)
        programme = programme_cache.get_in(db, cast(int, row.id), row.version)
        return [*iter_claims_in(db, programme)]

    return await read(load, timeout=TIMEOUT)


def iter_claims_in(db: Session, programme: Programme) -> Iterator[ExportedClaim]:
    """Iterate over all claims of the programme's meeting within a read."""
    last = 0
    while page := _page(db, programme.meeting_id, after=last):
        last = cast(int, page[-1][0].id)
        yield from _exported(db, programme, page)


def _page(db: Session, meeting: int, *, after: int) -> list[tuple[AttendeeRow, ClaimRow]]:
    page = (
        select(AttendeeRow, ClaimRow)
        .join(ClaimRow, col(ClaimRow.attendee_id) == AttendeeRow.id)
        .where(AttendeeRow.meeting_id == meeting, col(AttendeeRow.id) > after)
        .order_by(col(AttendeeRow.id))
        .limit(PAGE_SIZE)
    )
    return list(db.exec(page).all())


def _exported(
    db: Session, programme: Programme, page: list[tuple[AttendeeRow, ClaimRow]]
) -> list[ExportedClaim]:
    ids = [cast(int, claim.id) for _, claim in page]
    valid = _valid_versions(db, ids)
    drafts = [each for each in ids if each not in valid]
    contents, answers = claims.contents(db, drafts), _draft_answers(db, drafts)
    exported = []
    for attendee, claim in page:
        key = cast(int, claim.id)
        if receipt := valid.get(key):
            exported.append(_submitted(programme, attendee, claim, receipt))
        else:
            exported.append(_draft(programme, attendee, claim, contents[key], answers[key]))
    return exported


def _valid_versions(db: Session, claim_ids: Iterable[int]) -> dict[int, ReceiptRow]:
    rows = (
        select(ReceiptRow)
        .where(col(ReceiptRow.claim_id).in_(claim_ids), col(ReceiptRow.withdrawn_at).is_(None))
        .order_by(col(ReceiptRow.version))
        .options(joinedload(cast(Any, ReceiptRow.credits)))
    )
    # The newest version comes last and replaces earlier ones.
    return {row.claim_id: row for row in db.exec(rows).unique().all()}


def _draft_answers(db: Session, claim_ids: Iterable[int]) -> Mapping[int, list[AnswerRow]]:
    rows = (
        select(AnswerRow).where(col(AnswerRow.claim_id).in_(claim_ids)).order_by(col(AnswerRow.id))
    )
    found: dict[int, list[AnswerRow]] = defaultdict(list)
    for row in db.exec(rows).all():
        found[row.claim_id].append(row)
    return found


def _submitted(
    programme: Programme, attendee: AttendeeRow, claim: ClaimRow, receipt: ReceiptRow
) -> ExportedClaim:
    document = receipt.document
    types = credit_types(document, programme.meeting)
    return ExportedClaim(
        **_attendee_fields(attendee),
        name_on_certificate=document["name_on_certificate"],
        profession=profession(document),
        registration_type=document["registration_type"],
        status=claim.status,
        version=receipt.version,
        receipt=receipt.number,
        submitted_at=receipt.submitted_at,
        credits=tuple(
            exported_credit(credit.type, credit.claimed)
            for credit in receipt_credits(receipt, programme.meeting)
        ),
        lines=tuple(_line_from_document(line, types) for line in document["lines"]),
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
    programme: Programme,
    attendee: AttendeeRow,
    claim: ClaimRow,
    content: ClaimContent,
    answers: list[AnswerRow],
) -> ExportedClaim:
    given: dict[int | None, dict[str, Any]] = defaultdict(dict)
    for answer in answers:
        given[answer.session_id][answer.question] = answer.value
    registered_name = full_name(attendee.first_name, attendee.last_name, attendee.suffix)
    entered_name = attendee.name_on_certificate or ""
    of_profession = attendee.corrected_profession or attendee.profession
    lines = _draft_lines(programme, of_profession, content, given)
    types = programme.meeting.credit.offered_to(of_profession)
    return ExportedClaim(
        **_attendee_fields(attendee),
        name_on_certificate=registered_name if check_name(entered_name) else entered_name,
        profession=of_profession,
        registration_type=attendee.registration_type,
        status=claim.status,
        version=None,
        receipt="",
        submitted_at=None,
        credits=tuple(
            exported_credit(each, content.totals[each.code])
            for each in types
            if each.code in content.totals
        ),
        lines=tuple(
            ExportedLine(
                session=session.code,
                title=session.title,
                starts_at=session.starts_at,
                ends_at=session.ends_at,
                watched=_watched(line.on_demand),
                minutes=line.minutes,
                credits=shown(line.amounts, types),
            )
            for session, line in lines
        ),
        answers=(
            *(
                answer
                for session, _ in lines
                for answer in _answers(session.code, given[session.id])
            ),
            *_answers("", given[None]),
        ),
    )


def _draft_lines(
    programme: Programme,
    of_profession: str,
    content: ClaimContent,
    given: Mapping[int | None, Mapping[str, Any]],
) -> list[tuple[ProgrammeSession, Line]]:
    """The sessions of a draft with their lines, by start, as the programme is now."""
    meeting, sessions = programme.meeting, programme.sessions
    by_session = {key: answers for key, answers in given.items() if key is not None}
    answers = Answers(sessions=by_session, overall=given.get(None, {}))
    lines = [
        (
            session,
            session.line(
                meeting.credit.offered_to(of_profession),
                row.minutes,
                content.lower_amounts[session.id],
                on_demand=row.on_demand,
                met=line_needs(answers, meeting, session.id),
            ),
        )
        for row in content.lines
        if row.removed_at is None
        for session in [sessions[row.session_id]]
    ]
    return sorted(lines, key=lambda pair: (pair[0].starts_at, pair[0].id))


def _attendee_fields(attendee: AttendeeRow) -> dict[str, Any]:
    fields = ("badge", "confirmation", "last_name", "first_name", "suffix", "email")
    return {name: getattr(attendee, name) for name in fields}


def _line_from_document(line: Mapping[str, Any], types: Mapping[str, CreditType]) -> ExportedLine:
    return ExportedLine(**line_fields(line), credits=shown(line_credit(line), types.values()))


def line_fields(line: Mapping[str, Any]) -> dict[str, Any]:
    """What exports say of a line of a version's document, but for its credit."""
    return {
        "session": line["code"],
        "title": line["title"],
        "starts_at": datetime.fromisoformat(line["starts_at"]),
        "ends_at": datetime.fromisoformat(line["ends_at"]),
        "watched": _watched(line["on_demand"]),
        "minutes": line_minutes(line),
    }


def _watched(on_demand: bool) -> str:
    """How a session was watched, as exports say it."""
    return "on demand" if on_demand else "live"


def _answers(session: str, given: Mapping[str, Any]) -> Iterable[ExportedAnswer]:
    for question in sorted(given):
        value = given[question]
        answer: Answer = tuple(value) if isinstance(value, list) else value
        yield ExportedAnswer(session=session, question=question, answer=answer)
