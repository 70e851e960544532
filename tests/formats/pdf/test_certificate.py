"""The certificate, read back from its PDF and looked at."""

import hashlib
import io
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pypdf
import pytest

from cme_reflex.domain.claims.account import Credit
from cme_reflex.domain.claims.proof import ProofState
from cme_reflex.domain.credit.credit_type import Amount, CreditStatements, CreditType
from cme_reflex.domain.meetings.meeting import PaperSize
from cme_reflex.formats.pdf.certificate import certificate_pdf
from cme_reflex.settings import ROOT
from cme_reflex.text.certificates.certificate import STATE_TITLES, STATES
from tests.support.certificates import (
    ACCREDITATION,
    ADDRESS,
    CERTIFICATE,
    DESIGNATION,
    SAFETY,
    certificate,
    claiming,
    sessions,
)
from tests.support.files.pdfs import barcodes, font_runs, page_bitmap, page_sizes, page_texts
from tests.support.meetings import ZONE


def test_a_physician_is_awarded_credit() -> None:
    assert page_texts(certificate_pdf(CERTIFICATE))[0] == (
        "Society of Tests Certificate of Credit This certifies that Kathleen O’Brien-Núñez Jr "
        "participated in The Test Meeting 2024 San Diego, California, September 26–29, 2024 "
        "and is awarded 8.50 AMA PRA Category 1 Credits™ of which 2.00 credits are Patient Safety "
        "Of 9.00 hours attended, 8.50 are claimed. "
        f"{ACCREDITATION} {DESIGNATION} "
        "Format Live activity Date issued November 1, 2024 Receipt number TEST24-7KQM-X4WD "
        "Receipt number TEST24-7KQM-X4WD Page 1 of 2"
    )


def test_others_get_a_certificate_of_participation_that_names_the_designation() -> None:
    assert page_texts(certificate_pdf(certificate(awarded=False)))[0] == (
        "Society of Tests Certificate of Participation This certifies that "
        "Kathleen O’Brien-Núñez Jr participated in The Test Meeting 2024 "
        "San Diego, California, September 26–29, 2024 "
        "This activity was designated for AMA PRA Category 1 Credits™. The participant claimed "
        "8.50 credits of participation of which 2.00 credits are Patient Safety "
        "Of 9.00 hours attended, 8.50 are claimed. "
        f"{ACCREDITATION} {DESIGNATION} "
        "Format Live activity Date issued November 1, 2024 Receipt number TEST24-7KQM-X4WD "
        "Receipt number TEST24-7KQM-X4WD Page 1 of 2"
    )


def test_the_sessions_follow_with_their_credit_under_their_day() -> None:
    both = (
        replace(sessions(1)[0], title="Second", on_demand=True),
        replace(sessions(1)[0], title="First", amounts={"category1": Amount(6)}),
    )
    claimed = claiming(12, 1, of=both)
    assert page_texts(certificate_pdf(claimed))[1:] == [
        (
            "Sessions claimed Kathleen O’Brien-Núñez Jr "
            "The Test Meeting 2024, September 26–29, 2024 "
            "When Session Credits Patient Safety "
            "Thursday, September 26, 2024 8:00–9:30 am First 1.50 0.00 "
            "Watched on demand On demand Second 1.50 0.25 "
            "Claimed for this activity 3.00 0.25 "
            "Receipt number TEST24-7KQM-X4WD Page 2 of 2"
        )
    ]


def test_less_than_the_sessions_add_up_to_is_explained() -> None:
    less = claiming(35, 5)
    sentences = (
        "Of 9.00 hours attended, 8.75 are claimed. "
        "Of 1.50 hours of Patient Safety attended, 1.25 are claimed."
    )
    face, listed = page_texts(certificate_pdf(less))
    assert sentences in face
    assert f"{sentences} A participant claims no more" in listed
    all_of_it = claiming(36, 6)
    for page in page_texts(certificate_pdf(all_of_it)):
        assert "attended" not in page
        assert "less may be claimed" not in page


