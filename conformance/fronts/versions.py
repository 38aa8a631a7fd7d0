"""Which software a run is made with: whoever reads it later may have another."""

from __future__ import annotations

import platform
import re
from importlib.metadata import PackageNotFoundError, requires, version

SUITE = "omen-conformance"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def suite_version() -> str:
    """The version of the suite, as installed."""
    return _version(SUITE) or "0"


def versions() -> dict[str, str]:
    """Python, the platform, what the suite depends on. Nothing tells of the machine's name or its user."""
    found = {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": f"{platform.system()} {platform.machine()}".strip(),
    }
    for name in _dependencies():
        found[name] = _version(name) or "not installed"
    return found


def _dependencies() -> list[str]:
    """The names of what is needed always, in alphabetical order."""
    try:
        needed = requires(SUITE) or []
    except PackageNotFoundError:
        return []
    names = (_NAME.match(one) for one in needed if "extra ==" not in one)
    return sorted({name[0] for name in names if name}, key=str.lower)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
