"""Download of the certificate by its owner."""

import re
from datetime import UTC, datetime

import httpx
import pytest

from cme_reflex import routes
from cme_reflex.formats.pdf.typesetting import name_svg
from cme_reflex.services.claims import reopening, submission, withdrawal
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.settings import settings
from cme_reflex.web import download_limit
from cme_reflex.web.middleware.shared_rate import SharedRate
from tests.support.files.pdfs import page_texts
from tests.support.meetings import MEETING
from tests.support.web import NOW, submit_owners_claim

OWNER = {"way": "badge", "last_name": "O'Brien-Núñez", "number": "101"}
ANOTHER = {"way": "badge", "last_name": "Smith", "number": "102"}


@pytest.fixture
async def number(client: httpx.AsyncClient) -> str:
    """The receipt number of the owner's certificate."""
    return await submit_owners_claim()


async def test_the_owner_gets_a_file_that_is_not_cached(
    client: httpx.AsyncClient, number: str
) -> None:
    await client.post("/sign-in", data=OWNER)
    response = await client.get(routes.certificate(number))
    headers = {name: response.headers[name] for name in ("cache-control", "content-disposition")}
    assert (response.status_code, response.headers["content-type"], headers) == (
        200,
        "application/pdf",
        {
            "cache-control": "no-store",
            "content-disposition": f"attachment; filename*=UTF-8''certificate-{number}.pdf",
        },
    )
    assert "is awarded 1.50 AMA PRA Category 1 Credits™" in page_texts(response.content)[0]
    again = await client.get(routes.certificate(number.lower()))
    assert again.content == response.content


async def test_an_attendee_who_downloads_without_end_is_told_to_wait(
    client: httpx.AsyncClient, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download_limit, "DOWNLOADS", SharedRate(per_second=0.001, burst=2))
    await client.post("/sign-in", data=OWNER)
    paths = (routes.certificate(number), routes.TRANSCRIPT_PDF, routes.NAME_IMAGE)
    answers = [await client.get(path) for path in paths]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].headers["retry-after"] == "1000"


async def test_others_cannot_find_out_whether_a_number_exists(
    client: httpx.AsyncClient, number: str
) -> None:
    unknown = routes.certificate("TEST24-2222-2222")
    answers = [await client.get(path) for path in (routes.certificate(number), unknown)]
    await client.post("/sign-in", data=ANOTHER)
    answers += [await client.get(path) for path in (routes.certificate(number), unknown)]
    await client.post("/sign-in", data=OWNER)
    answers += [await client.get(unknown)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


async def test_after_signing_out_there_is_no_certificate(
    client: httpx.AsyncClient, number: str
) -> None:
    await client.post("/sign-in", data=OWNER)
    await client.post("/sign-out")
    assert (await client.get(routes.certificate(number))).status_code == 404


async def test_a_replaced_version_keeps_its_certificate(
    client: httpx.AsyncClient, number: str
) -> None:
    await client.post("/sign-in", data=OWNER)
    before = await certificate_pages(client, number)
    await reopening.reopen_claim(
        number, reason="forgot", until=datetime(2031, 1, 1, tzinfo=UTC), actor="staff", now=NOW
    )
    reopened = await certificate_pages(client, number)
    newer = await submit_owners_claim(quarters=4)
    replaced = await certificate_pages(client, number)
    stays_valid = (
        "Reopened The claim was reopened for changes. This certificate is valid until a newer one "
        "replaces it."
    )
    no_longer = "Replaced A newer certificate has replaced this one, which is no longer valid."
    assert [
        face.replace(f"{said} ", "", 1)
        for face, said in (
            (reopened[0].replace(" · Reopened", ""), stays_valid),
            (replaced[0].replace(" · Replaced", ""), no_longer),
        )
    ] == [before[0], before[0]]
    assert (reopened[0].count(stays_valid), replaced[0].count(no_longer)) == (1, 1)
    for pages, title in ((reopened, "Reopened"), (replaced, "Replaced")):
        assert all(f"{number} · {title}" in page for page in pages)
    assert "awarded 1.00 AMA" in (await certificate_pages(client, newer))[0]


async def test_a_withdrawn_version_says_so_on_every_page(
    client: httpx.AsyncClient, number: str
) -> None:
    await client.post("/sign-in", data=OWNER)
    await withdrawal.withdraw_claim(number, reason="r", actor="staff", now=NOW)
    face, sessions = await certificate_pages(client, number)
    on = "This certificate was withdrawn on November 1, 2024 and is not proof of credit."
    assert f"Withdrawn {on} Society of Tests" in face
    assert f"Withdrawn. {on}" in sessions
    assert face.count(f"{number} · Withdrawn") == sessions.count(f"{number} · Withdrawn") == 1


async def certificate_pages(client: httpx.AsyncClient, number: str) -> list[str]:
    return page_texts((await client.get(routes.certificate(number))).content)


@pytest.mark.parametrize(
    "path",
    [
        "/certificate/.pdf",
        "/certificate/%00.pdf",
        "/certificate/" + "x" * 3_000 + ".pdf",
        "/certificate/TEST24-%2e%2e-2222.pdf",
    ],
)
async def test_a_made_up_number_is_no_certificate(
    client: httpx.AsyncClient, number: str, path: str
) -> None:
    await client.post("/sign-in", data=OWNER)
    response = await client.get(path)
    assert response.headers["content-type"].partition(";")[0] != "application/pdf"


async def test_with_a_public_url_it_links_to_its_verification(
    client: httpx.AsyncClient, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.post("/sign-in", data=OWNER)
    without = (await client.get(routes.certificate(number))).content
    monkeypatch.setenv("CME_PUBLIC_URL", "https://cme.example.org/")
    settings.cache_clear()
    linked = (await client.get(routes.certificate(number))).content
    address = f"https://cme.example.org/verify/{number}".encode()
    assert (address in linked, address in without) == (True, False)


async def test_it_is_read_only(client: httpx.AsyncClient, number: str) -> None:
    await client.post("/sign-in", data=OWNER)
    head = await client.head(routes.certificate(number))
    assert (head.status_code, head.content) == (200, b"")
    assert re.fullmatch(r"\d{4,}", head.headers["content-length"])
    assert (await client.delete(routes.certificate(number))).status_code == 405


async def test_the_picture_of_the_name_is_the_owners_and_is_not_cached(
    client: httpx.AsyncClient, number: str
) -> None:
    address = routes.name_image("Kim O'Brien-Núñez Jr")
    assert (await client.get(address)).status_code == 404
    await client.post("/sign-in", data=OWNER)
    response = await client.get(address)
    assert (
        response.status_code,
        response.headers["content-type"],
        response.headers["cache-control"],
    ) == (200, "image/svg+xml", "no-store")
    assert response.content == name_svg("Kim O'Brien-Núñez Jr")


async def test_there_is_no_picture_of_what_is_no_name(client: httpx.AsyncClient) -> None:
    await client.post("/sign-in", data=OWNER)
    today = datetime.now(UTC)  # the routes use the real clock
    token = await credentials.sign_in_with_badge(MEETING.code, "O'Brien-Núñez", "101", now=today)
    context = await authentication.authenticate(MEETING.code, token, now=today)
    await submission.save_certificate_name(context, "=1+1", now=NOW)
    assert (await client.get(routes.NAME_IMAGE)).status_code == 404