@pytest.mark.parametrize("state", [state for state in ProofState if state is not ProofState.VALID])
@pytest.mark.parametrize("paper", PaperSize)
def test_a_version_that_is_not_simply_valid_says_so_within_the_two_pages(
    state: ProofState, paper: PaperSize
) -> None:
    stated = certificate(
        state=state,
        withdrawn_at=datetime(2024, 12, 1, 2, tzinfo=UTC),  # still November 30 at the meeting
        name="W" * 120,
        statements=(ACCREDITATION * 3, DESIGNATION * 3),
        paper=paper,
    )
    pages = page_texts(certificate_pdf(stated))
    title = STATE_TITLES[state]
    sentence = STATES[state].format(on="November 30, 2024")
    assert len(pages) == 2
    assert pages[0].startswith(f"{title} {sentence} Society of Tests")
    assert f"{title}. {sentence}" in pages[1]
    assert all(f"Receipt number TEST24-7KQM-X4WD · {title} Page" in page for page in pages)


def test_a_meeting_without_patient_safety_does_not_mention_it() -> None:
    text = " ".join(page_texts(certificate_pdf(certificate(subsets=()))))
    assert "Safety" not in text
    assert "Session 0 1.50 8:00" in text


def test_zero_patient_safety_is_printed_because_boards_ask_for_the_figure() -> None:
    claimed = claiming(34, 0)
    assert "of which 0.00 credits are Patient Safety" in page_texts(certificate_pdf(claimed))[0]


def test_one_credit_is_one_credit() -> None:
    claimed = claiming(4, 4)
    page = page_texts(certificate_pdf(claimed))[0]
    assert "1.00 AMA PRA Category 1 Credit™ of which 1.00 credit is Patient Safety" in page


def test_a_type_is_named_and_measured_as_its_meeting_says() -> None:
    pharmacists = CreditType(
        code="acpe",
        label="ACPE contact hours",
        name_one="CEU",
        name_many="CEUs",
        display_divisor=10,
        increment=Fraction(1, 2),
        provider_number="1234",
        identifier_label="UAN",
        statements=CreditStatements(award="has earned pharmacy credit:"),
    )
    law = CreditType(code="law", label="Law", name_one="Law", name_many="Law", part_of="acpe")
    law = replace(law, display_divisor=10, increment=Fraction(1, 2))
    session = replace(
        sessions(1)[0], amounts={"acpe": Amount(3)}, identifier="1234-0000-30-001-L01-P"
    )
    face, listed = page_texts(
        certificate_pdf(
            certificate(
                credit=Credit(pharmacists, Amount(3), Amount(3)),
                subsets=(Credit(law, Amount(0), Amount(0)), CERTIFICATE.subsets[0]),
                sessions=(session,),
            )
        )
    )
    assert (
        "has earned pharmacy credit: 0.15 CEUs of which 0.0 credits are Law and "
        "2.00 credits are Patient Safety" in face
    )
    assert "Provider number 1234" in face
    assert "Session 0 UAN 1234-0000-30-001-L01-P 0.15 0.0 0.00" in listed


def test_a_subset_with_a_name_of_its_own_is_named_by_it() -> None:
    pharmacology = CreditType(
        code="pharmacology",
        label="Pharmacology",
        name_one="pharmacology contact hour",
        name_many="pharmacology contact hours",
        part_of="category1",
    )
    for claimed, words in (
        (10, "2.50 pharmacology contact hours"),
        (4, "1.00 pharmacology contact hour"),
    ):
        subset = Credit(pharmacology, Amount(claimed), Amount(claimed))
        face = page_texts(certificate_pdf(certificate(subsets=(subset,))))[0]
        assert f"Credits™ of which {words} " in face


