"""The command queue alone: an empty page with a fake clock, without server or library."""

import json
import random
from itertools import pairwise

import pytest
from playwright.sync_api import BrowserContext

from tests.support.e2e.queue_page import ATTENDEE, SITE, START, QueuePage, new_tab


def test_one_command_is_in_flight_and_the_others_wait_in_order(
    queue: QueuePage,
) -> None:
    first, second, third = (queue.add_session(session) for session in (1, 2, 1))
    assert queue.sent == [first]
    queue.settle(first)
    assert queue.sent == [first, second]
    queue.settle(second)
    queue.settle(third)
    assert queue.sent == [first, second, third]
    assert queue.status == "saved"


def test_saving_is_shown_after_a_delay_and_saved_after_the_reply(queue: QueuePage) -> None:
    assert queue.status == ""
    command = queue.add_session(1)
    assert (queue.status, queue.button_is_marked) == ("", True)
    queue.advance(1_000)
    assert (queue.status, queue.button_is_marked) == ("saving", True)
    queue.advance(2_500)
    assert (queue.status, queue.button_is_marked) == ("reconnecting", True)
    queue.settle(command)
    assert (queue.status, queue.button_is_marked) == ("saved", False)


def test_a_refused_command_is_named_until_it_is_dismissed(queue: QueuePage) -> None:
    queue.settle(queue.add_session(1))
    queue.settle(queue.add_session(2), refused="It has ended.")
    assert (queue.status, queue.button_is_marked) == ("refused", False)
    # The success of another command does not hide it, nor does a reload.
    queue.settle(queue.add_session(3))
    assert queue.status == "refused"
    queue.page.reload()
    queue.page.wait_for_function("() => window.queue")
    queue.call(f"markAlive(); queue.setOwner('{ATTENDEE}', true)")
    assert queue.refused == ["Facelifts: Add nothing: It has ended."]
    queue.call("dismissRefusals()")
    assert (queue.refused, queue.status) == ([], "")
    queue.settle(queue.add_session(4))
    assert queue.status == "saved"


def test_without_a_connection_the_status_is_reconnecting_and_later_offline(
    queue: QueuePage,
) -> None:
    queue.settle(queue.add_session(1))
    queue.call("setConnected(false)")
    assert queue.status == "reconnecting"
    command = queue.add_session(2)
    queue.advance(3_500)
    assert queue.status == "offline"
    queue.call("setConnected(true)")
    assert queue.status == "reconnecting"  # the command is not saved yet
    queue.settle(command)
    assert queue.status == "saved"


def test_an_offline_phone_shows_offline_at_once(queue: QueuePage) -> None:
    queue.page.context.set_offline(True)
    queue.add_session(1)
    assert queue.status == "offline"


def test_a_page_without_any_reply_shows_reconnecting(
    queue: QueuePage,
) -> None:
    queue.page.goto(f"{SITE}/")
    queue.advance(2_500)
    assert queue.status == ""
    queue.advance(1_000)
    assert queue.status == "reconnecting"


def test_an_unanswered_command_is_sent_again_with_the_same_id(queue: QueuePage) -> None:
    command = queue.add_session(1)
    queue.advance(13_000)
    assert queue.sent == [command] * 3
    queue.settle(command)
    queue.advance(13_000)
    assert queue.sent == [command] * 3


def test_a_command_waits_for_as_long_as_a_live_server_cannot_process_it(queue: QueuePage) -> None:
    first, second = queue.add_session(1), queue.add_session(2, text="x")
    for _ in range(360):
        queue.postpone(first)
        queue.advance(10_000)
    assert (queue.status, queue.button_is_marked) == ("postponed", True)
    assert queue.waiting == ["Facelifts: Add nothing", "Facelifts: Add x"]
    assert set(queue.sent) == {first}
    assert len(queue.sent) > 150
    queue.settle(first)
    queue.settle(second)
    assert (queue.status, queue.waiting) == ("saved", [])


