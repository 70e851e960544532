"""Faults of network and server for resilience tests.

Each fault is a generator with three steps, advanced by `next`: before, during and after the fault.
"""

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.e2e.cme_server import CmeServer, build_modified_copy, run_server
from tests.support.e2e.faults.network_proxy import NetworkProxy


@dataclass(frozen=True)
class FaultSetup:
    """A network proxy, the server behind it, and a folder for the logs of further servers."""

    network: NetworkProxy
    server: CmeServer
    folder: Path

    def point_browser_at(self, server: CmeServer) -> None:
        """Lead the browser's address to this server."""
        self.network.cut()
        self.network.port = server.port
        self.network.restore()


NetworkFault = Callable[[FaultSetup], Iterator[None]]


def cut(setup: FaultSetup) -> Iterator[None]:
    """All connections are closed, and new ones are refused."""
    yield
    setup.network.cut()
    yield
    setup.network.restore()
    yield


def delayed(setup: FaultSetup) -> Iterator[None]:
    """A delay of 1.5 seconds each way."""
    yield
    setup.network.delay = 1.5
    yield
    setup.network.delay = 0
    yield


def frozen(setup: FaultSetup) -> Iterator[None]:
    """No data passes, and connections stay open."""
    yield
    setup.network.freeze()
    yield
    setup.network.restore()
    yield


def killed(setup: FaultSetup, how: signal.Signals = signal.SIGKILL) -> Iterator[None]:
    """The server is killed, and another starts with the same database."""
    with run_server(setup.server.database_url, setup.folder / "first.log") as first:
        setup.point_browser_at(first)
        yield
        os.killpg(first.group, how)
        setup.network.cut()
        yield
    with run_server(setup.server.database_url, setup.folder / "second.log") as second:
        setup.point_browser_at(second)
        yield


def stopped(setup: FaultSetup) -> Iterator[None]:
    """The server is terminated, as for an update, and another starts."""
    yield from killed(setup, signal.SIGTERM)


def deployed(setup: FaultSetup) -> Iterator[None]:
    """A new version is deployed, whose state has a variable that the page does not know."""

    def news(state: str) -> str:
        address = '    address: str = ""\n'
        return state.replace(address, f'{address}    news: str = "of this version"\n')

    with build_modified_copy(setup.folder, "cme_reflex/state/sessions.py", news) as root:
        yield
        setup.network.cut()
        yield
        with run_server(setup.server.database_url, setup.folder / "new.log", root=root) as new:
            setup.point_browser_at(new)
            yield
