"""Specimens of a meeting's certificates, for staff to check before anybody claims."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session as DbSession

from cme_reflex import text
from cme_reflex.domain.claims.account import Credit
from cme_reflex.domain.credit.credit_type import NO_CREDIT, Amount, CreditType, CreditTypes
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.programme.programme import Programme, Session
from cme_reflex.formats.pdf.certificate import (
    Certificate,
    CertificateSession,
    PrintedSignature,
    certificate_pdf,
)
from cme_reflex.services.certificates import pdf_pool
from cme_reflex.services.certificates.certificate import printed_signatures
from cme_reflex.services.claims.certificate_snapshot import LANGUAGE
from cme_reflex.services.programme import programme_cache
from cme_reflex.store.database import read

SESSIONS = 8  # on a specimen: enough to show days, identifiers and subsets


class NothingToPreview(LookupError):
    """The meeting offers no such credit type to such a profession; the message has its offers."""


async def render_specimens(
    meeting: str, *, credit_type: str = "", profession: str = "", now: datetime
) -> dict[str, bytes]:
    """A specimen PDF for each profession and each primary type that it is offered, by file name.

    `credit_type` and `profession` are codes that select some of them. Raises MeetingNotFound and
    NothingToPreview.
    """

    def load(db: DbSession) -> tuple[Programme, tuple[PrintedSignature, ...]]:
        programme = programme_cache.by_code(db, meeting)
        if programme is None:
            raise programme_cache.MeetingNotFound(meeting)
        return programme, printed_signatures(db, programme.meeting.signatures)

    programme, signed = await read(load)
    chosen = {
        f"certificate-{of}-{each.code}.pdf": _specimen(programme, each, of, signed, now)
        for of, each in _offers(programme.meeting)
        if credit_type in ("", each.code) and profession in ("", of)
    }
    if not chosen:
        offers = ", ".join(f"{each.code} for {of}" for of, each in _offers(programme.meeting))
        raise NothingToPreview(f"{meeting} has certificates of {offers}, and no other.")
    return {name: await pdf_pool.render(certificate_pdf, each) for name, each in chosen.items()}


def _offers(meeting: Meeting) -> Iterator[tuple[str, CreditType]]:
    """Each profession with each primary credit type that it is offered."""
    for each in meeting.professions:
        for primary in meeting.credit.offered_to(each.code).primaries:
            yield each.code, primary


def _specimen(
    programme: Programme,
    primary: CreditType,
    profession: str,
    signed: tuple[PrintedSignature, ...],
    now: datetime,
) -> Certificate:
    meeting = programme.meeting
    types = CreditTypes((primary, *meeting.credit.offered_to(profession).subsets_of(primary.code)))
    giving = (s for s in programme.eligible_sessions if s.credit.get(primary.code))
    sessions = [session for session, _ in zip(giving, range(SESSIONS), strict=False)]
    credit = [_sum(each, sessions) for each in types]
    return Certificate(
        number=f"{meeting.short_name}-0000-0000",
        issued_at=now,
        name=text.certificate.SPECIMEN_NAME,
        awarded=profession in primary.awarded_to,
        provider=meeting.provider.name,
        meeting=meeting.name,
        format=meeting.format,
        location=meeting.location,
        starts_on=meeting.starts_on,
        ends_on=meeting.ends_on,
        zone=meeting.zone,
        statements=primary.statements.of_accreditor,
        credit=credit[0],
        subsets=tuple(credit[1:]),
        sessions=tuple(_session(each, primary.code) for each in sessions),
        paper=meeting.paper,
        accent=meeting.look.accent,
        language=LANGUAGE,
        signatures=signed,
        is_specimen=True,
    )


def _sum(credit_type: CreditType, sessions: list[Session]) -> Credit:
    amount = sum(each.credit.get(credit_type.code, NO_CREDIT) for each in sessions)
    return Credit(credit_type, Amount(amount), Amount(amount))


def _session(session: Session, code: str) -> CertificateSession:
    return CertificateSession(
        title=session.title,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        on_demand=False,
        amounts=session.credit,
        identifier=session.identifiers.get(code, ""),
    )
