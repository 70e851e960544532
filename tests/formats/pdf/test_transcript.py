"""The transcript, read back from its PDF and its CSV."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdf
import pytest

from cme_reflex.domain.claims.account import (
    AccountEntry,
    Credit,
    ReportingSummary,
    SubmittedVersion,
    build_account,
)
from cme_reflex.domain.claims.claim import ClaimPeriod, ClaimStatus
from cme_reflex.domain.claims.proof import ProofState
from cme_reflex.domain.credit.credit_type import Amount, CreditType
from cme_reflex.domain.meetings.meeting import PaperSize
from cme_reflex.formats.pdf.transcript import TRANSCRIPT, Transcript, transcript_csv, transcript_pdf
from tests.support.certificates import CATEGORY1, SAFETY
from tests.support.files.pdfs import page_sizes, page_texts
from tests.support.files.written_tables import read_csv
from tests.support.meetings import ZONE

AT = datetime(2024, 11, 2, 4, tzinfo=UTC)  # still the evening before on the clocks of ZONE


def credit(credit_type: CreditType, amount: int) -> Credit:
    """All that the sessions gave of a type."""
    return Credit(credit_type, Amount(amount), Amount(amount))


def entry(year: int, quarters: int, safety: int, **more: Any) -> AccountEntry:
    """A claim of that year's meeting, submitted once."""
    version = SubmittedVersion(
        number=f"TEST{year % 100}-7KQM-X4WD",
        submitted_at=AT.replace(year=year),
        credits=(credit(CATEGORY1, quarters), credit(SAFETY, safety)),
        state=ProofState.VALID,
    )
    fields: dict[str, Any] = {
        "meeting": f"The Test Meeting {year}",
        "short_name": f"TEST{year % 100}",
        "provider": "Society of Tests",
        "location": "San Diego, California",
        "starts_on": date(year, 9, 26),
        "ends_on": date(year, 9, 29),
        "zone": ZONE,
        "badge": "101",
        "attendee_id": 1,
        "registration": "Full",
        "is_current": False,
        "period": ClaimPeriod.OPEN,
        "opens_at": AT,
        "closes_at": AT,
        "status": ClaimStatus.SUBMITTED,
        "sessions": 1,
        "versions": (version,),
        "reporting": ReportingSummary(),
    }
    return AccountEntry(**{**fields, **more})


def transcript(*entries: AccountEntry, name: str = "Kathleen O’Brien-Núñez Jr") -> Transcript:
    return Transcript(
        account=build_account(name, "kim", entries),
        zone=ZONE,
        paper=PaperSize.LETTER,
        accent="#0b5563",
        language="en",
    )


TWO_YEARS = transcript(entry(2023, 6, 2), entry(2024, 34, 8))


def test_it_lists_the_credit_by_year_with_totals() -> None:
    assert page_texts(transcript_pdf(TWO_YEARS)) == [
        "Transcript of CME Credit Kathleen O’Brien-Núñez Jr "
        "As of the newest submission, November 1, 2024. Each year has the meetings that ended in "
        "it. Credit is as claimed: the certificate with the receipt number is the proof of it. "
        "2024 Meeting Credit "
        "The Test Meeting 2024 September 26–29, 2024, San Diego, California Society of Tests "
        "Receipt TEST24-7KQM-X4WD, submitted November 1, 2024 "
        "Category 1 8.50 of which Patient Safety 2.00 "
        "Total of 2024 Category 1 8.50 of which Patient Safety 2.00 "
        "2023 Meeting Credit "
        "The Test Meeting 2023 September 26–29, 2023, San Diego, California Society of Tests "
        "Receipt TEST23-7KQM-X4WD, submitted November 1, 2023 "
        "Category 1 1.50 of which Patient Safety 0.50 "
        "Total of 2023 Category 1 1.50 of which Patient Safety 0.50 "
        "Total of all years Category 1 10.00 of which Patient Safety 2.50 "
        "Kathleen O’Brien-Núñez Jr Page 1 of 1"
    ]


def test_one_year_is_its_own_total() -> None:
    (page,) = page_texts(transcript_pdf(transcript(entry(2024, 34, 8))))
    assert "Total of 2024 Category 1 8.50 of which Patient Safety 2.00" in page
    assert "all years" not in page


def test_only_valid_versions_count_and_drafts_are_omitted() -> None:
    newest, older = entry(2024, 5, 1).versions[0], entry(2024, 6, 2).versions[0]
    versions = (newest, replace(older, number="TEST24-2222-2222"))
    twice = entry(2024, 0, 0, versions=versions)
    draft = entry(2023, 0, 0, versions=(), status=ClaimStatus.DRAFT)
    text = " ".join(page_texts(transcript_pdf(transcript(twice, draft))))
    assert "Total of 2024 Category 1 1.25 of which Patient Safety 0.25" in text
    assert ("2222" in text, "2023" in text) == (False, False)


