"""The HTTP API: authentication, responses, and conformance to its OpenAPI document."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from schemathesis.core.transport import Response as Answer
from schemathesis.specs.openapi.checks import positive_data_acceptance

from cme_reflex import routes
from cme_reflex.domain.operations.api_scopes import ApiScope
from cme_reflex.formats.reports.claims_feed import FeedPage, page_json
from cme_reflex.services.claims import claims_feed, reopening
from cme_reflex.services.operations import api_tokens, backup
from cme_reflex.services.reporting import opt_in
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.settings import ROOT
from cme_reflex.web.routes import problems
from cme_reflex.web.routes.api import ClaimsQuery
from cme_reflex.web.routes.api_document import document
from tests.support.earlier_meetings import complete_and_submit, submitted_claim
from tests.support.examples import examples
from tests.support.meetings import MEETING

NOW = datetime(2024, 11, 1, 12, tzinfo=UTC)
LEARNER = {
    "first_name": "Kim",
    "last_name": "O'Brien",
    "birth_month": "2",
    "birth_day": "28",
    "state": "California",
    "licence_id": "A1",
}
PROBLEM = "application/problem+json"
_TYPE = "urn:problem-type:cme-reflex:"


@pytest.fixture
async def token(client: httpx.AsyncClient) -> str:
    """A token, with three versions of two claims in the database."""
    now = datetime.now(UTC)
    sign_in = await credentials.sign_in_with_badge(MEETING.code, "O'Brien-Núñez", "101", now=now)
    context = await authentication.authenticate(MEETING.code, sign_in, now=now)
    first = await complete_and_submit(context, now=NOW)
    until = NOW + timedelta(days=9)
    await reopening.reopen_claim(first.number, reason="r", until=until, actor="s", now=NOW)
    await complete_and_submit(context, quarters=5, now=NOW + timedelta(days=1))
    await submitted_claim(2022, "kim")
    return (await api_tokens.create("society", actor="staff", now=now)).token


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def problem(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, kind and detail of a problem, which must not be cached."""
    document = answer.json()
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (
        PROBLEM, "no-store",
    )  # fmt: skip
    assert document["status"] == answer.status_code
    return answer.status_code, document["type"].removeprefix(_TYPE), document["detail"]


async def test_a_system_reads_submitted_claims_page_by_page(
    client: httpx.AsyncClient, token: str
) -> None:
    pages: list[dict[str, Any]] = []
    cursor = "start"
    while not pages or pages[-1]["has_more"]:
        answer = await client.get(
            "/api/v1/claims", params={"cursor": cursor, "limit": 2}, headers=bearer(token)
        )
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "no-store"
        pages.append(answer.json())
        cursor = pages[-1]["next_cursor"]
    first, second, third = (claim for page in pages for claim in page["claims"])
    assert [len(page["claims"]) for page in pages] == [2, 1]
    assert first == {
        "receipt_number": first["receipt_number"],
        "version": 1,
        "replaces": None,
        "replaced_by": second["receipt_number"],
        "status": "replaced",
        "submitted_at": "2024-11-01T12:00:00Z",
        "withdrawn_at": None,
        "meeting": {
            "code": "test24",
            "name": "The Test Meeting 2024",
            "provider": "Society of Tests",
            "location": "San Diego, California",
            "starts_on": "2024-09-26",
            "ends_on": "2024-09-29",
            "time_zone": "America/Los_Angeles",
        },
        "attendee": {
            "badge": "101",
            "member_username": "kim",
            "last_name": "O'Brien-Núñez",
            "first_name": "Kim",
            "suffix": "Jr",
            "name_on_certificate": "Kim O'Brien-Núñez Jr",
            "profession": "physician",
            "registration_type": "full",
        },
        "category1_hours": 1.5,
        "patient_safety_hours": 0.5,
        "credits": [
            {
                "credit_type": "category1",
                "label": "Category 1",
                "name": "AMA PRA Category 1 Credits™",
                "accreditor": "",
                "part_of": None,
                "claimed": 1.5,
            },
            {
                "credit_type": "safety",
                "label": "Patient Safety",
                "name": "Patient Safety",
                "accreditor": "",
                "part_of": "category1",
                "claimed": 0.5,
            },
        ],
        "lines": [
            {
                "session": "A",
                "title": "Session A",
                "starts_at": "2024-09-26T15:00:00Z",
                "ends_at": "2024-09-26T16:30:00Z",
                "watched": "live",
                "minutes": 90,
                "category1_hours": 1.5,
                "patient_safety_hours": 1.0,
                "credits": {"category1": 1.5, "safety": 1.0},
                "identifiers": {},
            }
        ],
    }
    assert (second["category1_hours"], third["meeting"]["code"]) == (1.25, "test2022")
    address = f"/api/v1/claims/{first['receipt_number'].lower()}"
    assert (await client.get(address, headers=bearer(token))).json() == first
    since = {"since": "2024-11-02T12:00:00+00:00"}
    answer = await client.get("/api/v1/claims", params=since, headers=bearer(token))
    assert answer.json()["claims"] == [second]


