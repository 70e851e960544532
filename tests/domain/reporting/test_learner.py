import pytest

from cme_reflex.domain.reporting.learner import (
    STATES,
    FieldFault,
    InvalidLearner,
    Learner,
    faults_so_far,
    is_npi,
    parse_learner,
)

BOARDS = ("ABS", "ABOS")
GIVEN: dict[str, object] = {
    "first_name": " Elena ",
    "last_name": "Rivera",
    "birth_month": "2",
    "birth_day": "29",
    "state": "California",
    "licence_id": "",
    "npi": "1234567893",
    "board": "ABS",
    "board_id": "998",
}


def test_valid_fields_are_parsed_with_normalized_spaces() -> None:
    assert parse_learner(GIVEN, BOARDS) == Learner(
        first_name="Elena",
        last_name="Rivera",
        birth_month=2,
        birth_day=29,
        state="California",
        npi="1234567893",
        board="ABS",
        board_id="998",
    )


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"first_name": ""}, {"first_name": FieldFault.MISSING}),
        ({"last_name": " "}, {"last_name": FieldFault.MISSING}),
        ({"state": ""}, {"state": FieldFault.MISSING}),
        ({"birth_day": ""}, {"birth_day": FieldFault.MISSING}),
        ({"birth_month": ""}, {"birth_month": FieldFault.MISSING}),
        ({"birth_day": "0"}, {"birth_day": FieldFault.NO_SUCH_DAY}),
        ({"birth_day": "30"}, {"birth_day": FieldFault.NO_SUCH_DAY}),
        ({"birth_day": "029"}, {"birth_day": FieldFault.NO_SUCH_DAY}),
        ({"birth_month": "0"}, {"birth_month": FieldFault.NO_SUCH_DAY}),
        ({"birth_month": "4", "birth_day": "31"}, {"birth_day": FieldFault.NO_SUCH_DAY}),
        ({"birth_month": "13"}, {"birth_month": FieldFault.NO_SUCH_DAY}),
        ({"birth_month": "²"}, {"birth_month": FieldFault.NO_SUCH_DAY}),
        (
            {"birth_month": "", "birth_day": ""},
            dict.fromkeys(("birth_month", "birth_day"), FieldFault.MISSING),
        ),
        ({"state": "CA"}, {"state": FieldFault.NO_SUCH_STATE}),
        ({"npi": ""}, {"licence_id": FieldFault.LICENCE_OR_NPI}),
        ({"npi": "1234567890"}, {"npi": FieldFault.NOT_AN_NPI}),
        ({"board": "ABPS"}, {"board": FieldFault.NO_SUCH_BOARD}),
        ({"board_id": ""}, {"board_id": FieldFault.BOARD_ID_MISSING}),
        ({"licence_id": "x" * 61}, {"licence_id": FieldFault.TOO_LONG}),
        ({"last_name": "Ri\0vera"}, {"last_name": FieldFault.TOO_LONG}),
    ],
)
def test_every_field_that_pars_would_reject_is_reported(
    change: dict[str, object], faults: dict[str, FieldFault]
) -> None:
    with pytest.raises(InvalidLearner) as refused:
        parse_learner(GIVEN | change, BOARDS)
    assert refused.value.faults == faults


@pytest.mark.parametrize(("month", "day"), [(1, 1), (1, 31), (2, 29), (12, 1), (12, 31)])
def test_a_birthday_is_any_day_of_a_leap_year(month: int, day: int) -> None:
    born = parse_learner(GIVEN | {"birth_month": str(month), "birth_day": f"{day:02}"}, BOARDS)
    assert (born.birth_month, born.birth_day) == (month, day)


def test_a_field_has_up_to_sixty_characters_with_single_spaces() -> None:
    given = GIVEN | {"first_name": "x" * 60, "last_name": " de \t la   Cruz"}
    named = parse_learner(given, BOARDS)
    assert (named.first_name, named.last_name) == ("x" * 60, "de la Cruz")


