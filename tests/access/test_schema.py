"""Generated requests for every HTTP route of the application, from a document of them all.

The HTTP API has a document of its own, which its tests hold it to. The other routes have none: what
is described here are the inputs that a route reads, and the tests send others as well.
"""

import json
import logging
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.access.attendees import DRAFTING, SECRET, Rows, SignedInPeople, table_rows
from tests.support.access.events import own_routes
from tests.support.app_client import RunningApp
from tests.support.examples import examples

TEXT = {"type": "string"}
FIELDS = ["way", "last_name", "number", "username", "password", "again", "registration", "email",
          "token"]  # fmt: skip
QUERY = ["number", "code", "state", "error", "iss", "cursor", "since", "limit", "q"]
HEADERS = ["Origin", "Sec-Fetch-Site", "X-Forwarded-For", "Authorization", "Range", "Accept"]


def operation(path: str, method: str, parameters: list[str]) -> dict[str, Any]:
    """What a route may be given; any response but a failure is right."""
    described: dict[str, Any] = {
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": TEXT}
                for name in parameters
            ),
            *({"name": name, "in": "query", "schema": TEXT} for name in QUERY),
            *({"name": name, "in": "header", "schema": TEXT} for name in HEADERS),
            {"name": "cme_sign_in", "in": "cookie", "schema": TEXT},
        ],
        "responses": {"default": {"description": "any"}},
    }
    if method == "POST":
        schema = {"type": "object", "properties": dict.fromkeys(FIELDS, TEXT)}
        media = ["application/x-www-form-urlencoded", "multipart/form-data", "application/json"]
        described["requestBody"] = {"content": {each: {"schema": schema} for each in media}}
    return described


def document() -> dict[str, Any]:
    """All HTTP routes of the application, each with its methods."""
    paths: dict[str, Any] = {}
    for route in own_routes():
        for method in sorted((route.methods or set()) - {"HEAD", "TRACE"}):
            paths.setdefault(route.path_format, {})[method.lower()] = operation(
                route.path_format, method, list(route.param_convertors)
            )
    return {"openapi": "3.1.0", "info": {"title": "routes", "version": "1"}, "paths": paths}


DOCUMENT = document()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = [(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods]


def test_every_route_is_described() -> None:
    assert {path for path, _ in OPERATIONS} == {route.path_format for route in own_routes()}
    assert len(OPERATIONS) > 15


async def send(client: httpx.AsyncClient, method: str, case: schemathesis.Case) -> httpx.Response:
    """Send a generated request as it is: bodies and headers that are no text included."""
    headers = {name: _bytes(value) for name, value in dict(case.headers or {}).items()}
    if case.cookies:
        headers["cookie"] = _bytes("; ".join(f"{key}={case.cookies[key]}" for key in case.cookies))
    request: dict[str, Any] = {"params": {k: str(v) for k, v in dict(case.query or {}).items()}}
    if isinstance(case.body, dict) and case.media_type != "application/json":
        fields = {str(name): str(value) for name, value in case.body.items()}
        if case.media_type == "multipart/form-data":
            request["files"] = {name: (None, value) for name, value in fields.items()}
        else:
            request["data"] = fields
    elif method == "POST":
        headers["content-type"] = _bytes(case.media_type or "")
        request["content"] = json.dumps(case.body, default=str).encode("utf-8", "replace")
    return await client.request(method, case.formatted_path, **request, headers=headers)


def _bytes(value: object) -> bytes:
    return str(value).encode("latin-1", "replace")


@pytest.fixture
async def rows(site: RunningApp) -> Rows:
    """What the database contains before the first request, and after each."""
    return await table_rows()


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
@settings(
    max_examples=examples(0.2),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
async def test_no_generated_request_fails_or_changes_or_discloses_anything(
    site: RunningApp,
    people: SignedInPeople,
    caplog: pytest.LogCaptureFixture,
    rows: Rows,
    path: str,
    method: str,
    data: st.DataObject,
) -> None:
    caplog.clear()
    mode = data.draw(st.sampled_from(list(schemathesis.GenerationMode)))
    case = data.draw(SCHEMA[path][method.upper()].as_strategy(generation_mode=mode))
    badge = data.draw(st.sampled_from(["", DRAFTING]))
    async with site.client(**({"cme_sign_in": people.tokens[badge]} if badge else {})) as client:
        try:
            answer = await send(client, method.upper(), case)
        except (httpx.InvalidURL, httpx.LocalProtocolError):
            return  # nothing was sent
    assert answer.status_code < 500
    if not badge:
        assert SECRET not in answer.text
    assert await table_rows() == rows
    assert [
        record.getMessage() for record in caplog.records if record.levelno > logging.WARNING
    ] == []
