"""Files of other systems that cannot be converted: each is refused with its place and remedy."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cme_reflex.formats import input_limits
from cme_reflex.formats.input_problems import InvalidInput
from cme_reflex.formats.people import registration_table
from cme_reflex.formats.people.registration_table import (
    ATTENDEES,
    MEMBERS,
    ConversionOptions,
    RegistrationTable,
)
from cme_reflex.formats.programmes.convert import convert_programme
from cme_reflex.formats.programmes.items import ProgrammeOptions
from tests.support.files import broken_files
from tests.support.files.broken_files import SECRET, BrokenFile
from tests.support.files.programme_files import (
    Event,
    icalendar,
    schedule_json,
    schedule_xml,
    workbook,
)
from tests.support.values.credit_types import PROFESSIONS, TYPES

EVENT = Event("7", "Flaps", datetime(2024, 9, 26, 8, tzinfo=UTC), 60, persons=("Ana Restrepo",))


def named(broken: BrokenFile) -> str:
    return f"{broken.name}: {broken.about}"


def problem_messages(path: Path) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        convert_programme(path, ProgrammeOptions(all_eligible=True, credit_types=TYPES))
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("broken", broken_files.PROGRAMMES, ids=named)
def test_a_broken_programme_is_refused(broken: BrokenFile, tmp_path: Path) -> None:
    (tmp_path / broken.name).write_bytes(broken.data)
    assert problem_messages(tmp_path / broken.name) == list(broken.messages)


@pytest.mark.parametrize(
    ("kind", "broken"),
    [
        *((ATTENDEES, broken) for broken in broken_files.ATTENDEES),
        *((MEMBERS, broken) for broken in broken_files.MEMBERS),
    ],
    ids=lambda value: named(value) if isinstance(value, BrokenFile) else value.name,
)
def test_a_broken_list_of_people_is_refused_and_no_password_is_shown(
    kind: RegistrationTable, broken: BrokenFile, tmp_path: Path
) -> None:
    (tmp_path / broken.name).write_bytes(broken.data)
    with pytest.raises(InvalidInput) as caught:
        registration_table.convert_registrations(
            kind, tmp_path / broken.name, ConversionOptions(professions=PROFESSIONS)
        )
    assert [str(problem) for problem in caught.value.problems] == list(broken.messages)
    assert SECRET not in str(caught.value)


def test_the_corpus_is_no_smaller_than_it_was() -> None:
    corpus = (*broken_files.PROGRAMMES, *broken_files.ATTENDEES, *broken_files.MEMBERS)
    assert len(corpus) >= 120
    assert len({(broken.name, broken.about) for broken in corpus}) == len(corpus)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    assert problem_messages(tmp_path / "s.xml") == ["s.xml: The file is missing. Check its name."]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert problem_messages(tmp_path) == [
        f"{tmp_path.name}: The file cannot be read: Is a directory. Check it."
    ]


@pytest.mark.parametrize("name", ["s.xml", "s.json", "s.ics", "s.csv", "s.xlsx"])
def test_one_limit_of_size_holds_for_every_format(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = replace(input_limits.FILE_BYTES, maximum=1_000)
    monkeypatch.setattr(input_limits, "FILE_BYTES", limit)
    (tmp_path / name).write_bytes(b"x" * 1_001)
    fault = "The file has more than 1,000 bytes. Remove what is not needed."
    assert problem_messages(tmp_path / name) == [f"{name}: {fault}"]


def test_a_workbook_with_an_external_entity_is_refused(tmp_path: Path) -> None:
    whole = workbook(broken_files.GOOD)
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(whole)) as archive,
        zipfile.ZipFile(made, "w") as changed,
    ):
        for name in archive.namelist():
            data = archive.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = broken_files.ENTITY.encode() + data
            changed.writestr(name, data)
    (tmp_path / "s.xlsx").write_bytes(made.getvalue())
    assert problem_messages(tmp_path / "s.xlsx") == [
        "s.xlsx: This is not a complete Excel workbook. Save it again."
    ]


WHOLE = {
    "s.xml": schedule_xml([EVENT, replace(EVENT, id="8", room="Hall B")]),
    "s.json": schedule_json([EVENT, replace(EVENT, id="8", room="Hall B")]),
    "s.ics": icalendar([EVENT, replace(EVENT, id="8", room="Hall B")]).strip(),
    "s.xlsx": workbook(broken_files.GOOD),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_is_refused_wherever_it_is_cut_off(name: str, tmp_path: Path) -> None:
    path, whole = tmp_path / name, WHOLE[name]
    path.write_bytes(whole)
    assert convert_programme(path, ProgrammeOptions(all_eligible=True, credit_types=TYPES)).sessions
    for length in range(0, len(whole), 1 + len(whole) // 400):
        path.write_bytes(whole[:length])
        assert problem_messages(path), length
