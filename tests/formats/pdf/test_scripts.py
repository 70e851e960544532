"""Names in the world's scripts, printed and read back."""

import csv
import io

import pypdf
import pypdfium2
import pytest

from cme_reflex.domain.people.names import full_name
from cme_reflex.formats.pdf.certificate import certificate_pdf
from cme_reflex.formats.pdf.typesetting import (
    REPLACEMENT,
    is_right_to_left,
    missing_characters,
    name_svg,
    replace_unprintable,
)
from cme_reflex.settings import ROOT
from tests.support.certificates import certificate
from tests.support.files.pdfs import font_runs, page_texts


def registered_names() -> list[str]:
    with (ROOT / "meetings/pstm24/attendees.csv").open(encoding="utf-8-sig", newline="") as file:
        return [
            full_name(row["first_name"], row["last_name"], row["suffix"])
            for row in csv.DictReader(file)
        ]


NAMES = [
    "مريم المنصوري",
    "د. مريم المنصوري, MD",
    "יונתן לוי, MD",
    "נועה בן־דוד",
    "राजेश त्रिपाठी",
    "সুমন তালুকদার",
    "கவிதா மூர்த்தி",
    "พิมพ์ชนก ศรีสุวรรณ",
    "សុខ ពិសិដ្ឋ, MD",
    "王晓明",
    "陳家豪",
    "渡邉由美子",
    "さくら 五十嵐",
    "은영 최",
    "Արամ Հակոբյան",
    "ნინო გელაშვილი",
    "ሰላም ተስፋዬ",
    "Nguyễn Thị Phương",
    "Olúfẹ́mi Wanjiru",
    "ക്രിസ്റ്റി ജോൺ",
    "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "હેતલ પટેલ",
    "లక్ష్మి రావు",
    "ಸುಮಾ ಗೌಡ",
    "ສົມໃຈ ວົງສາ",
    "Patrick Eze 李, MD",
    "MD יונתן Levi",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_read_back_from_the_certificate_in_its_order(name: str) -> None:
    first, second = page_texts(certificate_pdf(certificate(name=name)))
    assert f"certifies that {name} participated" in first
    assert name in second


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("မြင့်မြတ် အောင်", "မြင့်မြတ်အောင်"),  # PDFium takes the space for a part of the mark before it
        ("زهرا حسینی\u200cنژاد", "زهرا حسینینژاد"),
        ("ශ්\u200dරී ලංකා", "ශ්රී ලංකා"),
    ],
)
def test_some_names_are_read_without_joiners_or_spaces(name: str, read: str) -> None:
    first, _ = page_texts(certificate_pdf(certificate(name=name)))
    assert f"certifies that {read} participated" in first


def test_joiners_change_the_drawing() -> None:
    for name in ("زهرا حسینی\u200cنژاد", "ශ්\u200dරී ලංකා"):
        assert name_svg(name) != name_svg(name.replace("\u200c", "").replace("\u200d", ""))


def test_every_registered_name_of_the_demo_is_printed() -> None:
    names = registered_names()
    assert [name for name in names if missing_characters(name)] == []
    assert [name for name in names if replace_unprintable(name) != name] == []
    others = [name for name in names if not name.isascii()]
    assert len(others) > 50
    for name in others:
        assert name_svg(name).startswith(b"<svg")


def test_a_name_of_marks_is_a_picture_that_says_it() -> None:
    pdf = certificate_pdf(certificate(name="राजेश त्रिपाठी"))
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert "राजेश त्रिपाठी" in list(_alternatives(reader.trailer["/Root"]["/StructTreeRoot"]))


def test_a_long_name_stays_on_the_page() -> None:
    pdf = certificate_pdf(certificate(name="সুমন " * 20 + "তালুকদার"))
    page = pypdfium2.PdfDocument(pdf)[0]
    picture = page.render(scale=1).to_pil().convert("L")
    # The frame of the page ends 25 pt from its edge; between it and the text is nothing.
    for left in (28, picture.width - 56):
        margin = picture.crop((left, 60, left + 28, picture.height - 60))
        assert margin.getextrema()[0] > 250


def test_only_the_fonts_that_a_document_needs_are_in_it() -> None:
    def fonts(name: str) -> set[str]:
        reader = pypdf.PdfReader(io.BytesIO(certificate_pdf(certificate(name=name))))
        return {
            font.get_object()["/BaseFont"].partition("+")[2].partition("-")[0]
            for page in reader.pages
            for font in page["/Resources"]["/Font"].values()
        }

    assert fonts("Kim Núñez") == {"LibertinusSerif"}
    assert fonts("王晓明") == {"LibertinusSerif", "NotoSerifSC"}
    assert len(certificate_pdf(certificate(name="王晓明"))) < 100_000


def test_titles_in_another_script_are_printed_too() -> None:
    first, _ = page_texts(certificate_pdf(certificate(meeting="第67回 日本形成外科学会総会")))
    assert "第67回 日本形成外科学会総会" in first
    assert REPLACEMENT not in first


@pytest.mark.parametrize("meeting", ["Հայաստան", "ประชุม", "学会", "အောင်"])
def test_the_title_is_semibold_in_each_script(meeting: str) -> None:
    runs = font_runs(certificate_pdf(certificate(meeting=meeting)), 0)
    (face,) = {face for face, text in runs if meeting[:2] in text}
    assert "semibold" in face.lower()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Kim לוי", False), ("(לוי) Kim", True), ("مريم, MD", True), ("王", False), ("", False)],
)
def test_the_direction_is_that_of_the_first_letter(name: str, expected: bool) -> None:
    assert is_right_to_left(name) is expected


def _alternatives(node: object) -> list[str]:
    """The alternative texts of the structure tree."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [text for child in node for text in _alternatives(child)]
    if not isinstance(node, dict):
        return []
    own = [str(node["/Alt"])] if "/Alt" in node else []
    return own + _alternatives(node.get("/K"))
