"""Choice among several registrations, over HTTP."""

from dataclasses import replace

import httpx
import pytest

from cme_reflex.formats.meeting_folder.records import MeetingFolder
from tests.support.meetings import ATTENDEES, FOLDER, PASSWORD, attendee

MEMBER = {"way": "member", "username": "kim", "password": PASSWORD}


@pytest.fixture
def folder() -> MeetingFolder:
    second = attendee("104", "O'Brien-Núñez", registration_type="day", member="kim")
    return replace(FOLDER, attendees=(*ATTENDEES, second))


def answer(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.headers.get("location", "")


async def choose(client: httpx.AsyncClient, which: str) -> tuple[int, str]:
    return answer(await client.post("/sign-in/registration", data={"registration": which}))


async def test_a_member_with_two_registrations_chooses_one(
    client: httpx.AsyncClient,
) -> None:
    await client.get("/sessions?q=breast")
    assert answer(await client.post("/sign-in", data=MEMBER)) == (303, "/registrations")
    assert list(client.cookies) == ["cme_next", "cme_choice"]
    assert await choose(client, "4") == (303, "/sessions?q=breast")
    assert list(client.cookies) == ["cme_sign_in", "cme_meeting", "cme_known_browser"]


async def test_the_cookie_of_the_choice_is_http_only(
    client: httpx.AsyncClient,
) -> None:
    response = await client.post("/sign-in", data=MEMBER)
    (cookie,) = response.headers.get_list("set-cookie")
    assert cookie.startswith("cme_choice=")
    assert cookie.split("; ")[1:] == ["HttpOnly", "Max-Age=600", "Path=/", "SameSite=lax"]


@pytest.mark.parametrize("which", ["", "2", "99", "-1", "x", "1.0", "٤", "9" * 400])
async def test_a_registration_that_was_not_offered_leads_back_to_the_sign_in(
    client: httpx.AsyncClient, which: str
) -> None:
    await client.post("/sign-in", data=MEMBER)
    assert await choose(client, which) == (303, "/#choice-expired")
    assert answer(await client.get("/claim")) == (303, "/")


async def test_without_the_cookie_no_choice_is_possible(client: httpx.AsyncClient) -> None:
    await client.post("/sign-in", data=MEMBER)
    client.cookies.clear()
    assert await choose(client, "4") == (303, "/#choice-expired")


async def test_a_choice_from_another_site_is_rejected(client: httpx.AsyncClient) -> None:
    await client.post("/sign-in", data=MEMBER)
    response = await client.post(
        "/sign-in/registration",
        data={"registration": "4"},
        headers={"sec-fetch-site": "cross-site"},
    )
    assert response.status_code == 403
