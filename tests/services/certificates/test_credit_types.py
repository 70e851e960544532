"""Certificates of a claim of two primary credit types, and specimens of all that are offered."""

from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import pytest

from cme_reflex.domain.credit.credit_type import Amount, CreditStatements, CreditType
from cme_reflex.domain.meetings.meeting import Profession
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.formats.pdf.certificate import Certificate
from cme_reflex.services.certificates import certificate, preview
from cme_reflex.services.certificates.certificate import CertificateNotFound
from cme_reflex.services.certificates.preview import NothingToPreview
from cme_reflex.services.claims import claim_lines, submission
from cme_reflex.services.claims.submission import Receipt
from cme_reflex.services.evaluations import evaluation_answers
from cme_reflex.services.sign_in.request_context import RequestContext
from tests.support.attendees import submit_attested
from tests.support.files.pdfs import page_texts
from tests.support.meetings import FOLDER, MEETING
from tests.support.values.meeting_values import CATEGORY1, SAFETY

EUROPEAN = CreditType(
    code="eaccme",
    label="European credit",
    name_one="European CME credit",
    name_many="European CME credits",
    increment=Fraction(1, 2),
    awarded_to=frozenset({"physician"}),
    statements=CreditStatements(designation="Designated by the European council."),
    identifier_label="Event",
)
CONTACT_HOURS = CreditType(
    code="ancc",
    label="Contact hours",
    name_one="contact hour",
    name_many="contact hours",
    awarded_to=frozenset({"nurse"}),
    participation_for=frozenset({"other"}),
    statements=CreditStatements(award="has earned", participation="has attended"),
)


@pytest.fixture
def folder() -> MeetingFolder:
    """A meeting for physicians, who are offered two types, for nurses and for others."""
    meeting = replace(
        MEETING,
        credit_types=(CATEGORY1, SAFETY, EUROPEAN, CONTACT_HOURS),
        professions=(*MEETING.professions, Profession(code="nurse", label="Nurse")),
    )
    first, second, *others = FOLDER.sessions
    sessions = (
        replace(
            first,
            credit=dict(first.credit) | {"eaccme": Amount(3)},
            identifiers={"eaccme": "24-0815"},
        ),
        second,
        *others,
    )
    return replace(FOLDER, meeting=meeting, sessions=sessions)


async def submit_both(context: RequestContext, ids: dict[str, int], now: datetime) -> Receipt:
    """Claim sessions A, which gives credit of both types, and B, which does not."""
    for code in ("A", "B"):
        await claim_lines.add_session(context, ids[code], now=now)
    await evaluation_answers.answer_overall(context, "bias", True, now=now)
    done = await submission.choose_all(context, now=now)
    return await submit_attested(context, done.claim.revision, now=now)


def figures(of: Certificate) -> tuple[str, list[str], list[str]]:
    """Its credit, that of its subsets, and its sessions."""
    return (
        of.credit.type.format(of.credit.claimed),
        [each.type.format(each.claimed) for each in of.subsets],
        [each.title for each in of.sessions],
    )


async def test_each_primary_type_has_a_certificate_of_its_own(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    receipt = await submit_both(context, ids, now)
    category1 = await certificate.load_certificate(context, receipt.number, "category1")
    european = await certificate.load_certificate(context, receipt.number, "eaccme")
    assert figures(category1) == ("3.50", ["1.00"], ["Session A", "Session B"])
    assert figures(european) == ("1.5", [], ["Session A"])
    assert european.statements == ("Designated by the European council.",)
    assert european.sessions[0].identifier == "24-0815"
    assert await certificate.load_certificate(context, receipt.number) == category1
    names = [certificate.pdf_filename(each) for each in (category1, european)]
    assert names == [
        f"certificate-{receipt.number}.pdf",
        f"certificate-{receipt.number}-eaccme.pdf",
    ]


@pytest.mark.parametrize("code", ["safety", "ancc", "x", ""])
async def test_no_other_type_has_one(
    context: RequestContext, ids: dict[str, int], now: datetime, code: str
) -> None:
    receipt = await submit_both(context, ids, now)
    with pytest.raises(CertificateNotFound):
        await certificate.load_certificate(context, receipt.number, code)


async def test_one_number_verifies_all_types(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    receipt = await submit_both(context, ids, now)
    verified = await certificate.verify_certificate(receipt.number, now=now, address="a")
    assert [(each.type.code, each.claimed) for each in verified.credits] == [
        ("category1", 14),
        ("safety", 4),
        ("eaccme", 3),
    ]


async def test_staff_get_a_specimen_for_each_profession_and_type(
    context: RequestContext, now: datetime
) -> None:
    specimens = await preview.render_specimens(MEETING.code, now=now)
    assert sorted(specimens) == [
        "certificate-nurse-ancc.pdf",
        "certificate-other-ancc.pdf",
        "certificate-other-category1.pdf",
        "certificate-physician-category1.pdf",
        "certificate-physician-eaccme.pdf",
    ]
    faces = {name: page_texts(pdf)[0] for name, pdf in specimens.items()}
    begin = "Specimen This certificate shows its wording only. It is not proof of credit."
    assert all(face.startswith(begin) for face in faces.values())
    assert "Certificate of Participation" in faces["certificate-other-ancc.pdf"]
    assert "1.5 European CME credits" in faces["certificate-physician-eaccme.pdf"]
    assert "Event 24-0815" in page_texts(specimens["certificate-physician-eaccme.pdf"])[1]


async def test_specimens_are_selected_by_type_and_profession(
    context: RequestContext, now: datetime
) -> None:
    of_type = await preview.render_specimens(MEETING.code, credit_type="eaccme", now=now)
    assert [*of_type] == ["certificate-physician-eaccme.pdf"]
    with pytest.raises(NothingToPreview, match="eaccme for physician"):
        await preview.render_specimens(
            MEETING.code, credit_type="eaccme", profession="nurse", now=now
        )
