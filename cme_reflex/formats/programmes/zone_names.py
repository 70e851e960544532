"""Names of time zones outside the tz database, as calendar programs write them."""

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from cme_reflex.formats.tables.local_time import known_zone

# "(UTC-06:00) Central Time (US & Canada)", as Outlook shows a zone
_OUTLOOK = re.compile(r"\((?:UTC|GMT)[^)]*\) (?P<name>\w+) Time \(US & Canada\)")


def zone_alias(name: str) -> ZoneInfo | None:
    """The zone of a name of Windows (by the table of the Unicode CLDR), Outlook or a calendar.

    A globally unique name (RFC 5545, 3.2.19) ends in one of the tz database. None for any other
    name, such as that of a zone which somebody changed ("Eastern Standard Time 1").
    """
    return next(filter(None, map(known_zone, _candidates(name.strip()))), None)


def _candidates(name: str) -> Iterator[str]:
    if shown := _OUTLOOK.fullmatch(name):
        name = f"{shown['name']} Standard Time"
    if name in WINDOWS_TO_OLSON:
        yield WINDOWS_TO_OLSON[name]
    if name.startswith("/"):
        parts = name.strip("/").split("/")
        yield from ("/".join(parts[start:]) for start in range(len(parts)))
    yield from (zone for zone in available_timezones() if zone.casefold() == name.casefold())
