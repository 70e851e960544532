"""Limits of the socket: a connection that exceeds one is closed with a reason, and others go on."""

import logging
from contextlib import AsyncExitStack

import pytest

from cme_reflex.services.sign_in import registrations
from cme_reflex.services.sign_in.tokens import token_hash
from cme_reflex.settings import settings
from cme_reflex.web.middleware import socket_limits
from cme_reflex.web.middleware.connection_limiter import ConnectionLimit
from cme_reflex.web.middleware.shared_rate import MODEST_BURST
from cme_reflex.web.middleware.socket_limits import MESSAGE_LIMIT, PER_SIGN_IN
from cme_reflex.web.middleware.socket_sign_in import SIGN_IN_HEADER
from tests.support.access.attendees import DRAFTING, SECRET, VISITING, SignedInPeople
from tests.support.app_client import RunningApp, SocketConnection

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # independent of the database

NO_PAGE = (1008, "not a message of this site's pages")


async def check_is_open(socket: SocketConnection) -> None:
    """The connection is open, and its events get replies."""
    await socket.send("sessions.search", {"query": "A"})
    assert socket.vars()["sessions.query"] == "A"
    assert socket.closed is None


async def test_a_message_that_is_too_long_closes_its_connection_alone(
    site: RunningApp, people: SignedInPeople
) -> None:
    async with (
        site.socket(people.tokens[VISITING]) as big,
        site.socket(people.tokens[VISITING]) as other,
    ):
        await big.send("sessions.search", {"query": "x" * MESSAGE_LIMIT})
        assert big.closed == (1009, "a message has at most 65536 bytes")
        assert not any("sessions" in text for text in big.frames)
        await check_is_open(other)


async def test_too_many_messages_close_their_connection_alone(
    site: RunningApp, people: SignedInPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CME_EVENTS_PER_SECOND", "1")
    settings.cache_clear()
    async with site.socket(people.tokens[VISITING]) as flood:
        monkeypatch.setenv("CME_EVENTS_PER_SECOND", "1000")
        settings.cache_clear()
        async with site.socket(people.tokens[VISITING]) as other:
            for _ in range(1000):
                await flood.send_frame("3")
            await flood.wait_until_closed()
            assert flood.closed == (1008, "too many messages; try again in a few seconds")
            await check_is_open(other)


async def flood(socket: SocketConnection) -> None:
    """Send more at once than a person does."""
    for _ in range(5 * MODEST_BURST):
        await socket.send_frame("3")


@pytest.mark.parametrize("shared", ["REGISTRATION_FACTOR", "ADDRESS_FACTOR"])
async def test_too_many_messages_of_many_tabs_close_those_that_send_them(
    site: RunningApp, people: SignedInPeople, monkeypatch: pytest.MonkeyPatch, shared: str
) -> None:
    monkeypatch.setattr(socket_limits, shared, 1 / settings().events_per_second)
    async with AsyncExitStack() as stack:
        quiet = await stack.enter_async_context(site.socket(people.tokens[VISITING]))
        floods = [
            await stack.enter_async_context(site.socket(people.tokens[VISITING])) for _ in range(3)
        ]
        for socket in floods:
            await flood(socket)
        await floods[-1].wait_until_closed()
        assert floods[-1].closed == (1008, "too many messages; try again in a few seconds")
        await check_is_open(quiet)


async def test_messages_of_a_registration_do_not_count_for_others(
    site: RunningApp, people: SignedInPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_limits, "REGISTRATION_FACTOR", 1 / settings().events_per_second)
    async with (
        site.socket(people.tokens[VISITING]) as loud,
        site.socket(people.tokens[DRAFTING]) as other,
    ):
        await flood(loud)
        await loud.wait_until_closed()
        await check_is_open(other)


async def test_strangers_at_one_address_are_limited_and_who_is_signed_in_there_is_not(
    site: RunningApp, people: SignedInPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = ConnectionLimit(concurrent=1, per_second=0.001, burst=5)
    monkeypatch.setattr(socket_limits, "STRANGERS_PER_ADDRESS", limit)
    async with site.socket() as first:
        with pytest.raises(ConnectionError, match=r"1008, 'too many connections"):
            async with site.socket():
                pass
        await check_is_open_without_sign_in(first)
        async with site.socket(people.tokens[VISITING]) as signed_in:
            await check_is_open(signed_in)


async def test_a_state_keeps_no_header_that_is_not_needed(
    site: RunningApp, people: SignedInPeople
) -> None:
    headers = {"x_pad": "padding" * 9, "user_agent": "padding" * 9, "host": "localhost:3000"}
    async with site.socket(people.tokens[VISITING], **headers) as socket:
        await check_is_open(socket)
        states = b"".join(root._serialize() for root in site.app.state_manager.states.values())
    assert b"localhost:3000" in states
    assert b"padding" not in states


async def test_the_connections_of_each_sign_in_are_limited(
    site: RunningApp, people: SignedInPeople
) -> None:
    async with AsyncExitStack() as stack:
        sockets = [
            await stack.enter_async_context(site.socket(people.tokens[VISITING]))
            for _ in range(PER_SIGN_IN.concurrent)
        ]
        with pytest.raises(ConnectionError, match=r"1008, 'too many connections"):
            await stack.enter_async_context(site.socket(people.tokens[VISITING]))
        await check_is_open(sockets[0])
        await check_is_open(await stack.enter_async_context(site.socket(people.tokens[DRAFTING])))
        await check_is_open_without_sign_in(await stack.enter_async_context(site.socket()))
    async with site.socket(people.tokens[VISITING]) as later:
        await check_is_open(later)


async def check_is_open_without_sign_in(socket: SocketConnection) -> None:
    await socket.send("home.load")
    assert socket.vars()["home.redirect_to"] == "/#expired"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://["},
        {"origin": "localhost:3000"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site", "origin": "http://localhost:3000"},
        {"host": "evil.example"},
    ],
)
async def test_a_page_of_another_site_cannot_open_a_socket(
    site: RunningApp, people: SignedInPeople, headers: dict[str, str]
) -> None:
    with pytest.raises(ConnectionError, match="1008"):
        async with site.socket(people.tokens[VISITING], **headers):
            pass


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://localhost:3000"},
        {"sec_fetch_site": "same-origin", "origin": "http://localhost:3000"},
        {},
    ],
)
async def test_a_page_of_this_site_opens_one(
    site: RunningApp, people: SignedInPeople, headers: dict[str, str]
) -> None:
    async with site.socket(people.tokens[VISITING], **headers) as socket:
        await check_is_open(socket)


