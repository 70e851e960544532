"""Loading a meeting: rows written, changes of a second load, and data that must survive."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select

from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.formats.input_problems import InvalidInput
from cme_reflex.formats.meeting_folder.document import meeting_from_document
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.services.meetings.affected_claims import AffectedLine
from cme_reflex.services.meetings.loader import LoadReport, load_meeting
from cme_reflex.services.meetings.row_changes import RowCounts
from cme_reflex.services.meetings.settings_changes import Change, SettingChange
from cme_reflex.store.claims.tables import ClaimRow, LineRow
from cme_reflex.store.database import read
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.people.tables import AttendeeRow, MemberRow
from cme_reflex.store.programme.tables import SessionCreditRow, SessionRow
from tests.support.database.table_rows import add, every_row, fetch, fetch_one
from tests.support.meetings import FOLDER, MEETING, attendee, member, session


async def rows(table: type[SQLModel], *columns: Any) -> Sequence[Any]:
    """These columns of all rows, ordered by the first."""
    query = sa.select(*columns).select_from(table).order_by(columns[0])
    return await read(lambda db: [tuple(row) for row in db.connection().execute(query)])


async def snapshot() -> dict[str, Sequence[Any]]:
    """Every row of every table."""
    return {table: sorted(map(repr, rows)) for table, rows in (await every_row()).items()}


def with_session(code: str, **changes: Any) -> MeetingFolder:
    return replace(
        FOLDER,
        sessions=tuple(
            replace(each, **changes) if each.code == code else each for each in FOLDER.sessions
        ),
    )


def with_attendees(*attendees: Any) -> MeetingFolder:
    return replace(FOLDER, attendees=attendees)


async def claim(now: datetime, badge: str, status: str, **lines: int) -> None:
    """A claim with these lines: minutes by session code."""
    of_badge = select(AttendeeRow.id).where(AttendeeRow.badge == badge)
    row = ClaimRow(attendee_id=await fetch_one(of_badge), status=status)
    await add(row)
    for code, minutes in lines.items():
        session_id = await fetch_one(select(SessionRow.id).where(SessionRow.code == code))
        await add(
            LineRow(
                claim_id=row.id,
                session_id=session_id,
                minutes=minutes,
                on_demand=False,
            )
        )


async def test_a_first_load_writes_everything(database: Engine, now: datetime) -> None:
    report = await load_meeting(FOLDER, now=now)
    assert report == LoadReport(
        meeting="test24",
        version=1,
        changed=True,
        sessions=RowCounts(added=5),
        attendees=RowCounts(added=3),
        members=RowCounts(added=2),
    )
    meeting = await fetch_one(select(MeetingRow))
    first = await fetch_one(select(SessionRow).where(SessionRow.code == "C"))
    linked = select(AttendeeRow.badge, AttendeeRow.name_key, MemberRow.username).outerjoin(
        MemberRow, col(MemberRow.id) == AttendeeRow.member_id
    )
    people = await read(lambda db: db.exec(linked.order_by(AttendeeRow.badge)).all())
    assert (meeting.version, meeting.loaded_at) == (1, now)
    assert meeting_from_document(meeting.document) == MEETING
    expected = next(each for each in FOLDER.sessions if each.code == "C")
    assert (first.delivery, first.speakers, first.faculty_badges) == (
        "live",
        ["Ana Restrepo, MD"],
        ["102"],
    )
    credit = select(SessionRow.code, SessionCreditRow.credit_type, SessionCreditRow.amount).join(
        SessionCreditRow, col(SessionCreditRow.session_id) == SessionRow.id
    )
    assert set(await read(lambda db: db.exec(credit).all())) == {
        ("A", "category1", 6),
        ("A", "safety", 4),
        ("B", "category1", 8),
        ("C", "category1", 6),
        ("D", "category1", 8),
    }
    assert (first.starts_at, first.ends_at) == (expected.starts_at, expected.ends_at)
    assert list(people) == [
        ("101", "obriennunez", "kim"),
        ("102", "smith", None),
        ("103", "smith", None),
    ]


async def test_loading_again_changes_nothing(database: Engine, now: datetime) -> None:
    await load_meeting(FOLDER, now=now)
    before = await snapshot()
    report = await load_meeting(FOLDER, now=now + timedelta(days=1))
    assert report == LoadReport(
        meeting="test24",
        version=1,
        changed=False,
        sessions=RowCounts(unchanged=5),
        attendees=RowCounts(unchanged=3),
        members=RowCounts(unchanged=2),
    )
    assert await snapshot() == before


async def test_a_changed_title_makes_a_new_version(database: Engine, now: datetime) -> None:
    await load_meeting(FOLDER, now=now)
    report = await load_meeting(with_session("A", title="Renamed"), now=now)
    assert (report.version, report.sessions) == (2, RowCounts(changed=1, unchanged=4))
    assert ("A", "Renamed") in await rows(SessionRow, SessionRow.code, SessionRow.title)


async def test_changed_terms_alone_make_a_new_version(database: Engine, now: datetime) -> None:
    await load_meeting(FOLDER, now=now)
    renamed = replace(FOLDER, meeting=replace(MEETING, name="Renamed"))
    report = await load_meeting(renamed, now=now + timedelta(days=1))
    assert (report.version, report.changed, report.sessions) == (2, True, RowCounts(unchanged=5))
    assert report.settings == (SettingChange("name", "", Change.CHANGED),)
    assert await rows(MeetingRow, MeetingRow.version, MeetingRow.loaded_at) == [
        (2, now + timedelta(days=1))
    ]


async def test_a_session_that_is_gone_is_withdrawn_and_one_that_returns_is_not(
    database: Engine, now: datetime
) -> None:
    await load_meeting(FOLDER, now=now)
    without_a = replace(FOLDER, sessions=FOLDER.sessions[1:])
    report = await load_meeting(without_a, now=now)
    assert (report.version, report.sessions) == (2, RowCounts(unchanged=4, withdrawn=1))
    withdrawn = await rows(SessionRow, SessionRow.code, SessionRow.withdrawn)
    assert dict(withdrawn) == {"A": True, "B": False, "C": False, "COM": False, "D": False}

    again = await load_meeting(without_a, now=now)
    assert (again.changed, again.sessions) == (False, RowCounts(unchanged=4))

    returned = await load_meeting(FOLDER, now=now)
    assert (returned.version, returned.sessions) == (3, RowCounts(changed=1, unchanged=4))
    assert dict(await rows(SessionRow, SessionRow.code, SessionRow.withdrawn))["A"] is False


async def test_who_gets_a_new_badge_keeps_the_claim(database: Engine, now: datetime) -> None:
    await load_meeting(FOLDER, now=now)
    await claim(now, "102", "draft", A=90)
    ana, smith, day = FOLDER.attendees
    report = await load_meeting(with_attendees(ana, replace(smith, badge="202"), day), now=now)
    assert report.attendees == RowCounts(changed=1, unchanged=2)
    whose = select(AttendeeRow.badge).join(ClaimRow, col(ClaimRow.attendee_id) == AttendeeRow.id)
    assert await fetch(whose) == ["202"]


async def test_two_attendees_can_exchange_their_confirmation_numbers(
    database: Engine, now: datetime
) -> None:
    await load_meeting(FOLDER, now=now)
    ana, smith, day = FOLDER.attendees
    report = await load_meeting(
        with_attendees(
            replace(ana, confirmation="CONF102"), replace(smith, confirmation="CONF101"), day
        ),
        now=now,
    )
    assert report.attendees == RowCounts(changed=2, unchanged=1)
    assert await rows(AttendeeRow, AttendeeRow.badge, AttendeeRow.confirmation) == [
        ("101", "CONF102"),
        ("102", "CONF101"),
        ("103", "CONF103"),
    ]


async def test_what_fails_halfway_writes_nothing(database: Engine, now: datetime) -> None:
    await load_meeting(FOLDER, now=now)
    before = await snapshot()
    broken = replace(
        with_session("A", title="Renamed"),
        sessions=(*FOLDER.sessions, session("E", "8:00", "9:00", "1", safety=5)),
    )
    with pytest.raises(IntegrityError):
        await load_meeting(broken, now=now)
    assert await snapshot() == before


async def test_two_who_load_at_once_leave_what_the_second_says(
    database: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second load runs completely between the first one's comparison and its write."""
    await load_meeting(FOLDER, now=now)
    quicker = with_session("A", title="Renamed")

    async def read_slowly(f: Callable[[Session], Any], **limit: float) -> Any:
        compared = await read(f, **limit)
        monkeypatch.setattr("cme_reflex.services.meetings.loader.read", read)
        await load_meeting(quicker, now=now)
        return compared

    monkeypatch.setattr("cme_reflex.services.meetings.loader.read", read_slowly)
    report = await load_meeting(with_session("A", room="Hall 2"), now=now)
    assert (report.version, report.sessions) == (3, RowCounts(changed=1, unchanged=4))
    a = await fetch_one(select(SessionRow).where(SessionRow.code == "A"))
    assert (a.title, a.room) == ("Session A", "Hall 2")


