"""Where a history is: a file of SQLite, or a database of PostgreSQL. Nothing here needs a database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from conformance.errors import UsageError

NONE = "none"
FILE = "history.sqlite"
SECRETS = re.compile(r"pass|secret|key|token", re.IGNORECASE)
EXPECTED = "a file, postgresql://USER@HOST/DATABASE, or none"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a history is. ``file`` is that of SQLite; '' for PostgreSQL, of which ``url`` is the address.

    ``shown`` is what may be printed: user, host and database, and nothing that could be a secret.
    ``secrets`` are the texts that must not be.
    """

    shown: str
    file: str = ""
    url: str = ""
    secrets: tuple[str, ...] = ()

    def starred(self, text: str) -> str:
        """``text`` without the secrets of this address."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text


def address(text: str) -> Address | None:
    """What ``text`` names: a path, a ``sqlite:///`` or ``postgresql://`` address; None for ``none``.

    Raises ``UsageError`` for anything else; the sentence repeats nothing of it, for it may hold a password.
    """
    if text == NONE:
        return None
    if not text.strip() or "\0" in text:
        raise UsageError("--history is empty", hint=EXPECTED)
    if "://" not in text:
        return _file(text)
    scheme = text.partition("://")[0].lower()
    if scheme == "sqlite":
        path = text.partition("://")[2].partition("?")[0]
        if not path.startswith("/") or not path[1:]:
            raise UsageError("--history: an address of SQLite is sqlite:///FILE")
        return _file(unquote(path[1:]))
    if scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        return _postgresql(text)
    raise UsageError("--history: neither SQLite nor PostgreSQL", hint=EXPECTED)


def _file(text: str) -> Address:
    path = Path(text).expanduser()
    return Address(str(path), file=str(path))


def _postgresql(text: str) -> Address:
    try:
        parts = urlsplit(text)
        user, password, host, port = parts.username, parts.password, parts.hostname, parts.port
        query = parse_qsl(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        raise UsageError("--history: not an address of PostgreSQL", hint=EXPECTED) from None
    if not parts.path.strip("/"):
        raise UsageError("--history: the address names no database", hint=EXPECTED)
    secrets = [password, unquote(password)] if password else []
    secrets += [value for name, value in query if SECRETS.search(name)]
    where = f"[{host}]" if host and ":" in host else host or ""
    shown = (
        f"postgresql://{f'{unquote(user)}@' if user else ''}{where}{f':{port}' if port else ''}{parts.path}"
    )
    url = urlunsplit(("postgresql+psycopg", parts.netloc, parts.path, parts.query, ""))
    return Address(
        shown, url=url, secrets=tuple(sorted({one for one in secrets if one}, key=len, reverse=True))
    )
