"""Certificates: access by their owners, content after later loads, and public verification."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from cme_reflex.domain.claims.account import Credit
from cme_reflex.domain.claims.proof import ProofState
from cme_reflex.domain.credit.credit_type import Amount, CreditStatements
from cme_reflex.domain.meetings.meeting import PaperSize, Signature
from cme_reflex.domain.sign_in.rate_limits import TooManyAttempts
from cme_reflex.formats.pdf.certificate import Certificate, CertificateSession, PrintedSignature
from cme_reflex.services.certificates import certificate
from cme_reflex.services.certificates.certificate import (
    VERIFY_LIMIT,
    CertificateNotFound,
    VerifiedCertificate,
)
from cme_reflex.services.certificates.preview import render_specimens
from cme_reflex.services.claims import claim_lines, reopening, submission
from cme_reflex.services.claims.submission import Receipt
from cme_reflex.services.evaluations import evaluation_answers
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.operations import backup
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.claims.tables import ReceiptRow
from cme_reflex.store.database import write
from cme_reflex.store.meetings.tables import MeetingImageRow
from tests.support.attendees import SignIn, submit_attested
from tests.support.database.table_rows import execute
from tests.support.files.pdfs import page_texts
from tests.support.meetings import FOLDER, MEETING, ZONE, with_terms
from tests.support.values.meeting_values import (
    CATEGORY1,
    SAFETY,
    SUBMITTED_CATEGORY1,
    SUBMITTED_SAFETY,
)


async def submitted(
    context: RequestContext,
    ids: dict[str, int],
    now: datetime,
    *,
    quarters: int = 6,
    safety: int = 2,
) -> Receipt:
    """Claim session A and submit."""
    await claim_lines.add_session(context, ids["A"], now=now)
    await evaluation_answers.answer_overall(context, "bias", True, now=now)
    await submission.choose_total(context, "category1", Amount(quarters), now=now)
    done = await submission.choose_total(context, "safety", Amount(safety), now=now)
    return await submit_attested(context, done.claim.revision, now=now)


async def test_a_certificate_says_what_was_submitted(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    receipt = await submitted(context, ids, now)
    assert await certificate.load_certificate(context, receipt.number) == Certificate(
        number=receipt.number,
        issued_at=now,
        name="Kim O'Brien-Núñez Jr",
        awarded=True,
        provider="Society of Tests",
        meeting="The Test Meeting 2024",
        format="Live activity",
        location="San Diego, California",
        starts_on=date(2024, 9, 26),
        ends_on=date(2024, 9, 29),
        zone=ZONE,
        statements=("Accredited.", "Designated."),
        credit=Credit(SUBMITTED_CATEGORY1, Amount(6), Amount(6)),
        subsets=(Credit(SUBMITTED_SAFETY, Amount(2), Amount(4)),),
        sessions=(
            CertificateSession(
                title="Session A",
                starts_at=datetime(2024, 9, 26, 15, tzinfo=UTC),
                ends_at=datetime(2024, 9, 26, 16, 30, tzinfo=UTC),
                on_demand=False,
                amounts={"category1": Amount(6), "safety": Amount(4)},
            ),
        ),
        paper=PaperSize.LETTER,
        accent="#0b5563",
        language="en",
        address=None,
    )


async def changed_meeting(now: datetime) -> None:
    """Load the meeting with another name, statement, location, paper size and programme."""
    provider = replace(MEETING.provider, name="Other")
    category1 = replace(CATEGORY1, statements=CreditStatements(designation="Other."))
    meeting = replace(
        MEETING,
        name="Other",
        location="Other",
        provider=provider,
        credit_types=(category1, SAFETY),
        paper=PaperSize.A4,
        format="Other",
    )
    titled = replace(FOLDER.sessions[0], title="Other", credit={"category1": Amount(2)})
    await load_meeting(
        replace(FOLDER, meeting=meeting, sessions=(titled, *FOLDER.sessions[1:])), now=now
    )


async def test_nothing_loaded_later_changes_a_byte_of_it(
    context: RequestContext, sign_in_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    receipt = await submitted(context, ids, now)
    before = await certificate.render_pdf(
        await certificate.load_certificate(context, receipt.number)
    )
    await changed_meeting(now)
    again = await sign_in_as()
    assert again.meeting.name == "Other"
    after = await certificate.render_pdf(await certificate.load_certificate(again, receipt.number))
    assert after == before


async def test_an_older_document_is_filled_up_from_the_meeting(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    receipt = await submitted(context, ids, now)
    whole = await certificate.load_certificate(context, receipt.number)
    proof = await certificate.verify_certificate(receipt.number, now=now, address="a")
    old = {
        key: value for key, value in receipt.document.items() if key not in ("form", "certificate")
    }
    await execute(sa.update(ReceiptRow).values(document=old))
    assert await certificate.load_certificate(context, receipt.number) == whole
    assert await certificate.verify_certificate(receipt.number, now=now, address="a") == proof


async def test_every_version_keeps_its_certificate_and_the_old_one_is_known_as_replaced(
    context: RequestContext, sign_in_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    first = await submitted(context, ids, now)
    await load_meeting(replace(FOLDER, meeting=with_terms(attendee_may_reopen=True)), now=now)
    context = await sign_in_as()
    await reopening.reopen_own_claim(context, now=now)
    still = await certificate.verify_certificate(first.number, now=now, address="a")
    assert still.state is ProofState.REOPENED  # it stays valid until a new one replaces it
    later = now + timedelta(days=1)
    second = await submitted(context, ids, later, quarters=5, safety=0)
    versions = [
        await certificate.load_certificate(context, number)
        for number in (first.number, second.number)
    ]
    assert [(each.credit.claimed, each.issued_at) for each in versions] == [(6, now), (5, later)]
    proofs = [
        await certificate.verify_certificate(number, now=later, address="a")
        for number in (first.number, second.number)
    ]
    assert [([credit.claimed for credit in each.credits], each.state) for each in proofs] == [
        ([6, 2], ProofState.REPLACED),
        ([5, 0], ProofState.VALID),
    ]
    assert [each.state for each in versions] == [ProofState.REPLACED, ProofState.VALID]


async def test_a_certificate_is_nobody_elses(
    context: RequestContext, sign_in_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    receipt = await submitted(context, ids, now)
    other = await sign_in_as("102", "Smith")
    for number in (receipt.number, "TEST24-2222-2222", "", "x" * 500):
        with pytest.raises(CertificateNotFound):
            await certificate.load_certificate(other, number)
    await submitted(other, ids, now)
    with pytest.raises(CertificateNotFound):
        await certificate.load_certificate(other, receipt.number)


async def test_anybody_learns_provider_meeting_credit_date_and_initials_and_no_more(
    context: RequestContext, ids: dict[str, int]
) -> None:
    # Still the evening before on the meeting's clocks.
    at = datetime(2024, 11, 2, 4, tzinfo=UTC)
    receipt = await submitted(context, ids, at)
    typed = f" {receipt.number.lower().replace('-', ' ')}"
    assert await certificate.verify_certificate(typed, now=at, address="a") == VerifiedCertificate(
        number=receipt.number,
        initials="K. O.",
        provider="Society of Tests",
        meeting="The Test Meeting 2024",
        issued_on=date(2024, 11, 1),
        credits=(
            Credit(SUBMITTED_CATEGORY1, Amount(6), Amount(6)),
            Credit(SUBMITTED_SAFETY, Amount(2), Amount(4)),
        ),
        state=ProofState.VALID,
        withdrawn_on=None,
        accent="#0b5563",
    )


async def test_a_meeting_without_a_subset_has_no_such_figure(
    sign_in_as: SignIn, now: datetime
) -> None:
    without = replace(MEETING, credit_types=(CATEGORY1,))
    sessions = tuple(
        replace(each, credit={"category1": each.credit["category1"]} if each.credit else {})
        for each in FOLDER.sessions
    )
    await load_meeting(replace(FOLDER, meeting=without, sessions=sessions), now=now)
    context = await sign_in_as()
    ids = {session.code: session.id for session in context.programme.sessions.values()}
    await claim_lines.add_session(context, ids["A"], now=now)
    await evaluation_answers.answer_overall(context, "bias", True, now=now)
    done = await submission.choose_total(context, "category1", Amount(6), now=now)
    receipt = await submit_attested(context, done.claim.revision, now=now)
    verified = await certificate.verify_certificate(receipt.number, now=now, address="a")
    assert [credit.type.label for credit in verified.credits] == ["Category 1"]
    assert (await certificate.load_certificate(context, receipt.number)).subsets == ()


@pytest.mark.parametrize("number", ["TEST24-2222-2222", "", "x" * 500, "\0", "%", "TEST24"])
async def test_an_unknown_number_proves_nothing(
    context: RequestContext, now: datetime, number: str
) -> None:
    with pytest.raises(CertificateNotFound):
        await certificate.verify_certificate(number, now=now, address="a")


async def test_one_address_checks_so_many_numbers_and_then_has_to_wait(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    receipt = await submitted(context, ids, now)
    for _ in range(VERIFY_LIMIT.limit - 1):
        with pytest.raises(CertificateNotFound):
            await certificate.verify_certificate("TEST24-2222-2222", now=now, address="a")
    await certificate.verify_certificate(receipt.number, now=now, address="a")
    with pytest.raises(TooManyAttempts) as refused:
        await certificate.verify_certificate(receipt.number, now=now, address="a")
    assert refused.value.until == now + VERIFY_LIMIT.window
    await certificate.verify_certificate(receipt.number, now=now, address="b")
    await certificate.verify_certificate(receipt.number, now=now + VERIFY_LIMIT.window, address="a")


DRAWN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30">'
    '<path d="M5 25L40 5L80 25" stroke="#16204a"/></svg>'
)
DRAWN_LATER = DRAWN.replace("40 5", "45 9")


async def signed_by(name: str, svg: str, now: datetime) -> None:
    """Load the meeting with this signature."""
    signature = Signature(image=sha256(svg.encode()).hexdigest(), name=name, title="Chair")
    meeting = replace(MEETING, signatures=(signature,))
    folder = replace(FOLDER, meeting=meeting, images={signature.image: svg.encode()})
    await load_meeting(folder, now=now)


async def test_a_certificate_keeps_the_signatures_that_the_meeting_had(
    context: RequestContext, ids: dict[str, int], now: datetime, tmp_path: Path
) -> None:
    await signed_by("Kim Chair, MD", DRAWN, now)
    receipt = await submitted(context, ids, now)
    before = await certificate.load_certificate(context, receipt.number)
    assert before.signatures == (PrintedSignature(svg=DRAWN, name="Kim Chair, MD", title="Chair"),)
    await signed_by("Lee Later, DO", DRAWN_LATER, now)
    assert await certificate.load_certificate(context, receipt.number) == before
    specimens = await render_specimens(MEETING.code, now=now)
    texts = [" ".join(page_texts(pdf)[0].split()) for pdf in specimens.values()]
    assert texts
    assert all("Lee Later, DO" in text and "Kim Chair" not in text for text in texts)
    await backup.create_backup(tmp_path / "backup", now=now, done=lambda _: None)
    await write(lambda db: db.exec(sa.delete(MeetingImageRow)))
    await backup.restore_backup(
        tmp_path / "backup",
        replace=True,
        actor="test",
        now=now,
        done=lambda _: None,
        unauthenticated=True,
    )
    assert await certificate.load_certificate(context, receipt.number) == before


async def test_a_certificate_from_before_there_were_signatures_has_none(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    receipt = await submitted(context, ids, now)

    def as_then(db: Session) -> None:
        row = db.exec(select(ReceiptRow)).one()
        facts = {k: v for k, v in row.document["certificate"].items() if k != "signatures"}
        row.document = row.document | {"certificate": facts}

    await write(as_then)
    await signed_by("Kim Chair, MD", DRAWN, now)
    assert (await certificate.load_certificate(context, receipt.number)).signatures == ()
