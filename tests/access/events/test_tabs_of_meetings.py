"""The token of a tab names its meeting: whose cookie counts, and which state is its own."""

import json

import pytest

from cme_reflex.web.cookies import SIGN_IN
from tests.support.access.attendees import DRAFTING, SignedInPeople
from tests.support.app_client import RunningApp
from tests.support.meetings import MEETING

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # independent of the database

TAB = f"{MEETING.code}:0b6b5c52-6a6a-4a53-9d1c-6b1d5b8f5f0e"


async def test_the_cookie_of_the_meeting_of_the_tab_counts(
    site: RunningApp, people: SignedInPeople
) -> None:
    cookie = f"{SIGN_IN}.other24=x; {SIGN_IN}.{MEETING.code}={people.tokens[DRAFTING]}"
    async with site.socket(tab=TAB, cookie=cookie) as socket:
        await socket.send("home.load")
        assert socket.vars()["home.ready"] is True
    async with site.socket(tab="other24:one", cookie=cookie) as socket:
        await socket.send("home.load")
        assert socket.vars()["home.redirect_to"] == "/#expired"


async def test_a_sign_in_of_one_meeting_is_none_of_another(
    site: RunningApp, people: SignedInPeople
) -> None:
    cookie = f"{SIGN_IN}.other24={people.tokens[DRAFTING]}"
    for tab in ("other24:one", TAB):
        async with site.socket(tab=tab, cookie=cookie) as socket:
            await socket.send("home.load")
            assert socket.vars()["home.redirect_to"] == "/#expired"


async def test_a_duplicated_tab_gets_a_new_token_of_its_meeting(
    site: RunningApp, people: SignedInPeople
) -> None:
    token = people.tokens[DRAFTING]
    async with (
        site.socket(token, tab=TAB) as first,
        site.socket(token, tab=TAB) as second,
    ):
        frame = await second.wait_for_frame('42/_event,["new_token"')
        _, renewed = json.loads(frame.removeprefix("42/_event,"))
        assert renewed.startswith(f"{MEETING.code}:")
        assert renewed != TAB
        assert not [each for each in first.frames if "new_token" in each]