@pytest.mark.parametrize("scope", list(ApiScope))
async def test_a_scope_adds_its_fields_and_no_other(
    client: httpx.AsyncClient, token: str, scope: ApiScope
) -> None:
    now = datetime.now(UTC)
    created = await api_tokens.create("b", actor="s", now=now, scopes=[ApiScope.CLAIMS, scope])
    answer = await client.get("/api/v1/claims?limit=1", headers=bearer(created.token))
    (found,) = answer.json()["claims"]
    added = {
        name: found["attendee"][name]
        for name in ("email", "confirmation", "reporting")
        if name in found["attendee"]
    }
    assert (
        added
        == {
            ApiScope.CLAIMS: {},
            ApiScope.CONTACT: {"email": ""},
            ApiScope.CONFIRMATION_NUMBERS: {"confirmation": "CONF101"},
            ApiScope.REPORTING: {"reporting": None},
        }[scope]
    )
    address = f"/api/v1/claims/{found['receipt_number']}"
    assert (await client.get(address, headers=bearer(created.token))).json() == found


async def test_the_reporting_scope_reads_what_was_consented_to(
    client: httpx.AsyncClient, token: str
) -> None:
    now = datetime.now(UTC)
    sign_in = await credentials.sign_in_with_badge(MEETING.code, "O'Brien-Núñez", "101", now=now)
    context = await authentication.authenticate(MEETING.code, sign_in, now=now)
    version = context.meeting.reporting.consent_version
    await opt_in.save_opt_in(context, LEARNER, consented=True, version=version, now=NOW)
    scopes = [ApiScope.CLAIMS, ApiScope.REPORTING]
    created = await api_tokens.create("b", actor="s", now=now, scopes=scopes)
    answer = await client.get("/api/v1/claims?limit=1", headers=bearer(created.token))
    (found,) = answer.json()["claims"]
    assert found["attendee"]["reporting"] == {
        "consented_at": "2024-11-01T12:00:00Z",
        **LEARNER,
        "birth_month": 2,
        "birth_day": 28,
        "npi": "",
        "board": "",
        "board_id": "",
    }
    await opt_in.withdraw_opt_in(context, now=NOW)
    answer = await client.get("/api/v1/claims?limit=1", headers=bearer(created.token))
    assert answer.json()["claims"][0]["attendee"]["reporting"] is None


async def test_a_token_without_claims_and_an_expired_one_read_nothing(
    client: httpx.AsyncClient, token: str
) -> None:
    now = datetime.now(UTC)
    contact = await api_tokens.create("contact", actor="s", now=now, scopes=[ApiScope.CONTACT])
    answer = await client.get("/api/v1/claims", headers=bearer(contact.token))
    assert problem(answer) == (403, "scope-missing", "The token contact lacks the scope claims.")
    past, day = now - timedelta(days=9), timedelta(days=1)
    old = await api_tokens.create("old", actor="s", now=past, expires_at=past + day)
    answer = await client.get("/api/v1/claims", headers=bearer(old.token))
    assert problem(answer) == (
        403, "token-expired", "The token old has expired; ask for another.",
    )  # fmt: skip


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic a2ltOmtpbQ==", "Bearer x", "Bearer cme_000000000000_x",
     "cme_sign_in", "Bearer \xff"],
)  # fmt: skip
async def test_without_a_valid_token_nothing_can_be_read(
    client: httpx.AsyncClient, token: str, header: str
) -> None:
    sent = {"authorization": header.encode("latin-1")} if header else {}
    for path in ("/api/v1/claims", "/api/v1/claims/TEST24-2222-2222"):
        answer = await client.get(path, headers=sent)  # type: ignore[arg-type]
        assert problem(answer)[:2] == (401, "no-token")
        assert answer.headers["www-authenticate"].startswith('Bearer realm="claims"')


