"""The command queue by itself, in an empty page whose clock stands still: no server, no library."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from cme_reflex.settings import ROOT

SITE = "http://queue.test"
SOMEBODY = "7"

# What a page is to the queue. What it sends is noted.
PAGE = """
<!doctype html>
<script type="module">
    import * as queue from "/command_queue.js";
    window.sent = [];
    const name = ({ name, payload }) => payload.command ?? name;
    queue.setTransport((events) => sent.push(...events.map(name)));
    window.queue = queue;
</script>
<button data-cme-pending>Add</button>
<form method="post" action="/sign-out" onsubmit="sent.push('sign-out'); return false"></form>
"""

TAP = """([name, payload, debounce, type]) => {
    const target = document.querySelector("button");
    const event_actions = debounce ? { debounce } : {};
    queue.intercept([{ name, payload, event_actions }], [{ target, type }], {});
}"""


@dataclass
class Box:
    """A queue, and what comes to it from the page and from the server."""

    page: Page
    taps: int = 0

    def opens(self, attendee: str = SOMEBODY) -> None:
        """Load the page anew, on which this attendee is signed in, and let the server speak."""
        self.page.goto(f"{SITE}/")
        self.page.wait_for_function("() => window.queue")
        self.behavior(f"markAlive(); queue.setOwner('{attendee}', true)")

    def behavior(self, what: str) -> None:
        self.page.evaluate(f"() => {{ queue.{what}; }}")

    def add_session(self, session: int, *, debounce: int = 0, text: str = "") -> str:
        """Tap Add, or type into a field, which is sent after a pause; the command's id."""
        self.taps += 1
        command = f"{session}-{self.taps}"
        payload: dict[str, Any] = {"session": session, "text": text, "command": command}
        self.page.evaluate(TAP, ["add", payload, debounce, "click"])
        return command

    def clicks(self, name: str) -> None:
        """Click something that is no command."""
        self.page.evaluate(TAP, [name, {}, 0, "click"])

    def answers(self, command: str, *, refused: bool = False) -> None:
        """The server has written this one, or said why it does not."""
        self.behavior(f"markAlive(); queue.settle('{command}', {str(refused).lower()})")

    def passes(self, milliseconds: int) -> None:
        self.page.clock.run_for(milliseconds)

    @property
    def sent(self) -> list[str]:
        """What went to the server, since the page was opened."""
        return list(self.page.evaluate("() => sent"))

    @property
    def says(self) -> str:
        """Which line the page shows of all this."""
        return str(self.page.evaluate("() => document.documentElement.dataset.saveStatus ?? ''"))

    @property
    def marked(self) -> bool:
        """Whether the button shows what it will be."""
        return bool(
            self.page.evaluate("() => 'unsaved' in document.querySelector('button').dataset")
        )


@pytest.fixture
def box(browser: Browser) -> Iterator[Box]:
    """A queue that somebody has just opened."""
    context = browser.new_context()
    page = context.new_page()
    page.clock.install(time=1_000_000)
    source = (ROOT / "assets" / "command_queue.js").read_text("utf-8")
    page.route(
        re.compile(f"^{SITE}/command_queue.js"),
        lambda route: route.fulfill(body=source, content_type="text/javascript"),
    )
    page.route(
        re.compile(f"^{SITE}/$"), lambda route: route.fulfill(body=PAGE, content_type="text/html")
    )
    box = Box(page)
    box.opens()
    yield box
    context.close()


def test_one_command_is_under_way_and_the_others_wait_in_the_order_of_the_taps(box: Box) -> None:
    first, second, third = (box.add_session(session) for session in (1, 2, 1))
    assert box.sent == [first]
    box.answers(first)
    assert box.sent == [first, second]
    box.answers(second)
    box.answers(third)
    assert box.sent == [first, second, third]
    assert box.says == "saved"


def test_saved_is_said_when_it_is_and_saving_when_it_takes_long(box: Box) -> None:
    assert box.says == ""
    command = box.add_session(1)
    assert (box.says, box.marked) == ("", True)
    box.passes(1_000)
    assert (box.says, box.marked) == ("saving", True)
    box.passes(2_500)
    assert (box.says, box.marked) == ("reconnecting", True)
    box.answers(command)
    assert (box.says, box.marked) == ("saved", False)


def test_what_was_refused_is_not_called_saved(box: Box) -> None:
    box.answers(box.add_session(1))
    box.answers(box.add_session(2), refused=True)
    assert (box.says, box.marked) == ("", False)
    box.answers(box.add_session(3))
    assert box.says == "saved"


def test_without_a_connection_the_page_says_so_at_once_and_then_that_it_keeps_everything(
    box: Box,
) -> None:
    box.answers(box.add_session(1))
    box.behavior("setConnected(false)")
    assert box.says == "reconnecting"
    kept = box.add_session(2)
    box.passes(3_500)
    assert box.says == "offline"
    box.behavior("setConnected(true)")
    assert box.says == "reconnecting"  # what was tapped is not written yet
    box.answers(kept)
    assert box.says == "saved"


def test_a_phone_that_knows_that_it_is_offline_says_so_at_once(box: Box) -> None:
    box.page.context.set_offline(True)
    box.add_session(1)
    assert box.says == "offline"


def test_a_page_to_which_no_server_has_spoken_does_not_say_that_it_is_connected(box: Box) -> None:
    box.page.goto(f"{SITE}/")
    box.passes(2_500)
    assert box.says == ""
    box.passes(1_000)
    assert box.says == "reconnecting"


