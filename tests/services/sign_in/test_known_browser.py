"""The cookie of known browsers: signed, bound to a registration, without personal data."""

from datetime import UTC, datetime, timedelta

import pytest

from cme_reflex.services.sign_in import known_browser
from cme_reflex.services.sign_in.known_browser import LIFETIME, REGISTRATIONS, Registration
from cme_reflex.settings import settings

NOW = datetime(2024, 11, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
KIM, LEE = Registration(17, None), Registration(18, None)


def test_it_is_for_one_registration_until_it_expires() -> None:
    cookie = known_browser.remember("", 17, now=NOW)
    assert known_browser.known_by(cookie, [LEE, KIM], now=NOW)
    assert known_browser.known_by(cookie, [KIM], now=NOW + LIFETIME - SECOND)
    assert not known_browser.known_by(cookie, [LEE], now=NOW)
    assert not known_browser.known_by(cookie, [], now=NOW)
    assert not known_browser.known_by(cookie, [KIM], now=NOW + LIFETIME)
    assert not known_browser.known_by(cookie, [KIM], now=NOW - SECOND)


def test_it_holds_the_last_few_registrations_once_each() -> None:
    cookie = ""
    for attendee_id in (*range(20), 19, 19):
        cookie = known_browser.remember(cookie, attendee_id, now=NOW)
    known = [
        number
        for number in range(20)
        if known_browser.known_by(cookie, [Registration(number, None)], now=NOW)
    ]
    assert known == [*range(20 - REGISTRATIONS, 20)]
    assert len(cookie) < known_browser.COOKIE_LIMIT


def test_it_ends_when_staff_end_all_sign_ins() -> None:
    cookie = known_browser.remember("", 17, now=NOW)
    assert not known_browser.known_by(cookie, [Registration(17, NOW)], now=NOW)
    assert known_browser.known_by(cookie, [Registration(17, NOW - SECOND)], now=NOW)


def test_who_does_not_know_the_secret_cannot_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CME_SECRET", "another")
    settings.cache_clear()
    forged = known_browser.remember("", 17, now=NOW)
    monkeypatch.undo()
    settings.cache_clear()
    assert not known_browser.known_by(forged, [KIM], now=NOW)


@pytest.mark.parametrize(
    "cookie", ["", ".", "-", "x", "1-x", "9" * 40, "²-x", "é", "1730462400-" + "A" * 24, "." * 700]
)
def test_what_is_no_such_cookie_is_none(cookie: str) -> None:
    assert not known_browser.known_by(cookie, [KIM], now=NOW)
    renewed = known_browser.remember(cookie, 17, now=NOW)
    assert known_browser.known_by(renewed, [KIM], now=NOW)


def test_it_says_nothing_about_the_person() -> None:
    (tag,) = known_browser.remember("", 240001, now=NOW).split(".")
    issued, _, digest = tag.partition("-")
    assert (int(issued), len(digest)) == (int(NOW.timestamp()), 24)
