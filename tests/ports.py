"""Ports for what a test starts later, by its number."""

from __future__ import annotations

import itertools
import os
import re
import socket

FIRST, EACH, WORKERS = 10_000, 2_500, 8
"""Below those that a system gives to whoever asks for any (from 32768 on Linux), so many for each worker."""

_worker = int((re.findall(r"\d+", os.environ.get("PYTEST_XDIST_WORKER", "")) or ["0"])[0]) % WORKERS
_next = itertools.count(os.getpid() % EACH)


def free_port() -> int:
    """A port where nobody listens, and where nobody will before we do.

    One that the system has just taken back may be the next one that it gives to another worker.
    """
    for _ in range(EACH):
        port = FIRST + _worker * EACH + next(_next) % EACH
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")
