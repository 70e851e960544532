"""Streaming reader of schedule.xml files of frab, pentabarf, pretalx and wafer."""

import io
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from cme_reflex.formats import input_limits
from cme_reflex.formats.programmes.items import ConversionLog, ProgrammeItem, ProgrammeOptions
from cme_reflex.formats.programmes.readers.schedule import ID_KEYS, Conference, parse_conference
from cme_reflex.formats.tables.csv_table import normalize_text
from cme_reflex.formats.tables.input_file import InputFile

_TEXT_KEYS = ("title", "type", "track", "room", "date", "start", "duration", "slug", "code")


def read(
    source: InputFile, options: ProgrammeOptions, log: ConversionLog
) -> Iterator[ProgrammeItem]:
    """The events. Raises InvalidInput if the file is not XML or declares entities."""
    try:
        yield from _items(source, options, log)
    except DefusedXmlException:
        raise source.invalid("The file declares entities.", "Remove them.") from None
    except (ParseError, LookupError, ValueError) as error:
        # LookupError: unknown encoding; ValueError: unsupported multi-byte encoding.
        remedy = "It may be cut off: export it again."
        raise source.invalid(f"This is not valid XML: {error}.", remedy) from None


def _items(
    source: InputFile, options: ProgrammeOptions, log: ConversionLog
) -> Iterator[ProgrammeItem]:
    conference = parse_conference({}, options, log)
    day = room = ""
    depth = 0
    for event, element in iterparse(io.BytesIO(source.data), events=("start", "end")):
        if event == "start":
            depth += 1
            source.meter.check(input_limits.DEPTH, depth)
            source.meter.count(input_limits.SCHEDULE_ELEMENTS)
            if depth == 1 and element.tag != "schedule":
                fault = f"The file begins with <{element.tag}>, not with <schedule>."
                raise source.invalid(fault, "Export the schedule as schedule.xml.")
            if element.tag == "day":
                day, room = element.get("date", ""), ""
            elif element.tag == "room" and element.get("name") is not None:
                room = normalize_text(element.get("name", ""))
            continue
        depth -= 1
        if element.tag == "conference":
            conference = parse_conference(_conference_fields(element), options, log)
        elif element.tag == "event":
            if item := _item(element, conference, day, room):
                yield item
            element.clear()  # frees the memory of the event
        elif element.tag in {"room", "day"} and depth < 3:
            element.clear()


def _conference_fields(element: Element) -> dict[str, Any]:
    return {child.tag: normalize_text(child.text or "") for child in element}


def _item(element: Element, conference: Conference, day: str, room: str) -> ProgrammeItem | None:
    event: dict[str, Any] = {key: normalize_text(element.get(key, "")) for key in ID_KEYS}
    for key in _TEXT_KEYS:
        event[key] = normalize_text(element.findtext(key, "")) or event.get(key, "")
    event["persons"] = [
        normalize_text("".join(person.itertext())) for person in element.iter("person")
    ]
    return conference.item(event, day, room)
