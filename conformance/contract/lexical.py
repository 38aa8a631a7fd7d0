"""What a node inherits from what stands around it in its document: the provenance mark."""

from __future__ import annotations

from conformance.contract.schema import Provenance
from conformance.documents.tree import Node, Tree

MARK = "x-provenance"


class Lexical:
    """Provenance by place. A node without the mark inherits its parent's, never through ``$ref``."""

    def __init__(self) -> None:
        self._known: dict[Tree, dict[str, tuple[object, Provenance]]] = {}

    def provenance(self, node: Node) -> Provenance:
        """The mark of the node or of its nearest ancestor; ``published`` when there is none."""
        return self._at(node.tree, node.pointer)[1]

    def _at(self, tree: Tree, pointer: str) -> tuple[object, Provenance]:
        known = self._known.setdefault(tree, {})
        if pointer not in known:
            value: object = tree.value
            inherited = Provenance.PUBLISHED
            if pointer:
                parent, _, segment = pointer.rpartition("/")
                around, inherited = self._at(tree, parent)
                value = _step(around, segment.replace("~1", "/").replace("~0", "~"))
            own = value.get(MARK) if isinstance(value, dict) else None
            known[pointer] = value, Provenance(own) if own in ("published", "assumed") else inherited
        return known[pointer]


def _step(value: object, segment: str) -> object:
    if isinstance(value, dict):
        return value.get(segment)
    if isinstance(value, list) and segment.isdigit():
        return value[int(segment)]
    return None
