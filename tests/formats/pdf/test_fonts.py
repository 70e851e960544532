"""What the certificate's font has, and who is told of what it lacks."""

import unicodedata

import pytest
import typst

from cme_reflex.formats.input_problems import InputProblem, Severity
from cme_reflex.formats.meeting_folder.folder import read_meeting_folder
from cme_reflex.formats.pdf.fonts import (
    FONTS_FOLDER,
    REPLACEMENT,
    missing_characters,
    replace_unprintable,
    unprintable_warnings,
)
from tests.support.files.folder_files import FolderFiles

REMEDY = "Write it in Latin, Greek or Cyrillic letters, or certificates show □ in its place."


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
    assert missing_characters("李小龍 (Bruce Lee 李) 😀") == "李小龍😀"
    assert replace_unprintable("李小龍 Lee") == "□□□ Lee"


def test_a_letter_and_its_accent_are_one_character_and_a_line_break_is_a_space() -> None:
    assert replace_unprintable("Jose\u0301\n Lo\u0301pez") == "José López"
    assert missing_characters("e\u0301 \n\t\u00a0 x") == ""


@pytest.mark.parametrize("face", ["Regular", "Semibold", "Italic"])
def test_the_typesetter_agrees_on_each_character_that_is_said_to_be_there(face: str) -> None:
    weight, style = {"Regular": (400, "normal"), "Semibold": (600, "normal")}.get(
        face, (400, "italic")
    )
    every = "".join(chr(code) for code in range(0x21, 0x2FFF) if chr(code).isprintable())
    there = replace_unprintable(every).replace(REPLACEMENT, "")
    assert len(there) > 1_500
    source = (
        '#set document(title: "x")\n#set text(font: "Libertinus Serif", fallback: false, '
        f'weight: {weight}, style: "{style}")\n#sys.inputs.text'
    )
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS_FOLDER)]
    )

    def set_in_type(text: str) -> bytes:
        return typst.compile(
            source.encode(), font_paths=fonts, sys_inputs={"text": text}, pdf_standards=["ua-1"]
        )

    # PDF/UA forbids text that the font cannot show, so the typesetter would refuse it.
    assert set_in_type(" ".join(there)).startswith(b"%PDF")
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        set_in_type("李")


def test_names_titles_and_statements_of_a_folder_are_warned_of(files: FolderFiles) -> None:
    files.replace("sessions.csv", "Hand Anatomy", "手 Anatomy")
    files.replace("sessions.csv", "Coffee", "茶")  # nobody claims it
    files.replace("meeting.toml", "The Society designates.", "The Society designates ☃️☃.")
    assert list(unprintable_warnings(read_meeting_folder(files.write()))) == [
        _warning(
            "meeting.toml",
            "provider.designation_statement",
            "The certificate's font lacks ☃ \ufe0f, in 'The Society designates ☃️☃.'.",
        ),
        _warning(
            "sessions.csv",
            "title",
            "The certificate's font lacks 手, in '手 Anatomy' of session S3.",
        ),
        _warning(
            "attendees.csv",
            "last_name",
            "The certificate's font lacks 李, in '李' of badge B2.",
        ),
    ]


def _warning(file: str, column: str, fault: str) -> InputProblem:
    return InputProblem(file, None, column, fault, REMEDY, Severity.WARNING)
