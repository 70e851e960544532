"""Programmes in the formats of other systems, written by tests independently of what reads them."""

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook


@dataclass(frozen=True)
class Event:
    """One event as publishers know it; `start` is aware."""

    id: str
    title: str
    start: datetime
    minutes: int
    room: str = "Hall A"
    kind: str = "talk"
    track: str = "Hand"
    persons: tuple[str, ...] = ()

    @property
    def end(self) -> datetime:
        return (self.start.astimezone(UTC) + timedelta(minutes=self.minutes)).astimezone(
            self.start.tzinfo
        )

    @property
    def duration(self) -> str:
        """As frab and pretalx write it."""
        days, rest = divmod(self.minutes, 24 * 60)
        hours = f"{rest // 60:02}:{rest % 60:02}"
        return f"{days}:{hours}" if days else hours


def schedule_xml(events: Iterable[Event]) -> bytes:
    """Each event in a day and a room of its own, dated."""
    days = "".join(
        f"<day date='{event.start:%Y-%m-%d}'><room name={quoteattr(event.room)}>"
        f"<event id={quoteattr(event.id)}><date>{event.start.isoformat()}</date>"
        f"<start>{event.start:%H:%M}</start><duration>{event.duration}</duration>"
        f"<room>{escape(event.room)}</room><title>{escape(event.title)}</title>"
        f"<track>{escape(event.track)}</track><type>{escape(event.kind)}</type><persons>"
        + "".join(f"<person id='1'>{escape(name)}</person>" for name in event.persons)
        + "</persons></event></room></day>"
        for event in events
    )
    return f"<?xml version='1.0' encoding='UTF-8'?><schedule>{days}</schedule>".encode()


def schedule_json(events: Iterable[Event]) -> bytes:
    """The same as JSON."""
    days = [
        {
            "date": f"{event.start:%Y-%m-%d}",
            "rooms": {
                event.room: [
                    {
                        "id": event.id,
                        "date": event.start.isoformat(),
                        "start": f"{event.start:%H:%M}",
                        "duration": event.duration,
                        "title": event.title,
                        "track": event.track,
                        "type": event.kind,
                        "persons": [{"public_name": name} for name in event.persons],
                    }
                ]
            },
        }
        for event in events
    ]
    return json.dumps({"schedule": {"conference": {"days": days}}}).encode()


def icalendar(events: Iterable[Event]) -> bytes:
    """In UTC, long lines folded (RFC 5545), the kind in brackets before the title."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests//EN"]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_ical(event.id)}",
            f"DTSTART:{event.start.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTEND:{event.end.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"SUMMARY:{_ical(f'[{event.kind}] {event.title}')}",
            f"LOCATION:{_ical(event.room)}",
            "END:VEVENT",
        ]
    return "".join(_folded(line) for line in [*lines, "END:VCALENDAR"]).encode()


def _ical(text: str) -> str:
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,")):
        text = text.replace(plain, written)
    return text


def _folded(line: str) -> str:
    parts, part = [], ""
    for letter in line:
        if len((part + letter).encode()) > 74:
            parts.append(part)
            part = ""
        part += letter
    return "\r\n ".join([*parts, part]) + "\r\n"


HEADINGS = ("Session ID", "Session Title", "Date", "Start Time", "Duration", "Room", "Type")


def rows(events: Iterable[Event]) -> list[list[Any]]:
    """Rows under HEADINGS, then track and speakers, with real dates and times."""
    return [
        [
            event.id,
            event.title,
            event.start.date(),
            event.start.time(),
            event.minutes,
            event.room,
            event.kind,
            event.track,
            "; ".join(event.persons),
        ]
        for event in events
    ]


def workbook(*sheets: Sequence[Sequence[Any]], texts: bool = True) -> bytes:
    """A workbook of these rows. With `texts`, a text that begins with = stays one."""
    book = Workbook()
    book.remove(book.active)
    for number, of_sheet in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"Sheet {number}")
        for at, row in enumerate(of_sheet, start=1):
            for column, value in enumerate(row, start=1):
                cell = sheet.cell(at, column, value)
                if texts and isinstance(value, str):
                    cell.data_type = "s"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()
