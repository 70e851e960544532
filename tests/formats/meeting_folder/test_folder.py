"""Reading a meeting folder: valid folders load completely, all faults are reported at once."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats import input_limits
from cme_reflex.formats.meeting_folder.folder import InputProblem, InvalidInput, read_meeting_folder
from cme_reflex.formats.meeting_folder.records import AttendeeRecord, MemberRecord, SessionRecord
from tests.support.files.folder_files import PASSWORD_HASH, FolderFiles


def problems(files: FolderFiles) -> list[InputProblem]:
    with pytest.raises(InvalidInput) as caught:
        read_meeting_folder(files.write())
    return list(caught.value.problems)


def faults(files: FolderFiles) -> list[tuple[str, int | None, str | None, str]]:
    return [(each.file, each.row, each.column, each.fault) for each in problems(files)]


def test_sessions_have_utc_times_credit_by_type_and_the_meetings_defaults(
    files: FolderFiles,
) -> None:
    release = datetime(2024, 10, 15, 16, tzinfo=UTC)
    both, live, on_demand, coffee = read_meeting_folder(files.write()).sessions
    assert both == SessionRecord(
        code="S1",
        title="Facelift, Deep Plane",
        kind="panel",
        track="Aesthetic",
        room="Hall A",
        starts_at=datetime(2024, 9, 26, 15, tzinfo=UTC),
        ends_at=datetime(2024, 9, 26, 16, 30, tzinfo=UTC),
        speakers=("Dr. One", "Dr. Two"),
        delivery=Delivery.BOTH,
        credit={"category1": Amount(6), "safety": Amount(2)},
        eligible=True,
        faculty_badges=frozenset({"B2"}),
        on_demand_from=release,
    )
    assert (live.credit, live.on_demand_from) == ({"category1": 5}, None)  # 80 minutes, rounded
    assert on_demand.on_demand_from == on_demand.starts_at
    assert (coffee.credit, coffee.eligible) == ({}, False)


def test_a_session_may_have_a_release_of_its_own(files: FolderFiles) -> None:
    files.replace("sessions.csv", "yes,B-2,", "yes,B-2,2024-11-01T09:00")
    first = read_meeting_folder(files.write()).sessions[0]
    assert first.on_demand_from == datetime(2024, 11, 1, 16, tzinfo=UTC)


def test_attendees_and_members_come_with_comparable_numbers_and_user_names(
    files: FolderFiles,
) -> None:
    folder = read_meeting_folder(files.write())
    assert folder.attendees == (
        AttendeeRecord(
            last_name="O'Brien-Núñez",
            first_name="Ana",
            suffix="Jr.",
            badge="B1",
            confirmation="C1",
            email="ana@example.org",
            profession="physician",
            registration_type="full",
            member="ana",
        ),
        AttendeeRecord(
            last_name="李",
            first_name="Wei",
            suffix="",
            badge="B2",
            confirmation="C2",
            email="",
            profession="other",
            registration_type="day",
            member=None,
        ),
    )
    assert folder.members == (
        MemberRecord(
            username="ana",
            last_name="O'Brien-Núñez",
            first_name="Ana",
            suffix="Jr.",
            email="ana@example.org",
            password_hash=PASSWORD_HASH,
        ),
    )


def test_a_byte_order_mark_columns_in_another_order_and_blank_lines_are_fine(
    files: FolderFiles,
) -> None:
    expected = read_meeting_folder(files.write())
    rows = [line.split(",") for line in files.texts["attendees.csv"].splitlines()]
    turned = "\r\n\r\n".join(",".join(reversed(row)) for row in rows)
    files.texts["attendees.csv"] = "\ufeff" + turned
    assert read_meeting_folder(files.write()) == expected


def test_all_faults_of_all_files_are_reported_at_once(files: FolderFiles) -> None:
    files.replace("meeting.toml", 'overlap_policy = "resolve"', 'overlap_policy = "solve"')
    files.replace("sessions.csv", "1.50", "1.30")
    files.replace("attendees.csv", "physician", "surgeon")
    files.replace("members.csv", PASSWORD_HASH, "hunter2")
    assert [(each.file, each.row, each.column) for each in problems(files)] == [
        ("meeting.toml", None, "overlap_policy"),
        ("sessions.csv", 2, "credit:category1"),
        ("attendees.csv", 2, "profession"),
        ("members.csv", 2, "password_hash"),
    ]


def test_a_problem_reads_as_a_sentence_with_its_place(files: FolderFiles) -> None:
    files.replace("sessions.csv", ",live,,,yes", ",lives,,,yes")
    assert [str(problem) for problem in problems(files)] == [
        "sessions.csv, row 3, delivery: 'lives' is not known here. Did you mean live?"
    ]


@pytest.mark.parametrize(
    ("old", "new", "row", "column", "fault"),
    [
        (",yes,B-2", ",maybe,B-2", 2, "eligible", "'maybe' is not known here."),
        (",yes,B-2", ",yes,B-3", 2, "faculty_badges", "attendees.csv has no badge 'B-3'."),
        (",yes,B-2,", ",yes,B-2", 2, None, "The row has 13 cells, the headings are 14."),
        ("S2,", ",", 3, "code", "The cell is empty."),
        ("S2,", "S1,", 3, "code", "Row 2 has the same code."),
        ("S2,Flaps", "S2,", 3, "title", "The cell is empty."),
        ("T11:20", "T9am", 3, "end", "'2024-09-26T9am' is not a date and time."),
        ("2024-09-26T11:20", "2024-09-26", 3, "end", "'2024-09-26' is not a date and time."),
        ("T11:20", "T09:20", 3, "end", "The session ends before it starts."),
        (
            "live,,,yes",
            "live,-1,,yes",
            3,
            "credit:category1",
            "'-1' is not an amount of Category 1.",
        ),
        (
            "live,,,yes",
            "live,1,1.25,yes",
            3,
            "credit:safety",
            "Patient Safety is part of Category 1 and cannot exceed it.",
        ),
        (
            "live,,,yes,,",
            "live,,,yes,,2024-10-01T00:00",
            3,
            "on_demand_from",
            "A live session is not released on demand.",
        ),
        ("Flaps", "Fl\x00aps", 3, "title", "The cell contains an unprintable character."),
    ],
)
def test_a_fault_in_a_session_is_reported(
    files: FolderFiles, old: str, new: str, row: int, column: str | None, fault: str
) -> None:
    files.replace("sessions.csv", old, new)
    assert faults(files) == [("sessions.csv", row, column, fault)]


@pytest.mark.parametrize(
    ("old", "new", "row", "column", "fault"),
    [
        ("李,", ",", 3, "last_name", "The cell is empty."),
        ("李,", "--,", 3, "last_name", "'--' has no letter to sign in with."),
        (",C2,", ",c-1,", 3, "confirmation", "Row 2 has the same confirmation."),
        (",C2,", ",,", 3, "confirmation", "The cell is empty."),
        (",C2,", ",--,", 3, "confirmation", "The number has no letters or digits."),
        (",C2,,", ",C2,wei at example,", 3, "email", "'wei at example' is not an e-mail address."),
        (",C2,,", ",C2,wei@example,", 3, "email", "'wei@example' is not an e-mail address."),
        (
            ",C2,,",
            ",C2,wei@example..org,",
            3,
            "email",
            "'wei@example..org' is not an e-mail address.",
        ),
        (",other,", ",othre,", 3, "profession", "meeting.toml has no profession 'othre'."),
        (",other,", ",,", 3, "profession", "The cell is empty."),
        (",day,", ",dya,", 3, "registration_type", "meeting.toml has no registration type 'dya'."),
        (",day,", ",day,wei", 3, "member", "members.csv has no member 'wei'."),
        (",day,", ",,", 3, "registration_type", "The cell is empty."),
    ],
)
def test_a_fault_in_an_attendee_is_reported(
    files: FolderFiles, old: str, new: str, row: int, column: str | None, fault: str
) -> None:
    files.replace("attendees.csv", old, new)
    assert faults(files) == [("attendees.csv", row, column, fault)]


@pytest.mark.parametrize("column", ["badge", "confirmation"])
@pytest.mark.parametrize("figure", ["240001.0", "240001,00", "2.40001E+11", "2E+11"])
def test_a_number_as_a_spreadsheet_writes_a_figure_is_reported(
    files: FolderFiles, column: str, figure: str
) -> None:
    numbers = {"badge": "B3", "confirmation": "C3", column: figure}
    cell = f'"{numbers["badge"]}","{numbers["confirmation"]}"'
    files.add("attendees.csv", f"Else,Some,,{cell},,other,full,")
    fault = f"{figure!r} is how a spreadsheet writes a figure, not what is on a badge."
    assert faults(files) == [("attendees.csv", 4, column, fault)]


def test_a_repeated_badge_is_reported_with_both_rows(files: FolderFiles) -> None:
    files.add("attendees.csv", "Else,Some,,B-1,C3,,other,full,")
    assert faults(files) == [("attendees.csv", 4, "badge", "Row 2 has the same badge.")]


def test_a_badge_that_is_a_namesakes_confirmation_is_reported(files: FolderFiles) -> None:
    files.add("attendees.csv", "Obrien Nunez,Bob,,B3,B1,,other,full,")
    fault = (
        "Row 2 has the same last name, and one's badge number is the other's confirmation number."
    )
    assert faults(files) == [("attendees.csv", 4, "confirmation", fault)]


def test_a_badge_that_is_a_strangers_confirmation_is_fine(files: FolderFiles) -> None:
    files.add("attendees.csv", "Smith,Bob,,B3,B1,,other,full,")
    assert len(read_meeting_folder(files.write()).attendees) == 3


def test_user_names_that_differ_only_in_case_are_one(files: FolderFiles) -> None:
    files.add("members.csv", f'Ana,Else,Ana,,,"{PASSWORD_HASH}"')
    assert faults(files) == [("members.csv", 3, "username", "Row 2 has the same username.")]


def test_a_password_in_place_of_its_hash_is_refused_and_never_shown(files: FolderFiles) -> None:
    files.replace("members.csv", PASSWORD_HASH, "hunter2")
    [problem] = problems(files)
    assert (problem.fault, problem.remedy) == (
        "This is not an argon2 hash.",
        "Write the hash, never the password.",
    )
    assert "hunter2" not in str(problem)


def test_missing_unknown_and_repeated_columns_are_reported_with_the_likely_name(
    files: FolderFiles,
) -> None:
    files.replace("attendees.csv", "first_name,", "fist_name,").replace(
        "attendees.csv", "suffix", "badge"
    )
    assert [(each.column, each.fault, each.remedy) for each in problems(files)] == [
        ("first_name", "The column is missing.", "Add it."),
        ("suffix", "The column is missing.", "Add it."),
        (
            "fist_name",
            "There is no column 'fist_name' in attendees.csv.",
            "Did you mean first_name?",
        ),
        ("badge", "The column appears twice.", "Keep one."),
    ]


def test_an_unclosed_quote_is_reported_with_its_row(files: FolderFiles) -> None:
    files.add("sessions.csv", 'S9,"open')
    assert faults(files) == [
        ("sessions.csv", 6, None, "This is not CSV: unexpected end of data."),
    ]


def test_a_file_that_is_not_utf_8_is_reported_with_its_line(files: FolderFiles) -> None:
    folder = files.write()
    (folder / "members.csv").write_bytes(files.texts["members.csv"].encode("latin-1"))
    with pytest.raises(InvalidInput) as caught:
        read_meeting_folder(folder)
    reported = [(each.file, each.row, each.fault) for each in caught.value.problems]
    assert reported == [("members.csv", 2, "This is not UTF-8.")]


def test_missing_files_are_reported(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_meeting_folder(tmp_path)
    assert [(each.file, each.fault) for each in caught.value.problems] == [
        ("meeting.toml", "The file is missing."),
        ("sessions.csv", "The file is missing."),
        ("attendees.csv", "The file is missing."),
        ("members.csv", "The file is missing."),
    ]


def test_a_file_larger_than_the_limit_is_not_read(
    files: FolderFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = replace(input_limits.SETTINGS_BYTES, maximum=500)
    monkeypatch.setattr(input_limits, "SETTINGS_BYTES", limit)
    reported = {(problem.file, problem.fault) for problem in problems(files)}
    assert ("meeting.toml", "The file has more than 500 bytes.") in reported
