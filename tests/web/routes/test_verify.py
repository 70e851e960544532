"""Public verification of a certificate by its number."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import httpx
import pytest

from cme_reflex import routes
from cme_reflex.services.certificates.certificate import VERIFY_LIMIT
from cme_reflex.services.claims import reopening, withdrawal
from cme_reflex.services.meetings.loader import load_meeting
from tests.support.meetings import FOLDER, MEETING
from tests.support.web import NOW, submit_owners_claim


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in ("style", "title", "script")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "title", "script")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words += data.split()


def text(response: httpx.Response) -> str:
    reader = _Text()
    reader.feed(response.text)
    return " ".join(reader.words)


FACTS = (
    "Provider Society of Tests Meeting The Test Meeting 2024 "
    "AMA PRA Category 1 Credits ™ claimed 1.50 Of which Patient Safety 0.00 "
    "Date issued November 1, 2024 Initials of the holder K. O. "
    "Of 1.00 hours of Patient Safety attended, 0.00 are claimed. "
    "Compare these with the certificate that you hold. We do not show more personal data here."
)


async def test_a_number_shows_provider_meeting_credit_date_and_initials_only(
    client: httpx.AsyncClient,
) -> None:
    number = await submit_owners_claim()
    response = await client.get(routes.verify(number))
    assert response.status_code == 200
    assert text(response) == f"Certificate {number} This certificate is valid. {FACTS}"
    for personal in ("Brien", "101", "Kim", "physician", "Session A"):
        assert personal not in response.text


async def test_it_is_not_indexed_or_cached_and_needs_no_script(
    client: httpx.AsyncClient,
) -> None:
    number = await submit_owners_claim()
    for path in (routes.verify(number), routes.verify("TEST24-2222-2222"), routes.VERIFY):
        response = await client.get(path)
        assert response.headers["x-robots-tag"] == "noindex"
        assert response.headers["cache-control"] == "no-store"
        assert '<meta name="robots" content="noindex">' in response.text
        assert "<script" not in response.text
        assert "set-cookie" not in response.headers


async def test_an_older_version_says_that_it_was_replaced(client: httpx.AsyncClient) -> None:
    number = await submit_owners_claim()
    until = datetime(2031, 1, 1, tzinfo=UTC)
    await reopening.reopen_claim(number, reason="more", until=until, actor="staff", now=NOW)
    newer = await submit_owners_claim(quarters=4)
    response = await client.get(routes.verify(number))
    assert text(response) == (
        f"Certificate {number} This certificate has been replaced by a newer one and is no longer "
        f"valid. Ask its holder for the newer one. {FACTS}"
    )
    assert newer not in response.text
    assert "is valid" in text(await client.get(routes.verify(newer)))


async def test_a_reopened_claim_is_valid_and_says_that_it_may_be_replaced(
    client: httpx.AsyncClient,
) -> None:
    number = await submit_owners_claim()
    until = datetime(2031, 1, 1, tzinfo=UTC)
    await reopening.reopen_claim(number, reason="more", until=until, actor="staff", now=NOW)
    response = await client.get(routes.verify(number))
    assert text(response) == (
        f"Certificate {number} This certificate is valid. Its claim was reopened for changes, and "
        f"the certificate stays valid until a newer one replaces it. {FACTS}"
    )


async def test_a_withdrawn_claim_is_not_valid_and_its_reason_is_not_public(
    client: httpx.AsyncClient,
) -> None:
    number = await submit_owners_claim()
    await withdrawal.withdraw_claim(number, reason="Secret.", actor="staff", now=NOW)
    response = await client.get(routes.verify(number))
    assert text(response) == (
        f"Certificate {number} This certificate is not valid. Society of Tests withdrew it on "
        f"November 1, 2024, and it is not proof of credit. {FACTS}"
    )
    assert "Secret" not in response.text
    assert 'class="status status-replaced"' in response.text


@pytest.mark.parametrize(
    "unknown", ["TEST24-2222-2222", "%3Cscript%3E", "x", "%00", "%F0%9F%A6%84"]
)
async def test_an_unknown_number_is_not_found(client: httpx.AsyncClient, unknown: str) -> None:
    response = await client.get(f"/verify/{unknown}")
    assert response.status_code == 404
    assert text(response).startswith("No such certificate")
    assert "<script" not in response.text


async def test_the_form_accepts_a_number_in_any_spelling(
    client: httpx.AsyncClient,
) -> None:
    number = await submit_owners_claim()
    query = {"number": f" {number.lower().replace('-', ' ')} "}
    response = await client.get("/verify", params=query)
    assert (response.status_code, response.headers["location"]) == (303, f"/verify/{number}")
    assert (await client.get(f"/verify/{number.replace('-', '').lower()}")).status_code == 200
    assert text(await client.get("/verify")).startswith("Check a certificate")
    wrong = await client.get("/verify", params={"number": 'x"><b>'})
    assert 'value="x&#34;&gt;&lt;b&gt;"' in wrong.text


async def test_names_of_the_meeting_are_text_and_never_markup(client: httpx.AsyncClient) -> None:
    provider = replace(MEETING.provider, name="<script>alert(1)</script> & {{ 7*7 }}")
    meeting = replace(MEETING, name='"><img src=x>', provider=provider)
    await load_meeting(replace(FOLDER, meeting=meeting), now=NOW)
    response = await client.get(routes.verify(await submit_owners_claim()))
    assert 'Provider <script>alert(1)</script> & {{ 7*7 }} Meeting "><img src=x>' in text(response)
    assert not re.search("<script|<img", response.text)


async def test_too_many_verifications_from_one_address_are_limited(
    client: httpx.AsyncClient,
) -> None:
    for _ in range(VERIFY_LIMIT.limit):
        assert (await client.get("/verify/TEST24-2222-2222")).status_code == 404
    response = await client.get(routes.verify(await submit_owners_claim()))
    assert response.status_code == 429
    assert text(response).startswith("Please wait a few minutes")
    assert 0 < int(response.headers["retry-after"]) <= VERIFY_LIMIT.window.total_seconds()
    # The form itself is not limited.
    assert (await client.get("/verify")).status_code == 200


async def test_it_is_read_only(client: httpx.AsyncClient) -> None:
    assert (await client.delete("/verify")).status_code == 405
    assert (await client.head("/verify")).status_code == 200
