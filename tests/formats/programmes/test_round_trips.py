"""What is written in a format is read back equal, and so is the sessions.csv that comes of it."""

import csv
import io
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.domain.credit.line import full_minutes
from cme_reflex.domain.people.names import number_key
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.input_problems import Severity
from cme_reflex.formats.meeting_folder import sessions_csv as reader
from cme_reflex.formats.meeting_folder.records import SessionRecord
from cme_reflex.formats.programmes.convert import convert_programme
from cme_reflex.formats.programmes.items import ProgrammeItem, ProgrammeOptions, SourceLocation
from cme_reflex.formats.programmes.writer import to_sessions_csv
from cme_reflex.formats.tables.formulas import escape_formula
from cme_reflex.formats.tables.input_file import InputFile
from cme_reflex.formats.tables.spreadsheet import Spreadsheet
from tests.support.examples import examples
from tests.support.files.programme_files import (
    HEADINGS,
    Event,
    icalendar,
    rows,
    schedule_json,
    schedule_xml,
    workbook,
)
from tests.support.files.programme_strategies import normalized, texts
from tests.support.values.credit_types import TYPES
from tests.support.values.meeting_values import MEETING

BRUSSELS = ZoneInfo("Europe/Brussels")


kinds = texts.filter(lambda text: "]" not in text)
names = texts.map(lambda text: normalized(text.replace(";", ""))).filter(
    lambda text: text.strip(", ")
)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC).astimezone(BRUSSELS)
)
events = st.lists(
    st.builds(
        Event,
        id=texts,
        title=texts,
        start=instants,
        minutes=st.integers(0, 3 * 24 * 60),
        room=texts,
        kind=kinds,
        track=texts,
        persons=st.lists(names, max_size=3).map(tuple),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda event: event.id,
)


def converted(name: str, data: bytes, choices: ProgrammeOptions) -> tuple[ProgrammeItem, ...]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return convert_programme(path, choices).sessions


def found(items: tuple[ProgrammeItem, ...]) -> list[tuple[object, ...]]:
    return [
        (i.code, i.title, i.starts_at, i.ends_at, i.room, i.kind, i.track, i.speakers)
        for i in items
    ]


def expected(
    published: list[Event], *, people: bool = True, tracks: bool = True
) -> list[tuple[object, ...]]:
    in_order = sorted(published, key=lambda event: (event.start, event.id))
    return [
        (
            *(e.id, e.title, e.start, e.end, e.room, e.kind),
            e.track if tracks else "",
            e.persons if people else (),
        )
        for e in in_order
    ]


@pytest.mark.parametrize(
    ("name", "write"), [("s.xml", schedule_xml), ("s.json", schedule_json)], ids=["xml", "json"]
)
@given(published=events)
@settings(max_examples=examples(0.6))
def test_a_schedule_is_read_as_it_was_published(
    name: str, write: Callable[[list[Event]], bytes], published: list[Event]
) -> None:
    assert found(
        converted(name, write(published), ProgrammeOptions(all_eligible=True))
    ) == expected(published)


@given(published=events)
@settings(max_examples=examples(0.6))
def test_a_calendar_is_read_as_it_was_published(published: list[Event]) -> None:
    items = converted("s.ics", icalendar(published), ProgrammeOptions(all_eligible=True))
    assert found(items) == expected(published, people=False, tracks=False)


@given(published=events)
@settings(max_examples=examples(0.4))
def test_a_workbook_is_read_as_it_was_filled_in(published: list[Event]) -> None:
    in_utc = [_at(event, event.start.astimezone(UTC)) for event in published]
    data = workbook([[*HEADINGS, "Track", "Speakers"], *rows(in_utc)])
    items = converted("s.xlsx", data, ProgrammeOptions(all_eligible=True, zone=ZoneInfo("UTC")))
    assert found(items) == expected(in_utc)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@given(published=events)
@settings(max_examples=examples(0.3))
def test_a_csv_is_read_as_a_spreadsheet_wrote_it(separator: str, published: list[Event]) -> None:
    in_utc = [_at(event, event.start.astimezone(UTC)) for event in published]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow([*HEADINGS, "Track", "Speakers"])
    writer.writerows([[escape_formula(str(cell)) for cell in row] for row in rows(in_utc)])
    data = ("\ufeff" + text.getvalue()).encode()
    items = converted("s.csv", data, ProgrammeOptions(all_eligible=True, zone=ZoneInfo("UTC")))
    assert found(items) == expected(in_utc)


def _at(event: Event, start: datetime) -> Event:
    return Event(
        *(event.id, event.title, start, event.minutes, event.room, event.kind, event.track),
        event.persons,
    )


CATEGORY1 = TYPES["category1"]


@st.composite
def sessions(draw: st.DrawFn) -> ProgrammeItem:
    """A session as it comes out of a conversion, and may be loaded."""
    starts_at = draw(instants)
    minutes = draw(st.integers(0, 24 * 60))
    eligible = draw(st.booleans())
    delivery = draw(st.sampled_from(Delivery))
    given = draw(st.none() | st.integers(1 if eligible else 0, 40).map(Amount))
    rounded = CATEGORY1.of_duration(minutes)
    if given is None:
        eligible = eligible and rounded > 0
    safety = draw(st.none() | st.integers(0, rounded if given is None else given).map(Amount))
    credit = {"category1": given, "safety": safety}
    badges = st.lists(st.integers(1, 999).map(str), max_size=3, unique=True)
    return ProgrammeItem(
        location=SourceLocation(),
        code=draw(texts),
        title=draw(texts),
        kind=draw(texts),
        track=draw(st.just("") | texts),
        room=draw(st.just("") | texts),
        starts_at=starts_at,
        ends_at=(starts_at.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(BRUSSELS),
        speakers=tuple(draw(st.lists(names, max_size=3))),
        delivery=delivery,
        credit={code: amount for code, amount in credit.items() if amount is not None},
        eligible=eligible,
        faculty_badges=tuple(draw(badges)),
        on_demand_from=None if delivery is Delivery.LIVE else draw(st.none() | instants),
    )


@given(
    items=st.lists(sessions(), min_size=1, max_size=5, unique_by=lambda item: item.code),
    zone=st.sampled_from(["UTC", "America/Los_Angeles", "Asia/Kathmandu"]).map(ZoneInfo),
)
@settings(max_examples=examples(1.5))
def test_a_sessions_csv_is_loaded_as_it_was_written_whatever_the_meetings_zone(
    items: list[ProgrammeItem], zone: ZoneInfo
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sessions.csv"
        path.write_text(to_sessions_csv(items, TYPES), encoding="utf-8", newline="")
        table = reader.read_sessions(path, TYPES)
        meeting = replace(MEETING, time_zone=str(zone))
        records = [reader.parse_session(row, TYPES, meeting) for row in table.rows]
        # More credit than the session lasts is a warning: staff may mean it.
        assert [each for each in table.problems if each.severity is Severity.FAULT] == []
        assert records == [_record(item) for item in items]
        again = convert_programme(
            path, ProgrammeOptions(all_eligible=True, credit_types=TYPES)
        ).sessions
    assert sorted(map(_without_location, again), key=str) == sorted(
        map(_without_location, items), key=str
    )


def _record(item: ProgrammeItem) -> SessionRecord:
    length = full_minutes(item.starts_at, item.ends_at)
    rounded = {"category1": CATEGORY1.of_duration(length)} if item.eligible else {}
    credit = {**rounded, **item.credit}
    releases = {Delivery.ON_DEMAND: item.starts_at.astimezone(UTC)}
    delivery = item.delivery or Delivery.LIVE
    return SessionRecord(
        code=item.code,
        title=item.title,
        kind=item.kind,
        track=item.track,
        room=item.room,
        starts_at=item.starts_at.astimezone(UTC),
        ends_at=item.ends_at.astimezone(UTC),
        speakers=item.speakers,
        delivery=delivery,
        credit={code: amount for code, amount in credit.items() if amount and item.eligible},
        eligible=bool(item.eligible),
        faculty_badges=frozenset(map(number_key, item.faculty_badges)),
        on_demand_from=item.on_demand_from or releases.get(delivery),
    )


def _without_location(item: ProgrammeItem) -> tuple[object, ...]:
    return tuple(
        moment.astimezone(UTC) if isinstance(moment := getattr(item, name), datetime) else moment
        for name in ProgrammeItem.__slots__
        if name != "location"
    )


@given(cells=st.lists(st.lists(texts, min_size=1, max_size=4), min_size=1, max_size=4))
@settings(max_examples=examples(0.4))
def test_a_workbooks_texts_are_read_as_they_are_and_never_computed(cells: list[list[str]]) -> None:
    grid = Spreadsheet(InputFile("s.xlsx", workbook(cells)))
    assert grid.formulas == []
    assert [row for _, row in grid.rows] == cells
