"""Peers that are no such service: each listens on a free loopback port until its block ends."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

Handler = Callable[[socket.socket], None]


@contextlib.contextmanager
def listening(handler: Handler, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Hands each connection to ``handler``, in a thread of its own."""
    held: list[socket.socket] = []

    def serve(one: socket.socket) -> None:
        with contextlib.suppress(OSError, ssl.SSLError):
            handler(context.wrap_socket(one, server_side=True) if context else one)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                one, _ = server.accept()
                held.append(one)
                threading.Thread(target=serve, args=(one,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)
    for one in held:
        one.close()


def silent(one: socket.socket) -> None:
    """Accepts, reads, and says nothing."""
    while one.recv(65536):
        pass


def web_page(one: socket.socket) -> None:
    """An HTTP server that knows nothing of WebSockets."""
    one.recv(65536)
    one.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello")
    one.shutdown(socket.SHUT_WR)
