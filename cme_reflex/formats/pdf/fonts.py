"""The certificate's font, and detection of characters that it lacks.

Libertinus Serif is in `font_files/` with its license. No other font is used, so that a
certificate is the same on every machine, byte for byte.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

from cme_reflex.formats.input_problems import InputProblem, Severity
from cme_reflex.formats.meeting_folder.keys import MEETING_TOML
from cme_reflex.formats.meeting_folder.records import MeetingFolder

REPLACEMENT = "□"  # for a character that the font lacks; staff get a warning for it

FONTS_FOLDER = Path(__file__).parent / "font_files"
_REMEDY = "Write it in Latin, Greek or Cyrillic letters, or certificates show □ in its place."


def missing_characters(text: str) -> str:
    """The characters of the text that a certificate cannot print, in order, without duplicates."""
    supported = _supported_characters()
    return "".join(
        dict.fromkeys(letter for letter in _normalized(text) if ord(letter) not in supported)
    )


def replace_unprintable(text: str) -> str:
    """The text on one line, with □ in place of each unprintable character."""
    return _normalized(text).translate(
        dict.fromkeys(map(ord, missing_characters(text)), REPLACEMENT)
    )


def unprintable_warnings(folder: MeetingFolder) -> Iterator[InputProblem]:
    """A warning for each name, title and statement of the folder with unprintable characters."""
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
        suffix = f" of badge {attendee.badge}"
        for column in ("first_name", "last_name", "suffix"):
            yield from _warning("attendees.csv", column, suffix, getattr(attendee, column))


def _warning(file: str, column: str, suffix: str, text: str) -> Iterator[InputProblem]:
    if missing := missing_characters(text):
        fault = f"The certificate's font lacks {' '.join(missing)}, in {text!r}{suffix}."
        yield InputProblem(file, None, column, fault, _REMEDY, Severity.WARNING)


def _normalized(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


@lru_cache
def _supported_characters() -> frozenset[int]:
    """The code points that every face of the font has."""
    faces = []
    for path in sorted(FONTS_FOLDER.glob("*.otf")):
        with TTFont(path, lazy=True) as font:
            faces.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*faces)
