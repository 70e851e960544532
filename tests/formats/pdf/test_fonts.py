"""Which family prints which characters, and what no font has."""

import json
import unicodedata
from pathlib import Path

import pytest
import typst
from fontTools.ttLib import TTFont

from cme_reflex.formats.pdf import typesetting
from cme_reflex.formats.pdf.fonts import (
    FONTS_FOLDER,
    LIBERTINUS,
    NOTO_FAMILIES,
    FontFamily,
    FontsNotInstalled,
)
from cme_reflex.formats.pdf.typesetting import (
    _characters,
    missing_characters,
    printable_text,
    replace_unprintable,
)
from cme_reflex.settings import ROOT


def letters(*ranges: tuple[int, int]) -> str:
    return "".join(
        chr(code)
        for first, last in ranges
        for code in range(first, last + 1)
        if unicodedata.category(chr(code))[0] in "LNP"
    )


LATIN = letters(
    (0x20, 0x7E), (0xA1, 0x17F), (0x1A0, 0x1B0), (0x1CD, 0x21B), (0x1E00, 0x1E9B), (0x1EA0, 0x1EF9)
)
GREEK = letters((0x386, 0x3CE), (0x1F00, 0x1F15), (0x1F70, 0x1F7D))
CYRILLIC = letters((0x400, 0x45F), (0x490, 0x4BF), (0x4D0, 0x4F9))


@pytest.mark.parametrize("alphabet", [LATIN, GREEK, CYRILLIC])
def test_the_alphabets_of_names_are_whole(alphabet: str) -> None:
    assert missing_characters(alphabet) == ""


def test_missing_characters_are_listed_once_and_in_order() -> None:
    assert missing_characters("𓂀🂡 (Bruce Lee 𓂀) 😀") == "𓂀🂡😀"
    assert replace_unprintable("𓂀🂡 Lee") == "□□ Lee"


def test_a_letter_and_its_accent_are_one_character_and_a_line_break_is_a_space() -> None:
    assert replace_unprintable("Jose\u0301\n Lo\u0301pez") == "José López"
    assert missing_characters("e\u0301 \n\t\u00a0 x") == ""


@pytest.mark.parametrize("face", ["Regular", "Semibold", "Italic"])
def test_the_typesetter_agrees_on_each_character_that_is_said_to_be_there(face: str) -> None:
    weight, style = {"Regular": (400, "normal"), "Semibold": (600, "normal")}.get(
        face, (400, "italic")
    )
    every = "".join(chr(code) for code in range(0x21, 0x2FFF) if chr(code).isprintable())
    there = "".join(letter for letter in every if ord(letter) in _characters(LIBERTINUS))
    assert len(there) > 1_500
    source = (
        '#set document(title: "x")\n#set text(font: "Libertinus Serif", fallback: false, '
        f'weight: {weight}, style: "{style}")\n#sys.inputs.text'
    )
    libertinus = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS_FOLDER)]
    )

    def set_in_type(text: str) -> bytes:
        return typst.compile(
            source.encode(),
            font_paths=libertinus,
            sys_inputs={"text": text},
            pdf_standards=["ua-1"],
        )

    # PDF/UA forbids text that the font cannot show, so the typesetter would refuse it.
    assert set_in_type(" ".join(there)).startswith(b"%PDF")
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        set_in_type("李")


@pytest.mark.parametrize(
    ("text", "families"),
    [
        ("Nguyễn Thị Phương, MD", {}),
        ("יונתן בן־דוד", {}),
        ("مريم المنصوري", {"Naskh Arabic": "مريمالمنصوري"}),
        ("Արամ Eze", {"Serif Armenian": "Արամ"}),
        ("王晓明", {"Serif SC": "王晓明"}),
        ("陳家豪", {"Serif TC": "陳家豪"}),
        ("渡邉由美子", {"Serif JP": "渡邉由美子"}),
        ("さくら 五十嵐", {"Serif JP": "さくら五十嵐"}),
        ("최 金哲洙", {"Serif KR": "최金哲洙"}),
        ("ශ්\u200dරී", {"Serif Sinhala": "ශ්\u200dරී"}),
        # Libertinus has the letter and the mark of the first word; of the second it has the mark.
        ("Olúfẹ́ Ɇ́", {"Serif": "Ɇ́"}),
    ],
)
def test_each_character_is_printed_in_the_family_of_its_script(
    text: str, families: dict[str, str]
) -> None:
    chosen = {family.name: letters for family, letters in printable_text(text).families}
    chosen.pop("Libertinus Serif", None)
    assert chosen == {f"Noto {name}": letters for name, letters in families.items()}
    assert missing_characters(text) == ""


def test_the_families_are_those_of_the_lock_with_two_weights_each() -> None:
    packages = json.loads((ROOT / "fonts.lock/package.json").read_text())["dependencies"]
    assert {family.folder.name for family in NOTO_FAMILIES} == {
        name.rpartition("/")[2] for name in packages
    }
    for family in NOTO_FAMILIES:
        weights = set()
        for path in family.folder.glob("*.ttf"):
            with TTFont(path) as font:
                name = font["name"]
                assert (name.getDebugName(16) or name.getDebugName(1)) == family.name
                weights.add(font["OS/2"].usWeightClass)
        assert weights == {400, 600}, family.name


def test_without_the_fonts_no_text_is_silently_printed_with_boxes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(typesetting, "SCRIPT_FAMILIES", (FontFamily("Noto Serif Tamil", tmp_path),))
    with pytest.raises(FontsNotInstalled):
        printable_text("கவிதா, without the fonts")