async def test_a_drafts_line_above_the_new_credit_is_lowered(
    database: Engine, now: datetime
) -> None:
    await load_meeting(FOLDER, now=now)
    await claim(now, "101", "draft", A=90, B=120)
    await claim(now, "102", "reopened", A=45)
    await claim(now, "103", "submitted", A=90)
    report = await load_meeting(
        with_session("A", credit={"category1": Amount(5), "safety": Amount(1)}), now=now
    )
    assert report.touched == (AffectedLine("101", "A", "Category 1", "1.50", "1.25"),)
    lines = await rows(LineRow, LineRow.claim_id, LineRow.minutes, LineRow.lowered)
    assert sorted(lines) == [(1, 90, True), (1, 120, False), (2, 45, False), (3, 90, False)]
    assert await rows(ClaimRow, ClaimRow.id, ClaimRow.status, ClaimRow.revision) == [
        (1, "draft", 1),
        (2, "reopened", 1),
        (3, "submitted", 0),
    ]


async def test_a_line_within_the_new_credit_is_left_alone(database: Engine, now: datetime) -> None:
    await load_meeting(FOLDER, now=now)
    await claim(now, "101", "draft", A=30)
    changed = with_session("A", credit={"category1": Amount(4), "safety": Amount(4)})
    report = await load_meeting(changed, now=now)
    assert report.touched == ()
    assert await rows(ClaimRow, ClaimRow.id, ClaimRow.revision) == [(1, 0)]


