"""A document of several services: which of its root rules are about which of them.

A rule belongs to each service in which the names that it mentions exist; what only one may have (a source of
values) to the first of these. A rule whose names exist nowhere belongs to all: the first that reads it
refuses it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conformance.contract.targets import Targets
from conformance.documents.tree import Node


class Shares:
    """What of a document's root is one service's own. ``everybody`` are all services, in their order."""

    def __init__(self, own: Targets, everybody: Sequence[Targets] = ()) -> None:
        self.own, self.everybody = own, everybody or (own,)

    def has(self, names: Iterable[Node | None]) -> bool:
        """Whether a rule with these names is for this service to read."""
        return self._owner(names, only_first=False)

    def first(self, names: Iterable[Node | None]) -> bool:
        """The same, for a rule that only one service may have."""
        return self._owner(names, only_first=True)

    def listed(self, nodes: Iterable[Node], *keys: str) -> list[Node]:
        """Of these rules those that are ours, by the names that stand at ``keys``."""
        return [node for node in nodes if self.has(node.get(key) for key in keys)]

    def _owner(self, names: Iterable[Node | None], *, only_first: bool) -> bool:
        if len(self.everybody) == 1:
            return True
        words = [str(each.value).partition("#")[0] for each in names if each is not None]
        return self._mine(words, only_first=only_first)

    def has_words(self, words: Iterable[str]) -> bool:
        """Whether a rule that mentions these names is for this service to read."""
        return len(self.everybody) == 1 or self._mine(list(words), only_first=False)

    def _mine(self, words: Sequence[str], *, only_first: bool) -> bool:
        owners = [each for each in self.everybody if all(map(each.knows, words))]
        if not owners:
            return True
        return self.own is owners[0] if only_first else any(self.own is each for each in owners)
