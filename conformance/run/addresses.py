"""Addresses: what is a usable one, and when two of them are the same place."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from conformance.contract import Protocol
from conformance.errors import UsageError

PORTS = {"ws": 80, "wss": 443, "http": 80, "https": 443}
SCHEMES = {Protocol.WEBSOCKET: ("ws", "wss"), Protocol.HTTP: ("http", "https")}
LOCALHOST = "localhost"


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed address. ``key`` is equal for two spellings of the same place."""

    url: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def loopback(self) -> bool:
        """Whether it is on this very machine."""
        return self.host == LOCALHOST

    @property
    def key(self) -> tuple[str, str, int, str]:
        """What tells this place from others: all names of the loopback are one."""
        return self.scheme, self.host, self.port, self.path.rstrip("/")

    @property
    def place(self) -> str:
        """``host:port``, for people: the host as they wrote it."""
        host = urlsplit(self.url).hostname or self.host
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"


def parse_address(url: str, protocol: Protocol | None = None) -> Address:
    """The address, or a UsageError whose sentence says what is wrong with it."""
    schemes = SCHEMES[protocol] if protocol is not None else tuple(PORTS)
    hint = f"expected {' or '.join(f'{one}://HOST[:PORT]/' for one in schemes)}"

    def wrong(what: str) -> UsageError:
        return UsageError(f"the address {_without_secret(url)!r} {what}", hint=hint)

    if any(one.isspace() or not one.isprintable() for one in url):
        raise wrong("holds white space")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise wrong(f"is malformed: {error}") from None
    if parts.scheme.lower() not in PORTS or not url.lower().startswith(f"{parts.scheme}://".lower()):
        raise wrong("has no scheme that is known")
    scheme = parts.scheme.lower()
    if scheme not in schemes:
        raise wrong(f"has the scheme {scheme}")
    if not parts.hostname:
        raise wrong("names no host")
    if parts.username is not None or parts.password is not None:
        raise wrong("holds credentials, which are given with --credential")
    if parts.query or parts.fragment:
        raise wrong("holds a query or a fragment")
    if port == 0:
        raise wrong("has the port 0")
    host = parts.hostname.lower().rstrip(".")
    return Address(url, scheme, LOCALHOST if _is_loopback(host) else host, port or PORTS[scheme], parts.path)


def _is_loopback(host: str) -> bool:
    if host == LOCALHOST:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _without_secret(url: str) -> str:
    try:
        parts: SplitResult = urlsplit(url)
    except ValueError:
        return url.rpartition("@")[2]
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else url