def test_a_postponed_command_is_sent_again_at_growing_intervals(queue: QueuePage) -> None:
    command = queue.add_session(1)
    times = []
    for passed in range(40):
        if len(queue.sent) > len(times):
            times.append(passed)
            queue.postpone(command)
        queue.advance(1_000)
    intervals = [later - earlier for earlier, later in pairwise(times)]
    assert intervals == sorted(intervals)
    assert (intervals[0], intervals[-1]) == (1, 10)


def test_queued_commands_survive_a_reload_and_wait_for_the_confirmed_owner(
    queue: QueuePage,
) -> None:
    first, second = queue.add_session(1), queue.add_session(2)
    queue.page.goto(f"{SITE}/")
    queue.advance(500)
    assert queue.sent == []
    queue.call(f"markAlive(); queue.setOwner('{ATTENDEE}', false)")
    assert queue.sent == []
    queue.call(f"setOwner('{ATTENDEE}', true)")
    assert queue.sent == [first]
    queue.settle(first)
    assert queue.sent == [first, second]


def test_a_command_of_one_attendee_is_never_sent_nor_shown_to_another(queue: QueuePage) -> None:
    command = queue.add_session(1)
    refused = queue.add_session(2)
    queue.settle(command)
    queue.settle(refused, refused="It has ended.")
    command = queue.add_session(3)
    queue.open("8.key")
    queue.advance(20_000)
    assert (queue.sent, queue.status, queue.waiting, queue.refused) == ([], "", [], [])
    # The first one's command is sent once that person signs in again.
    queue.open()
    assert queue.sent == [command]
    assert queue.refused == ["Facelifts: Add nothing: It has ended."]


def test_a_command_of_a_closed_tab_is_sent_by_another(browser_profile: BrowserContext) -> None:
    closed, open_tab = new_tab(browser_profile), new_tab(browser_profile)
    closed.page.clock.pause_at(1_100_000)
    open_tab.page.clock.pause_at(1_100_000)
    command = closed.add_session(1)
    closed.page.close()
    open_tab.advance(2_000)
    assert open_tab.sent == []
    assert open_tab.status == "saving"
    open_tab.advance(2_000)
    assert open_tab.sent == [command]
    open_tab.settle(command)
    assert open_tab.status == "saved"


def test_taps_in_two_tabs_are_sent_in_their_order(browser_profile: BrowserContext) -> None:
    first_tab, second_tab = new_tab(browser_profile), new_tab(browser_profile)
    first = first_tab.add_session(1)
    second = second_tab.add_session(2)
    assert (first_tab.sent, second_tab.sent) == ([first], [])
    first_tab.settle(first)
    second_tab.page.wait_for_function("() => sent.length")
    assert second_tab.sent == [second]
    second_tab.settle(second, refused="It has ended.")
    first_tab.page.wait_for_function("() => document.documentElement.dataset.saveStatus")
    assert first_tab.refused == ["Facelifts: Add nothing: It has ended."]


DAY = 86_400_000  # milliseconds


def stored(queue: QueuePage) -> str:
    return str(queue.page.evaluate("() => JSON.stringify(Object.entries(localStorage))"))


@pytest.mark.parametrize(
    "key",
    [
        "cme_queue/1/7/0000000000000001/planted",  # as former releases stored it
        "cme_queue/2/7/0000000000000001/planted",
        "cme_queue/2/7.guess/0000000000000001/planted",
    ],
)
def test_a_command_that_somebody_else_has_stored_is_never_sent(queue: QueuePage, key: str) -> None:
    command = {"event": {"name": "add", "payload": {"command": "planted"}}, "at": 1000 * START}
    store = "([key, command]) => localStorage.setItem(key, JSON.stringify(command))"
    queue.page.evaluate(store, [key, command])
    listed = {"key": "cme_command_queue", "command": [command | {"owner": ATTENDEE}]}
    in_tab = "({key, command}) => sessionStorage.setItem(key, JSON.stringify(command))"
    queue.page.evaluate(in_tab, listed)
    queue.open()
    queue.advance(20_000)
    assert (queue.sent, queue.refused) == ([], ["Removed."])
    assert "planted" not in stored(queue)
    queue.call("dismissRefusals()")
    queue.open()
    assert queue.refused == []


