"""E-mail links over HTTP: requested by a form, used by a button, not by viewing them."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import Engine

from cme_reflex import text
from cme_reflex.domain.sign_in.password_policy import MAX_LENGTH, MIN_LENGTH
from cme_reflex.domain.sign_in.rate_limits import TooManyAttempts
from cme_reflex.services.mail.worker import DeliveryStats
from cme_reflex.services.meetings.lifecycle import archive_meeting
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.sign_in import email_link, invitations
from tests.support.mail import FOLDER_WITH_ADDRESSES, KIM, send_due_mail
from tests.support.meetings import MEETING
from tests.support.servers.smtp_server import LocalSmtpServer, run_smtp_server
from tests.support.web import status_and_location

Token = Callable[[str], Awaitable[str]]


@pytest.fixture
def server() -> Iterator[LocalSmtpServer]:
    with run_smtp_server() as server:
        yield server


@pytest.fixture
async def visitor(client: httpx.AsyncClient, database: Engine) -> httpx.AsyncClient:
    """An HTTP client, with a meeting whose attendees have e-mail addresses."""
    await load_meeting(FOLDER_WITH_ADDRESSES, now=datetime(2024, 11, 1, tzinfo=UTC))
    return client


@pytest.fixture
def token(visitor: httpx.AsyncClient, server: LocalSmtpServer) -> Token:
    """Requests a link, and returns the token from the message."""

    async def get(address: str = KIM) -> str:
        response = await visitor.post("/sign-in-link/send", data={"email": address})
        assert status_and_location(response) == (303, "/sign-in-link#link-sent")
        assert await send_due_mail(server, datetime.now(UTC)) == DeliveryStats(sent=1)
        return server.received[-1].link().partition("#")[2]

    return get


async def invited(server: LocalSmtpServer) -> str:
    now = datetime.now(UTC)
    await invitations.invite(MEETING.code, ["kim"], now=now)
    await send_due_mail(server, now)
    return server.received[-1].link().partition("#")[2]


async def test_the_response_does_not_reveal_whether_an_address_is_registered(
    visitor: httpx.AsyncClient,
) -> None:
    answers = [
        await visitor.post("/sign-in-link/send", data={"email": address})
        for address in (KIM, "nobody@example.org")
    ]
    assert {status_and_location(answer) for answer in answers} == {(303, "/sign-in-link#link-sent")}
    assert answers[0].content == answers[1].content
    assert dict(answers[0].headers) == dict(answers[1].headers)


@pytest.mark.parametrize("address", ["", "kim", "a@b.example, c@d.example"])
async def test_an_invalid_address_returns_to_the_form(
    visitor: httpx.AsyncClient, address: str
) -> None:
    response = await visitor.post("/sign-in-link/send", data={"email": address})
    assert status_and_location(response) == (303, "/sign-in-link#link-address")


async def test_too_many_requests_are_told_how_long_to_wait(visitor: httpx.AsyncClient) -> None:
    for number in range(email_link.CLIENT_LIMIT.limit):
        response = await visitor.post("/sign-in-link/send", data={"email": f"{number}@example.org"})
        assert status_and_location(response) == (303, "/sign-in-link#link-sent")
    response = await visitor.post("/sign-in-link/send", data={"email": KIM})
    assert status_and_location(response) == (303, "/sign-in-link#link-wait-10")
    assert 10 in text.sign_in.WAITS


async def test_whoever_asks_after_others_gets_the_same_answer(visitor: httpx.AsyncClient) -> None:
    for _ in range(5):
        response = await visitor.post("/sign-in-link/send", data={"email": KIM})
        assert status_and_location(response) == (303, "/sign-in-link#link-sent")


async def test_viewing_a_link_does_not_use_it_and_the_button_signs_in(
    visitor: httpx.AsyncClient, token: Token
) -> None:
    link = await token(KIM)
    for method in ("GET", "HEAD", "OPTIONS"):
        for path in ("/link", "/link/use"):
            await visitor.request(method, path, params={"token": link})
    assert status_and_location(await visitor.get("/claim")) == (303, "/")
    assert status_and_location(await visitor.post("/link/use", data={"token": link})) == (
        303,
        "/claim",
    )
    assert (await visitor.get("/claim")).text == "page /claim"


async def test_the_whole_link_can_be_pasted(visitor: httpx.AsyncClient, token: Token) -> None:
    pasted = f"  https://cme.example.org/link#{await token(KIM)}\n"
    assert status_and_location(await visitor.post("/link/use", data={"token": pasted})) == (
        303,
        "/claim",
    )


async def test_a_link_leads_to_the_requested_page(visitor: httpx.AsyncClient, token: Token) -> None:
    link = await token(KIM)
    await visitor.get("/sessions?q=flap")
    arrived = await visitor.post("/link/use", data={"token": link})
    assert status_and_location(arrived) == (303, "/sessions?q=flap")


async def test_a_used_link_leads_to_the_request_form(
    visitor: httpx.AsyncClient, token: Token
) -> None:
    link = await token(KIM)
    await visitor.post("/link/use", data={"token": link})
    again = await visitor.post("/link/use", data={"token": link})
    assert status_and_location(again) == (303, "/sign-in-link#link-used")


@pytest.mark.parametrize("foreign", ["", "x" * 43, "https://cme.example.org/link"])
async def test_an_unknown_link_leads_to_the_request_form(
    visitor: httpx.AsyncClient, foreign: str
) -> None:
    response = await visitor.post("/link/use", data={"token": foreign})
    assert status_and_location(response) == (303, "/sign-in-link#link-unknown")


async def test_a_shared_address_leads_to_the_choice_of_a_registration(
    visitor: httpx.AsyncClient, token: Token
) -> None:
    response = await visitor.post("/link/use", data={"token": await token("shared@example.org")})
    assert status_and_location(response) == (303, "/registrations")
    chosen = await visitor.post("/sign-in/registration", data={"registration": "3"})
    assert status_and_location(chosen) == (303, "/claim")


async def test_a_member_sets_a_password_and_signs_in(
    visitor: httpx.AsyncClient, server: LocalSmtpServer
) -> None:
    response = await visitor.post("/link/use", data={"token": await invited(server)})
    assert status_and_location(response) == (303, "/password")
    (cookie,) = response.headers.get_list("set-cookie")
    assert cookie.split("; ")[1:] == ["HttpOnly", "Max-Age=3600", "Path=/", "SameSite=lax"]
    for password, again, code in (
        ("short", "short", "password-too-short"),
        ("x" * (MAX_LENGTH + 1), "x" * (MAX_LENGTH + 1), "password-too-long"),
        ("password" * 3, "password" * 3, "password-guessable"),
        ("correct horse battery", "correct house battery", "password-differs"),
    ):
        form = {"password": password, "again": again}
        refused = await visitor.post("/password/set", data=form)
        assert status_and_location(refused) == (303, f"/password#{code}")
        assert code in text.password.FAULTS
    form = {"password": "correct horse battery", "again": "correct horse battery"}
    assert len(form["password"]) >= MIN_LENGTH
    assert status_and_location(await visitor.post("/password/set", data=form)) == (
        303,
        "/#password-set",
    )
    assert "cme_password_link" not in visitor.cookies
    member = {"way": "member", "username": "kim", "password": "correct horse battery"}
    assert status_and_location(await visitor.post("/sign-in", data=member)) == (303, "/claim")
    link = server.received[-1].link().partition("#")[2]
    again_used = await visitor.post("/link/use", data={"token": link})
    assert status_and_location(again_used) == (303, "/sign-in-link#password-link")


async def test_without_a_link_no_password_is_set(visitor: httpx.AsyncClient) -> None:
    form = {"password": "correct horse battery", "again": "correct horse battery"}
    refused = await visitor.post("/password/set", data=form)
    assert status_and_location(refused) == (303, "/sign-in-link#link-unknown")


async def test_too_many_passwords_with_one_link_are_reported(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise TooManyAttempts(datetime(2024, 11, 1, tzinfo=UTC))

    monkeypatch.setattr(invitations, "set_password", refuse)
    form = {"password": "correct horse battery", "again": "correct horse battery"}
    refused = await client.post("/password/set", data=form)
    assert status_and_location(refused) == (303, "/password#password-attempts")
    assert "password-attempts" in text.password.FAULTS


@pytest.mark.parametrize("path", ["/sign-in-link/send", "/link/use", "/password/set"])
async def test_a_form_of_another_site_or_a_huge_one_is_rejected(
    visitor: httpx.AsyncClient, path: str
) -> None:
    other = {"sec-fetch-site": "cross-site"}
    assert (await visitor.post(path, data={"email": KIM}, headers=other)).status_code == 403
    assert (await visitor.post(path, data={"email": "x" * 10_000})).status_code == 413


async def test_every_code_of_a_link_has_a_message() -> None:
    assert set(text.sign_in_link.NOTICES) == {
        "link-sent",
        "link-address",
        "link-used",
        "link-expired",
        "link-unknown",
        "password-link",
    }


async def test_a_link_to_an_archived_meeting_says_so_and_none_is_sent_any_more(
    visitor: httpx.AsyncClient, token: Token, server: LocalSmtpServer
) -> None:
    link = await token(KIM)
    await archive_meeting(MEETING.code, actor="staff", now=datetime.now(UTC))
    answer = await visitor.post("/link/use", data={"token": link})
    assert status_and_location(answer) == (303, "/#archived")
    await visitor.post("/sign-in-link/send", data={"email": KIM})
    assert await send_due_mail(server, datetime.now(UTC)) == DeliveryStats(withdrawn=1)


async def test_a_link_without_a_code_leads_to_the_meeting_that_it_is_for(
    visitor: httpx.AsyncClient, server: LocalSmtpServer
) -> None:
    two24 = replace(FOLDER_WITH_ADDRESSES.meeting, code="two24")
    await load_meeting(replace(FOLDER_WITH_ADDRESSES, meeting=two24), now=datetime.now(UTC))
    await email_link.request_link("two24", KIM, client="", now=datetime.now(UTC))
    await send_due_mail(server, datetime.now(UTC))
    link = server.received[-1].link().partition("#")[2]
    for pasted in (link, f"https://cme.example.org/link#{link}"):
        answer = await visitor.post("/link/use", data={"token": pasted})
        assert status_and_location(answer) == (303, f"/two24/link#{link}")
        assert "set-cookie" not in answer.headers