def test_the_error_message_names_each_field_and_its_fault() -> None:
    faults = {"npi": FieldFault.NOT_AN_NPI, "state": FieldFault.NO_SUCH_STATE}
    assert str(InvalidLearner(faults)) == "npi: not_an_npi, state: no_such_state"


# As the postal service abbreviates them, which tells a state from its misspelling.
POSTAL = """
AL Alabama, AK Alaska, AS American Samoa, AZ Arizona, AR Arkansas, CA California, CO Colorado,
CT Connecticut, DE Delaware, DC District of Columbia, FL Florida, GA Georgia, GU Guam, HI Hawaii,
ID Idaho, IL Illinois, IN Indiana, IA Iowa, KS Kansas, KY Kentucky, LA Louisiana, ME Maine,
MD Maryland, MA Massachusetts, MI Michigan, MN Minnesota, MS Mississippi, MO Missouri, MT Montana,
NE Nebraska, NV Nevada, NH New Hampshire, NJ New Jersey, NM New Mexico, NY New York,
NC North Carolina, ND North Dakota, MP Northern Mariana Islands, OH Ohio, OK Oklahoma, OR Oregon,
PA Pennsylvania, PR Puerto Rico, RI Rhode Island, SC South Carolina, SD South Dakota, TN Tennessee,
TX Texas, VI U.S. Virgin Islands, UT Utah, VT Vermont, VA Virginia, WA Washington,
WV West Virginia, WI Wisconsin, WY Wyoming
"""


def test_a_licence_is_from_a_state_the_capitals_district_or_one_of_five_territories() -> None:
    names = [" ".join(place.split()[1:]) for place in POSTAL.split(",")]
    assert list(STATES) == sorted(names)
    assert len(names) == 50 + 1 + 5


@pytest.mark.parametrize(
    ("typed", "faults"),
    [
        ({}, {}),
        ({"birth_month": "2"}, {}),
        ({"birth_month": "2", "birth_day": "30"}, {"birth_day": FieldFault.NO_SUCH_DAY}),
        ({"birth_month": "2", "birth_day": "29"}, {}),
        ({"licence_id": ""}, {}),
        ({"licence_id": "", "npi": ""}, {"licence_id": FieldFault.LICENCE_OR_NPI}),
        ({"licence_id": "", "npi": "1234567890"}, {"npi": FieldFault.NOT_AN_NPI}),
        ({"licence_id": "", "npi": "1234567893"}, {}),
        ({"board": "ABS"}, {}),
        ({"board": "ABS", "board_id": ""}, {"board_id": FieldFault.BOARD_ID_MISSING}),
        ({"state": ""}, {"state": FieldFault.MISSING}),
        ({"first_name": "=Kim"}, {"first_name": FieldFault.FORMULA}),
    ],
)
def test_a_field_that_was_not_reached_yet_is_not_missing(
    typed: dict[str, str], faults: dict[str, FieldFault]
) -> None:
    assert faults_so_far(typed, set(typed), BOARDS) == faults


@pytest.mark.parametrize("sign", list("=+-@|＝＋－＠｜﹢"))
def test_a_formula_is_rejected(sign: str) -> None:
    names = ("first_name", "last_name", "licence_id", "board_id")
    with pytest.raises(InvalidLearner) as refused:
        parse_learner(GIVEN | dict.fromkeys(names, f"{sign}1"), BOARDS)
    assert refused.value.faults == dict.fromkeys(names, FieldFault.FORMULA)
    assert parse_learner(GIVEN | {"last_name": "'t Hooft"}, BOARDS).last_name == "'t Hooft"


def test_a_licence_serves_where_there_is_no_npi() -> None:
    assert parse_learner(GIVEN | {"npi": "", "licence_id": "A-77"}, BOARDS).licence_id == "A-77"


@pytest.mark.parametrize("number", ["1234567893", "1245319599"])
def test_an_npi_has_the_check_digit_of_its_prefix(number: str) -> None:
    assert is_npi(number)


@pytest.mark.parametrize(
    "number", ["1234567894", "123456789", "12345678931", "１２３４５６７８９３", ""]
)
def test_other_numbers_are_no_npi(number: str) -> None:
    assert not is_npi(number)
