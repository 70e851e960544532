from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from cme_reflex.domain.credit.credit_type import CreditTypes
from cme_reflex.domain.meetings.meeting import (
    Branding,
    ClaimTerms,
    Profession,
    ProfessionBy,
    ReportingTerms,
    SingleSignOn,
)
from tests.support.values.meeting_values import CATEGORY1, MEETING, SAFETY


def test_a_meeting_offers_its_credit_types_by_profession() -> None:
    nursing = replace(CATEGORY1, code="ancc", awarded_to=frozenset({"nurse"}))
    meeting = replace(MEETING, credit_types=(nursing, CATEGORY1, SAFETY))
    assert meeting.credit == CreditTypes((nursing, CATEGORY1, SAFETY))
    offered = {
        profession: [each.code for each in meeting.credit.offered_to(profession)]
        for profession in ("physician", "other", "nurse", "unknown")
    }
    assert offered == {
        "physician": ["category1", "safety"],
        "other": ["ancc", "category1", "safety"],
        "nurse": ["ancc"],
        "unknown": [],
    }


def test_a_profession_is_found_by_its_code() -> None:
    physician = MEETING.profession("physician")
    assert physician == Profession(
        code="physician", label="Physician (MD or DO)", degrees=("MD", "DO")
    )
    assert MEETING.profession("nurse") is None


def test_a_meeting_allows_and_requires_no_more_than_it_says() -> None:
    opens, closes = MEETING.claim.opens_at, MEETING.claim.closes_at
    given = {"opens_at": opens, "closes_at": closes, "note": "", "attestation": ""}
    assert ClaimTerms(**given) == ClaimTerms(
        **given, session_evaluations_required=False, attendee_may_reopen=False, on_demand_from=None
    )
    assert Profession(code="other", label="Other").degrees == ()
    assert (MEETING.profession_by, MEETING.additional_days) == (ProfessionBy.ATTENDEE, ())
    texts = {"name": "", "consent_version": "1", "text": "", "consent": ""}
    assert ReportingTerms(**texts, boards=()).pars_activity_id == ""


def test_times_are_shown_in_the_meetings_zone() -> None:
    assert MEETING.zone == ZoneInfo("America/Los_Angeles")
    assert datetime(2024, 9, 26, 15, tzinfo=UTC).astimezone(MEETING.zone).hour == 8


def test_an_accent_is_a_color_in_six_hexadecimal_digits() -> None:
    assert Branding(accent="#0B5563", accent_dark="#7fd3dd").accent_dark == "#7fd3dd"


@pytest.mark.parametrize("color", ["", "teal", "#0b556", "#0b55633", "#0b556g", "#0b5563;}"])
def test_nothing_but_a_color_is_an_accent(color: str) -> None:
    for accents in ((color, "#7fd3dd"), ("#0b5563", color)):
        with pytest.raises(ValueError, match="is not a color such as #0b5563"):
            Branding(accent=accents[0], accent_dark=accents[1])


@pytest.mark.parametrize(
    "issuer",
    ["https://login.example.org", "https://login.example.org/realms/cme", "http://localhost:8080"],
)
def test_an_issuer_is_an_encrypted_address_or_this_machine(issuer: str) -> None:
    assert SingleSignOn(issuer=issuer, client_id="c", label="l").issuer == issuer


@pytest.mark.parametrize(
    "issuer",
    [
        "",
        "login.example.org",
        "http://login.example.org",
        "http://localhost.example.org",
        "https://",
        "https://login.example.org?x=1",
        "https://login.example.org#x",
        "file:///etc/passwd",
    ],
)
def test_nothing_else_is_an_issuer(issuer: str) -> None:
    with pytest.raises(ValueError, match="is not an issuer such as"):
        SingleSignOn(issuer=issuer, client_id="c", label="l")
