"""Opens a TCP or TLS connection, and says at which stage and why that failed.

No proxy is taken from the environment and nothing is retried: the suite contacts the host that the user
named.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import ssl
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from conformance.session import tls

P = TypeVar("P", bound=asyncio.BaseProtocol)

# RFC 8305, 5: "a default value of 250 milliseconds" between connection attempts to several addresses.
NEXT_ADDRESS_S = 0.25


class DialError(Exception):
    """No connection. ``stage`` is ``resolve``, ``tcp`` or ``tls``."""

    def __init__(self, stage: str, reason: str) -> None:
        super().__init__(stage, reason)
        self.stage = stage
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class Progress:
    """How far a dial got, readable also when it was cancelled by a timeout."""

    def __init__(self) -> None:
        self.waiting_for = "the TCP connection"


async def dial(
    factory: Callable[[], P],
    host: str,
    port: int,
    context: ssl.SSLContext | None,
    progress: Progress | None = None,
) -> tuple[asyncio.Transport, P]:
    """A connected transport (through TLS when there is a ``context``) and its protocol; or ``DialError``."""
    progress = progress or Progress()
    loop = asyncio.get_running_loop()
    try:
        transport, protocol = await loop.create_connection(
            factory, host, port, happy_eyeballs_delay=None if _is_address(host) else NEXT_ADDRESS_S
        )
    except socket.gaierror as error:
        reason = (error.strerror or str(error)).lower()
        raise DialError("resolve", f"the host name {host} cannot be resolved: {reason}") from None
    except (UnicodeError, ValueError) as error:
        raise DialError("resolve", f"the host name {host} is not valid: {error}") from None
    except OSError as error:
        raise DialError("tcp", f"no TCP connection to {host}:{port}: {_why(error)}") from None
    if context is None:
        return transport, protocol
    progress.waiting_for = "the TLS handshake"
    try:
        secured = await loop.start_tls(transport, protocol, context, server_hostname=host)
    except (OSError, ssl.CertificateError) as error:
        transport.abort()
        raise DialError("tls", tls.sentence(error, host)) from None
    except BaseException:
        transport.abort()
        raise
    if secured is None:
        raise DialError("tls", tls.sentence(ConnectionResetError(), host))
    return secured, protocol


@lru_cache(maxsize=64)
def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _why(error: OSError) -> str:
    """The operating system's reason; asyncio joins those of several addresses in one sentence."""
    if error.errno:
        return os.strerror(error.errno).lower()
    return str(error) or "the connection failed"
