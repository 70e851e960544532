"""Fuzzing of every event handler with arbitrary JSON, by every kind of client.

No row of another attendee is changed or disclosed, no reply contains a traceback, and nothing is
logged as an error.
"""

import json
import logging
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.access.attendees import (
    DRAFTING,
    SECRET,
    SUBMITTED,
    VISITING,
    SignedInPeople,
    table_rows,
)
from tests.support.access.events import REPORTING_EVENTS, VALID_PAYLOADS
from tests.support.app_client import RunningApp, SocketConnection, event_handlers
from tests.support.examples import examples

EXAMPLES = settings(
    max_examples=examples(0.6),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
EVENTS = 4  # per connection in each example, so that one event can prepare another

text = st.text(st.characters(), max_size=20)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), text, st.just(float("nan"))
)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(text, inner, max_size=4)),
    max_leaves=8,
)
# Meaningful values: ids, hours, questions, options, and common attack strings.
meaningful = st.sampled_from(
    [0, 1, 2, 3, 5, 7, 2**31, 2**63, "0.25", "1.50", "-1", "NaN", "1e3", "objectives", "comment",
     "bias", "change", "A", "B", "physician", "2024-09-26", "title", "added", "x' OR 1=1 --",
     "\0", "\ud800", "__class__", "{0.__init__}", "%s", "../../etc/passwd", "<script>", ""]
)  # fmt: skip


@st.composite
def events(draw: st.DrawFn) -> tuple[str, Any]:
    """A message and its data: an event of any handler, or a malformed one."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from(["event", "client_error", "connect", "x"])), draw(anything)
    name = draw(st.sampled_from(sorted(event_handlers())))
    valid = VALID_PAYLOADS.get(name.rpartition("___")[2].lstrip("_"), {})
    payload: Any = {
        key: draw(st.one_of(st.just(valid[key]), meaningful, anything)) for key in valid
    }
    if draw(st.integers(0, 4)) == 0:
        payload = draw(st.one_of(anything, st.just({**payload, draw(text): draw(anything)})))
    path = draw(st.sampled_from(["/", "/claim", "/evaluation?session=1", "/submit", "/%00"]))
    place: Any = {"pathname": path.partition("?")[0], "asPath": path}
    if draw(st.integers(0, 4)) == 0:
        place = draw(st.one_of(anything, st.just({**place, "asPath": draw(text)})))
    return "event", {"name": name, "payload": payload, "router_data": place}


conversations = st.lists(events(), min_size=1, max_size=EVENTS)


async def send_all(socket: SocketConnection, conversation: list[tuple[str, Any]]) -> None:
    for message, data in conversation:
        await socket.emit(data, message)
    assert socket.closed is None
    for answer in socket.frames:
        assert "Traceback" not in answer
        assert 'File "' not in answer
        json.loads(answer.lstrip("0123456789").removeprefix("/_event,") or "null")


async def check_nobody_else_is_affected(
    site: RunningApp,
    people: SignedInPeople,
    caplog: pytest.LogCaptureFixture,
    badge: str,
    conversation: list[tuple[str, Any]],
) -> None:
    """Send the messages as the attendee with this badge, or without a sign-in."""
    caplog.set_level(logging.WARNING)
    caplog.clear()
    if badge == SUBMITTED:  # the owner may still change the opt-in to reporting
        conversation = [event for event in conversation if not is_reporting_event(event)]
    # Nobody may change a submitted claim; a draft may be changed by its owner.
    mine = None if badge == SUBMITTED else people.ids.get(badge)
    before = await table_rows(without=mine)
    async with site.socket(people.tokens.get(badge, "")) as socket:
        await send_all(socket, conversation)
    if badge in ("", VISITING):
        assert not any(SECRET in answer for answer in socket.frames)
    assert await table_rows(without=mine) == before
    assert [record.getMessage() for record in caplog.records if record.levelno > 30] == []


def is_reporting_event(event: tuple[str, Any]) -> bool:
    return any(f"__{name}" in str(event) for name in REPORTING_EVENTS)


@EXAMPLES
@given(badge=st.sampled_from(["", VISITING, DRAFTING, SUBMITTED]), conversation=conversations)
async def test_arbitrary_events_affect_nobody_else(
    site: RunningApp,
    people: SignedInPeople,
    caplog: pytest.LogCaptureFixture,
    badge: str,
    conversation: list[Any],
) -> None:
    await check_nobody_else_is_affected(site, people, caplog, badge, conversation)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@settings(EXAMPLES, max_examples=examples(4))
@given(badge=st.sampled_from(["", VISITING, DRAFTING, SUBMITTED]), conversation=conversations)
async def test_arbitrary_events_at_length(
    site: RunningApp,
    people: SignedInPeople,
    caplog: pytest.LogCaptureFixture,
    badge: str,
    conversation: list[Any],
) -> None:
    await check_nobody_else_is_affected(site, people, caplog, badge, conversation)
