"""schedule.xml as frab, pentabarf, pretalx and wafer write it; read as a stream."""

import io
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from cme_reflex.formats.programmes.items import ConversionLog, ProgrammeItem, ProgrammeOptions
from cme_reflex.formats.programmes.schedule import ID_KEYS, Conference, parse_conference
from cme_reflex.formats.tables.csv_table import normalize_text
from cme_reflex.formats.tables.input_file import InputFile

_TEXT_KEYS = ("title", "type", "track", "room", "date", "start", "duration", "slug", "code")


def read(
    source: InputFile, options: ProgrammeOptions, log: ConversionLog
) -> Iterator[ProgrammeItem]:
    """The events. Raises InvalidInput for what is no XML, or has entities of its own."""
    try:
        yield from _items(source, options, log)
    except DefusedXmlException:
        raise source.invalid("The file declares entities.", "Take them out.") from None
    except (ParseError, LookupError, ValueError) as error:
        # LookupError is an encoding that nobody knows, ValueError one of several bytes.
        remedy = "It may be cut off: export it again."
        raise source.invalid(f"This is no XML: {error}.", remedy) from None


def _items(
    source: InputFile, options: ProgrammeOptions, log: ConversionLog
) -> Iterator[ProgrammeItem]:
    about = parse_conference({}, options, log)
    day = room = ""
    depth = 0
    for event, element in iterparse(io.BytesIO(source.data), events=("start", "end")):
        if event == "start":
            depth += 1
            if depth == 1 and element.tag != "schedule":
                fault = f"The file begins with <{element.tag}>, not with <schedule>."
                raise source.invalid(fault, "Export the schedule as schedule.xml.")
            if element.tag == "day":
                day = element.get("date", "")
            elif element.tag == "room" and element.get("name") is not None:
                room = normalize_text(element.get("name", ""))
            continue
        depth -= 1
        if element.tag == "conference":
            about = parse_conference(_conference_fields(element), options, log)
        elif element.tag == "event":
            if item := _item(element, about, day, room):
                yield item
            element.clear()  # a programme is read event by event, and none is kept
        elif element.tag in {"room", "day"} and depth < 3:
            element.clear()


def _conference_fields(element: Element) -> dict[str, Any]:
    return {child.tag: normalize_text(child.text or "") for child in element}


def _item(element: Element, about: Conference, day: str, room: str) -> ProgrammeItem | None:
    event: dict[str, Any] = {key: normalize_text(element.get(key, "")) for key in ID_KEYS}
    for key in _TEXT_KEYS:
        event[key] = normalize_text(element.findtext(key, "")) or event.get(key, "")
    event["persons"] = [
        normalize_text("".join(person.itertext())) for person in element.iter("person")
    ]
    return about.item(event, day, room)
