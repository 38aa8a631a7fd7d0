"""References that leave a document's folder, allowed by name; a file stands for what would be fetched."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from conformance.errors import UsageError

REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//")


@dataclass(frozen=True, slots=True)
class Allowed:
    """What ``--reference`` allows: (address, file or folder), and files or folders that may be read."""

    addresses: tuple[tuple[str, Path], ...] = ()
    paths: tuple[Path, ...] = ()

    def file_for(self, address: str) -> Path | None:
        """The file that stands for an address (a URL without fragment), by its longest allowed beginning."""
        for known, path in sorted(self.addresses, key=lambda each: -len(each[0])):
            if address == known:
                return path
            if known.endswith("/") and address.startswith(known):
                below = (path / unquote(address[len(known) :])).resolve()
                return below if below.is_relative_to(path) else None
        return None

    def allows(self, path: Path) -> bool:
        """Whether a file (resolved) may be read though it lies outside the documents' folder."""
        known = [*self.paths, *(each for _, each in self.addresses)]
        return any(path == each or (each.is_dir() and path.is_relative_to(each)) for each in known)


NONE_ALLOWED = Allowed()


def read_allowed(texts: Iterable[str]) -> Allowed:
    """``URL=FILE``, ``URL/=FOLDER``, or ``PATH`` of a file or folder outside. Raises UsageError."""
    addresses: list[tuple[str, Path]] = []
    paths: list[Path] = []
    for text in texts:
        if not REMOTE.match(text):
            paths.append(_there(text, text))
            continue
        address, equals, file = text.rpartition("=")
        if not equals or not file:
            raise UsageError(
                f"--reference {text}: nothing is fetched", hint="give the file that stands for it: URL=FILE"
            )
        path = _there(text, file)
        if path.is_dir() != address.endswith("/"):
            raise UsageError(
                f"--reference {text}: an address and what stands for it must both be files or both folders",
                hint="a folder's address ends in /",
            )
        addresses.append((address.partition("#")[0], path))
    return Allowed(tuple(addresses), tuple(paths))


def _there(text: str, file: str) -> Path:
    path = Path(file).expanduser()
    if not path.exists():
        raise UsageError(f"--reference {text}: there is no {file}")
    return path.resolve()
