"""Old folders, with two fixed credit types: they are read, checked, and upgraded."""

import shutil
import stat
from pathlib import Path

import pytest

from cme_reflex.formats.input_problems import InvalidInput
from cme_reflex.formats.meeting_folder.checks.folder_check import check_folder
from cme_reflex.formats.meeting_folder.credit import upgrade
from cme_reflex.formats.meeting_folder.credit.upgrade import plan_upgrade, write_upgrade
from cme_reflex.formats.meeting_folder.document import meeting_document
from cme_reflex.formats.meeting_folder.folder import read_meeting_folder
from tests.support.files.folder_files import FolderFiles, with_old_keys


@pytest.fixture
def old(files: FolderFiles) -> FolderFiles:
    return with_old_keys(files)


def test_an_old_folder_is_the_meeting_that_the_new_keys_describe(
    files: FolderFiles, tmp_path: Path
) -> None:
    new = read_meeting_folder(files.write())
    files.folder = tmp_path / "old"
    assert read_meeting_folder(with_old_keys(files).write()) == new


def test_equal_meetings_are_equal_documents(files: FolderFiles, tmp_path: Path) -> None:
    new = meeting_document(read_meeting_folder(files.write()).meeting)
    files.folder = tmp_path / "old"
    assert meeting_document(read_meeting_folder(with_old_keys(files).write()).meeting) == new


@pytest.mark.parametrize(
    ("old_text", "new_text", "column", "fault", "remedy"),
    [
        (
            "maximum_hours = 60.75",
            "maximum_hours = 60.8",
            "credit.category1.maximum_hours",
            "'60.8' is not an amount of Category 1.",
            "Use a multiple of 0.25, such as 1.25.",
        ),
        (
            "maximum_hours = 8",
            "maximum_hours = true",
            "registration_types[2].maximum_hours",
            "'True' is not an amount of credit.",
            "Write a number, such as 60.75.",
        ),
        (
            "maximum_hours = 8",
            "maximum_hour = 8",
            "registration_types[2].maximum_hour",
            "The key 'maximum_hour' is unknown here.",
            "Remove it.",
        ),
        (
            "maximum_hours = 17.5",
            "maximum_hours = 61",
            "credit.safety.maximum_hours",
            "It is part of 'category1', whose maximum is 60.75.",
            "Lower it.",
        ),
        (
            'label = "Patient Safety"',
            "label = 3",
            "credit.safety.label",
            "This is not a text.",
            "Write a text in quotes.",
        ),
        (
            'label = "Patient Safety"\n',
            "",
            "credit.safety.label",
            "The key is missing.",
            "Add it.",
        ),
    ],
)
def test_a_fault_names_the_old_key(
    old: FolderFiles, old_text: str, new_text: str, column: str, fault: str, remedy: str
) -> None:
    old.replace("meeting.toml", old_text, new_text)
    with pytest.raises(InvalidInput) as caught:
        read_meeting_folder(old.write())
    found = [(each.column, each.fault, each.remedy) for each in caught.value.problems]
    assert found == [(column, fault, remedy)]


def test_unknown_credit_types_are_reported(old: FolderFiles) -> None:
    old.replace("meeting.toml", "[credit.safety]", "[credit.saftey]")
    with pytest.raises(InvalidInput) as caught:
        read_meeting_folder(old.write())
    assert [(each.column, each.fault, each.remedy) for each in caught.value.problems][:2] == [
        ("credit.saftey", "The key 'saftey' is unknown here.", "Did you mean safety?"),
        ("credit.safety", "The key is missing.", "Add it."),
    ]


def test_a_warning_names_the_old_key(old: FolderFiles) -> None:
    old.folder = old.folder.parent / "test24"
    columns = [problem.column for problem in check_folder(old.write()).problems]
    assert columns == ["credit.category1.maximum_hours", "credit.safety.maximum_hours"]


def test_a_column_of_old_folders_may_not_stand_beside_the_new_one(files: FolderFiles) -> None:
    files.replace("sessions.csv", ",credit:safety,", ",category1_hours,")
    with pytest.raises(InvalidInput) as caught:
        read_meeting_folder(files.write())
    assert [str(problem) for problem in caught.value.problems][-1] == (
        "sessions.csv, row 1, category1_hours: The credit is also in the column "
        "credit:category1. Keep one of them."
    )


def test_an_upgraded_folder_is_the_same_meeting_with_its_comments_and_a_copy(
    old: FolderFiles,
) -> None:
    folder = old.write()
    before = {name: (folder / name).read_bytes() for name in ("meeting.toml", "sessions.csv")}
    (folder / "meeting.toml").chmod(0o640)
    meeting = read_meeting_folder(folder)
    plan = plan_upgrade(folder)
    copies = write_upgrade(folder, plan)
    assert read_meeting_folder(folder) == meeting
    assert copies == folder / "before-upgrade"
    assert {file.name: file.read_bytes() for file in copies.iterdir()} == before
    assert stat.S_IMODE((folder / "meeting.toml").stat().st_mode) == 0o640
    text = (folder / "meeting.toml").read_text()
    start = text.index("# The maximum credit.")
    assert text[start : text.index("# Registration types.")] == UPGRADED
    assert "maximum_hours" not in text
    assert plan.changes == (
        "meeting.toml: [credit.category1] and [credit.safety] are now two tables [[credit]]",
        "meeting.toml: the statements of [provider] are now in the first of them",
        "meeting.toml: maximum_hours of registration types is now its registration_maxima",
        "meeting.toml: the professions physician and other are now listed: [[professions]]",
        "sessions.csv: the column category1_hours is now credit:category1",
        "sessions.csv: the column patient_safety_hours is now credit:safety",
    )


