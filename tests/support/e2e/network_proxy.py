"""A network that can fail: a TCP proxy between the browser and the server."""

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

CHUNK = 65_536
PACKET = 1_460  # bytes; what a slow line carries at once, so that connections take turns


class ThrottledLink:
    """One direction of a slow line, which all connections share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free = 0.0

    def transmit(self, size: int, rate: float) -> None:
        """Return when so many bytes have been put on a line of so many bytes a second."""
        with self._lock:
            self._free = max(self._free, time.monotonic()) + size / rate
            wait = self._free - time.monotonic()
        time.sleep(max(0.0, wait))


class NetworkProxy:
    """What lies between the browser at `url` and the server's port.

    `cut` closes what is open and refuses what is new, `freeze` keeps all of it waiting without
    a word. `delay` is the seconds that each way takes, `rate` the bytes a second that each way
    carries; 0 is as quickly as this machine can. What Chromium emulates itself does not reach
    a socket's frames and the opening of a connection; this does.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.delay = 0.0
        self.rate = 0.0
        self._up, self._down = ThrottledLink(), ThrottledLink()
        self._flows = threading.Event()
        self._flows.set()
        self._pairs: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._door: socket.socket | None = None
        self.listening = 0
        self.restore()

    @property
    def url(self) -> str:
        """The address for the browser."""
        return f"http://127.0.0.1:{self.listening}"

    def cut(self) -> None:
        """Close every connection and refuse new ones."""
        door, self._door = self._door, None
        if door:
            # Who is waiting in accept() is woken by this, and not by close() alone.
            with contextlib.suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)
            door.close()
        with self._lock:
            pairs, self._pairs = self._pairs, set()
        for end in pairs:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def restore(self) -> None:
        """Let connections through, at the same address."""
        if self._door is None:
            door = socket.socket()
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(("127.0.0.1", self.listening))
            door.listen(64)
            self.listening = door.getsockname()[1]
            self._door = door
            threading.Thread(target=self._accept, args=(door,), daemon=True).start()
        self._flows.set()

    def freeze(self) -> None:
        """Let nothing through and tell nobody."""
        self._flows.clear()

    def _accept(self, door: socket.socket) -> None:
        while True:
            try:
                near, _ = door.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        self._flows.wait()
        time.sleep(2 * self.delay)  # TCP's own greeting, there and back
        far = socket.socket()
        # Small frames go out at once, as from the server itself.
        for end in (near, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            far.connect(("127.0.0.1", self.port))
        except OSError:
            near.close()
            far.close()
            return
        with self._lock:
            self._pairs |= {near, far}
        back = threading.Thread(target=self._pump, args=(far, near, self._down), daemon=True)
        back.start()
        self._pump(near, far, self._up)
        back.join()
        with self._lock:
            self._pairs -= {near, far}
        near.close()
        far.close()

    def _pump(self, source: socket.socket, sink: socket.socket, line: ThrottledLink) -> None:
        under_way: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        arriving = threading.Thread(target=self._deliver, args=(under_way, sink), daemon=True)
        arriving.start()
        with contextlib.suppress(OSError):
            while data := source.recv(PACKET if self.rate else CHUNK):
                if self.rate:
                    line.transmit(len(data), self.rate)
                under_way.put((time.monotonic() + self.delay, data))
        under_way.put((time.monotonic() + self.delay, b""))
        arriving.join()
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _deliver(
        self, under_way: "queue.SimpleQueue[tuple[float, bytes]]", sink: socket.socket
    ) -> None:
        while True:
            at, data = under_way.get()
            if not data:
                return
            self._flows.wait()
            time.sleep(max(0.0, at - time.monotonic()))
            try:
                sink.sendall(data)
            except OSError:
                return


@contextmanager
def run_network_proxy(port: int) -> Iterator[NetworkProxy]:
    """A network to this port until the end of the block."""
    between = NetworkProxy(port)
    try:
        yield between
    finally:
        between._flows.set()
        between.cut()
