"""Warnings of a meeting folder's texts that certificates cannot print as they are."""

from collections.abc import Iterable, Iterator

from cme_reflex.domain.credit.credit_type import CreditType
from cme_reflex.domain.meetings.meeting import Signature
from cme_reflex.domain.people.names import NameFault, check_name, full_name
from cme_reflex.formats.input_problems import InputProblem, Severity
from cme_reflex.formats.meeting_folder.keys import MEETING_TOML
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.formats.meeting_folder.sessions_csv import IDENTIFIER
from cme_reflex.formats.pdf.typesetting import missing_characters

_FAULTS = {
    NameFault.EMPTY: "The name has no letter",
    NameFault.TOO_LONG: "The name is too long for a certificate",
    NameFault.WEB_ADDRESS: "The name has a web address",
    NameFault.FORBIDDEN_CHARACTERS: "The name has {characters}",
}


def printing_warnings(folder: MeetingFolder) -> Iterator[InputProblem]:
    """A warning for each name, title and statement that certificates cannot print."""
    meeting, provider = folder.meeting, folder.meeting.provider
    for column, text in (
        ("name", meeting.name),
        ("location", meeting.location),
        ("format", meeting.format),
        ("provider.name", provider.name),
        *_credit_texts(meeting.credit_types),
        *_signature_texts(meeting.signatures),
    ):
        yield from _unprintable(MEETING_TOML, column, "", text)
    for session in folder.sessions:
        if session.eligible:
            yield from _unprintable(
                "sessions.csv", "title", f" of session {session.code}", session.title
            )
            for code, identifier in session.identifiers.items():
                column, suffix = f"{IDENTIFIER}{code}", f" of session {session.code}"
                yield from _unprintable("sessions.csv", column, suffix, identifier)
    yield from name_warnings(folder)


def _signature_texts(signatures: Iterable[Signature]) -> Iterator[tuple[str, str]]:
    for number, each in enumerate(signatures, start=1):
        yield f"signatures[{number}].name", each.name
        yield f"signatures[{number}].title", each.title


def _credit_texts(types: Iterable[CreditType]) -> Iterator[tuple[str, str]]:
    """The texts of credit types on certificates, by key."""
    for number, each in enumerate(types, start=1):
        texts = {
            "label": each.label,
            "name.one": each.name_one,
            "name.many": each.name_many,
            "accreditor": each.accreditor,
            "accreditation_statement": each.statements.accreditation,
            "designation_statement": each.statements.designation,
            "award": each.statements.award,
            "participation": each.statements.participation,
            "provider_number": each.provider_number,
            "identifier_label": each.identifier_label,
        }
        for key, text in texts.items():
            yield f"credit[{number}].{key}", text


def name_warnings(folder: MeetingFolder) -> Iterator[InputProblem]:
    """A warning for each registered name that certificates cannot print, or that is no name."""
    for attendee in folder.attendees:
        suffix = f" of badge {attendee.badge}"
        for column in ("first_name", "last_name", "suffix"):
            yield from _unprintable("attendees.csv", column, suffix, getattr(attendee, column))
        name = full_name(attendee.first_name, attendee.last_name, attendee.suffix)
        if invalid := check_name(name):
            characters = " ".join(map(ascii, invalid.characters))
            what = _FAULTS[invalid.fault].format(characters=characters)
            yield InputProblem(
                "attendees.csv",
                None,
                "last_name",
                f"{what}: {name!r}{suffix}.",
                "Correct it, or it is printed like this.",
                Severity.WARNING,
            )


def _unprintable(file: str, column: str, suffix: str, text: str) -> Iterator[InputProblem]:
    if missing := missing_characters(text):
        fault = f"The certificate's fonts lack {' '.join(missing)}, in {text!r}{suffix}."
        remedy = "Write it with other characters, or certificates show □ in their place."
        yield InputProblem(file, None, column, fault, remedy, Severity.WARNING)