async def test_a_signed_in_attendee_has_no_access_to_the_api(
    client: httpx.AsyncClient, token: str
) -> None:
    person = {"way": "badge", "last_name": "O'Brien-Núñez", "number": "101"}
    await client.post("/sign-in", data=person)
    assert (await client.get("/api/v1/claims")).status_code == 401


async def test_a_token_gives_no_access_to_pages(client: httpx.AsyncClient, token: str) -> None:
    for path in (routes.ACCOUNT, routes.TRANSCRIPT_PDF):
        assert (await client.get(path, headers=bearer(token))).status_code == 303


async def test_a_revoked_token_is_rejected_with_its_reason(
    client: httpx.AsyncClient, token: str
) -> None:
    await api_tokens.revoke("society", actor="staff", now=NOW)
    answer = await client.get("/api/v1/claims", headers=bearer(token))
    assert problem(answer) == (
        403, "token-revoked", "The token society was revoked; ask for another.",
    )  # fmt: skip


async def test_a_meeting_that_there_is_not_is_said(client: httpx.AsyncClient, token: str) -> None:
    answer = await client.get("/api/v1/claims?meeting=nowhere", headers=bearer(token))
    assert problem(answer) == (404, "no-such-meeting", "No meeting has this code.")
    answer = await client.get("/api/v1/claims?meeting=TEST24", headers=bearer(token))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("limit=0", "limit: write a whole number from 1 to 200."),
        ("limit=201", "limit: write a whole number from 1 to 200."),
        ("limit=1.5", "limit: write a whole number from 1 to 200."),
        ("limit=x", "limit: write a whole number from 1 to 200."),
        ("since=2024-11-01", "since: write an instant"),
        ("since=1730462400", "since: write an instant"),
        ("since=2024-11-01T12:00:00", "since: write an instant"),
        ("since=2024-11-01T12:00:00+00:00", "since: write an instant"),  # "+" arrives as a space
        ("meeting=", "meeting: write a meeting's code, such as pstm24."),
        ("meeting=a%00", "meeting: write a meeting's code, such as pstm24."),
        ("cursor=", "cursor: use the next_cursor"),
        ("cursor=7", "cursor: use the next_cursor"),
        ("limit=1&limit=2", "Give each parameter once."),
        ("page=2", "There is no parameter 'page'."),
    ],
)
async def test_an_invalid_parameter_is_named(
    client: httpx.AsyncClient, token: str, query: str, detail: str
) -> None:
    answer = await client.get(f"/api/v1/claims?{query}", headers=bearer(token))
    status, kind, document = problem(answer)
    assert (status, kind) == (400, "bad-parameter")
    assert document.startswith(detail)


async def test_after_a_restore_reading_starts_again(
    client: httpx.AsyncClient, token: str, tmp_path: Any
) -> None:
    cursor = (await client.get("/api/v1/claims", headers=bearer(token))).json()["next_cursor"]
    await backup.create_backup(tmp_path / "b.gz", now=NOW, done=lambda rows: None)
    await backup.restore_backup(
        tmp_path / "b.gz", replace=True, actor="staff", now=NOW, done=lambda rows: None
    )
    answer = await client.get("/api/v1/claims", params={"cursor": cursor}, headers=bearer(token))
    assert problem(answer)[:2] == (410, "cursor-gone")


async def test_unknown_paths_and_writing_methods_are_rejected(
    client: httpx.AsyncClient, token: str
) -> None:
    answer = await client.get("/api/v1/claims/TEST24-2222-2222", headers=bearer(token))
    assert problem(answer)[:2] == (404, "no-such-claim")
    for path in ("/api/v1", "/api/v1/", "/api/v2/claims", "/api/v1/claims/", "/api/x\0"):
        quoted = path.replace("\0", "%00")
        assert problem(await client.get(quoted, headers=bearer(token)))[:2] == (404, "no-such-path")
    for path in ("/api/v1/claims", "/api/v1/openapi.json", "/api/v1/claims/TEST24-2222-2222"):
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            answer = await client.request(method, path, headers=bearer(token))
            assert problem(answer)[:2] == (405, "only-read")
            assert answer.headers["allow"] == "GET, HEAD"
    head = await client.head("/api/v1/claims", headers=bearer(token))
    assert (head.status_code, head.content) == (200, b"")


