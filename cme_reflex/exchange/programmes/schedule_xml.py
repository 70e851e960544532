"""schedule.xml as frab, pentabarf, pretalx and wafer write it; read as a stream."""

import io
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from cme_reflex.exchange.csv_table import tidy
from cme_reflex.exchange.programmes.converted import Choices, Item, Notes
from cme_reflex.exchange.programmes.schedule import CODES, Conference, conference
from cme_reflex.exchange.source import Source

_PLAIN = ("title", "type", "track", "room", "date", "start", "duration", "slug", "code")


def read(source: Source, choices: Choices, notes: Notes) -> Iterator[Item]:
    """The events. Raises FaultyFolder for what is no XML, or has entities of its own."""
    try:
        yield from _items(source, choices, notes)
    except DefusedXmlException:
        raise source.faulty("The file declares entities.", "Take them out.") from None
    except (ParseError, LookupError, ValueError) as error:
        # LookupError is an encoding that nobody knows, ValueError one of several bytes.
        remedy = "It may be cut off: export it again."
        raise source.faulty(f"This is no XML: {error}.", remedy) from None


def _items(source: Source, choices: Choices, notes: Notes) -> Iterator[Item]:
    about = conference({}, choices, notes)
    day = room = ""
    depth = 0
    for event, element in iterparse(io.BytesIO(source.data), events=("start", "end")):
        if event == "start":
            depth += 1
            if depth == 1 and element.tag != "schedule":
                fault = f"The file begins with <{element.tag}>, not with <schedule>."
                raise source.faulty(fault, "Export the schedule as schedule.xml.")
            if element.tag == "day":
                day = element.get("date", "")
            elif element.tag == "room" and element.get("name") is not None:
                room = tidy(element.get("name", ""))
            continue
        depth -= 1
        if element.tag == "conference":
            about = conference(_conference(element), choices, notes)
        elif element.tag == "event":
            if item := _item(element, about, day, room):
                yield item
            element.clear()  # a programme is read event by event, and none is kept
        elif element.tag in {"room", "day"} and depth < 3:
            element.clear()


def _conference(element: Element) -> dict[str, Any]:
    return {child.tag: tidy(child.text or "") for child in element}


def _item(element: Element, about: Conference, day: str, room: str) -> Item | None:
    event: dict[str, Any] = {key: tidy(element.get(key, "")) for key in CODES}
    for key in _PLAIN:
        event[key] = tidy(element.findtext(key, "")) or event.get(key, "")
    event["persons"] = [tidy("".join(person.itertext())) for person in element.iter("person")]
    return about.item(event, day, room)
