"""Labels in words: unique, and safe in ids, file names and shells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


@lru_cache(maxsize=4096)
def slug(text: str) -> str:
    """Text as a part of a label: ``[A-Za-z0-9._-]``, at most 40 characters, never empty."""
    return _UNSAFE.sub("-", text).strip("-")[:40] or "value"


def place_words(names: Iterable[str]) -> str:
    """A place in a label: ``order.price``."""
    return ".".join(slug(name) for name in names)


def label_of(names: Iterable[str], words: str, kind: str) -> str:
    """The label of an option at a place: ``with-note``, ``order.with-note``, ``colour-red``."""
    place = place_words(names)
    if not place:
        return slug(words)
    return f"{place}.{slug(words)}" if kind in ("with", "entry") else f"{place}-{slug(words)}"


class Labels:
    """Gives each label once; a second one of the same words gets a number."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def fresh(self, label: str) -> str:
        """The label, or the label with a number when it is taken."""
        number, unique = 1, label
        while unique in self._given:
            number += 1
            unique = f"{label}-{number}"
        self._given.add(unique)
        return unique

    def __contains__(self, label: str) -> bool:
        return label in self._given
