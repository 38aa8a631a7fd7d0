"""One schema at many uses: what is referred to again and again is read once, and moved to each use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.contract.dialects import Flavour
from conformance.contract.schema import Schema
from conformance.documents.notes import Note

Key = tuple[str, str, Flavour, str]
Words = tuple[str, ...]


@dataclass(slots=True)
class Uses:
    """Schemas that were expanded at one use, by their place, their flavour and the name they go by.

    Kept is only what is the same at every use: neither what recurs (where it is cut depends on what stands
    above it) nor what made a Note (a reference may then mean something in the payload around it).
    """

    notes: list[Note]
    known: dict[Key, tuple[Schema, int, int]] = field(default_factory=dict)
    unsteady: set[Key] = field(default_factory=set)
    unsure: int = 0

    def size(self, key: Key) -> int:
        """How many nodes a known schema has; 0 when it is not known."""
        return self.known[key][2] if key in self.known else 0

    def at(self, key: Key, words: Words) -> Schema:
        """A known schema at another use."""
        schema, cut, _ = self.known[key]
        return _moved(schema, cut, words)

    def first(self, key: Key, words: Words, expand: Callable[[], Schema], count: Callable[[], int]) -> Schema:
        """Expand a schema that is not known; kept where that may be. ``count`` tells the nodes so far."""
        before, notes, unsure = count(), len(self.notes), self.unsure
        made = expand()
        if len(self.notes) > notes or key in self.unsteady:
            self.unsure += 1
        if self.unsure > unsure:
            self.unsteady.add(key)
        elif not any(each.again for each in made.walk()):
            self.known[key] = (made, len(words), count() - before)
        return made


def _moved(schema: Schema, cut: int, words: Words) -> Schema:
    """The same tree with these words in place of the first ones."""
    return schema.rebuilt(lambda part: _moved(part, cut, words), words=words + schema.words[cut:])
