"""The command queue and the immediate actions alone: a page without server or library."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route

from cme_reflex.settings import ROOT

START = 1_000_000  # seconds since the epoch
SITE = "http://queue.test"
ATTENDEE = "7.key"

# A minimal page that records what the queue sends.
PAGE = """
<!doctype html>
<script type="importmap">{"imports": {"$/public/": "/"}}</script>
<script type="module">
    import * as queue from "$/public/command_queue.js";
    import * as actions from "$/public/immediate_actions.js";
    window.sent = [];
    const name = ({ name, payload }) => payload.command ?? name;
    queue.setTransport((events) => sent.push(...events.map(name)));
    queue.declare(
        {
            add: { about: ["session"], label: "Add {text}" },
            submit: { label: "Submit", immediate: true },
        },
        { none: "nothing", removed: "Removed." },
    );
    Object.assign(window, { queue, actions });
</script>
<div data-cme-subject="Facelifts"><button data-cme-pending>Add</button></div>
<form method="post" action="/sign-out" onsubmit="sent.push('sign-out'); return false">
    <button>Log Out</button>
</form>
"""

TAP = """([name, payload, debounce, type]) => {
    const target = document.querySelector("button");
    const event_actions = debounce ? { debounce } : {};
    actions.intercept([{ name, payload, event_actions }], [{ target, type }], {});
}"""


@dataclass
class QueuePage:
    """A page with the queue, and the events of page and server."""

    page: Page
    taps: int = 0

    def open(self, attendee: str = ATTENDEE) -> None:
        """Load the page, signed in as this attendee, with a first reply of the server."""
        self.page.goto(f"{SITE}/")
        self.page.wait_for_function("() => window.queue")
        self.call(f"markAlive(); queue.setOwner('{attendee}', true)")

    def call(self, what: str) -> None:
        self.page.evaluate(f"() => {{ queue.{what}; }}")

    def add_session(self, session: int, *, debounce: int = 0, text: str = "") -> str:
        """Tap Add, or with `debounce` type into a field; returns the command's id."""
        self.taps += 1
        command = f"{session}-{self.taps}"
        payload: dict[str, Any] = {"session": session, "text": text, "command": command}
        self.page.evaluate(TAP, ["add", payload, debounce, "click"])
        return command

    def click(self, name: str) -> None:
        """Trigger an event that is not a command."""
        self.page.evaluate(TAP, [name, {}, 0, "click"])

    def submit(self) -> str:
        """Tap Submit; returns the id of the action."""
        self.taps += 1
        action = f"submit-{self.taps}"
        self.page.evaluate(TAP, ["submit", {"command": action}, 0, "click"])
        return action

    def log_out(self) -> None:
        """Tap Log Out."""
        self.page.get_by_role("button", name="Log Out").click()

    def settle(self, command: str, *, refused: str = "") -> None:
        """Let the server acknowledge this command, or refuse it for a reason."""
        self._reply(command, "refused" if refused else "applied", refused)

    def postpone(self, command: str) -> None:
        """Let the server reply that it cannot process this command at the moment."""
        self._reply(command, "postponed", "")

    def _reply(self, command: str, outcome: str, reason: str) -> None:
        self.call(f"markAlive(); actions.settle('{command}', '{outcome}')")
        self.call(f"settle('{command}', '{outcome}', '{reason}')")

    def advance(self, milliseconds: int) -> None:
        self.page.clock.run_for(milliseconds)

    @property
    def sent(self) -> list[str]:
        """The events that were sent since the page was loaded."""
        return list(self.page.evaluate("() => sent"))

    @property
    def status(self) -> str:
        """The save status that the page shows."""
        return str(self.page.evaluate("() => document.documentElement.dataset.saveStatus ?? ''"))

    @property
    def notice(self) -> str:
        """What the page says of an action that is not done; empty if nothing."""
        return str(self.page.evaluate("() => actions.snapshot()?.notice ?? ''"))

    @property
    def waiting(self) -> list[str]:
        """The changes that the page lists as waiting."""
        return self._listed("waiting")

    @property
    def refused(self) -> list[str]:
        """The changes that the page lists as refused, with the reason."""
        return self._listed("refused")

    def _listed(self, kind: str) -> list[str]:
        words = "({subject, label, reason}) => [subject, label, reason].filter(Boolean).join(': ')"
        return list(self.page.evaluate(f"() => queue.snapshot().{kind}.map({words})"))

    @property
    def button_is_marked(self) -> bool:
        """Whether the button is marked as queued."""
        return bool(
            self.page.evaluate("() => 'unsaved' in document.querySelector('button').dataset")
        )


def serve_queue(context: BrowserContext) -> None:
    """Answer the requests of this profile for the page and its modules."""

    def serve(route: Route) -> None:
        module = route.request.url.removeprefix(f"{SITE}/").partition("?")[0]
        if not module:
            return route.fulfill(body=PAGE, content_type="text/html")
        if not module.endswith(".js"):
            return route.abort()
        source = (ROOT / "assets" / module).read_text("utf-8")
        return route.fulfill(body=source, content_type="text/javascript")

    context.route(f"{SITE}/**", serve)


def new_tab(context: BrowserContext, *, paused: bool = False) -> QueuePage:
    """A freshly loaded page with the queue; `paused`: only the test moves its clock."""
    page = context.new_page()
    page.clock.install(time=START)
    if paused:
        page.clock.pause_at(START + 1_000)  # it has moved since
    queue = QueuePage(page)
    queue.open()
    return queue