@pytest.mark.parametrize(
    "name",
    [
        "Đặng Nguyễn Thị Mỹ Ánh",
        "Παπαδόπουλος Γεώργιος",
        "Щёголева Наталія Їжакевич",
        "Łukasz Ğüler Şahin Æthelred",
        "נועה כהן",
    ],
)
def test_names_in_latin_greek_cyrillic_and_hebrew_letters_are_printed(name: str) -> None:
    page = page_texts(certificate_pdf(certificate(name=name)))[0]
    assert f"certifies that {name} participated" in page


def test_a_character_that_the_font_lacks_stops_no_certificate() -> None:
    page = page_texts(certificate_pdf(certificate(name="𓂀 Wei")))[0]
    assert "certifies that □ Wei participated" in page


MARKUP = '#panic() *bold* _it_ \\ $x$ `raw` @ref <label> = head "quote" // no /* no */ [x] {y} #'


def test_entered_text_is_never_markup() -> None:
    titled = replace(sessions(1)[0], title=MARKUP)
    pdf = certificate_pdf(
        certificate(
            name=MARKUP,
            meeting=MARKUP,
            provider=MARKUP,
            location=MARKUP,
            format="#panic()",
            statements=(MARKUP, "#panic()"),
            subsets=(
                replace(CERTIFICATE.subsets[0], type=replace(SAFETY, label="*Safety* #panic()")),
            ),
            sessions=(titled,),
        )
    )
    first, second = page_texts(pdf)
    assert first.count(MARKUP) == 5
    assert f"8:00–9:30 am {MARKUP} 1.50 0.25" in second


def test_the_credit_is_named_in_italics_with_its_mark_upright() -> None:
    runs = font_runs(certificate_pdf(CERTIFICATE), 0)
    italic = [text.strip() for face, text in runs if "Italic" in face]
    assert italic == ["AMA PRA Category 1 Credits"] * 2  # the award, and in the designation


