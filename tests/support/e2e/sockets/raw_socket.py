"""Bytes over TCP, as no HTTP library would send them."""

import os
import socket
import struct
from base64 import b64encode
from contextlib import suppress
from uuid import uuid4

TIMEOUT = 60  # seconds; only a connection that the server holds open takes that long
TEXT, CONTINUATION, BINARY, PING, PONG = 1, 0, 2, 9, 10


def frame(payload: bytes, kind: int = TEXT, *, final: bool = True, length: int = -1) -> bytes:
    """A masked WebSocket frame; `length` is what its header says, if it is not true."""
    size = len(payload) if length < 0 else length
    head = bytes([(0x80 if final else 0) | kind])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 65_536:
        head += struct.pack(">BH", 0x80 | 126, size)
    else:
        head += struct.pack(">BQ", 0x80 | 127, size)
    return head + bytes(4) + payload


class RawSocket:
    """A TCP connection to a server on this machine."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self.host = f"127.0.0.1:{port}"

    def send(self, data: bytes) -> None:
        """Send bytes, unless the server has closed the connection."""
        with suppress(ConnectionError):
            self._socket.sendall(data)

    def request(self, line: bytes, *headers: bytes, body: bytes = b"", host: str = "") -> None:
        """Send a request with these lines; its last part may be missing."""
        lines = [line, f"Host: {host or self.host}".encode(), *headers]
        self.send(b"\r\n".join(lines) + b"\r\n\r\n" + body)

    def until_closed(self) -> bytes:
        """All that the server sends until it closes the connection. Raises TimeoutError."""
        received = b""
        with suppress(ConnectionError):
            while more := self._socket.recv(65_536):
                received += more
        return received

    def until(self, end: bytes) -> bytes:
        """What the server sends until it has sent these bytes, or closes the connection."""
        received = b""
        while end not in received and (more := self._socket.recv(65_536)):
            received += more
        return received

    def open_websocket(self, *headers: bytes) -> bytes:
        """Upgrade the connection; returns the response's head and what comes with it."""
        self.request(
            f"GET /_event/?token=pstm24:{uuid4()}&EIO=4&transport=websocket HTTP/1.1".encode(),
            b"Connection: Upgrade",
            b"Upgrade: websocket",
            b"Sec-WebSocket-Version: 13",
            b"Sec-WebSocket-Key: " + b64encode(os.urandom(16)),
            *headers,
        )
        return self.until(b"\r\n\r\n")

    def send_frame(
        self, payload: bytes, kind: int = TEXT, *, final: bool = True, length: int = -1
    ) -> None:
        """Send a frame."""
        self.send(frame(payload, kind, final=final, length=length))

    def abort(self) -> None:
        """Close the connection with a reset."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def __enter__(self) -> "RawSocket":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
