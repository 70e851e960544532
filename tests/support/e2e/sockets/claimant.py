"""Load generator: an attendee who changes a claim over the socket and checks the database."""

import contextlib
import random
from dataclasses import dataclass, field

from tests.support.e2e.sockets.socket_client import SocketClient, sign_in

# A killed server causes many kinds of errors in a client, also during the handshake. The test
# asserts at its end that the load was real.
CONNECTION_LOST = Exception


@dataclass
class Claimant:
    """An attendee who adds and removes sessions, with the changes that the server acknowledged."""

    last_name: str
    badge: str
    sessions: list[tuple[int, str]]
    rng: random.Random
    on_claim: set[int] = field(default_factory=set)
    acknowledged: int = 0
    in_flight: int | None = None

    def run(self, url: str) -> None:
        """Add and remove sessions until the server is down."""
        with (
            contextlib.suppress(CONNECTION_LOST),
            SocketClient(url, sign_in(url, self.last_name, self.badge)) as client,
        ):
            while True:
                session_id, title = self.rng.choice(self.sessions)
                adds = session_id not in self.on_claim
                self.in_flight = session_id
                client.send(
                    "sessions",
                    "add" if adds else "remove",
                    session_id=session_id,
                    command=f"{self.badge}-{self.acknowledged}-{self.rng.random()}",
                )
                client.wait_for_text(f"{'Added' if adds else 'Removed'}: {title}")
                self.on_claim ^= {session_id}
                self.acknowledged += 1
                self.in_flight = None

    def check_against_database(self, on_claim: set[int], revision: int) -> None:
        """Compare with the database, which may or may not contain the command in flight."""
        uncertain = set() if self.in_flight is None else {self.in_flight}
        expected = [(self.on_claim, self.acknowledged)]
        if uncertain:
            expected.append((self.on_claim ^ uncertain, self.acknowledged + 1))
        assert (on_claim, revision) in expected
        self.on_claim, self.acknowledged, self.in_flight = on_claim, revision, None
