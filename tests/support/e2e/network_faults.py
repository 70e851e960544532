"""What can happen to a network and to a server, told in three acts.

Each is a story that is gone on with by `next`: all is well, then it is not, then it is again.
"""

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.e2e.cme_server import CmeServer, build_modified_copy, run_server
from tests.support.e2e.network_proxy import NetworkProxy


@dataclass(frozen=True)
class FaultSetup:
    """A network, the server at its end, and a folder for others like it."""

    between: NetworkProxy
    server: CmeServer
    folder: Path

    def point_browser_at(self, server: CmeServer) -> None:
        """Let the browser find this server behind the same address."""
        self.between.cut()
        self.between.port = server.port
        self.between.restore()


NetworkFault = Callable[[FaultSetup], Iterator[None]]


def cut(place: FaultSetup) -> Iterator[None]:
    """Every connection is closed, and no new one comes about."""
    yield
    place.between.cut()
    yield
    place.between.restore()
    yield


def delayed(place: FaultSetup) -> Iterator[None]:
    """What is sent takes a second and a half each way."""
    yield
    place.between.delay = 1.5
    yield
    place.between.delay = 0
    yield


def frozen(place: FaultSetup) -> Iterator[None]:
    """Nothing goes through, and nobody is told."""
    yield
    place.between.freeze()
    yield
    place.between.restore()
    yield


def killed(place: FaultSetup, how: signal.Signals = signal.SIGKILL) -> Iterator[None]:
    """The server is killed, and another one starts with the same database."""
    with run_server(place.server.database_url, place.folder / "first.log") as first:
        place.point_browser_at(first)
        yield
        os.killpg(first.group, how)
        place.between.cut()
        yield
    with run_server(place.server.database_url, place.folder / "second.log") as second:
        place.point_browser_at(second)
        yield


def stopped(place: FaultSetup) -> Iterator[None]:
    """The server is asked to end, as by an update, and another one starts."""
    yield from killed(place, signal.SIGTERM)


def deployed(place: FaultSetup) -> Iterator[None]:
    """Another version is served from now on, with a state that the page does not know."""

    def news(state: str) -> str:
        address = '    address: str = ""\n'
        return state.replace(address, f'{address}    news: str = "of this version"\n')

    with build_modified_copy(place.folder, "cme_reflex/state/sessions.py", news) as root:
        yield
        place.between.cut()
        yield
        with run_server(place.server.database_url, place.folder / "new.log", root=root) as new:
            place.point_browser_at(new)
            yield
