"""An object of a document with its traits: what it does not say itself, its traits say.

AsyncAPI 3.0.0, "Traits Merge Mechanism": traits are merged in order, a property of the object itself is never
overridden. Merged here by property, not inside properties.
"""

from __future__ import annotations

from conformance.documents.references import References
from conformance.documents.tree import Node


class Merged:
    """Reads properties of an object, then of its traits, the last one first."""

    def __init__(self, own: Node, references: References) -> None:
        self.own = own
        traits = [references.resolve(each) for each in own.listed("traits")]
        self.layers = [own, *reversed(traits)]

    def get(self, key: str) -> Node | None:
        """The property, from the object itself or from a trait."""
        return self.holder(key).get(key)

    def holder(self, key: str) -> Node:
        """The object or trait that has the property; the object itself when none has."""
        return next((layer for layer in self.layers if layer.get(key) is not None), self.own)

    def text(self, key: str) -> str:
        """The string property, or ''."""
        return self.holder(key).text(key)

    def listed(self, key: str) -> list[Node]:
        """The elements of a list property."""
        return self.holder(key).listed(key)
