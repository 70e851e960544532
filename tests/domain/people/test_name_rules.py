"""What a person's name may hold, and which names are another than the registered one."""

import csv
from typing import Any

import pytest

from cme_reflex.domain.people.names import (
    InvalidName,
    NameFault,
    RegisteredName,
    check_name,
    differs_beyond_spelling,
    full_name,
    normalize_name,
)
from cme_reflex.settings import ROOT


def forbidden(characters: str) -> InvalidName:
    return InvalidName(NameFault.FORBIDDEN_CHARACTERS, characters)


def test_every_registered_name_of_the_demo_is_a_name() -> None:
    with (ROOT / "meetings/pstm24/attendees.csv").open(encoding="utf-8-sig", newline="") as file:
        names = [
            full_name(row["first_name"], row["last_name"], row["suffix"])
            for row in csv.DictReader(file)
        ]
    assert len(names) == 500
    assert [name for name in names if check_name(name)] == []


@pytest.mark.parametrize(
    "name",
    [
        "Kim O'Brien-Núñez, Jr., MD",
        "Kim O’Brien (Rivera) / Eze",
        "Dr.med. J.R.R. St.John",
        "Ph.D. M.Sc. Kim",
        "יונתן בן־דוד, MD",
        "צ׳ארלס ע״ה",
        "زهرا حسینی\u200cنژاد",
        "ශ්\u200dරී ලංකා",
        "क्\u200dषमा",
        "Gal·la Anne\u2010Marie Jean\u2011Luc",
        "マリア・スミス",
        "Olúfẹ́mi Wanjiru",
        "ʻAkahi Kaʻōpua",
        "x" * 120,
    ],
)
def test_names_of_the_world_are_names(name: str) -> None:
    assert check_name(name) is None


@pytest.mark.parametrize(
    ("text", "invalid"),
    [
        ("", InvalidName(NameFault.EMPTY)),
        ("-", InvalidName(NameFault.EMPTY)),
        ("x" * 121, InvalidName(NameFault.TOO_LONG)),
        ('=HYPERLINK("http://evil.example","x")', forbidden('=":')),
        ("Kim Rivera 3", forbidden("3")),
        ("12", forbidden("12")),
        ("Kim\u202eRivera", forbidden("\u202e")),
        ("Kim\u200bRivera", forbidden("\u200b")),
        ("Kim\tRivera", forbidden("\t")),
        ("\u200dKim", forbidden("\u200d")),
        ("Kim \u200cRivera", forbidden("\u200c")),
        ("Kim\u200d", forbidden("\u200d")),
        ("\u0301Kim", forbidden("\u0301")),
        ("Kim 😀 <b>", forbidden("😀<>")),
        ("kim@example.org", forbidden("@")),
        ("Kim//evil", InvalidName(NameFault.WEB_ADDRESS)),
        ("See www.evil.example", InvalidName(NameFault.WEB_ADDRESS)),
        ("bit.ly/kim", InvalidName(NameFault.WEB_ADDRESS)),
        ("Kim Evil.Com", InvalidName(NameFault.WEB_ADDRESS)),
        ("Ann evil.io", InvalidName(NameFault.WEB_ADDRESS)),
        ("Ann T.CO", InvalidName(NameFault.WEB_ADDRESS)),
        ("Ann bit.ly, MD", InvalidName(NameFault.WEB_ADDRESS)),
        ("évil.health Kim", InvalidName(NameFault.WEB_ADDRESS)),
    ],
)
def test_what_is_no_name_is_told_with_its_cause(text: str, invalid: InvalidName) -> None:
    assert check_name(text) == invalid


def test_a_name_is_normalized_to_single_spaces_and_composed_letters() -> None:
    assert normalize_name("  Kim \t\n Nu\u0301n\u0303ez\u3000MD ") == "Kim Núñez MD"


@pytest.mark.parametrize(
    ("first_name", "last_name", "name"),
    [
        ("Kim", "Núñez", "KIM NUNEZ"),
        ("Kim", "O'Brien-Núñez", "Kim OBrien Nunez"),
        ("Kim", "O'Brien-Núñez", "Kim O’Briennúñez"),
        ("Kim", "Núñez", "Núñez, Kim"),
        ("Kim", "Núñez", "Dr. Kim Núñez Jr., M.D., Ph.D., FACS"),
        ("Kim", "Núñez", "Kim Núñez, FAAP, FCCP"),
        ("Kim", "Núñez", "Kim A. Núñez"),
        ("Kim", "Núñez", "Kim J.R. Núñez"),
        ("Kim A.", "Núñez", "Kim Núñez"),
        ("Thi", "Do", "Thi Do, MD"),
        ("Kim", "O", "Kim O"),
        ("Mary Ann", "St. John", "Maryann St.John"),
        ("晓明", "王", "王晓明"),
        ("晓明", "王", "王 晓明"),
        ("Anna Maria", "de la Cruz", "Maria Anna De La Cruz"),
    ],
)
def test_spelling_order_and_credentials_change_no_name(
    first_name: str, last_name: str, name: str
) -> None:
    assert not differs_beyond_spelling(name, first_name=first_name, last_name=last_name)


@pytest.mark.parametrize(
    ("first_name", "last_name", "name"),
    [
        ("Kim", "Núñez", "Patrick Núñez"),
        ("Kim", "Núñez", "Kim Eze"),
        ("Kim", "Núñez", "K. Núñez"),
        ("Kim", "Núñez", "Kim Maria Núñez"),
        ("Ronald", "Smith", "Arnold Smith"),
        ("晓明", "王", "李 晓明"),
        ("晓明", "王", "Xiaoming Wang"),
        ("Thi", "Do", "Thi Le"),
        ("Kim", "Núñez", "Kim, PATRICK"),
    ],
)
def test_another_given_or_family_name_is_another_name(
    first_name: str, last_name: str, name: str
) -> None:
    assert differs_beyond_spelling(name, first_name=first_name, last_name=last_name)


def kim(**more: Any) -> RegisteredName:
    return RegisteredName(first_name="Kim", last_name="Núñez", **more)


def test_a_name_is_first_last_and_suffix_where_there_is_one() -> None:
    assert [kim(suffix=suffix).name for suffix in ("", "Jr")] == ["Kim Núñez", "Kim Núñez Jr"]


def test_the_certificate_bears_the_name_that_was_entered_and_else_the_registered_one() -> None:
    assert kim(suffix="").name_on_certificate == "Kim Núñez"
    assert kim(suffix="", entered_name="K. Núñez").name_on_certificate == "K. Núñez"
    assert kim(suffix="", entered_name="").name_on_certificate == ""


@pytest.mark.parametrize(
    ("entered", "unprintable", "invalid"),
    [
        (None, "", None),  # as registered
        ("Kim Núñez, MD", "", None),
        ("", "", InvalidName(NameFault.EMPTY)),
        ("=SUM(A1)", "", forbidden("=1")),
        ("Kim 𓂀", "𓂀", InvalidName(NameFault.UNPRINTABLE, "𓂀")),
        (None, "𓂀", InvalidName(NameFault.UNPRINTABLE, "𓂀")),
    ],
)
def test_a_certificate_bears_a_registered_name_or_one_that_is_a_name_and_can_be_printed(
    entered: str | None, unprintable: str, invalid: InvalidName | None
) -> None:
    name = kim(suffix="3rd", entered_name=entered)
    assert name.check_certificate_name(unprintable) == invalid
