"""[[credit]] and [[professions]]: their values, and every contradiction with its place."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from cme_reflex.domain.credit.credit_type import (
    Amount,
    CreditStatements,
    CreditType,
    Need,
    Partial,
    Receiver,
    Rounding,
)
from cme_reflex.domain.meetings.meeting import Profession, ProfessionBy
from cme_reflex.formats.input_problems import InvalidInput
from cme_reflex.formats.meeting_folder.meeting_toml import read_meeting
from tests.support.files.folder_files import FolderFiles

FULL = """
[[credit]]
code = "acpe"
label = "Pharmacy"
name = { one = "CEU", many = "CEUs" }
accreditor = "ACPE"
minutes_per_unit = 50
increment = 0.5
rounding = "down"
minimum = 25
partial = "whole session"
display_divisor = 10
from_duration = false
maximum = 20
daily_maximum = 8.5
registration_maxima = { day = 6.5 }
awarded_to = ["physician"]
participation_for = ["other"]
needs = "session evaluation"
opens_at = 2024-09-27T08:00:00
closes_at = 2024-11-30T23:59:00-08:00
accreditation_statement = "Accredited by ACPE."
designation_statement = "Designated by ACPE."
award = "is awarded"
participation = "took part"
provider_number = "1234"
identifier_label = "UAN"
identifier_pattern = "[0-9]{4}-P"
reported_to = "cpe_monitor"
"""


def found_problems(files: FolderFiles) -> list[tuple[str | None, str, str]]:
    with pytest.raises(InvalidInput) as caught:
        read_meeting(files.write() / "meeting.toml")
    return [(each.column, each.fault, each.remedy) for each in caught.value.problems]


def added(**keys: Any) -> str:
    """One more credit type, with these keys in TOML beside those that it needs."""
    written = {"code": '"x"', "label": '"X"', "name": '{ one = "X", many = "Xs" }'} | keys
    return "\n[[credit]]\n" + "".join(f"{key} = {value}\n" for key, value in written.items())


def test_every_key_of_a_credit_type_is_read(files: FolderFiles) -> None:
    files.texts["meeting.toml"] += FULL
    assert read_meeting(files.write() / "meeting.toml").credit_types[2] == CreditType(
        code="acpe",
        label="Pharmacy",
        name_one="CEU",
        name_many="CEUs",
        accreditor="ACPE",
        minutes_per_unit=50,
        increment=Fraction(1, 2),
        rounding=Rounding.DOWN,
        minimum=25,
        partial=Partial.WHOLE_SESSION,
        display_divisor=10,
        from_duration=False,
        maximum=Amount(40),
        daily_maximum=Amount(17),
        registration_maxima={"day": Amount(13)},
        awarded_to=frozenset({"physician"}),
        participation_for=frozenset({"other"}),
        needs=Need.SESSION_EVALUATION,
        opens_at=datetime(2024, 9, 27, 15, tzinfo=UTC),
        closes_at=datetime(2024, 12, 1, 7, 59, tzinfo=UTC),
        statements=CreditStatements(
            accreditation="Accredited by ACPE.",
            designation="Designated by ACPE.",
            award="is awarded",
            participation="took part",
        ),
        provider_number="1234",
        identifier_label="UAN",
        identifier_pattern="[0-9]{4}-P",
        reported_to=Receiver.CPE_MONITOR,
    )


def test_a_credit_type_has_the_usual_values_where_its_table_is_silent(files: FolderFiles) -> None:
    files.texts["meeting.toml"] += added(awarded_to='["physician"]')
    assert read_meeting(files.write() / "meeting.toml").credit_types[2] == CreditType(
        code="x",
        label="X",
        name_one="X",
        name_many="Xs",
        awarded_to=frozenset({"physician"}),
    )


def test_professions_have_degrees_and_say_who_corrects_them(files: FolderFiles) -> None:
    files.replace("meeting.toml", "[provider]", 'profession_by = "registration"\n\n[provider]')
    meeting = read_meeting(files.write() / "meeting.toml")
    assert meeting.profession_by is ProfessionBy.REGISTRATION
    assert meeting.professions == (
        Profession(code="physician", label="Physician (MD or DO)", degrees=("MD", "DO")),
        Profession(code="other", label="Other profession"),
    )


def test_a_unit_of_fifty_minutes_in_quarters_is_right(files: FolderFiles) -> None:
    files.texts["meeting.toml"] += added(minutes_per_unit=50, awarded_to='["physician"]')
    cope = read_meeting(files.write() / "meeting.toml").credit_types[2]
    assert cope.minutes_per_increment == Fraction(25, 2)


PHYSICIANS = {"awarded_to": '["physician"]'}


@pytest.mark.parametrize(
    ("table", "column", "fault", "remedy"),
    [
        (
            added(code='"AMA 1"', **PHYSICIANS),
            "credit[3].code",
            "'AMA 1' is not a code.",
            "Use up to 32 lowercase letters, digits and hyphens, such as ama-pra-1.",
        ),
        (
            added(code='"safety"', **PHYSICIANS),
            "credit",
            "Two credit types have the code 'safety'.",
            "Make each code unique.",
        ),
        (
            added(name='"X"', **PHYSICIANS),
            "credit[3].name",
            "A name has two forms: for exactly one, and for any other number.",
            'Write it as { one = "Credit", many = "Credits" }.',
        ),
        (
            added(name='{ one = "X" }', **PHYSICIANS),
            "credit[3].name.many",
            "The key is missing.",
            "Add it.",
        ),
        (
            added(maximun=8, **PHYSICIANS),
            "credit[3].maximun",
            "The key 'maximun' is unknown here.",
            "Did you mean maximum?",
        ),
        (
            added(increment=0.4, **PHYSICIANS),
            "credit[3].increment",
            "One unit is no whole number of increments of 0.4.",
            "Use an increment such as 0.25, 0.5 or 1.",
        ),
        (
            added(increment=0, **PHYSICIANS),
            "credit[3].increment",
            "One unit is no whole number of increments of 0.",
            "Use an increment such as 0.25, 0.5 or 1.",
        ),
        (
            added(minutes_per_unit=0, **PHYSICIANS),
            "credit[3].minutes_per_unit",
            "0 is not a number from 1 to 10,000.",
            "Correct it.",
        ),
        (
            added(minimum=-1, **PHYSICIANS),
            "credit[3].minimum",
            "-1 is not a number of minutes from 0 to 1,440.",
            "Correct it.",
        ),
        (
            added(rounding='"up"', **PHYSICIANS),
            "credit[3].rounding",
            "'up' is not known here.",
            "Write 'nearest' or 'down'.",
        ),
        (
            added(maximum=10.3, **PHYSICIANS),
            "credit[3].maximum",
            "'10.3' is not an amount of X.",
            "Use a multiple of 0.25, such as 1.25.",
        ),
        (
            added(maximum=0, **PHYSICIANS),
            "credit[3].maximum",
            "The maximum is 0, so nobody could claim this credit.",
            "Correct it, or leave it out.",
        ),
        (
            added(daily_maximum=8.25, increment=0.5, **PHYSICIANS),
            "credit[3].daily_maximum",
            "'8.25' is not an amount of X.",
            "Use a multiple of 0.5, such as 2.5.",
        ),
        (
            added(registration_maxima="{ day = 1.1 }", **PHYSICIANS),
            "credit[3].registration_maxima.day",
            "'1.1' is not an amount of X.",
            "Use a multiple of 0.25, such as 1.25.",
        ),
        (
            added(registration_maxima="{ dya = 1 }", **PHYSICIANS),
            "credit[3].registration_maxima.dya",
            "There is no registration type 'dya'.",
            "Did you mean day?",
        ),
        (
            added(identifier_pattern='"[0-9"', **PHYSICIANS),
            "credit[3].identifier_pattern",
            "This is not a regular expression: missing ]: [0-9.",
            "Correct it.",
        ),
        (
            added(needs='"attendance record"', **PHYSICIANS),
            "credit[3].needs",
            "Attendance records cannot be loaded yet, so nobody could claim this credit.",
            "Leave needs out, or choose an evaluation; attendees attest their presence.",
        ),
        (
            added(part_of='"category"'),
            "credit[3].part_of",
            "There is no credit type 'category'.",
            "Did you mean category1?",
        ),
        (
            added(part_of='"x"'),
            "credit[3].part_of",
            "This is a circle: x is part of x.",
            "Leave out part_of in the type that is not part of another.",
        ),
        (
            added(part_of='"safety"'),
            "credit[3].part_of",
            "'safety' is itself part of 'category1'.",
            "Write category1, or leave part_of out.",
        ),
        (
            added(part_of='"category1"', maximum=61),
            "credit[3].maximum",
            "It is part of 'category1', whose maximum is 60.75.",
            "Lower it.",
        ),
        (
            added(part_of='"category1"', registration_maxima="{ day = 8.25 }"),
            "credit[3].registration_maxima.day",
            "'category1', of which it is part, has 8.00.",
            "Lower it.",
        ),
        (
            added(part_of='"category1"', minutes_per_unit=50),
            "credit[3].minutes_per_unit",
            "50 is not that of 'category1', 60.",
            "A subset is measured as its whole is.",
        ),
        (
            added(part_of='"category1"', increment=0.5),
            "credit[3].increment",
            "0.5 is not that of 'category1', 0.25.",
            "A subset is measured as its whole is.",
        ),
        (
            added(reported_to='"pars"', **PHYSICIANS),
            "credit[3].reported_to",
            "'category1' is reported to PARS, which takes one credit type.",
            "Leave it out in one.",
        ),
        (
            added(part_of='"category1"', display_divisor=10, reported_to='"pars"'),
            "credit[3].reported_to",
            "PARS takes credits, and this is shown divided by 10.",
            "Leave display_divisor out, or reported_to.",
        ),
        (
            added(),
            "credit[3].awarded_to",
            "It is offered to no profession.",
            'Add professions, such as awarded_to = ["physician"].',
        ),
        (
            added(awarded_to='["phisician"]'),
            "credit[3].awarded_to",
            "There is no profession 'phisician'.",
            "Did you mean physician?",
        ),
        (
            added(awarded_to='["other"]', participation_for='["other"]'),
            "credit[3].participation_for",
            "'other' is also under awarded_to.",
            "Keep it in one of them.",
        ),
        (
            added(closes_at="2024-09-26T08:00:00", **PHYSICIANS),
            "credit[3].closes_at",
            "It closes before it opens.",
            "Check opens_at and closes_at.",
        ),
        (
            added(opens_at="2024-11-03T01:30:00", **PHYSICIANS),
            "credit[3].opens_at",
            "The clocks of America/Los_Angeles change at 2024-11-03T01:30:00.",
            "Write it with its offset, such as 2024-11-03T01:30:00-06:00.",
        ),
        (
            '\n[[professions]]\ncode = "nurse"\nlabel = "Nurse"\n',
            "professions[3]",
            "No credit type is for 'nurse'.",
            "Add it to awarded_to or participation_for of a credit type, or remove it.",
        ),
        (
            '\n[[professions]]\ncode = "other"\nlabel = "Again"\n',
            "professions",
            "Two professions have the code 'other'.",
            "Make each code unique.",
        ),
    ],
)
def test_a_contradiction_is_a_fault_with_its_place(
    files: FolderFiles, table: str, column: str, fault: str, remedy: str
) -> None:
    files.texts["meeting.toml"] += table
    assert found_problems(files) == [(column, fault, remedy)]


@pytest.mark.parametrize("maximum", ["true", "nan", "inf", "1e999999999", "-1", "60.3333333"])
def test_a_maximum_is_a_plain_number(files: FolderFiles, maximum: str) -> None:
    files.replace("meeting.toml", "maximum = 17.5", f"maximum = {maximum}")
    [(column, _, remedy)] = found_problems(files)
    assert (column, remedy) == ("credit[2].maximum", "Write a number, such as 60.75.")


def test_a_circle_of_two_types_is_reported_in_both(files: FolderFiles) -> None:
    files.replace("meeting.toml", 'label = "Category 1"', 'label = "1"\npart_of = "safety"')
    found = [(column, fault) for column, fault, _ in found_problems(files)]
    assert found == [
        ("credit", "There is no credit type that is not part of another."),
        (
            "credit[1].part_of",
            "This is a circle: category1 is part of safety is part of category1.",
        ),
        (
            "credit[2].part_of",
            "This is a circle: safety is part of category1 is part of safety.",
        ),
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "registration_maxima = { day = 8 }\n",
            "registration_maxima = { day = 8 }\nincrement = 0.1\n",
            "PARS takes multiples of 0.25, and the increment is 0.1.",
        ),
    ],
)
def test_pars_takes_quarters_of_a_credit(
    files: FolderFiles, old: str, new: str, fault: str
) -> None:
    files.replace("meeting.toml", old, new).replace("meeting.toml", "60.75", "60.7")
    files.replace("meeting.toml", 'part_of = "category1"', 'part_of = "category1"\nincrement = 0.1')
    assert found_problems(files) == [
        (
            "credit[1].reported_to",
            fault,
            "Change the increment, or leave reported_to out.",
        )
    ]


def test_pars_takes_a_subset_only_with_its_primary_type(files: FolderFiles) -> None:
    files.replace("meeting.toml", 'reported_to = "pars"\naccred', "accred")
    assert found_problems(files) == [
        (
            "credit[2].reported_to",
            "PARS takes it only as part of 'category1', which is not reported.",
            'Write reported_to = "pars" there as well, or leave it out here.',
        )
    ]


def test_a_subset_is_offered_only_with_its_primary_type(files: FolderFiles) -> None:
    files.replace("meeting.toml", 'participation_for = ["other"]\n', "")
    files.texts["meeting.toml"] += added(awarded_to='["other"]')
    files.replace("meeting.toml", "maximum = 17.5", 'maximum = 17.5\nawarded_to = ["other"]')
    assert found_problems(files) == [
        (
            "credit[2].awarded_to",
            "'category1', of which it is part, is not offered to 'other'.",
            "Remove it, or add it there as well.",
        )
    ]


def test_a_degree_means_one_profession(files: FolderFiles) -> None:
    files.replace("meeting.toml", 'label = "Other profession"', 'label = "O"\ndegrees = ["do"]')
    assert found_problems(files) == [
        ("professions", "Two professions have the degree 'do'.", "Make each degree unique.")
    ]


@pytest.mark.parametrize(
    ("credit", "fault"),
    [
        ("", "The key is missing."),
        ("credit = 3\n", "This is not a list of tables."),
        ("credit = [3]\n", "This is not a table."),
    ],
)
def test_a_meeting_needs_credit_types(files: FolderFiles, credit: str, fault: str) -> None:
    text = files.texts["meeting.toml"]
    start, end = text.index("[[credit]]"), text.index("[[registration_types]]")
    files.texts["meeting.toml"] = credit + text[:start] + text[end:]
    [(column, found, remedy)] = found_problems(files)
    assert (column, found) == ("credit[1]" if "[3]" in credit else "credit", fault)
    assert remedy == "Begin each credit type with [[credit]]."


def test_a_maximum_of_a_registration_type_stands_in_its_credit_type(files: FolderFiles) -> None:
    files.replace("meeting.toml", 'label = "One day"', 'label = "One day"\nmaximum_hours = 8')
    assert found_problems(files) == [
        (
            "registration_types[2].maximum_hours",
            "A registration type's maximum belongs to a credit type.",
            "Write it under [[credit]] as registration_maxima = { CODE = 2.00 }.",
        )
    ]


def test_names_of_the_code_are_no_keys(files: FolderFiles) -> None:
    files.replace("meeting.toml", "[provider]", "credit_types = []\n\n[provider]")
    assert found_problems(files) == [
        ("credit_types", "The key 'credit_types' is unknown here.", "Did you mean credit?")
    ]
