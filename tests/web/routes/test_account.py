"""Downloads of the transcript: for its owner only, and not cached."""

import csv
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from cme_reflex import routes
from cme_reflex.services.claims import reopening
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.services.sign_in.request_context import RequestContext
from tests.support.earlier_meetings import complete_and_submit, submitted_claim
from tests.support.files.pdfs import page_texts
from tests.support.meetings import MEETING, PASSWORD

NOW = datetime(2024, 11, 1, 12, tzinfo=UTC)
MEMBER = {"way": "member", "username": "kim", "password": PASSWORD}
BADGE = {"way": "badge", "last_name": "O'Brien-Núñez", "number": "101"}
ANOTHER = {"way": "badge", "last_name": "Smith", "number": "102"}
FILES = [routes.TRANSCRIPT_PDF, routes.TRANSCRIPT_CSV]


async def visit_of(last_name: str, badge: str) -> RequestContext:
    now = datetime.now(UTC)
    token = await credentials.sign_in_with_badge(MEETING.code, last_name, badge, now=now)
    return await authentication.authenticate(MEETING.code, token, now=now)


@pytest.fixture
async def numbers(client: httpx.AsyncClient) -> list[str]:
    """Receipt numbers of the member: two versions for 2024, then one for 2022."""
    first = await complete_and_submit(await visit_of("O'Brien-Núñez", "101"), now=NOW)
    await reopening.reopen_claim(
        first.number, reason="r", until=NOW + timedelta(days=9), actor="staff", now=NOW
    )
    second = await complete_and_submit(await visit_of("O'Brien-Núñez", "101"), quarters=5, now=NOW)
    older = await submitted_claim(2022, "kim", quarters=3, safety=0)
    return [first.number, second.number, older.number]


async def rows(client: httpx.AsyncClient) -> list[dict[str, str]]:
    answer = await client.get(routes.TRANSCRIPT_CSV)
    return list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))


@pytest.mark.parametrize("path", FILES)
async def test_a_file_is_private_and_not_cached(
    client: httpx.AsyncClient, numbers: list[str], path: str
) -> None:
    await client.post("/sign-in", data=MEMBER)
    answer = await client.get(path)
    name = path.rpartition("/")[2]
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert (await client.get(path)).content == answer.content


async def test_after_a_sign_in_by_badge_the_files_have_this_meeting_alone(
    client: httpx.AsyncClient, numbers: list[str]
) -> None:
    await client.post("/sign-in", data=BADGE)
    assert {row["receipt"] for row in await rows(client)} == {numbers[1]}
    answers = [await client.get(routes.certificate(number)) for number in numbers]
    assert [answer.status_code for answer in answers] == [200, 200, 404]


async def test_both_files_have_the_valid_versions_of_all_meetings(
    client: httpx.AsyncClient, numbers: list[str]
) -> None:
    replaced, valid, older = numbers
    await client.post("/sign-in", data=MEMBER)
    totals = [
        (row["year"], row["receipt"], row["credit_type"], row["claimed"])
        for row in await rows(client)
    ]
    assert totals == [
        ("2024", valid, "category1", "1.25"),
        ("2024", valid, "safety", "0.50"),
        ("2022", older, "category1", "0.75"),
        ("2022", older, "safety", "0.00"),
    ]
    (page,) = page_texts((await client.get(routes.TRANSCRIPT_PDF)).content)
    assert page.startswith("Transcript of CME Credit Kim O'Brien-Núñez Jr As of the newest")
    assert "Total of all years Category 1 2.00 of which Patient Safety 0.50" in page
    assert [number in page for number in numbers] == [False, True, True]
    assert replaced != valid


@pytest.mark.parametrize("path", FILES)
async def test_without_a_sign_in_the_account_opens_after_signing_in(
    client: httpx.AsyncClient, numbers: list[str], path: str
) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    response = await client.post("/sign-in", data=MEMBER)
    assert response.headers["location"] == "/account"
    await client.post("/sign-out")
    client.cookies.set("cme_sign_in", "over")
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/#expired")


@pytest.mark.parametrize("path", FILES)
async def test_without_a_submitted_claim_there_is_no_file(
    client: httpx.AsyncClient, numbers: list[str], path: str
) -> None:
    await client.post("/sign-in", data=ANOTHER)
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")


async def test_another_person_sees_only_their_own_claims(
    client: httpx.AsyncClient, numbers: list[str]
) -> None:
    receipt = await complete_and_submit(await visit_of("Smith", "102"), now=NOW)
    await client.post("/sign-in", data=ANOTHER)
    assert {row["receipt"] for row in await rows(client)} == {receipt.number}
    for number in numbers:
        assert (await client.get(routes.certificate(number))).status_code == 404


async def test_a_member_gets_the_certificates_of_all_meetings(
    client: httpx.AsyncClient, numbers: list[str]
) -> None:
    await client.post("/sign-in", data=MEMBER)
    texts = [
        page_texts((await client.get(routes.certificate(number))).content)[0] for number in numbers
    ]
    assert ["The Test Meeting 2022" in text for text in texts] == [False, False, True]
    assert [text[text.index(" AMA PRA") - 4 : text.index(" AMA PRA") + 4] for text in texts] == [
        "1.50 AMA",
        "1.25 AMA",
        "0.75 AMA",
    ]


@pytest.mark.parametrize("path", FILES)
async def test_a_file_is_read_only(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.delete(path)).status_code == 405
