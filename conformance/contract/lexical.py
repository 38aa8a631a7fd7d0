"""What a node inherits from what stands around it in its document: the provenance mark.

What an overlay brought is assumed, unless the overlay marks it: whoever wrote the document has not said it.
"""

from __future__ import annotations

from collections.abc import Mapping

from conformance.contract.schema import Provenance
from conformance.documents.spots import Spot
from conformance.documents.tree import Node, Tree

MARK = "x-provenance"

Inherited = Mapping[str, Provenance]
"""The provenance of what comes from each file: '' is the document itself, the others are overlays."""


class Lexical:
    """Provenance by place. A node without the mark inherits that of the nearest around it which stands in the
    same file (``Spot.source``), or is marked from there; never through ``$ref``.
    """

    def __init__(self) -> None:
        self._known: dict[Tree, dict[str, tuple[object, Spot | None, Inherited]]] = {}

    def provenance(self, node: Node) -> Provenance:
        """The mark of the node or of what is around it; without any, ``published`` for what the document
        says itself, ``assumed`` for what an overlay brought.
        """
        _, spot, inherited = self._at(node.tree, node.pointer)
        source = spot.source if spot is not None else ""
        return inherited.get(source, Provenance.ASSUMED if source else Provenance.PUBLISHED)

    def _at(self, tree: Tree, pointer: str) -> tuple[object, Spot | None, Inherited]:
        known = self._known.setdefault(tree, {})
        if pointer not in known:
            value: object = tree.value
            spot: Spot | None = tree.spot
            inherited: Inherited = {}
            if pointer:
                parent, _, segment = pointer.rpartition("/")
                around, lines, inherited = self._at(tree, parent)
                value, spot = _step(around, lines, segment.replace("~1", "/").replace("~0", "~"))
            own = value.get(MARK) if isinstance(value, dict) else None
            if own in ("published", "assumed") and spot is not None:
                mark = Provenance(own)
                inherited = {**inherited, spot.source: mark, spot.members[MARK].source: mark}
            known[pointer] = value, spot, inherited
        return known[pointer]


def _step(value: object, spot: Spot | None, segment: str) -> tuple[object, Spot | None]:
    if isinstance(value, dict) and spot is not None and segment in value:
        return value[segment], spot.members[segment]
    if isinstance(value, list) and spot is not None and segment.isdigit() and int(segment) < len(value):
        return value[int(segment)], spot.elements[int(segment)]
    return None, spot
