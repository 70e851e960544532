"""Immediate actions alone: Submit and Log Out are done, or it is said why not."""

import pytest
from playwright.sync_api import expect

from tests.support.e2e.queue_page import QueuePage


def test_submit_follows_the_command_before_it(queue: QueuePage) -> None:
    answer = queue.add_session(1)
    submit = queue.submit()
    assert (queue.sent, queue.notice) == ([answer], "")
    queue.advance(600)
    assert queue.notice == "waits"
    queue.settle(answer)
    assert (queue.sent, queue.notice) == ([answer, submit], "")
    queue.settle(submit)
    queue.advance(20_000)
    assert (queue.sent, queue.notice) == ([answer, submit], "")


def test_submit_behind_a_command_that_keeps_waiting_is_not_sent_and_can_be_tapped_again(
    queue: QueuePage,
) -> None:
    answer = queue.add_session(1)
    queue.submit()
    queue.advance(3_500)
    assert queue.notice == "unsaved"
    # Who taps again while it still waits is told at once.
    queue.submit()
    assert queue.notice == "unsaved"
    queue.advance(60_000)
    queue.settle(answer)
    assert (set(queue.sent), queue.notice) == ({answer}, "ready")
    submit = queue.submit()
    assert (queue.sent[-1], queue.notice) == (submit, "")


def test_submit_without_a_connection_is_not_sent(queue: QueuePage) -> None:
    queue.call("setConnected(false)")
    queue.advance(500)
    queue.submit()
    assert (queue.sent, queue.notice) == ([], "offline")
    queue.call("setConnected(true)")
    assert queue.notice == "ready"
    submit = queue.submit()
    assert (queue.sent, queue.notice) == ([submit], "")


def test_a_second_tap_while_submit_waits_or_is_sent_changes_nothing(queue: QueuePage) -> None:
    answer = queue.add_session(1)
    submit = queue.submit()
    queue.submit()
    queue.settle(answer)
    queue.submit()
    assert queue.sent == [answer, submit]


def test_submit_without_a_reply_is_named_until_the_reply(queue: QueuePage) -> None:
    submit = queue.submit()
    queue.advance(4_000)
    assert queue.notice == "unanswered"
    queue.settle(submit)
    assert queue.notice == ""


def test_submit_that_the_server_cannot_process_is_named(queue: QueuePage) -> None:
    queue.postpone(queue.submit())
    assert queue.notice == "failed"
    queue.advance(60_000)
    assert len(queue.sent) == 1
    again = queue.submit()
    assert (queue.sent[1:], queue.notice) == ([again], "")


def test_submit_that_waits_is_not_sent_from_another_page(queue: QueuePage) -> None:
    answer = queue.add_session(1)
    queue.submit()
    queue.page.evaluate("() => history.pushState({}, '', '/other')")
    queue.settle(answer)
    assert (queue.sent, queue.notice) == ([answer], "left")
    queue.page.evaluate("() => history.pushState({}, '', '/third')")
    queue.advance(1_000)
    assert queue.notice == ""


def test_log_out_waits_until_all_is_saved(queue: QueuePage) -> None:
    command = queue.add_session(1)
    queue.log_out()
    assert queue.sent == [command]
    queue.settle(command)
    assert queue.sent == [command, "sign-out"]


@pytest.mark.parametrize("choice", ["waitUntilSaved", "discardAndRun", "dismiss"])
def test_log_out_with_waiting_commands_asks_what_becomes_of_them(
    queue: QueuePage, choice: str
) -> None:
    command, other = queue.add_session(1), queue.add_session(2)
    queue.log_out()
    queue.advance(3_500)
    assert queue.notice == "asks"
    queue.page.evaluate(f"() => actions.{choice}()")
    expect(queue.page.get_by_role("button", name="Log Out")).to_be_visible()
    after = {"waitUntilSaved": "waits", "discardAndRun": "", "dismiss": ""}
    assert queue.notice == after[choice]
    queue.advance(60_000)
    if choice != "discardAndRun":
        queue.settle(command)
        queue.settle(other)
    sent = [name for name in dict.fromkeys(queue.sent) if name != command]
    assert (
        sent
        == {
            "waitUntilSaved": [other, "sign-out"],
            "discardAndRun": ["sign-out"],
            "dismiss": [other],
        }[choice]
    )
    assert queue.notice == ""
    queue.open()
    assert queue.waiting == []
