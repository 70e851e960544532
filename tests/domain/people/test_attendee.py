from typing import Any

import pytest

from cme_reflex.domain.people.attendee import Attendee
from cme_reflex.domain.people.names import InvalidName, NameFault


def attendee(*, suffix: str = "", **more: Any) -> Attendee:
    return Attendee(
        id=1,
        last_name="Núñez",
        first_name="Kim",
        suffix=suffix,
        badge="101",
        is_physician=True,
        registration_type="full",
        **more,
    )


def test_a_name_is_first_last_and_suffix_where_there_is_one() -> None:
    assert [attendee(suffix=suffix).name for suffix in ("", "Jr")] == ["Kim Núñez", "Kim Núñez Jr"]


def test_the_certificate_bears_the_name_that_was_entered_and_else_the_registered_one() -> None:
    registered, corrected = attendee(), attendee(entered_name="K. Núñez")
    assert (registered.entered_name, registered.name_on_certificate) == (None, "Kim Núñez")
    assert corrected.name_on_certificate == "K. Núñez"


def test_an_emptied_name_is_not_the_registered_one() -> None:
    assert attendee(entered_name="").name_on_certificate == ""


@pytest.mark.parametrize(
    ("entered", "unprintable", "invalid"),
    [
        (None, "", None),
        ("Kim Núñez, MD", "", None),
        ("", "", InvalidName(NameFault.EMPTY)),
        ("=SUM(A1)", "", InvalidName(NameFault.FORBIDDEN_CHARACTERS, "=1")),
        ("Kim 𓂀", "𓂀", InvalidName(NameFault.UNPRINTABLE, "𓂀")),
        (None, "𓂀", InvalidName(NameFault.UNPRINTABLE, "𓂀")),
    ],
)
def test_the_certificate_bears_a_name_that_is_one_and_that_can_be_printed(
    entered: str | None, unprintable: str, invalid: InvalidName | None
) -> None:
    assert attendee(entered_name=entered).check_certificate_name(unprintable) == invalid


def test_a_registered_name_that_is_none_was_the_staffs_choice() -> None:
    assert attendee(suffix="3rd").check_certificate_name("") is None
