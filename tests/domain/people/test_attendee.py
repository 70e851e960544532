from typing import Any

import pytest

from cme_reflex.domain.people.attendee import (
    Attendee,
    InvalidName,
    UnprintableName,
    normalize_certificate_name,
)


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


def test_the_certificate_bears_the_corrected_name_and_else_the_registered_one() -> None:
    registered, corrected = attendee(), attendee(corrected_name="K. Núñez")
    assert (registered.corrected_name, registered.name_on_certificate) == (None, "Kim Núñez")
    assert corrected.name_on_certificate == "K. Núñez"


@pytest.mark.parametrize(
    ("typed", "name"), [("  Kim \t\n Núñez ", "Kim Núñez"), ("x" * 120, "x" * 120), ("李", "李")]
)
def test_a_name_is_normalized_to_single_spaces(typed: str, name: str) -> None:
    assert normalize_certificate_name(typed) == name


@pytest.mark.parametrize("typed", ["", " \n ", "x" * 121, "Kim\0", "Kim\u202e"])
def test_an_unprintable_name_is_rejected(typed: str) -> None:
    with pytest.raises(InvalidName) as refused:
        normalize_certificate_name(typed)
    assert refused.value.args == (typed,)


def test_a_name_that_the_font_lacks_is_refused_with_its_characters() -> None:
    refused = UnprintableName("李王")
    assert isinstance(refused, InvalidName)
    assert (refused.characters, str(refused)) == ("李王", "李王")
