"""Late events: tapped on one page, and received when the tab shows another."""

from typing import Any

import pytest

from cme_reflex.services.clock import clock
from cme_reflex.services.evaluations import evaluation_answers
from cme_reflex.services.sign_in import authentication
from cme_reflex.state.views import session_window
from tests.support.access.attendees import DRAFTING, SECRET, SignedInPeople
from tests.support.app_client import RunningApp
from tests.support.meetings import MEETING

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # independent of the database


async def test_a_late_answer_belongs_to_the_session_it_names(
    site: RunningApp, people: SignedInPeople
) -> None:
    first, second = people.sessions["A"], people.sessions["B"]
    async with site.socket(people.tokens[DRAFTING]) as socket:
        for session in (first, second):
            await socket.send("evaluation.load", path=f"/evaluation?session={session}")
        late = {"session_id": first, "question": "comment", "value": "Late", "command": "one"}
        await socket.send("evaluation.answer", late)
        shown = socket.vars()
    assert _reply(shown) == ("one", "applied")
    assert shown["evaluation.session_id"] == second
    assert [question["text_answer"] for question in shown["evaluation.questions"]] == [
        "",
        f"{SECRET}!",
    ]
    context = await authentication.authenticate(MEETING.code, people.tokens[DRAFTING], now=clock())
    answers = await evaluation_answers.load_answers(context)
    assert answers.of_session(first) == {"comment": "Late"}
    assert answers.of_session(second) == {"comment": f"{SECRET}!"}


async def test_undo_restores_its_session_even_after_the_page_has_loaded_again(
    site: RunningApp, people: SignedInPeople
) -> None:
    async with site.socket(people.tokens[DRAFTING]) as socket:
        await socket.send("home.remove", {"session_id": people.sessions["A"], "command": "one"})
        assert [each["id"] for each in socket.vars()["home.removed"]] == [people.sessions["A"]]
        await socket.send("home.load")
        assert [each["id"] for each in socket.vars()["home.removed"]] == [people.sessions["A"]]
        await socket.send("home.undo", {"session_id": people.sessions["A"], "command": "two"})
        shown = socket.vars()
    assert _reply(shown) == ("two", "applied")
    assert [line["id"] for line in shown["home.lines"]] == [
        people.sessions["A"],
        people.sessions["B"],
    ]


async def test_undo_is_offered_on_every_page_and_to_a_new_tab(
    site: RunningApp, people: SignedInPeople
) -> None:
    first, second = people.sessions["A"], people.sessions["B"]
    async with (
        site.socket(people.tokens[DRAFTING]) as socket,
        site.socket(people.tokens[DRAFTING]) as other,
    ):
        await other.send("sessions.load", path="/sessions")
        await socket.send("home.remove", {"session_id": first, "command": "one"})
        await other.send("sessions.refresh", path="/sessions")
        assert [each["id"] for each in other.vars()["sessions.removed"]] == [first]
        await other.send("sessions.remove", {"session_id": second, "command": "two"})
    async with site.socket(people.tokens[DRAFTING]) as socket:
        await socket.send("home.load")
        assert [each["id"] for each in socket.vars()["home.removed"]] == [second, first]
        await socket.send("home.undo", {"session_id": second, "command": "three"})
        assert [each["id"] for each in socket.vars()["home.removed"]] == [first]


async def test_the_list_of_added_sessions_stays_complete_while_removing(
    site: RunningApp, people: SignedInPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_window, "CHUNK", 1)
    async with site.socket(people.tokens[DRAFTING]) as socket:
        added = [people.sessions[code] for code in ("A", "B", "D")]
        await socket.send("sessions.load", path="/sessions")
        for session in added:
            await socket.send("sessions.add", {"session_id": session, "command": str(session)})
        await socket.send("sessions.show_only", {"showing": "added"})
        found = socket.vars()["sessions.found"]
        in_order = [row["id"] for row in socket.vars()["sessions.slot_a"]]
        await socket.send("sessions.remove", {"session_id": in_order[0], "command": "one"})
        await socket.send("sessions.scroll_to", {"row": "1"})
        shown = socket.vars()
    rows = [row["id"] for slot in "abc" for row in shown[f"sessions.slot_{slot}"]]
    assert sorted(rows) == sorted(added)
    assert (shown["sessions.matches"], shown["sessions.found"]) == (len(added), found)
    assert sorted(shown["sessions.added"]) == sorted(set(added) - {in_order[0]})


@pytest.mark.parametrize(("query", "slots"), [("", "abc"), ("?sort=date", "abc"), ("?q=s", "a")])
async def test_a_page_loads_the_whole_window_and_a_filter_its_first_chunk(
    site: RunningApp,
    people: SignedInPeople,
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    slots: str,
) -> None:
    monkeypatch.setattr(session_window, "CHUNK", 1)
    async with site.socket(people.tokens[DRAFTING]) as socket:
        await socket.send("sessions.load", path=f"/sessions{query}")
        shown = socket.vars()
    assert shown["sessions.matches"] > 3
    assert "".join(slot for slot in "abc" if shown.get(f"sessions.slot_{slot}")) == slots


async def test_a_letter_shows_what_another_tab_has_added(
    site: RunningApp, people: SignedInPeople
) -> None:
    async with (
        site.socket(people.tokens[DRAFTING]) as socket,
        site.socket(people.tokens[DRAFTING]) as other,
    ):
        await socket.send("sessions.load", path="/sessions")
        await socket.send("sessions.search", {"query": "s"})
        await other.send("sessions.load", path="/sessions")
        await other.send("sessions.add", {"session_id": people.sessions["D"], "command": "one"})
        assert people.sessions["D"] not in socket.vars()["sessions.added"]
        await socket.send("sessions.search", {"query": "se"})
        assert people.sessions["D"] in socket.vars()["sessions.added"]


def _reply(shown: dict[str, Any]) -> tuple[str, str]:
    reply = shown["command_queue.reply"]
    return reply["command"], reply["outcome"]


@pytest.mark.parametrize("event", ["receipt.load", "receipt.refresh"])
async def test_a_receipt_page_without_a_receipt_fails_at_no_event(
    site: RunningApp, people: SignedInPeople, caplog: pytest.LogCaptureFixture, event: str
) -> None:
    async with site.socket(people.tokens[DRAFTING]) as socket:
        await socket.send(event, path="/receipt")
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