def test_what_is_not_answered_is_sent_again_under_the_same_id(box: Box) -> None:
    command = box.add_session(1)
    box.passes(11_000)
    assert box.sent == [command] * 3
    box.answers(command)
    box.passes(11_000)
    assert box.sent == [command] * 3


def test_silence_is_waited_for_but_what_a_server_passes_over_is_given_up_and_told(box: Box) -> None:
    silent = box.add_session(1)
    box.passes(200_000)
    assert (box.says, box.marked) == ("reconnecting", True)
    box.answers(silent)
    passed_over, next_one = box.add_session(2), box.add_session(3)
    for _ in range(40):
        box.behavior("markAlive()")
        box.passes(2_000)
    assert box.sent.count(passed_over) == 12
    assert box.sent[-1] == next_one
    # Not all is saved until what was given up has been tapped again.
    box.answers(next_one)
    assert (box.says, box.marked) == ("failed", False)
    box.answers(box.add_session(2))
    assert box.says == "saved"


def test_the_last_that_is_given_up_leaves_word_of_it(box: Box) -> None:
    box.add_session(1)
    for _ in range(40):
        box.behavior("markAlive()")
        box.passes(2_000)
    assert (box.says, box.marked) == ("failed", False)


def test_what_is_kept_outlives_a_reload_and_goes_once_the_server_knows_who_it_is(box: Box) -> None:
    first, second = box.add_session(1), box.add_session(2)
    box.page.goto(f"{SITE}/")
    box.passes(500)
    assert (box.sent, box.says) == ([], "reconnecting")
    box.behavior(f"markAlive(); queue.setOwner('{SOMEBODY}', false)")
    assert box.sent == []
    box.behavior(f"setOwner('{SOMEBODY}', true)")
    assert box.sent == [first]
    box.answers(first)
    assert box.sent == [first, second]


def test_what_one_attendee_left_in_a_tab_is_never_sent_for_another(box: Box) -> None:
    box.add_session(1)
    box.opens("8")
    assert (box.sent, box.says) == ([], "")
    box.opens()
    assert box.sent == []


def test_a_text_that_is_being_typed_is_one_command_with_the_newest_words(box: Box) -> None:
    for length in range(1, 6):
        last = box.add_session(1, debounce=600, text="words"[:length])
        box.passes(100)
    assert box.sent == []
    box.passes(600)
    assert box.sent == [last]
    # While that one is under way the next words wait, and only the newest of them go.
    box.add_session(1, debounce=600, text="words and")
    newest = box.add_session(1, debounce=600, text="words and more")
    box.answers(last)
    box.passes(700)
    assert box.sent == [last, newest]


def test_what_is_clicked_after_a_command_comes_after_it_but_not_much_later(box: Box) -> None:
    answer = box.add_session(1)
    box.clicks("submit")
    assert box.sent == [answer]
    box.answers(answer)
    assert box.sent == [answer, "submit"]
    late = box.add_session(2)
    box.clicks("submit")
    box.passes(4_000)
    box.answers(late)
    assert box.sent == [answer, "submit", late]


def test_save_and_log_out_logs_out_when_all_is_saved(box: Box) -> None:
    command = box.add_session(1)
    box.page.evaluate("() => document.querySelector('form').requestSubmit()")
    assert box.sent == [command]
    box.answers(command)
    assert box.sent == [command, "sign-out"]


class Weather:
    """Somebody who taps while the network comes and goes, and a server that applies each once."""

    def __init__(self, box: Box, choice: random.Random) -> None:
        self.box = box
        self.choice = choice
        self.tapped: list[str] = []
        self.arrived: list[str] = []
        self.applied = 0

    def tap(self) -> None:
        self.tapped.append(self.box.add_session(self.choice.randrange(3)))

    def answer(self) -> None:
        self._take()
        if self.waiting and self.tapped[self.applied] in self.arrived:
            self.applied += 1
            self.box.answers(self.tapped[self.applied - 1])

    def lose(self) -> None:
        self.box.behavior("setConnected(false)")

    def join(self) -> None:
        self.box.behavior("setConnected(true)")

    def reload(self) -> None:
        self._take()
        self.box.opens()

    def wait(self) -> None:
        self.box.passes(self.choice.randrange(4_000))

    @property
    def waiting(self) -> int:
        """How many taps the server has not applied yet."""
        return len(self.tapped) - self.applied

    def _take(self) -> None:
        # A command that comes again is known to the server by its id.
        new = [command for command in self.box.sent if command not in self.arrived]
        self.arrived += dict.fromkeys(new)


@pytest.mark.parametrize("seed", range(5))
def test_whatever_happens_the_order_is_the_taps_and_saved_is_only_said_when_it_is(
    box: Box, seed: int
) -> None:
    choice = random.Random(seed)  # noqa: S311 - repeatable is what is wanted
    weather = Weather(box, choice)
    happens = (weather.tap, weather.tap, weather.answer, weather.lose, weather.join,
               weather.reload, weather.wait)  # fmt: skip
    for _ in range(120):
        choice.choice(happens)()
        if weather.waiting:
            assert box.says not in ("saved", "failed")
    weather.join()
    for _ in range(weather.waiting):
        weather.answer()
    assert weather.waiting == 0
    assert weather.arrived == weather.tapped
    assert box.says == "saved"
