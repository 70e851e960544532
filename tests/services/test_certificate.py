"""Certificates of submitted versions: whose they are, what they say later, and what anybody may."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from cme_reflex.domain.attempts import TooManyAttempts
from cme_reflex.domain.credit import Quarters
from cme_reflex.domain.meeting import Paper
from cme_reflex.exchange.certificate import Certificate, CertifiedSession
from cme_reflex.services import certificate, evaluation, reopening, selection, submission
from cme_reflex.services.certificate import CHECKS, NoSuchCertificate, Verified
from cme_reflex.services.meeting import load_meeting
from cme_reflex.services.submission import Receipt
from cme_reflex.services.visit import Visit
from cme_reflex.store.tables import ReceiptRow
from tests.meetings import FOLDER, MEETING, ZONE, with_terms
from tests.rows import execute
from tests.services.conftest import SignIn


async def submitted(
    visit: Visit, ids: dict[str, int], now: datetime, *, quarters: int = 6, safety: int = 2
) -> Receipt:
    """Claim session A, and submit."""
    await selection.add_session(visit, ids["A"], now=now)
    await evaluation.answer_overall(visit, "bias", True, now=now)
    await submission.choose_category1(visit, Quarters(quarters), now=now)
    done = await submission.choose_safety(visit, Quarters(safety), now=now)
    return await submission.submit_claim(visit, done.claim.revision, attested=True, now=now)


async def test_a_certificate_says_what_was_submitted(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    receipt = await submitted(visit, ids, now)
    assert await certificate.certificate(visit, receipt.number) == Certificate(
        number=receipt.number,
        issued_at=now,
        name="Kim O'Brien-Núñez Jr",
        is_physician=True,
        provider="Society of Tests",
        meeting="The Test Meeting 2024",
        format="Live activity",
        location="San Diego, California",
        starts_on=date(2024, 9, 26),
        ends_on=date(2024, 9, 29),
        zone=ZONE,
        statements=("Accredited.", "Designated."),
        category1=Quarters(6),
        safety=Quarters(2),
        safety_label="Patient Safety",
        sessions=(
            CertifiedSession(
                title="Session A",
                starts_at=datetime(2024, 9, 26, 15, tzinfo=UTC),
                ends_at=datetime(2024, 9, 26, 16, 30, tzinfo=UTC),
                on_demand=False,
                category1=Quarters(6),
                safety=Quarters(4),
            ),
        ),
        paper=Paper.LETTER,
        accent="#0b5563",
        language="en",
        address=None,
    )


async def changed_meeting(now: datetime) -> None:
    """Load another name, statement, place, paper and programme over the meeting."""
    provider = replace(MEETING.provider, name="Other", designation_statement="Other.")
    meeting = replace(
        MEETING, name="Other", location="Other", provider=provider, paper=Paper.A4, format="Other"
    )
    titled = replace(FOLDER.sessions[0], title="Other", quarters=Quarters(2), safety=Quarters(0))
    await load_meeting(
        replace(FOLDER, meeting=meeting, sessions=(titled, *FOLDER.sessions[1:])), now=now
    )


async def test_nothing_loaded_later_changes_a_byte_of_it(
    visit: Visit, visit_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    receipt = await submitted(visit, ids, now)
    before = await certificate.drawn(await certificate.certificate(visit, receipt.number))
    await changed_meeting(now)
    again = await visit_as()
    assert again.meeting.name == "Other"
    after = await certificate.drawn(await certificate.certificate(again, receipt.number))
    assert after == before


async def test_an_older_document_is_filled_up_from_the_meeting(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    receipt = await submitted(visit, ids, now)
    whole = await certificate.certificate(visit, receipt.number)
    proof = await certificate.verified(receipt.number, now=now, address="a")
    old = {
        key: value for key, value in receipt.document.items() if key not in ("form", "certificate")
    }
    await execute(sa.update(ReceiptRow).values(document=old))
    assert await certificate.certificate(visit, receipt.number) == whole
    assert await certificate.verified(receipt.number, now=now, address="a") == proof


async def test_every_version_keeps_its_certificate_and_the_old_one_is_known_as_replaced(
    visit: Visit, visit_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    first = await submitted(visit, ids, now)
    await load_meeting(replace(FOLDER, meeting=with_terms(attendee_may_reopen=True)), now=now)
    visit = await visit_as()
    await reopening.reopen_own(visit, now=now)
    still = await certificate.verified(first.number, now=now, address="a")
    assert not still.replaced  # it stays valid until a new one replaces it
    later = now + timedelta(days=1)
    second = await submitted(visit, ids, later, quarters=5, safety=0)
    versions = [
        await certificate.certificate(visit, number) for number in (first.number, second.number)
    ]
    assert [(each.category1, each.issued_at) for each in versions] == [(6, now), (5, later)]
    proofs = [
        await certificate.verified(number, now=later, address="a")
        for number in (first.number, second.number)
    ]
    assert [(each.category1, each.safety, each.replaced) for each in proofs] == [
        (6, 2, True),
        (5, 0, False),
    ]


async def test_a_certificate_is_nobody_elses(
    visit: Visit, visit_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    receipt = await submitted(visit, ids, now)
    other = await visit_as("102", "Smith")
    for number in (receipt.number, "TEST24-2222-2222", "", "x" * 500):
        with pytest.raises(NoSuchCertificate):
            await certificate.certificate(other, number)
    await submitted(other, ids, now)
    with pytest.raises(NoSuchCertificate):
        await certificate.certificate(other, receipt.number)


async def test_anybody_learns_provider_meeting_credit_date_and_initials_and_no_more(
    visit: Visit, ids: dict[str, int]
) -> None:
    # Still the evening before on the meeting's clocks.
    at = datetime(2024, 11, 2, 4, tzinfo=UTC)
    receipt = await submitted(visit, ids, at)
    typed = f" {receipt.number.lower().replace('-', ' ')}"
    assert await certificate.verified(typed, now=at, address="a") == Verified(
        number=receipt.number,
        initials="K. O.",
        provider="Society of Tests",
        meeting="The Test Meeting 2024",
        issued_on=date(2024, 11, 1),
        category1=Quarters(6),
        safety=Quarters(2),
        safety_label="Patient Safety",
        replaced=False,
        accent="#0b5563",
    )


async def test_a_meeting_without_patient_safety_has_no_such_figure(
    visit_as: SignIn, now: datetime
) -> None:
    none = replace(MEETING, safety=replace(MEETING.safety, maximum=Quarters(0)))
    sessions = tuple(replace(each, safety=Quarters(0)) for each in FOLDER.sessions)
    await load_meeting(replace(FOLDER, meeting=none, sessions=sessions), now=now)
    visit = await visit_as()
    ids = {session.code: session.id for session in visit.programme.sessions.values()}
    receipt = await submitted(visit, ids, now, safety=0)
    assert (await certificate.verified(receipt.number, now=now, address="a")).safety is None
    assert (await certificate.certificate(visit, receipt.number)).safety_label is None


@pytest.mark.parametrize("number", ["TEST24-2222-2222", "", "x" * 500, "\0", "%", "TEST24"])
async def test_an_unknown_number_proves_nothing(visit: Visit, now: datetime, number: str) -> None:
    with pytest.raises(NoSuchCertificate):
        await certificate.verified(number, now=now, address="a")


async def test_one_address_checks_so_many_numbers_and_then_has_to_wait(
    visit: Visit, ids: dict[str, int], now: datetime
) -> None:
    receipt = await submitted(visit, ids, now)
    for _ in range(CHECKS.most - 1):
        with pytest.raises(NoSuchCertificate):
            await certificate.verified("TEST24-2222-2222", now=now, address="a")
    await certificate.verified(receipt.number, now=now, address="a")
    with pytest.raises(TooManyAttempts) as refused:
        await certificate.verified(receipt.number, now=now, address="a")
    assert refused.value.until == now + CHECKS.window
    await certificate.verified(receipt.number, now=now, address="b")
    await certificate.verified(receipt.number, now=now + CHECKS.window, address="a")
