"""Pages, downloads, forms and the API while the database is away, and afterwards."""

import logging
from datetime import UTC, datetime

import httpx
import pytest

from cme_reflex import routes, text
from cme_reflex.services.operations import api_tokens
from cme_reflex.store.engines import close_database, open_database
from tests.support.meetings import MEETING
from tests.support.web import submit_owners_claim

OWNER = {"way": "badge", "last_name": "O'Brien-Núñez", "number": "101"}
AWAY = "postgresql://nobody@127.0.0.1:1/none"


async def reopen(url: str) -> None:
    await close_database()
    open_database(url)


async def test_each_page_and_download_says_what_to_do_and_is_there_again_afterwards(
    client: httpx.AsyncClient, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    number = await submit_owners_claim()
    addresses = [
        routes.verify(number),
        routes.certificate(number),
        routes.NAME_IMAGE,
        routes.TRANSCRIPT_PDF,
        routes.TRANSCRIPT_CSV,
    ]
    await client.post("/sign-in", data=OWNER)
    await reopen(AWAY)
    for address in addresses:
        response = await client.get(address)
        assert (response.status_code, response.headers["retry-after"]) == (503, "10")
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert response.headers["cache-control"] == "no-store"
        assert response.text.count(f"<h1>{text.error_pages.UNAVAILABLE.title}</h1>") == 1
        # The same address again.
        assert f'href="">{text.error_pages.UNAVAILABLE.link}</a>' in response.text
        assert MEETING.provider.help_email in response.text
        assert "Traceback" not in response.text
    said = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [(record.levelno, record.message) for record in said] == [
        (logging.WARNING, "database not available")
    ] * 5
    await reopen(database_url)
    assert {(await client.get(address)).status_code for address in addresses} == {200}


async def test_a_form_leads_back_to_the_claim_as_its_own_address_cannot_be_opened(
    client: httpx.AsyncClient, database_url: str
) -> None:
    await reopen(AWAY)
    response = await client.post("/sign-in", data=OWNER)
    assert response.status_code == 503
    claim = routes.in_meeting(MEETING.code, routes.HOME)
    assert f'href="{claim}">{text.error_pages.UNAVAILABLE.link}</a>' in response.text
    await reopen(database_url)
    assert (await client.post("/sign-in", data=OWNER)).status_code == 303


async def test_the_api_answers_programs_in_their_own_terms(
    client: httpx.AsyncClient, database_url: str
) -> None:
    token = (await api_tokens.create("society", actor="staff", now=datetime.now(UTC))).token
    headers = {"authorization": f"Bearer {token}"}
    await reopen(AWAY)
    response = await client.get(routes.API_CLAIMS, headers=headers)
    assert (response.status_code, response.headers["retry-after"]) == (503, "10")
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "urn:problem-type:cme-reflex:unavailable",
        "title": "The records cannot be read at the moment",
        "status": 503,
        "detail": "Try again in 10 s.",
    }
    await reopen(database_url)
    assert (await client.get(routes.API_CLAIMS, headers=headers)).status_code == 200
