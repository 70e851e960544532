"""Log Out: of one meeting, of the member's others, and of everything on a shared computer."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from cme_reflex.services.sign_in import own_sign_ins
from cme_reflex.settings import settings
from cme_reflex.web.middleware.meeting_path import MeetingPathMiddleware
from tests.support.database.statements import counted_writes
from tests.support.earlier_meetings import BADGE, LAST_NAME, meeting_code, sign_in_to
from tests.support.meetings import MEETING, PASSWORD
from tests.support.web import HOST, status_and_location

OTHER = meeting_code(2023)
MEMBER = {"way": "member", "username": "kim", "password": PASSWORD}


@pytest.fixture
async def browser(client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that is signed in to the meeting as a member."""
    site = MeetingPathMiddleware(client._transport.app)  # type: ignore[attr-defined]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url=HOST) as browser:
        await browser.post(f"/{MEETING.code}/sign-in", data=MEMBER)
        yield browser


def cookie(code: str) -> str:
    return f"cme_sign_in.{code}"


async def is_signed_in(browser: httpx.AsyncClient, code: str, token: str) -> bool:
    """Whether the token is still valid on the server, whatever the browser has."""
    headers = {"cookie": f"{cookie(code)}={token}"}
    async with httpx.AsyncClient(transport=browser._transport, base_url=HOST) as stranger:
        return (await stranger.get(f"/{code}/claim", headers=headers)).status_code == 200


async def go_over(browser: httpx.AsyncClient, member: str | None = "kim") -> str:
    """Go over to the other meeting; the token of the sign-in there."""
    registration = (await sign_in_to(2023, member)).attendee.id
    form = {"registration": str(registration)}
    answer = await browser.post(f"/{MEETING.code}/sign-in/other-meeting", data=form)
    assert status_and_location(answer) == (303, f"/{OTHER}/claim")
    return browser.cookies[cookie(OTHER)]


@pytest.mark.parametrize("left", [MEETING.code, OTHER])
async def test_log_out_ends_what_going_over_has_made(browser: httpx.AsyncClient, left: str) -> None:
    tokens = {MEETING.code: browser.cookies[cookie(MEETING.code)], OTHER: await go_over(browser)}
    answer = await browser.post(f"/{left}/sign-out")
    assert status_and_location(answer) == (303, f"/{left}#signed-out")
    for code, token in tokens.items():
        assert not await is_signed_in(browser, code, token)
        assert cookie(code) not in browser.cookies


async def test_log_out_leaves_another_person_of_the_browser_signed_in(
    browser: httpx.AsyncClient,
) -> None:
    await sign_in_to(2023, None)
    there = {"last_name": LAST_NAME, "number": BADGE}
    await browser.post(f"/{OTHER}/sign-in", data=there)
    other = browser.cookies[cookie(OTHER)]
    await browser.post(f"/{MEETING.code}/sign-out")
    assert cookie(MEETING.code) not in browser.cookies
    assert browser.cookies[cookie(OTHER)] == other
    assert await is_signed_in(browser, OTHER, other)


async def test_a_shared_browser_forgets_everybody(browser: httpx.AsyncClient) -> None:
    own = browser.cookies[cookie(MEETING.code)]
    await sign_in_to(2023, None)
    await browser.post(f"/{OTHER}/sign-in", data={"last_name": LAST_NAME, "number": BADGE})
    other = browser.cookies[cookie(OTHER)]
    await browser.post(f"/{MEETING.code}/sign-out")
    assert "cme_known_browser" in browser.cookies
    answer = await browser.post(f"/{MEETING.code}/sign-out/browser")
    assert status_and_location(answer) == (303, f"/{MEETING.code}#browser-forgotten")
    assert answer.headers["clear-site-data"] == '"cache"'
    assert dict(browser.cookies) == {}
    assert not await is_signed_in(browser, MEETING.code, own)
    assert not await is_signed_in(browser, OTHER, other)


async def test_behind_https_the_cookies_are_deleted_by_their_names(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CME_SECURE_COOKIES", "true")
    settings.cache_clear()
    names = ("cme_sign_in.one24", "cme_known_browser", "cme_meeting")
    headers = {"cookie": "; ".join(f"__Host-{name}=x" for name in names)}
    answer = await browser.post(f"/{MEETING.code}/sign-out/browser", headers=headers)
    deleted = {each.partition("=")[0] for each in answer.headers.get_list("set-cookie")}
    assert {f"__Host-{name}" for name in names} <= deleted
    assert all("Secure" in each for each in answer.headers.get_list("set-cookie"))


@pytest.mark.parametrize("path", ["/sign-out", "/sign-out/browser"])
async def test_another_site_signs_nobody_out(browser: httpx.AsyncClient, path: str) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    answer = await browser.post(f"/{MEETING.code}{path}", headers=headers)
    assert answer.status_code == 403
    assert (await browser.get(f"/{MEETING.code}/claim")).status_code == 200


@pytest.mark.parametrize("path", ["/sign-out", "/sign-out/browser"])
async def test_made_up_cookies_of_meetings_write_nothing(
    browser: httpx.AsyncClient, path: str
) -> None:
    names = [
        "\u00e9",
        "",
        "a",
        "x y",
        "(x)",
        '"',
        "sign-in",
        "../x",
        *map("m{}".format, range(2_000)),
    ]
    cookies = "; ".join(f"cme_sign_in.{name}=x{name}" for name in names).encode()
    async with httpx.AsyncClient(transport=browser._transport, base_url=HOST) as stranger:
        with counted_writes() as writes:
            answer = await stranger.post(f"/{MEETING.code}{path}", headers={b"cookie": cookies})
    assert answer.status_code == 303
    assert len(answer.headers.get_list("set-cookie")) < 60
    assert writes == []


async def test_going_over_to_where_all_sign_ins_were_ended_leads_to_its_form(
    browser: httpx.AsyncClient,
) -> None:
    registration = (await sign_in_to(2023, "kim")).attendee.id
    now = datetime.now(UTC)
    await own_sign_ins.end_all(OTHER, BADGE, reason="lost", actor="staff", now=now)
    form = {"registration": str(registration)}
    answer = await browser.post(f"/{MEETING.code}/sign-in/other-meeting", data=form)
    assert status_and_location(answer) == (303, f"/{OTHER}#expired")
