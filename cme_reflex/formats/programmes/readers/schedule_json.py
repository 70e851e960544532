"""Reader of schedule.json files of frab and pretalx."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from cme_reflex.formats import input_limits
from cme_reflex.formats.input_limits import InputMeter
from cme_reflex.formats.programmes.items import (
    ConversionLog,
    ProgrammeItem,
    ProgrammeOptions,
    SourceLocation,
)
from cme_reflex.formats.programmes.readers.schedule import parse_conference
from cme_reflex.formats.tables.csv_table import normalize_text
from cme_reflex.formats.tables.input_file import InputFile
from cme_reflex.formats.tables.text_file import decode_text

_TEXT_KEYS = (
    *("id", "guid", "code", "slug", "title", "type", "track", "room"),
    *("date", "start", "duration"),
)

# Strings, of which one may lack its end, so that what is in them is not counted; brackets, commas.
# The quantifiers are possessive, so that the search takes linear time.
_TOKENS = re.compile(r'"(?:[^"\\]++|\\.)*+"?+|[\[\]{},]', re.DOTALL)

_NAME_KEYS = ("full_public_name", "public_name", "name")


class _DuplicateKey(ValueError):
    """A key appears twice in an object; the message is a sentence."""


def read(
    source: InputFile, options: ProgrammeOptions, log: ConversionLog
) -> Iterator[ProgrammeItem]:
    """The events. Raises InvalidInput if the file is not JSON or has a duplicate key."""
    document = _document(source)
    try:
        fields = _object(_object(_object(document).get("schedule")).get("conference"))
        days = _array(fields.get("days"))
    except TypeError:
        fault = "There is no schedule.conference.days in the file."
        raise source.invalid(fault, "Export the schedule as schedule.json.") from None
    conference = parse_conference(_texts(fields, ("day_change", "time_zone_name")), options, log)
    for number, day in enumerate(days, start=1):
        location = SourceLocation(element=f"day {number}")
        for room, event in _events(day, location, log):
            if item := conference.item(event, _text(day.get("date")), room):
                yield item


def _events(
    day: Any, location: SourceLocation, log: ConversionLog
) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        # Version 2 of the format lists the events of a day, version 1 those of each of its rooms.
        fields = _object(day)
        rooms = fields if isinstance(fields.get("events"), list) else _object(fields.get("rooms"))
    except TypeError:
        fault = "The day has neither rooms nor events."
        log.add_fault(location, "rooms", fault, "Export the schedule again.")
        return
    by_room = {"events": rooms["events"]} if rooms is fields else rooms
    for room, events in by_room.items():
        for event in events if isinstance(events, list) else [events]:
            if isinstance(event, dict):
                name = "" if rooms is fields else normalize_text(room)
                yield name, _texts(event, _TEXT_KEYS) | {"persons": _persons(event)}
            else:
                log.add_fault(location, room, "An event is not an object.", "Write it in braces.")


def _persons(event: Mapping[str, Any]) -> list[str]:
    persons = event.get("persons")
    objects = persons if isinstance(persons, list) else []
    names = (_texts(person, _NAME_KEYS) for person in objects if isinstance(person, dict))
    return [next((name[key] for key in _NAME_KEYS if name[key]), "") for name in names]


def _document(source: InputFile) -> Any:
    text = decode_text(source.name, source.data)
    _count_values(text, source.meter)
    try:
        return json.loads(
            text, object_pairs_hook=_reject_duplicates, parse_constant=_reject_constant
        )
    except _DuplicateKey as error:
        raise source.invalid(str(error), "Keep one.") from None
    except json.JSONDecodeError as error:
        fault = f"This is not valid JSON: {error.msg}, column {error.colno}."
        remedy = "It may be cut off: export it again."
        raise source.invalid(fault, remedy, row=error.lineno) from None
    except ValueError:  # a number with thousands of digits
        raise source.invalid("This JSON cannot be read.", "Export it again.") from None


def _count_values(text: str, meter: InputMeter) -> None:
    """Count values and levels before the parser makes objects of them."""
    depth = 0
    for match in _TOKENS.finditer(text):
        sign = match[0][0]
        if sign in "[{":
            depth += 1
            meter.check(input_limits.DEPTH, depth)
            meter.count(input_limits.JSON_VALUES)
        elif sign in "]}":
            depth -= 1
        elif sign == ",":
            meter.count(input_limits.JSON_VALUES)


def _reject_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise _DuplicateKey(f"The key {key!r} appears twice in one object.")
        result[key] = value
    return result


def _reject_constant(constant: str) -> NoReturn:
    raise ValueError(constant)


def _texts(fields: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: _text(fields.get(key)) for key in keys}


def _text(value: Any) -> str:
    """A string or integer as normalized text; the first language of a multilingual text."""
    if isinstance(value, dict):
        value = next(iter(value.values()), None)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    return normalize_text(str(value))


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _array(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value
