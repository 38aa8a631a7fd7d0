"""Line numbers beside values: one ``Spot`` a value, in the same shape as the value.

Values stay plain dicts and lists; the lines stand in a parallel tree, shared where a document shares a
value through an alias.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from conformance.errors import DocumentError

MAX_DEPTH = 100
MAX_VALUES = 500_000


@dataclass(slots=True)
class Spot:
    """The line of a value, of its keys, the spots inside; ``size`` counts values, aliases expanded.

    ``source`` is the file that the line is in, '' for the document's own: an overlay brings values along.
    """

    line: int
    size: int = 1
    source: str = ""
    keys: dict[str, int] = field(default_factory=dict)
    members: dict[str, Spot] = field(default_factory=dict)
    elements: list[Spot] = field(default_factory=list)

    def member(self, key: str, line: int, spot: Spot) -> None:
        """Note a member of a map: its key's line and its value's spot."""
        self.keys[key] = line
        self.members[key] = spot
        self.size += spot.size

    def element(self, spot: Spot) -> None:
        """Note the next element of a list."""
        self.elements.append(spot)
        self.size += spot.size


_NO_KEYS: dict[str, int] = {}
_NO_MEMBERS: dict[str, Spot] = {}
_NO_ELEMENTS: list[Spot] = []


def leaf(line: int) -> Spot:
    """The spot of a value without others inside: its empty containers are shared, and never filled."""
    return Spot(line, 1, "", _NO_KEYS, _NO_MEMBERS, _NO_ELEMENTS)


def guard(file: str, line: int, depth: int, size: int) -> None:
    """Refuse what is nested or multiplied (by aliases) beyond any sensible document.

    Raises DocumentError; the limits keep a hostile document from taking the process down.
    """
    if depth > MAX_DEPTH:
        raise DocumentError(f"{file}:{line}", f"values are nested more than {MAX_DEPTH} deep")
    if size > MAX_VALUES:
        raise DocumentError(
            f"{file}:{line}",
            f"the document expands to more than {MAX_VALUES} values",
            hint="aliases multiply what they repeat",
        )
