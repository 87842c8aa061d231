"""HTTP over a bare socket: nothing between a test and the bytes it means to send."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

SECONDS = 15


@dataclass(frozen=True)
class Reply:
    """One response; names of headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a problem document's first error."""
        return self.json()["errors"][0]["code"]


@dataclass(frozen=True)
class Server:
    """Where the server under test listens."""

    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def is_up(self) -> bool:
        try:
            return self.ask("GET", "/health/ready").status == 200
        except OSError:
            return False

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS)

    def ask(
        self, method: str, target: str, body: bytes | None = None, headers: Iterable[str] | None = None
    ) -> Reply:
        """Send one request, its headers as lines; a body goes with JSON's headers unless others are given."""
        if headers is None:
            headers = [] if body is None else ["content-type: application/json"]
        if body is not None:
            headers = [*headers, f"content-length: {len(body)}"]
        lines = [f"{method} {target} HTTP/1.1", "host: localhost", "connection: close", *headers]
        return self.send("\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b""))

    def send(self, *pieces: bytes) -> Reply:
        """Send bytes, in pieces, and return the first response."""
        with self.connect() as connection:
            try:
                for piece in pieces:
                    connection.sendall(piece)
            except (BrokenPipeError, ConnectionResetError):
                pass  # refused before all of it was sent: the answer is there to be read
            return read_reply(connection)


def read_reply(connection: socket.socket, is_head: bool = False) -> Reply:
    """Return the response that comes next, which says how long it is, or comes in chunks."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        assert byte, f"the connection ended within a head: {head!r}"
        head += byte
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        return Reply(int(first.split(" ")[1]), headers, b"".join(read_chunks(connection)))
    length = 0 if is_head else int(headers.get("content-length", "0"))
    return Reply(int(first.split(" ")[1]), headers, read_exactly(connection, length))


def read_chunks(connection: socket.socket) -> Iterator[bytes]:
    """Yield the chunks of a body up to the empty one that ends it."""
    while True:
        size = b""
        while not size.endswith(b"\r\n"):
            size += read_exactly(connection, 1)
        chunk = read_exactly(connection, int(size, 16))
        assert read_exactly(connection, 2) == b"\r\n"
        if not chunk:
            return
        yield chunk


def read_exactly(connection: socket.socket, length: int) -> bytes:
    """Return that many bytes."""
    found = bytearray()
    while len(found) < length:
        piece = connection.recv(length - len(found))
        assert piece, "the connection ended within a body"
        found += piece
    return bytes(found)