def test_the_same_claims_are_the_same_bytes_and_others_are_not() -> None:
    again = transcript(entry(2024, 34, 8), entry(2023, 6, 2))
    assert transcript_pdf(again) == transcript_pdf(TWO_YEARS)
    assert transcript_csv(again) == transcript_csv(TWO_YEARS)
    other = transcript(entry(2024, 34, 9), entry(2023, 6, 2))
    assert transcript_pdf(other) != transcript_pdf(TWO_YEARS)
    assert transcript_csv(other) != transcript_csv(TWO_YEARS)


def test_it_is_tagged_and_has_title_and_language() -> None:
    reader = pypdf.PdfReader(io.BytesIO(transcript_pdf(TWO_YEARS)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert reader.metadata is not None
    assert reader.metadata.title == "Transcript of CME Credit, Kathleen O’Brien-Núñez Jr"
    assert reader.metadata.creation_date == datetime(2024, 11, 2, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("paper", "size"), [(PaperSize.LETTER, (612, 792)), (PaperSize.A4, (595, 842))]
)
def test_many_years_flow_over_the_paper_of_the_meeting(
    paper: PaperSize, size: tuple[int, int]
) -> None:
    many = [entry(year, 6, 2) for year in range(2000, 2025)]
    drawn = transcript_pdf(replace(transcript(*many), paper=paper))
    text = page_texts(drawn)
    assert len(text) > 2
    assert set(page_sizes(drawn)) == {size}
    assert [f"TEST{year % 100}-7KQM-X4WD" in " ".join(text) for year in range(2000, 2025)] == (
        [True] * 25
    )


def test_entered_text_is_never_markup() -> None:
    odd = entry(2024, 6, 2, meeting="#set page() *bold* $x$ \\ _a_ @b <c> 𓂀", location="=1+1")
    (page,) = page_texts(transcript_pdf(transcript(odd, name="=cmd|' /C calc'!A0 #eval(1)")))
    assert "#set page() *bold* $x$ \\ _a_ @b <c> □" in page
    assert "=cmd|' /C calc'!A0 #eval(1)" in page


def test_the_table_is_read_back_equal(tmp_path: Path) -> None:
    odd = entry(2023, 6, 2, meeting='=HYPERLINK("x")', location='San Diego, "California"\n')
    file = tmp_path / "transcript.csv"
    file.write_bytes(transcript_csv(transcript(entry(2024, 34, 8), odd)))
    first = (
        2024, "The Test Meeting 2024", "Society of Tests", "San Diego, California",
        "2024-09-26", "2024-09-29", "101", "TEST24-7KQM-X4WD", AT,
    )  # fmt: skip
    second = (
        2023, '=HYPERLINK("x")', "Society of Tests", 'San Diego, "California"\n',
        "2023-09-26", "2023-09-29", "101", "TEST23-7KQM-X4WD", AT.replace(year=2023),
    )  # fmt: skip
    category1, safety = ("category1", CATEGORY1.name_many), ("safety", "Patient Safety")
    assert list(read_csv(file, TRANSCRIPT)) == [
        (*first, *category1, Decimal("8.50")),
        (*first, *safety, Decimal("2.00")),
        (*second, *category1, Decimal("1.50")),
        (*second, *safety, Decimal("0.50")),
    ]
    assert b"\n=HYPERLINK" not in file.read_bytes()


@pytest.mark.parametrize("name", ["مريم المنصوري", "राजेश त्रिपाठी", "王 晓明", "Olúfẹ́mi Wanjiru"])
def test_a_name_in_any_script_is_printed_and_read_back(name: str) -> None:
    pages = page_texts(transcript_pdf(transcript(entry(2024, 6, 2), name=name)))
    assert all(name in page for page in pages)


def test_types_of_several_meetings_are_summed_each_for_itself() -> None:
    contact = CreditType(
        code="ancc", label="Contact hours", name_one="contact hour", name_many="contact hours"
    )
    nurse = entry(2024, 0, 0)
    nurse = replace(nurse, versions=(replace(nurse.versions[0], credits=(credit(contact, 6),)),))
    (page,) = page_texts(transcript_pdf(transcript(nurse, entry(2023, 6, 2))))
    assert "Total of 2024 Contact hours 1.50 2023" in page
    everything = "Category 1 1.50 of which Patient Safety 0.50"
    assert f"Total of all years Contact hours 1.50 {everything}" in page