def test_it_is_tagged_and_has_title_language_and_all_its_fonts() -> None:
    reader = pypdf.PdfReader(io.BytesIO(certificate_pdf(CERTIFICATE)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"] == {"/Marked": True, "/Suspects": False}
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Certificate of Credit, The Test Meeting 2024"
    assert reader.metadata.author == "Society of Tests"
    assert reader.metadata.creation_date == CERTIFICATE.issued_at
    assert "pdfuaid:part" in reader.xmp_metadata.stream.get_data().decode()  # type: ignore[union-attr]
    kinds = _kinds(root["/StructTreeRoot"])
    assert {"/H1", "/Table", "/TH", "/TD", "/Figure", "/Link"} <= kinds
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert fonts
    assert all("/FontFile3" in font for font in fonts)


def _kinds(element: object) -> set[str]:
    """The kinds of structure below an element."""
    element = element.get_object() if isinstance(element, pypdf.generic.IndirectObject) else element
    if isinstance(element, list):
        return set().union(*map(_kinds, element)) if element else set()
    if not isinstance(element, dict):
        return set()
    own = {str(element["/S"])} if "/S" in element else set()
    return own | (_kinds(element["/K"]) if "/K" in element else set())


@pytest.mark.parametrize(
    ("paper", "wall", "list_"),
    [(PaperSize.LETTER, (792, 612), (612, 792)), (PaperSize.A4, (842, 595), (595, 842))],
)
def test_the_paper_is_the_meetings(
    paper: PaperSize, wall: tuple[int, int], list_: tuple[int, int]
) -> None:
    assert page_sizes(certificate_pdf(certificate(paper=paper))) == [wall, list_]


def test_it_is_the_same_bytes_each_time_and_in_another_process() -> None:
    pdf = certificate_pdf(CERTIFICATE)
    assert certificate_pdf(CERTIFICATE) == pdf
    program = (
        "import hashlib; from tests.support.certificates import CERTIFICATE; "
        "from cme_reflex.formats.pdf.certificate import certificate_pdf; "
        "print(hashlib.sha256(certificate_pdf(CERTIFICATE)).hexdigest())"
    )
    again = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert again.stdout.strip() == hashlib.sha256(pdf).hexdigest()


def test_its_date_is_the_submission_to_the_second_on_whatever_clock() -> None:
    at = datetime(2024, 11, 2, 4, 30, 15, 999_999, tzinfo=UTC)
    pdf = certificate_pdf(certificate(issued_at=at))
    assert certificate_pdf(certificate(issued_at=at.astimezone(ZONE))) == pdf
    metadata = pypdf.PdfReader(io.BytesIO(pdf)).metadata
    assert metadata is not None
    assert metadata.creation_date == at.replace(microsecond=0)
    assert "Date issued November 1, 2024" in page_texts(pdf)[0]  # on the meeting's clocks


def test_the_qr_code_is_there_where_the_address_is_known() -> None:
    reader = pypdf.PdfReader(io.BytesIO(certificate_pdf(CERTIFICATE)))
    links = [note.get_object()["/A"]["/URI"] for note in reader.pages[0]["/Annots"]]
    assert links == [ADDRESS]
    assert barcodes(certificate_pdf(CERTIFICATE), 0) == [ADDRESS]
    without = certificate_pdf(certificate(address=None))
    assert "/Annots" not in pypdf.PdfReader(io.BytesIO(without)).pages[0]
    assert barcodes(without, 0) == []
    assert "TEST24-7KQM-X4WD" in page_texts(without)[0]


@pytest.mark.parametrize("paper", PaperSize)
@pytest.mark.parametrize(("count", "least"), [(1, 2), (40, 3), (120, 5)])
def test_many_sessions_take_pages_that_each_have_the_headings(
    paper: PaperSize, count: int, least: int
) -> None:
    first, *following = page_texts(
        certificate_pdf(certificate(paper=paper, sessions=sessions(count)))
    )
    total = 1 + len(following)
    assert total >= least
    assert first.endswith(f"Page 1 of {total}")
    for number, page in enumerate(following, start=2):
        assert "When Session Credits Patient Safety" in page
        assert page.endswith(f"Page {number} of {total}")
    text = " ".join(following)
    assert [f"Session {number} 1.50" in text for number in range(count)] == [True] * count


LONG_NAME = "Maximiliana-Theodora Featherstonehaugh-Vandenbroucke-Smythe"
LONG_TITLE = ("Scientific Abstract Presentations and Advances in Reconstruction, " * 3)[:169]


@pytest.mark.parametrize("paper", PaperSize)
@pytest.mark.parametrize(
    ("name", "title", "statement"),
    [
        (LONG_NAME, LONG_TITLE, DESIGNATION),
        ("W" * 60, LONG_TITLE, DESIGNATION * 5),
        ("Wolfeschlegelsteinhausenbergerdorff " * 3, LONG_TITLE, DESIGNATION * 9),
    ],
)
def test_long_names_titles_and_statements_stay_on_the_first_page_and_inside_its_frame(
    paper: PaperSize, name: str, title: str, statement: str
) -> None:
    long = replace(sessions(1)[0], title=LONG_TITLE)
    drawn = certificate_pdf(
        certificate(
            paper=paper,
            name=name,
            meeting=title,
            statements=(ACCREDITATION, statement),
            sessions=(long,),
        )
    )
    first, second = page_texts(drawn)
    assert first.endswith("Page 1 of 2")
    assert " ".join(name.split()) in first
    assert title.strip() in first
    assert statement.strip() in first
    assert LONG_TITLE.strip() in second
    picture = page_bitmap(drawn, 0)
    height, width = len(picture), len(picture[0])
    # Between the frame, which ends 25 points from the edge, and the text nothing is drawn.
    gap = range(27, 54)
    assert not any(picture[row][x] for row in range(40, height - 40) for x in gap)
    assert not any(picture[row][width - x] for row in range(40, height - 40) for x in gap)
    assert not any(any(picture[row][30 : width - 30]) for row in range(28, 48))
