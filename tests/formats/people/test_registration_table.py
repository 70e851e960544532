"""Registrations and accounts of other systems: any columns, in any order, and no password shown."""

from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from cme_reflex.formats.input_problems import InvalidInput
from cme_reflex.formats.meeting_folder import attendees_csv, members_csv
from cme_reflex.formats.meeting_folder.records import AttendeeRecord, MemberRecord
from cme_reflex.formats.people import registration_table
from cme_reflex.formats.people.registration_table import (
    ATTENDEES,
    MEMBERS,
    ConversionOptions,
    ConvertedTable,
    RegistrationTable,
)
from cme_reflex.formats.tables.header_mapping import HeaderMapping
from tests.support.examples import examples
from tests.support.files.folder_files import PASSWORD_HASH
from tests.support.files.programme_files import workbook
from tests.support.files.programme_strategies import texts
from tests.support.values.credit_types import PROFESSIONS


def read(
    kind: RegistrationTable, folder: Path, data: str | bytes, name: str = "p.csv", **how: Any
) -> ConvertedTable:
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    mapped = HeaderMapping(how.pop("headings", {}), how.pop("defaults", {}))
    options = ConversionOptions(mapped=mapped, **{"professions": PROFESSIONS, **how})
    return registration_table.convert_registrations(kind, folder / name, options)


def attendees(folder: Path, converted: ConvertedTable) -> list[AttendeeRecord]:
    """What loading a meeting makes of the table."""
    (folder / "attendees.csv").write_text(converted.text, encoding="utf-8", newline="")
    table = attendees_csv.read_attendee_rows(folder / "attendees.csv")
    read_back = [attendees_csv.parse_attendee(row, None, None, None) for row in table.rows]
    assert table.problems == []
    return read_back


def members(folder: Path, converted: ConvertedTable) -> list[MemberRecord]:
    (folder / "members.csv").write_text(converted.text, encoding="utf-8", newline="")
    table = members_csv.read_members(folder / "members.csv")
    read_back = [members_csv.parse_member(row) for row in table.rows]
    assert table.problems == []
    return read_back


def record(**fields: Any) -> AttendeeRecord:
    whole = {"suffix": "", "first_name": "", "email": "", "member": None, **fields}
    return AttendeeRecord(**whole)


EXPORT = """\
Ticket;E-mail Address;Surname;Given Name;Reg #;Confirmation Code;Credentials
Full Conference;ana@example.org;O'Brien-Núñez;Ana;240-1;abc 1;"MD, FACS"
One Day;;李;Wei;2402;ABC2;RN
"""


def test_an_export_in_any_order_under_any_names_becomes_attendees(tmp_path: Path) -> None:
    converted = read(
        ATTENDEES,
        tmp_path,
        EXPORT,
        headings={"badge": "reg #"},
        values={
            ("registration_type", "full conference"): "full",
            ("registration_type", "*"): "day",
            ("profession", "*"): "other",
        },
    )
    assert (converted.rows, converted.warnings) == (2, ())
    assert attendees(tmp_path, converted) == [
        record(
            last_name="O'Brien-Núñez",
            first_name="Ana",
            badge="2401",
            confirmation="ABC1",
            email="ana@example.org",
            profession="physician",
            registration_type="full",
        ),
        record(
            last_name="李",
            first_name="Wei",
            badge="2402",
            confirmation="ABC2",
            profession="other",
            registration_type="day",
        ),
    ]


def test_a_workbook_with_numbers_becomes_the_same(tmp_path: Path) -> None:
    rows = [
        ("Last Name", "Badge Number", "Confirmation", "Degree"),
        ("Restrepo", 240001, 17.0, "M.D."),
    ]
    converted = read(
        ATTENDEES, tmp_path, workbook(rows), "p.xlsx", defaults={"registration_type": "full"}
    )
    assert attendees(tmp_path, converted) == [
        record(
            last_name="Restrepo",
            badge="240001",
            confirmation="17",
            profession="physician",
            registration_type="full",
        )
    ]


@pytest.mark.parametrize(
    ("degree", "physician"),
    [("MD", True), ("D.O.", True), ("PhD, MD", True), ("physician", True), ("Other", False)],
)
def test_md_and_do_are_physicians(tmp_path: Path, degree: str, physician: bool) -> None:
    data = f'Last,Badge,Confirmation,Degree,Ticket\nA,1,C1,"{degree}",full\n'
    (attendee,) = attendees(tmp_path, read(ATTENDEES, tmp_path, data))
    assert attendee.profession == ("physician" if physician else "other")


