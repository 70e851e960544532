"""An attendee who claims over the socket, and compares with the database."""

import contextlib
import random
from dataclasses import dataclass, field

from tests.support.e2e.socket_client import SocketClient

# A client notices in many ways, in the midst of a handshake too, that its server
# was killed. That its load was real is asserted at the end.
CONNECTION_LOST = Exception


@dataclass
class Claimant:
    """An attendee who adds and removes sessions, and what the server said of it."""

    last_name: str
    badge: str
    sessions: list[tuple[int, str]]
    choice: random.Random
    on_claim: set[int] = field(default_factory=set)
    acknowledged: int = 0
    in_flight: int | None = None

    def works(self, url: str) -> None:
        """Add and remove until the server is gone."""
        with (
            contextlib.suppress(CONNECTION_LOST),
            SocketClient(url, self.last_name, self.badge) as client,
        ):
            while True:
                session_id, title = self.choice.choice(self.sessions)
                adds = session_id not in self.on_claim
                self.in_flight = session_id
                client.send(
                    "sessions",
                    "add" if adds else "remove",
                    session_id=session_id,
                    command=f"{self.badge}-{self.acknowledged}-{self.choice.random()}",
                )
                client.wait_for_text(f"{'Added' if adds else 'Removed'}: {title}")
                self.on_claim ^= {session_id}
                self.acknowledged += 1
                self.in_flight = None

    def accepts(self, on_claim: set[int], revision: int) -> None:
        """Compare with the database, in which what was in flight may have been done or not."""
        unsure = set() if self.in_flight is None else {self.in_flight}
        expected = [(self.on_claim, self.acknowledged)]
        if unsure:
            expected.append((self.on_claim ^ unsure, self.acknowledged + 1))
        assert (on_claim, revision) in expected
        self.on_claim, self.acknowledged, self.in_flight = on_claim, revision, None