async def test_too_many_requests_are_told_when_to_retry(
    client: httpx.AsyncClient, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_tokens, "REQUEST_LIMIT", replace(api_tokens.REQUEST_LIMIT, limit=2))
    answers = [await client.get("/api/v1/claims", headers=bearer(token)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert problem(answers[-1])[:2] == (429, "too-many-requests")
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60


async def test_anybody_can_read_the_openapi_document(client: httpx.AsyncClient) -> None:
    answer = await client.get(routes.API_OPENAPI)
    assert (answer.status_code, answer.json()) == (200, document(ClaimsQuery))
    assert sorted(answer.json()["paths"]) == [routes.API_CLAIMS, routes.API_CLAIM]


def test_the_manual_shows_the_real_responses() -> None:
    manual = (ROOT / "docs" / "integration.md").read_text("utf-8")
    example, fault = re.findall(r"```json\n(.*?)```", manual, re.DOTALL)
    page = TypeAdapter(FeedPage).validate_json(example)
    assert json.loads(page_json(page, [ApiScope.CLAIMS])) == json.loads(example)
    shown = problems.BAD_PARAMETER.response(json.loads(fault)["detail"])
    assert json.loads(bytes(shown.body)) == json.loads(fault)
    assert f"may make {api_tokens.REQUEST_LIMIT.limit} requests a minute" in manual
    assert f"1 to {claims_feed.MAX_PAGE_SIZE}, by default {ClaimsQuery().limit}" in manual


# Conformance to the OpenAPI document for generated requests.

# Requests without a valid token are tested separately.
OPEN = schemathesis.openapi.from_dict({**document(ClaimsQuery), "security": []})
CLOSED = schemathesis.openapi.from_dict(document(ClaimsQuery))
PATHS = [routes.API_CLAIMS, routes.API_CLAIM]
MODES = list(schemathesis.GenerationMode)
ASKED = settings(
    max_examples=examples(0.4),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


async def answered(client: httpx.AsyncClient, case: schemathesis.Case, **more: str) -> Answer:
    """Send a generated request; raises unless the response conforms to the document."""
    sent = case.as_transport_kwargs(base_url=str(client.base_url))
    answer = await client.request(
        sent["method"],
        sent["url"],
        params=sent.get("params"),
        headers={**dict(sent["headers"]), **more},
    )
    assert answer.status_code < 500
    document = Answer.from_any(answer)
    # A cursor can be well-formed and still be unknown.
    gone = answer.status_code == 410
    case.validate_response(document, excluded_checks=[positive_data_acceptance] if gone else None)
    return document


@pytest.fixture
def without_a_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    """Disable the rate limits for generated requests."""
    for name in ("REQUEST_LIMIT",):
        quota = getattr(api_tokens, name)
        monkeypatch.setattr(api_tokens, name, replace(quota, limit=10**6))


@pytest.mark.usefixtures("without_a_quota")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("path", PATHS)
@ASKED
@given(data=st.data())
async def test_every_response_conforms_to_the_document(
    client: httpx.AsyncClient,
    token: str,
    path: str,
    mode: schemathesis.GenerationMode,
    data: st.DataObject,
) -> None:
    case = data.draw(OPEN[path]["GET"].as_strategy(generation_mode=mode))
    await answered(client, case, **bearer(token))


@pytest.mark.usefixtures("without_a_quota")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("path", PATHS)
@ASKED
@given(data=st.data())
async def test_every_request_with_an_invalid_token_is_rejected(
    client: httpx.AsyncClient,
    token: str,
    path: str,
    mode: schemathesis.GenerationMode,
    data: st.DataObject,
) -> None:
    case = data.draw(CLOSED[path]["GET"].as_strategy(generation_mode=mode))
    assert (await answered(client, case)).status_code in (401, 404)
