import pytest

from cme_reflex.formats.meeting_folder.credit import identifier_pattern
from cme_reflex.formats.meeting_folder.credit.identifier_pattern import InvalidPattern
from cme_reflex.formats.meeting_folder.sessions_csv import MAX_IDENTIFIER


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "(a*)*b", "a*" * 30 + "b", "(.*a){20}b"])
def test_no_pattern_takes_more_time_than_an_identifier_is_long(pattern: str) -> None:
    """A matcher that tries one way after the other would not end in this test's time."""
    assert not identifier_pattern.matches(pattern, "a" * MAX_IDENTIFIER)


@pytest.mark.parametrize(
    ("pattern", "identifier", "fits"),
    [
        ("[0-9]{4}-P", "1234-P", True),
        ("[0-9]{4}-P", "1234-P ", False),
        ("[0-9]{4}-P", "x1234-P", False),
        ("Ü+", "ÜÜ", True),
        ("a|ab", "ab", True),
    ],
)
def test_the_whole_identifier_has_to_match(pattern: str, identifier: str, fits: bool) -> None:
    assert identifier_pattern.matches(pattern, identifier) is fits


@pytest.mark.parametrize(
    "pattern",
    ["[0-9", r"(a)\1", "(?=a)a", "(?<!a)b", "(a{1000}){1000}", "a{1001}", "(a{90}){90}{9}"],
)
def test_a_pattern_that_needs_more_is_rejected(pattern: str) -> None:
    with pytest.raises(InvalidPattern):
        identifier_pattern.check(pattern)
