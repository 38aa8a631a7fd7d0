"""Strings that look like a credential of the target and are none: made of it when they are sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

TWINS: Mapping[str, str] = {
    "a": "а", "c": "с", "e": "е", "i": "і", "j": "ј", "o": "о", "p": "р", "s": "ѕ", "x": "х", "y": "у",
    "A": "А", "B": "В", "C": "С", "E": "Е", "H": "Н", "K": "К", "M": "М", "O": "О", "P": "Р", "T": "Т",
}  # fmt: skip
"""Latin letters, and those of the Cyrillic script that nobody can tell from them."""
WIDE = 0xFEE0
"""So far behind an ASCII character its wide form stands (Unicode, Halfwidth and Fullwidth Forms)."""
KINDS = ("0123456789", "abcdef", "ghijklmnopqrstuvwxyz", "ABCDEF", "GHIJKLMNOPQRSTUVWXYZ")
BEGINNING = 4


@dataclass(frozen=True, slots=True)
class Alike:
    """A string that looks like ``base`` (a hole for a credential, or a saved one); ``how`` is of ``HOW``."""

    base: object
    how: str


def _another(letter: str) -> str:
    """A character of the same kind, and another; not the next one, for neighbours may both be somebody's."""
    for kind in KINDS:
        if letter in kind:
            return kind[(kind.index(letter) + len(kind) // 2) % len(kind)]
    return "x"


def _changed(secret: str, at: int) -> str:
    return secret[:at] + _another(secret[at]) + secret[at + 1 :]


def _first(secret: str, change: Callable[[str], str | None]) -> str:
    """The secret with the first character changed that can be; itself when none can."""
    for at, letter in enumerate(secret):
        made = change(letter)
        if made is not None:
            return secret[:at] + made + secret[at + 1 :]
    return secret


def _wide(letter: str) -> str | None:
    return chr(ord(letter) + WIDE) if letter.isascii() and letter.isalnum() else None


HOW: Mapping[str, Callable[[str], str]] = {
    "first-character-changed": lambda secret: _changed(secret, 0),
    "middle-character-changed": lambda secret: _changed(secret, len(secret) // 2),
    "last-character-changed": lambda secret: _changed(secret, len(secret) - 1),
    "another-beginning": lambda secret: "".join(map(_another, secret[:BEGINNING])) + secret[BEGINNING:],
    "another-case": str.swapcase,
    "space-before": lambda secret: " " + secret,
    "space-behind": lambda secret: secret + " ",
    "newline-behind": lambda secret: secret + "\n",
    "nul-behind": lambda secret: secret + "\0",
    "nul-and-more-behind": lambda secret: secret + "\0and more",
    "cut-short": lambda secret: secret[:-1],
    "longer": lambda secret: secret + secret[-1:],
    "twice": lambda secret: secret * 2,
    "homoglyph": lambda secret: _first(secret, TWINS.get),
    "wide-character": lambda secret: _first(secret, _wide),
}
"""Name -> what is made of a credential."""


def alike(secret: str, how: str) -> str | None:
    """A string that looks like the secret; None where this one has nothing that could be changed so."""
    made = HOW[how](secret) if secret else secret
    return made if made != secret else None