def test_what_others_have_left_is_removed_after_a_day_and_they_are_told(queue: QueuePage) -> None:
    queue.add_session(1, text="private")
    queue.settle(queue.add_session(2, text="private"), refused="It has ended.")
    queue.page.clock.fast_forward(DAY - 60_000)
    queue.open("8.key")
    assert stored(queue).count("private") == 4
    queue.page.clock.fast_forward(120_000)
    queue.open("8.key")
    assert json.loads(stored(queue)) == [["cme_removed/7", "true"]]
    queue.open()
    assert (queue.sent, queue.refused) == ([], ["Removed."])


def test_what_the_attendee_has_left_is_sent_after_a_day(queue: QueuePage) -> None:
    command = queue.add_session(1)
    queue.page.clock.fast_forward(3 * DAY)
    queue.open()
    assert (queue.sent, queue.refused) == ([command], [])


def test_a_browser_without_storage_keeps_the_commands_in_memory(queue: QueuePage) -> None:
    full = "() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }"
    queue.page.evaluate(full)
    first, second = queue.add_session(1), queue.add_session(2)
    queue.settle(first)
    queue.settle(second)
    assert (queue.sent, queue.status) == ([first, second], "saved")


def test_typing_is_one_command_with_the_newest_text(queue: QueuePage) -> None:
    for length in range(1, 6):
        last = queue.add_session(1, debounce=600, text="words"[:length])
        queue.advance(100)
    assert queue.sent == []
    queue.advance(600)
    assert queue.sent == [last]
    # While it is in flight further input waits, and only the newest is sent.
    queue.add_session(1, debounce=600, text="words and")
    newest = queue.add_session(1, debounce=600, text="words and more")
    queue.settle(last)
    queue.advance(700)
    assert queue.sent == [last, newest]


def test_other_events_do_not_wait_for_commands(queue: QueuePage) -> None:
    answer = queue.add_session(1)
    queue.click("dismiss")
    assert queue.sent == [answer, "dismiss"]


class RandomNetwork:
    """Random taps and network faults, with a server that applies each command once."""

    def __init__(self, queue: QueuePage, rng: random.Random) -> None:
        self.queue = queue
        self.rng = rng
        self.commands: list[str] = []
        self.arrived: list[str] = []
        self.applied = 0

    def tap(self) -> None:
        self.commands.append(self.queue.add_session(self.rng.randrange(3)))

    def answer(self) -> None:
        self._receive()
        if self.waiting and self.commands[self.applied] in self.arrived:
            self.applied += 1
            self.queue.settle(self.commands[self.applied - 1])

    def lose(self) -> None:
        self.queue.call("setConnected(false)")

    def join(self) -> None:
        self.queue.call("setConnected(true)")

    def reload(self) -> None:
        self._receive()
        self.queue.open()

    def wait(self) -> None:
        self.queue.advance(self.rng.randrange(4_000))

    @property
    def waiting(self) -> int:
        """The number of commands that the server has not applied yet."""
        return len(self.commands) - self.applied

    def _receive(self) -> None:
        # The server recognizes a repeated command by its id.
        new = [command for command in self.queue.sent if command not in self.arrived]
        self.arrived += dict.fromkeys(new)


@pytest.mark.parametrize("seed", range(5))
def test_under_random_faults_order_is_preserved_and_saved_is_true(
    queue: QueuePage, seed: int
) -> None:
    rng = random.Random(seed)  # noqa: S311 - reproducible
    network = RandomNetwork(queue, rng)
    actions = (network.tap, network.tap, network.answer, network.lose, network.join,
               network.reload, network.wait)  # fmt: skip
    for _ in range(120):
        rng.choice(actions)()
        if network.waiting:
            assert queue.status not in ("saved", "failed")
    network.join()
    for _ in range(network.waiting):
        network.answer()
    assert network.waiting == 0
    assert network.arrived == network.commands
    assert queue.status == "saved"