@pytest.mark.parametrize(
    "text",
    ["", "x", "4", "42", "0", "2", "5", "6", "40/_event,", "40/other,", "42/other,[]",
     "451-/_event,[]", "43/_event,1[]", "44/_event,", "b4", "3probe", None,
     "41/_event,{}", "42/_event,", "42/_event,{", '42/_event,{"a":1}', "42/_event,[]",
     "42/_event,[{}]", "42/_event,[1]", "42/_event," + "[" * 50_000,
     '42/_event,["event",' + "[" * 25_000 + "]" * 25_000 + "]",
     '42/_event,["event",' + "9" * 5_000 + "]",
     '42/_event,7["event",{}]', "42/_event," + "7" * 5_000 + '["event",{}]'],
)  # fmt: skip
async def test_a_message_that_no_page_sends_closes_its_connection_alone(
    site: RunningApp, people: SignedInPeople, text: str | None
) -> None:
    async with (
        site.socket(people.tokens[VISITING]) as odd,
        site.socket(people.tokens[VISITING]) as other,
    ):
        await odd.send_frame(text)
        await odd.wait_until_closed()
        assert odd.closed == NO_PAGE
        await check_is_open(other)


async def test_an_event_before_joining_closes_the_connection(
    site: RunningApp, people: SignedInPeople
) -> None:
    socket = SocketConnection(site, people.tokens[VISITING], "tab", {})
    async with socket.open():
        await socket.send_frame('42/_event,["event",{}]')
        await socket.wait_until_closed()
    assert socket.closed == NO_PAGE


@pytest.mark.parametrize(
    "text",
    [
        '42/_event,["event"]',
        '42/_event,["event",1,2,3]',
        '42/_event,["event",NaN]',
        '42/_event,["event","\\ud800"]',
        '42/_event,["event",' + "9" * 400 + "]",
        '42/_event,["event",' + "9" * 400 + ".0]",
        '42/_event,["event",' + "[" * 900 + "]" * 900 + "]",
        '42/_event,["client_error",' + "[" * 900 + "]" * 900 + "]",
        '42/_event,["event",{"name":"\\u0000","payload":{"\\u0000":1}}]',
        '42/_event,["connect",{}]',
        '42/_event,["disconnect"]',
    ],
)
async def test_a_malformed_event_is_ignored(
    site: RunningApp, people: SignedInPeople, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    async with site.socket(people.tokens[VISITING]) as socket:
        await socket.send_frame(text)
        await check_is_open(socket)
    assert [record for record in caplog.records if record.levelno > logging.WARNING] == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "x",
        "EIO=4&transport=websocket",
        "token=&EIO=4&transport=websocket",
        "token=x&EIO=3&transport=websocket",
        "token=x&EIO=4&transport=polling",
        "token=x&token=y&EIO=4&transport=websocket",
        "token=x&EIO=4&transport=websocket&sid=x",
        f"token={'x' * 5_000}&EIO=4&transport=websocket",
        "token=%00%ff&EIO=" + "9" * 5_000,
    ],
)
async def test_a_handshake_that_no_page_makes_is_rejected(
    site: RunningApp, caplog: pytest.LogCaptureFixture, query: str
) -> None:
    with pytest.raises(ConnectionError, match="1008"):
        async with site.socket(query=query):
            pass
    assert [record for record in caplog.records if record.levelno > logging.WARNING] == []


