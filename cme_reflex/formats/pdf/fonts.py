"""The certificate's font, and which characters it lacks.

Libertinus Serif stands in `fonts/` with its licence. No other font is used, so that a certificate
looks the same, and is the same bytes, on every machine.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

from cme_reflex.formats.input_problems import InputProblem, Severity
from cme_reflex.formats.meeting_folder.keys import MEETING_TOML
from cme_reflex.formats.meeting_folder.records import MeetingFolder

REPLACEMENT = "□"  # for a character that the font lacks; staff were told of it

FONTS_FOLDER = Path(__file__).parent / "font_files"
_REMEDY = "Write it in Latin, Greek or Cyrillic letters, or certificates show □ in its place."


def missing_characters(text: str) -> str:
    """The characters of the text that a certificate cannot print, each once, in their order."""
    known = _supported_characters()
    return "".join(dict.fromkeys(sign for sign in _normalized(text) if ord(sign) not in known))


def replace_unprintable(text: str) -> str:
    """The text on one line, with □ in the place of each character that cannot be printed."""
    return _normalized(text).translate(
        dict.fromkeys(map(ord, missing_characters(text)), REPLACEMENT)
    )


def unprintable_warnings(folder: MeetingFolder) -> Iterator[InputProblem]:
    """A warning for each name, title and statement of the folder that cannot be printed whole."""
    meeting, provider = folder.meeting, folder.meeting.provider
    for column, text in (
        ("name", meeting.name),
        ("location", meeting.location),
        ("format", meeting.format),
        ("provider.name", provider.name),
        ("provider.accreditation_statement", provider.accreditation_statement),
        ("provider.designation_statement", provider.designation_statement),
        ("credit.safety.label", meeting.safety.label),
    ):
        yield from _warning(MEETING_TOML, column, "", text)
    for session in folder.sessions:
        if session.eligible:
            yield from _warning(
                "sessions.csv", "title", f" of session {session.code}", session.title
            )
    for attendee in folder.attendees:
        whose = f" of badge {attendee.badge}"
        for column in ("first_name", "last_name", "suffix"):
            yield from _warning("attendees.csv", column, whose, getattr(attendee, column))


def _warning(file: str, column: str, whose: str, text: str) -> Iterator[InputProblem]:
    if missing := missing_characters(text):
        fault = f"The certificate's font lacks {' '.join(missing)}, in {text!r}{whose}."
        yield InputProblem(file, None, column, fault, _REMEDY, Severity.WARNING)


def _normalized(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


@lru_cache
def _supported_characters() -> frozenset[int]:
    """What every face of the font has."""
    faces = []
    for path in sorted(FONTS_FOLDER.glob("*.otf")):
        with TTFont(path, lazy=True) as font:
            faces.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*faces)
