"""schedule.json as frab and pretalx write it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from cme_reflex.exchange.csv_table import tidy
from cme_reflex.exchange.programmes.converted import Choices, Item, Notes, Place
from cme_reflex.exchange.programmes.schedule import conference
from cme_reflex.exchange.source import Source
from cme_reflex.exchange.text_file import decoded

_PLAIN = (
    *("id", "guid", "code", "slug", "title", "type", "track", "room"),
    *("date", "start", "duration"),
)

_NAMES = ("full_public_name", "public_name", "name")


class _Faulty(ValueError):
    """What is wrong, as a sentence."""


def read(source: Source, choices: Choices, notes: Notes) -> Iterator[Item]:
    """The events. Raises FaultyFolder for what is no JSON, or has a key twice."""
    document = _document(source)
    try:
        about = _object(_object(_object(document).get("schedule")).get("conference"))
        days = _array(about.get("days"))
    except TypeError:
        fault = "There is no schedule.conference.days in the file."
        raise source.faulty(fault, "Export the schedule as schedule.json.") from None
    programme = conference(_texts(about, ("day_change", "time_zone_name")), choices, notes)
    for number, each in enumerate(days, start=1):
        place = Place(element=f"day {number}")
        for room, event in _events(each, place, notes):
            if item := programme.item(event, _text(each.get("date")), room):
                yield item


def _events(day: Any, place: Place, notes: Notes) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        rooms = _object(_object(day).get("rooms"))
    except TypeError:
        notes.fault(place, "rooms", "The day has no rooms.", "Write an object of lists.")
        return
    for room, events in rooms.items():
        for event in events if isinstance(events, list) else [events]:
            if isinstance(event, dict):
                yield tidy(room), _texts(event, _PLAIN) | {"persons": _persons(event)}
            else:
                notes.fault(place, room, "An event is no object.", "Write it in braces.")


def _persons(event: Mapping[str, Any]) -> list[str]:
    persons = event.get("persons")
    found = persons if isinstance(persons, list) else []
    names = (_texts(person, _NAMES) for person in found if isinstance(person, dict))
    return [next((name[key] for key in _NAMES if name[key]), "") for name in names]


def _document(source: Source) -> Any:
    text = decoded(source.name, source.data)
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
    except _Faulty as error:
        raise source.faulty(str(error), "Keep one.") from None
    except json.JSONDecodeError as error:
        fault = f"This is no JSON: {error.msg}, column {error.colno}."
        remedy = "It may be cut off: export it again."
        raise source.faulty(fault, remedy, row=error.lineno) from None
    except (ValueError, RecursionError):
        # A number of thousands of digits, or thousands of brackets.
        raise source.faulty("This JSON cannot be read.", "Export it again.") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _Faulty(f"The key {twice!r} is there twice in one object.")
    return made


def _no_number(constant: str) -> NoReturn:
    raise ValueError(constant)


def _texts(found: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: _text(found.get(key)) for key in keys}


def _text(value: Any) -> str:
    """A text or whole number as tidy text; a text in several languages by its first one."""
    if isinstance(value, dict):
        value = next(iter(value.values()), None)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    return tidy(str(value))


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _array(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value
