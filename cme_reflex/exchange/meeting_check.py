"""What a meeting's folder amounts to, and what in it may be meant and should be looked at."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cme_reflex.domain.colour import WHITE, contrast
from cme_reflex.domain.credit import Quarters, hours
from cme_reflex.domain.meeting import Meeting
from cme_reflex.domain.programme import Programme, Session
from cme_reflex.exchange.certificate_fonts import unprintable
from cme_reflex.exchange.meeting_folder import look_through
from cme_reflex.exchange.meeting_keys import FILE, column
from cme_reflex.exchange.problems import Problem, Severity
from cme_reflex.exchange.records import MeetingFolder
from cme_reflex.exchange.sessions_csv import TO_FILL_IN

READABLE = 7.0  # WCAG's enhanced contrast, which the screens are designed for
DARK_SURFACE = "#151e1e"  # what text lies on at night, as assets/tokens.css has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the folder amounts to. Credit is in hours, such as 60.75.

    `hours_of_instruction` is what ACCME asks for, the sum of all that is
    offered; `most_for_one` what one person could claim of it.
    """

    sessions: int
    sessions_with_credit: int
    attendees: int
    members: int
    hours_of_instruction: str
    most_for_one: str
    category1_maximum: str
    safety_hours: str
    safety_maximum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found; without figures where there are faults."""

    meeting: str | None
    problems: tuple[Problem, ...]
    figures: Figures | None

    @property
    def faults(self) -> int:
        """How many of the problems keep the folder from being loaded."""
        return sum(problem.severity is Severity.FAULT for problem in self.problems)


def check(path: Path) -> Checked:
    """Look through the folder: every fault and every warning of all its files."""
    folder, problems = look_through(path)
    if folder is None:
        return Checked(meeting=None, problems=problems, figures=None)
    programme = _programme(folder)
    return Checked(
        meeting=folder.meeting.code,
        problems=(*_warnings(path, folder, programme), *unprintable(folder), *problems),
        figures=Figures(
            sessions=len(folder.sessions),
            sessions_with_credit=len(programme.offered),
            attendees=len(folder.attendees),
            members=len(folder.members),
            hours_of_instruction=hours(programme.hours_of_instruction),
            most_for_one=hours(programme.most_for_one),
            category1_maximum=hours(folder.meeting.category1.maximum),
            safety_hours=hours(_safety(programme)),
            safety_maximum=hours(folder.meeting.safety.maximum),
        ),
    )


def _programme(folder: MeetingFolder) -> Programme:
    sessions = {
        number: Session(
            id=number,
            **{field.name: getattr(record, field.name) for field in dataclasses.fields(record)},
        )
        for number, record in enumerate(folder.sessions)
    }
    return Programme(meeting_id=0, version=0, meeting=folder.meeting, sessions=sessions)


def _safety(programme: Programme) -> Quarters:
    return Quarters(sum(session.safety for session in programme.offered))


def _warnings(path: Path, folder: MeetingFolder, programme: Programme) -> Iterator[Problem]:
    meeting = folder.meeting
    yield from _to_fill_in(meeting, ())
    if path.resolve().name != meeting.code:
        fault = f"The folder is called {path.resolve().name!r} and the meeting {meeting.code!r}."
        yield _warning("code", fault, "CME_MEETING names both: give them one name.")
    yield from _colours(meeting)
    for place, most, maximum in (
        ("category1", programme.most_for_one, meeting.category1.maximum),
        ("safety", _safety(programme), meeting.safety.maximum),
    ):
        if maximum > most:
            fault = f"The most that the programme can yield is {hours(most)}, less than this."
            remedy = "Check it, and the hours in sessions.csv."
            yield _warning(f"credit.{place}.maximum_hours", fault, remedy)
    if not programme.offered:
        yield _of("sessions.csv", "No session gives credit.", "Add those that do.")
    if not folder.attendees:
        yield _of("attendees.csv", "There is no attendee.", "Add them; nobody else can sign in.")


def _to_fill_in(value: Any, place: tuple[str | int, ...]) -> Iterator[Problem]:
    """A warning for each text of the template that nobody has replaced."""
    if isinstance(value, str) and value.startswith(TO_FILL_IN):
        yield _warning(column(place), "This is still the template's text.", "Write your own.")
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from _to_fill_in(item, (*place, number))
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _to_fill_in(getattr(value, field.name), (*place, field.name))


def _colours(meeting: Meeting) -> Iterator[Problem]:
    look = meeting.look
    for key, colour, ground, other in (
        ("accent", look.accent, WHITE, "a darker"),
        ("accent_dark", look.accent_dark, DARK_SURFACE, "a lighter"),
    ):
        ratio = contrast(colour, ground)
        if ratio < READABLE:
            fault = f"{colour} has a contrast of {_down(ratio)}:1 on {ground}, less than 7:1."
            yield _warning(f"look.{key}", fault, f"Choose {other} colour: text is written in it.")


def _down(ratio: float) -> str:
    """The ratio with one decimal, rounded down: 6.97 is not 7.0."""
    return f"{int(ratio * 10) / 10}"


def _warning(place: str, fault: str, remedy: str) -> Problem:
    return Problem(FILE, None, place, fault, remedy, severity=Severity.WARNING)


def _of(file: str, fault: str, remedy: str) -> Problem:
    return Problem(file, None, None, fault, remedy, severity=Severity.WARNING)