def test_a_value_for_all_others_does_not_change_a_physician(tmp_path: Path) -> None:
    data = "Last,Badge,Confirmation,Degree,Ticket\nA,1,C1,MD,full\nB,2,C2,DDS,full\n"
    values = {("profession", "*"): "other"}
    found = attendees(tmp_path, read(ATTENDEES, tmp_path, data, values=values))
    assert [each.profession for each in found] == ["physician", "other"]


def test_a_mapped_heading_that_is_missing_is_reported(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(ATTENDEES, tmp_path, EXPORT, headings={"badge": "Badge ID"})
    assert str(caught.value) == (
        "p.csv, row 1, badge: There is no heading 'Badge ID', which --map assigns to it. "
        "Check how it is written."
    )


ACCOUNTS = "Login,Last Name,Password\n"


def test_valid_hashes_are_copied_unchanged(tmp_path: Path) -> None:
    converted = read(MEMBERS, tmp_path, ACCOUNTS + f'Ana,Restrepo,"{PASSWORD_HASH}"\n')
    assert converted.warnings == ()
    assert members(tmp_path, converted) == [
        MemberRecord(
            username="ana",
            last_name="Restrepo",
            first_name="",
            suffix="",
            email="",
            password_hash=PASSWORD_HASH,
        )
    ]


@pytest.mark.parametrize("password", ["correct horse", "two  spaces ", "pÄss,word", "'quoted'"])
def test_passwords_in_clear_are_hashed_as_they_were_typed(tmp_path: Path, password: str) -> None:
    data = ACCOUNTS + f'ana,Restrepo,"{password}"\n'
    converted = read(MEMBERS, tmp_path, data, hash_passwords=True)
    (member,) = members(tmp_path, converted)
    assert PasswordHasher().verify(member.password_hash, password)
    assert member.password_hash.startswith("$argon2id$")
    assert password not in converted.text


def test_a_missing_password_is_reported_and_stays_empty(tmp_path: Path) -> None:
    converted = read(MEMBERS, tmp_path, ACCOUNTS + "ana,Restrepo,\nli,Wei,\n")
    assert converted.text.splitlines()[1:] == ["ana,Restrepo,,,,", "li,Wei,,,,"]
    assert [str(warning) for warning in converted.warnings] == [
        (
            "p.csv, password_hash: 2 have no password hash. "
            "They can sign in once each has set a password."
        )
    ]


def test_a_password_in_clear_stands_in_no_message(tmp_path: Path) -> None:
    secret = "hunter2-\u200bhunter2"
    with pytest.raises(InvalidInput) as caught:
        read(MEMBERS, tmp_path, ACCOUNTS + f"ana,Restrepo,{secret}\nana,,{secret}\n")
    told = str(caught.value) + repr(caught.value.problems)
    assert "hunter2" not in told
    assert len(caught.value.problems) == 4


names = texts.filter(lambda text: any(letter.isalpha() for letter in text))


@given(
    people=st.lists(
        st.tuples(names, texts, st.integers(1, 10**9), st.booleans()),
        min_size=1,
        max_size=5,
        unique_by=lambda person: person[2],
    ),
    order=st.permutations(range(6)),
)
@settings(max_examples=examples(0.6))
def test_whatever_the_order_of_columns_attendees_are_read_as_they_were_exported(
    people: list[tuple[str, str, int, bool]],
    order: list[int],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    headings = ("Surname", "Given Name", "Badge", "Confirmation", "Degree", "Ticket")
    rows = [headings] + [
        (last, first, number, f"C{number}", "MD" if physician else "other", "full")
        for last, first, number, physician in people
    ]
    folder = tmp_path_factory.mktemp("people")
    data = workbook([tuple(row[at] for at in order) for row in rows])
    found = attendees(folder, read(ATTENDEES, folder, data, "p.xlsx"))
    assert found == [
        record(
            last_name=last,
            first_name=first,
            badge=str(number),
            confirmation=f"C{number}",
            profession="physician" if physician else "other",
            registration_type="full",
        )
        for last, first, number, physician in people
    ]
