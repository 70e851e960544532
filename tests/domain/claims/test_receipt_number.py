import secrets

import pytest

from cme_reflex.domain.claims.receipt_number import (
    ALPHABET,
    canonical_receipt_number,
    generate_receipt_number,
)


def test_a_number_has_the_meetings_name_and_eight_random_characters() -> None:
    drawn = iter("7KQMX4WD")
    assert generate_receipt_number("pstm 24", lambda _: next(drawn)) == "PSTM24-7KQM-X4WD"
    assert len({generate_receipt_number("x", secrets.choice) for _ in range(1_000)}) == 1_000
    assert len(set(ALPHABET)) ** 8 > 2**39


@pytest.mark.parametrize(
    "typed",
    [
        "PSTM24-7KQM-X4WD",
        "pstm24-7kqm-x4wd",
        "  PSTM24 7KQM X4WD ",
        "PSTM247KQMX4WD",
        "PSTM24–7KQM—X4WD",
        "pstm24 - 7kqm.x4wd",
    ],
)
def test_case_spaces_and_dashes_do_not_matter(typed: str) -> None:
    assert canonical_receipt_number(typed) == "PSTM24-7KQM-X4WD"


@pytest.mark.parametrize(
    "typed", ["", "PSTM24", "7KQM-X4WD", "PSTM24-7KQM-X4W0", "PSTM24-7KQM-X4WÉ", "P" * 90, "\0" * 9]
)
def test_an_invalid_number_has_no_canonical_form(typed: str) -> None:
    assert canonical_receipt_number(typed) is None


def test_eighty_signs_are_read_and_no_more() -> None:
    typed = "PSTM24-7KQM-X4WD"
    assert canonical_receipt_number(typed.ljust(80)) == typed
    assert canonical_receipt_number(typed.ljust(81)) is None


@pytest.mark.parametrize("meeting", ["PSTM24", "acs-2025", "Ένα 1", "24"])
def test_every_number_that_is_made_is_found_again(meeting: str) -> None:
    number = generate_receipt_number(meeting, secrets.choice)
    assert canonical_receipt_number(number.lower()) == number