UPGRADED = """\
# The maximum credit.
[[credit]]
code = "category1"
label = "Category 1"
name = {one = "AMA PRA Category 1 Credit", many = "AMA PRA Category 1 Credits"}
maximum = 60.75  # from the letter of designation
awarded_to = ["physician"]
participation_for = ["other"]
reported_to = "pars"
registration_maxima = {day = 8}
accreditation_statement = "The Society is accredited."
designation_statement = "The Society designates."

# Part of Category 1.
[[credit]]
code = "safety"
label = "Patient Safety"
name = {one = "Patient Safety", many = "Patient Safety"}
maximum = 17.5
part_of = "category1"
reported_to = "pars"

"""


def test_a_second_upgrade_changes_nothing(old: FolderFiles) -> None:
    folder = old.write()
    write_upgrade(folder, plan_upgrade(folder))
    again = plan_upgrade(folder)
    assert (again.texts, again.changes, write_upgrade(folder, again)) == ({}, (), None)


def test_an_interrupted_upgrade_is_the_same_meeting_and_is_finished_by_the_next(
    old: FolderFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = old.write()
    meeting = read_meeting_folder(folder)
    replaced = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if target == (folder / "sessions.csv").resolve():
            raise OSError("disk full")
        return replaced(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_upgrade(folder, plan_upgrade(folder))
    monkeypatch.undo()
    assert "[[credit]]" in (folder / "meeting.toml").read_text()
    assert "category1_hours" in (folder / "sessions.csv").read_text()
    assert read_meeting_folder(folder) == meeting
    assert write_upgrade(folder, plan_upgrade(folder)) == folder / "before-upgrade"
    assert read_meeting_folder(folder) == meeting


def test_a_copy_is_never_written_over_another(old: FolderFiles) -> None:
    folder = old.write()
    (folder / "before-upgrade").mkdir()
    (folder / "before-upgrade" / "meeting.toml").write_text("of last year")
    write_upgrade(folder, plan_upgrade(folder))
    assert (folder / "before-upgrade" / "meeting.toml").read_text() == "of last year"
    assert (folder / "before-upgrade-2" / "meeting.toml").read_text() == old.texts["meeting.toml"]


@pytest.mark.parametrize(
    "credit",
    [
        'credit.category1 = { label = "1", name = "N", maximum_hours = 60.75 }\n'
        'credit.safety = { label = "S", name = "S", maximum_hours = 17.5 }\n',
        '[credit]\ncategory1.label = "1"\ncategory1.name = "N"\ncategory1.maximum_hours = 60.75\n'
        'safety = { label = "S", name = "S", maximum_hours = 17.5 }\n',
    ],
    ids=["dotted", "one table"],
)
def test_however_the_old_keys_are_written_the_meeting_stays(old: FolderFiles, credit: str) -> None:
    text = old.texts["meeting.toml"]
    start, end = text.index("[credit.category1]"), text.index("# Registration types.")
    rest = text[:start] + text[end:]
    # Keys of the whole file stand before its tables.
    old.texts["meeting.toml"] = rest + credit if credit.startswith("[") else credit + rest
    folder = old.write()
    meeting = read_meeting_folder(folder)
    write_upgrade(folder, plan_upgrade(folder))
    assert read_meeting_folder(folder) == meeting


def test_tables_that_stand_apart_are_upgraded_too(old: FolderFiles) -> None:
    text = old.texts["meeting.toml"]
    start, end = text.index("[credit.safety]"), text.index("# Registration types.")
    old.texts["meeting.toml"] = f"{text[:start]}{text[end:]}\n{text[start:end]}"
    folder = old.write()
    meeting = read_meeting_folder(folder)
    write_upgrade(folder, plan_upgrade(folder))
    assert read_meeting_folder(folder) == meeting


def test_line_ends_stay_as_they_were(old: FolderFiles) -> None:
    for name in ("meeting.toml", "sessions.csv"):
        old.texts[name] = old.texts[name].replace("\n", "\r\n")
    folder = old.folder
    folder.mkdir(exist_ok=True)
    for name, text in old.texts.items():
        (folder / name).write_bytes(text.encode())
    write_upgrade(folder, plan_upgrade(folder))
    for name in ("meeting.toml", "sessions.csv"):
        content = (folder / name).read_bytes()
        assert content.count(b"\r\n") == content.count(b"\n")


def test_an_upgrade_that_would_change_the_meeting_is_refused(
    old: FolderFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = old.write()
    changed = upgrade._upgraded_settings  # the fault cannot be had otherwise

    def wrong(text: str) -> str:
        return changed(text).replace("maximum = 60.75", "maximum = 60.5")

    monkeypatch.setattr(upgrade, "_upgraded_settings", wrong)
    with pytest.raises(upgrade.UpgradeChangesMeeting):
        plan_upgrade(folder)


def test_a_folder_with_faults_is_not_upgraded(old: FolderFiles) -> None:
    old.replace("meeting.toml", "maximum_hours = 60.75", "maximum_hours = 60.8")
    with pytest.raises(InvalidInput):
        plan_upgrade(old.write())


def test_the_demo_meeting_was_upgraded(tmp_path: Path) -> None:
    """The upgraded demo has no old key; an upgrade of it changes nothing."""
    folder = Path(shutil.copytree("meetings/pstm24", tmp_path / "pstm24"))
    assert plan_upgrade(folder).texts == {}