async def test_a_line_of_a_session_that_lost_all_its_credit_stays_to_be_removed(
    database: Engine, now: datetime
) -> None:
    await load_meeting(FOLDER, now=now)
    await claim(now, "101", "draft", B=120)
    changed = with_session("B", credit={}, eligible=False)
    report = await load_meeting(changed, now=now)
    assert report.touched == (AffectedLine("101", "B", "", "", ""),)
    assert report.sessions == RowCounts(changed=1, unchanged=4)
    assert (await load_meeting(changed, now=now)).touched == ()
    assert await rows(LineRow, LineRow.minutes) == [(120,)]


async def test_a_code_in_a_claim_is_not_given_to_another_session(
    database: Engine, now: datetime
) -> None:
    await load_meeting(FOLDER, now=now)
    await claim(now, "101", "draft", A=90)
    await claim(now, "103", "submitted", A=90)
    before = await snapshot()
    other = session("A", "15:00", "16:30", "1.5", safety=4)
    reused = with_session("A", title="Other", starts_at=other.starts_at, ends_at=other.ends_at)
    with pytest.raises(InvalidInput) as caught:
        await load_meeting(reused, now=now)
    assert list(map(str, caught.value.problems)) == [
        "sessions.csv, code: A is 'Session A' in 2 claims (badge 101, 103), and would be 'Other' "
        "at another time. Give the other session a code of its own; if it is the same, use "
        "--same-sessions."
    ]
    assert await snapshot() == before
    report = await load_meeting(reused, now=now, same_sessions=True)
    assert report.sessions == RowCounts(changed=1, unchanged=4)


async def test_a_session_that_is_renamed_or_moved_or_in_no_claim_may_change(
    database: Engine, now: datetime
) -> None:
    await load_meeting(FOLDER, now=now)
    await claim(now, "101", "draft", A=90)
    other = session("A", "15:00", "16:30", "1.5", safety=4)
    times = {"starts_at": other.starts_at, "ends_at": other.ends_at}
    for changed in (
        with_session("A", title="Renamed"),
        FOLDER,
        with_session("A", **times),
        FOLDER,
        with_session("B", title="Other", **times),
    ):
        assert (await load_meeting(changed, now=now)).changed


async def test_two_meetings_share_the_members_and_nothing_else(
    database: Engine, now: datetime
) -> None:
    await load_meeting(FOLDER, now=now)
    other = replace(FOLDER, meeting=replace(MEETING, code="test25"))
    report = await load_meeting(other, now=now)
    assert report == LoadReport(
        meeting="test25",
        version=1,
        changed=True,
        sessions=RowCounts(added=5),
        attendees=RowCounts(added=3),
        members=RowCounts(unchanged=2),
    )


async def test_a_member_with_a_new_password_is_changed(database: Engine, now: datetime) -> None:
    await load_meeting(FOLDER, now=now)
    kim = replace(member("kim"), password_hash="another")
    report = await load_meeting(replace(FOLDER, members=(kim, FOLDER.members[1])), now=now)
    assert (report.version, report.members) == (2, RowCounts(changed=1, unchanged=1))


async def test_a_larger_meeting_takes_at_most_one_statement_more_for_each_row(
    database: Engine, now: datetime
) -> None:
    statements: list[str] = []
    sa.event.listen(
        database,
        "before_cursor_execute",
        lambda connection, cursor, statement, *_: statements.append(statement),
    )
    counted = []
    for people in (10, 1000):
        larger = replace(
            FOLDER,
            sessions=tuple(session(f"S{n}", "8:00", "9:00", "1.00") for n in range(people)),
            attendees=tuple(
                attendee(f"{n:05}", f"Name {n}", member=f"u{n}") for n in range(people)
            ),
            members=tuple(member(f"u{n}") for n in range(people)),
        )
        statements.clear()
        first = await load_meeting(larger, now=now)
        second = await load_meeting(larger, now=now)
        assert first.attendees.added + first.attendees.unchanged == people
        assert second.attendees == RowCounts(unchanged=people)
        counted.append(len(statements))
    # SQLite inserts row by row, PostgreSQL many at once; the second load writes nothing.
    assert counted[1] - counted[0] <= 3 * (1000 - 10)
