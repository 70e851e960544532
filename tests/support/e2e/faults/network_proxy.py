"""A network that can fail: a TCP proxy between the browser and the server."""

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

CHUNK = 65_536
PACKET = 1_460  # bytes sent at once on a slow link, so that connections take turns


class ThrottledLink:
    """One direction of a slow link, shared by all connections."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free = 0.0

    def transmit(self, size: int, rate: float) -> None:
        """Block for as long as sending `size` bytes takes at `rate` bytes a second."""
        with self._lock:
            self._free = max(self._free, time.monotonic()) + size / rate
            wait = self._free - time.monotonic()
        time.sleep(max(0.0, wait))


class NetworkProxy:
    """TCP proxy between the browser at `url` and the server's port.

    `cut` closes open connections and refuses new ones; `freeze` stops all traffic and leaves them
    open. `delay` is the latency of each direction in seconds, `rate` its bytes a second; 0 is
    unlimited. Unlike Chromium's emulation, this affects socket frames and connection setup, too.
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
        self._listener: socket.socket | None = None
        self.listening = 0
        self.restore()

    @property
    def url(self) -> str:
        """The URL for the browser."""
        return f"http://127.0.0.1:{self.listening}"

    def cut(self) -> None:
        """Close every connection and refuse new ones."""
        listener, self._listener = self._listener, None
        if listener:
            # Unlike close(), shutdown() wakes a thread that waits in accept().
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        with self._lock:
            pairs, self._pairs = self._pairs, set()
        for end in pairs:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def restore(self) -> None:
        """Accept and forward connections again, at the same address."""
        if self._listener is None:
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", self.listening))
            listener.listen(64)
            self.listening = listener.getsockname()[1]
            self._listener = listener
            threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        self._flows.set()

    def freeze(self) -> None:
        """Forward nothing, and leave connections open."""
        self._flows.clear()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(client,), daemon=True).start()

    def _join(self, client: socket.socket) -> None:
        self._flows.wait()
        time.sleep(2 * self.delay)  # the round trip of TCP's handshake
        upstream = socket.socket()
        # Send small frames at once, as the server does.
        for end in (client, upstream):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            upstream.connect(("127.0.0.1", self.port))
        except OSError:
            client.close()
            upstream.close()
            return
        with self._lock:
            self._pairs |= {client, upstream}
        back = threading.Thread(target=self._pump, args=(upstream, client, self._down), daemon=True)
        back.start()
        self._pump(client, upstream, self._up)
        back.join()
        with self._lock:
            self._pairs -= {client, upstream}
        client.close()
        upstream.close()

    def _pump(self, source: socket.socket, sink: socket.socket, line: ThrottledLink) -> None:
        in_flight: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        arriving = threading.Thread(target=self._deliver, args=(in_flight, sink), daemon=True)
        arriving.start()
        with contextlib.suppress(OSError):
            while data := source.recv(PACKET if self.rate else CHUNK):
                if self.rate:
                    line.transmit(len(data), self.rate)
                in_flight.put((time.monotonic() + self.delay, data))
        in_flight.put((time.monotonic() + self.delay, b""))
        arriving.join()
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _deliver(
        self, in_flight: "queue.SimpleQueue[tuple[float, bytes]]", sink: socket.socket
    ) -> None:
        while True:
            at, data = in_flight.get()
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
    """Run a proxy to this port until the end of the block."""
    proxy = NetworkProxy(port)
    try:
        yield proxy
    finally:
        proxy._flows.set()
        proxy.cut()
