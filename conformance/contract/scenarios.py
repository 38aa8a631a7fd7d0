"""The clauses that scenario documents add: each authored case is one rule of its service.

Only what makes a clause is read here; the cases themselves are read, and judged, where cases are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.contract.clause import Binds, Clause, Level
from conformance.contract.clauses import slug
from conformance.contract.model import Service
from conformance.contract.schema import Provenance
from conformance.documents.tree import Node, Tree
from conformance.documents.versions import family


def scenario_clauses(tree: Tree, services: Mapping[str, Service]) -> Iterator[Clause]:
    """``<service>/scenarios/<name>`` for each case of a document whose service is loaded."""
    family(tree)
    service = tree.root.text("service")
    if service not in services:
        return
    for node in tree.root.listed("cases"):
        name = node.text("name")
        if name:
            yield Clause(
                id=f"{slug(service)}/scenarios/{slug(name)}",
                kind="rule",
                service=service,
                subject="",
                path=("scenarios",),
                keyword=name,
                said=node.text("says"),
                binds=Binds.TARGET,
                level=Level.SHOULD if node.text("level") == "should" else Level.MUST,
                provenance=Provenance.PUBLISHED
                if node.text("x-provenance") == "published"
                else Provenance.ASSUMED,
                where=node.where,
                value=story(node),
            )


def story(node: Node) -> object:
    """All that a scenario promises: what it says, and its story."""
    return [node.text("says"), *(each.value for each in [node.get("steps")] if each is not None)]