@pytest.mark.parametrize(
    "data", ["[]", "7", "{", "[" * 50_000, '{"event":' + "[" * 25_000 + "]" * 25_000 + "}"]
)
async def test_joining_with_what_is_no_object_closes_the_connection(
    site: RunningApp, data: str
) -> None:
    socket = SocketConnection(site, "", "tab", {})
    async with socket.open():
        await socket.send_frame(f"40/_event,{data}")
        await socket.wait_until_closed()
    assert socket.closed == NO_PAGE


@pytest.mark.parametrize(
    "data",
    [
        "{}",
        '{"event":7}',
        '{"event":{"name":[]}}',
        '{"event":' + "[" * 900 + "]" * 900 + "}",
        '{"event":{"name":"\\u0000","payload":{"\\ud800":1},"router_data":7}}',
        '{"state_schema":[1]}',
        '{"state_schema":"\\ud800\\n","event":{}}',
    ],
)
async def test_a_malformed_first_event_is_ignored(
    site: RunningApp, caplog: pytest.LogCaptureFixture, data: str
) -> None:
    socket = SocketConnection(site, "", "tab", {})
    async with socket.open():
        await socket.send_frame(f"40/_event,{data}")
        assert await socket.wait_for_frame("40/_event,")
        await check_is_open_without_sign_in(socket)
    assert [record for record in caplog.records if record.levelno > logging.WARNING] == []


async def test_a_connection_that_never_joins_is_closed(
    site: RunningApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_limits, "JOIN_TIMEOUT", 0)
    silent = SocketConnection(site, "", "tab", {})
    async with silent.open():
        await silent.wait_until_closed()
    assert silent.closed == (1008, "no page joined in time")


async def test_a_connection_that_joins_in_time_may_be_silent(
    site: RunningApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with site.socket() as joined:
        monkeypatch.setattr(socket_limits, "JOIN_TIMEOUT", 0)
        await check_is_open_without_sign_in(joined)


async def test_a_tabs_state_is_never_shown_to_another_person(
    site: RunningApp, people: SignedInPeople
) -> None:
    hydrate = "state.hydrate_and_load"
    async with site.socket(people.tokens[DRAFTING], tab="shared") as first:
        await first.send("home.load")
        assert SECRET in str(first.frames)
    for sign_in in (people.tokens[VISITING], "", "made-up"):
        async with site.socket(sign_in, tab="shared") as second:
            await second.send(hydrate, path="/privacy")
            assert second.vars()["home.attendee"] == ""
            assert SECRET not in str(second.frames)
    async with site.socket(people.tokens[DRAFTING], tab="shared") as again:
        await again.send(hydrate, path="/privacy")
        assert SECRET in again.vars()["home.attendee"]


async def test_every_event_is_authenticated(site: RunningApp, people: SignedInPeople) -> None:
    async with site.socket(people.tokens[DRAFTING]) as socket:
        await socket.send("home.load")
        assert SECRET in socket.vars()["home.attendee"]
        await registrations.sign_out(people.tokens[DRAFTING])
        await socket.send("home.refresh")
        shown = socket.vars()
        assert (shown["home.attendee"], shown["home.lines"], shown["home.redirect_to"]) == (
            "", [], "/#expired",
        )  # fmt: skip


@pytest.mark.parametrize("token", [True, False], ids=["token", "hash"])
async def test_a_header_of_the_clients_choice_signs_nobody_in(
    site: RunningApp, people: SignedInPeople, token: bool
) -> None:
    secret = people.tokens[DRAFTING]
    header = {SIGN_IN_HEADER: secret if token else token_hash(secret)}
    async with site.socket("", **header) as socket:
        await socket.send("sessions.load", path="/sessions")
        assert socket.vars()["sessions.redirect_to"] == "/#expired"
        assert SECRET not in str(socket.frames)
    async with site.socket(people.tokens[VISITING], **header) as socket:
        await socket.send("sessions.load", path="/sessions")
        assert socket.vars()["sessions.attendee"] == "Kim Smith"


async def test_a_page_is_sent_neither_the_token_nor_its_hash(
    site: RunningApp, people: SignedInPeople
) -> None:
    token = people.tokens[DRAFTING]
    async with site.socket(token) as socket:
        await socket.send("sessions.load", path="/sessions")
        sent = str(socket.frames)
    assert token not in sent
    assert token_hash(token) not in sent
