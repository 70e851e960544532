"""Heading aliases of the columns of a programme; docs/programmes.md lists them for users."""

import re
from collections import Counter

from cme_reflex.domain.credit.credit_type import CreditType, CreditTypes
from cme_reflex.domain.folding import fold
from cme_reflex.formats.meeting_folder.credit import old_folders
from cme_reflex.formats.meeting_folder.sessions_csv import CREDIT, IDENTIFIER

_MARKS = re.compile("[™®©]")

HEADINGS = {
    "code": (
        "session code",
        "session id",
        "sessionid",
        "session number",
        "session no",
        "id",
        "number",
        "course number",
        "abstract number",
    ),
    "title": (
        "session title",
        "session name",
        "name",
        "session",
        "event",
        "event title",
        "presentation title",
        "course title",
        "activity",
        "activity title",
    ),
    "kind": ("type", "session type", "format", "session format", "category", "session kind"),
    "track": ("session track", "topic", "specialty", "subspecialty", "stream"),
    "room": ("location", "session location", "room name", "venue", "hall", "place"),
    "date": ("session date", "start date"),
    "day": ("weekday", "day of week", "meeting day"),
    "time": ("times", "time slot", "session time", "time range", "start end", "start end time"),
    "start": (
        "starts",
        "start time",
        "starts at",
        "session start",
        "session start time",
        "begin",
        "from",
        "time start",
        "start date time",
    ),
    "end": (
        "ends",
        "end time",
        "ends at",
        "session end",
        "session end time",
        "finish",
        "to",
        "until",
        "time end",
        "end date time",
    ),
    "duration": ("length", "minutes", "duration minutes", "duration min", "length minutes"),
    "speakers": (
        "speaker",
        "presenters",
        "presenter",
        "faculty",
        "speaker names",
        "session speakers",
        "moderators and speakers",
    ),
    "delivery": ("mode", "attendance mode", "live or on demand"),
    "eligible": ("cme eligible", "eligible for cme", "accredited"),
    "faculty_badges": ("faculty badge numbers", "speaker badges", "badges"),
    "on_demand_from": ("released", "released on demand", "available on demand from"),
    "status": ("session status", "state"),
}

CREDIT_HEADINGS = {
    "code": ("session id", "sessionid", "session code", "session", "session number"),
    "credit_type": ("type", "credit", "type of credit", "credit name"),
    "credits": ("hours", "credit hours", "number of credits", "amount", "credit amount"),
}

_PRIMARY = ("credits", "credit", "cme", "cme credits", "cme hours", "credit hours", "hours")
_PRIMARY_TYPES = ("cme", "credit", "credits")


def credit_headings(types: CreditTypes) -> dict[str, tuple[str, ...]]:
    """Heading aliases of the columns for these credit types and their identifiers.

    A type's column is known by its code, label and names, with or without "credit" or "hours". That
    of the first primary type is also known by words that name no type.
    """
    headings = {}
    for each in types:
        names = _names(each)
        units = ("credit", "credits", "hours")
        aliases = {*names, *(f"{name} {unit}" for name in names for unit in units)}
        aliases |= set(_PRIMARY) if each is types.primaries[0] else set()
        headings[f"{CREDIT}{each.code}"] = tuple(sorted(aliases))
        headings[f"{IDENTIFIER}{each.code}"] = _identifier_headings(each, types)
    return _without_shared(headings)


def programme_columns(types: CreditTypes) -> tuple[str, ...]:
    """All columns that a programme may have, those for credit of these types included."""
    return (*HEADINGS, *credit_headings(types))


def credit_names(types: CreditTypes) -> dict[str, str]:
    """Codes by the folded names of these credit types, as a table of credits has them."""
    names = {plain(name): each.code for each in reversed(tuple(types)) for name in _names(each)}
    if types:
        first = types.primaries[0].code
        names = {**dict.fromkeys(_PRIMARY_TYPES, first), **names}
    return names


def holds_credit(heading: str) -> bool:
    """Whether a heading is for credit, of whichever type."""
    column = heading.strip()
    return column.startswith((CREDIT, IDENTIFIER)) or plain(column) in _PRIMARY


def plain(text: str) -> str:
    """The text folded, without marks such as ™."""
    return fold(_MARKS.sub("", text))


def _names(credit_type: CreditType) -> set[str]:
    texts = (
        credit_type.code,
        credit_type.label,
        credit_type.name_one,
        credit_type.name_many,
        *(old for old, code in old_folders.COLUMNS.items() if code == credit_type.code),
    )
    names = {form for text in texts for form in (plain(text), text)}
    # A file may write Credit(s).
    return names | {f"{name} s" for name in names if name.endswith("credit")}


def _identifier_headings(credit_type: CreditType, types: CreditTypes) -> tuple[str, ...]:
    label = credit_type.identifier_label
    alone = [each.identifier_label for each in types].count(label) == 1
    return (plain(label),) if label and alone else ()


def _without_shared(headings: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The headings without those that would fit several columns."""
    counts = Counter(alias for aliases in headings.values() for alias in set(map(fold, aliases)))
    return {
        column: tuple(alias for alias in aliases if counts[fold(alias)] == 1)
        for column, aliases in headings.items()
    }
