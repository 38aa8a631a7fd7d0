"""A quick answer for the many messages that keep their schemas: as ``judge`` would give it.

A schema that is asked often is written out as Python source, once (``source``). What that does not call good
is judged by walking, which also explains it: a verdict never comes from here alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from conformance.validation.finding import Judgement
from conformance.validation.node import Node
from conformance.validation.source import TooMuchError, Writer

WORTH: Final = 40
"""As often is a schema asked before it is written: writing takes as long as walking so many values."""
MOST_KEPT: Final = 4096
"""Judgements that are remembered, one for each set of parts that values had."""


class Quick:
    """What a schema's source says of values: a judgement, or None where the judge is to look for itself."""

    def __init__(self, node: Node) -> None:
        self._check: Callable[[object], int] = _never
        self._parts: list[frozenset[str]] = []
        self._known: dict[int, Judgement] = {}
        try:
            writer = Writer(node)
        except TooMuchError:
            return
        names = {**writer.bound, "__builtins__": {}}
        # No text of a document is in it: names, constants and limits are objects in ``names``.
        exec(compile("\n".join(writer.lines), "<schema>", "exec"), names)
        self._check = names[writer.main]
        self._parts = [frozenset(part) - {""} for part in writer.parts]

    def __call__(self, value: object) -> Judgement | None:
        """The judgement on a value that keeps the schema."""
        parts = self._check(value)
        if parts < 0:
            return None
        return self._known.get(parts) or self._judgement(parts)

    def _judgement(self, parts: int) -> Judgement:
        exercised = frozenset[str]().union(
            *(clauses for number, clauses in enumerate(self._parts) if parts >> number & 1)
        )
        judgement = Judgement((), exercised)
        if len(self._known) < MOST_KEPT:
            self._known[parts] = judgement
        return judgement


def _never(value: object) -> int:
    return -1


def quick(node: Node, value: object) -> Judgement | None:
    """The judgement on a value that keeps the schema; None where the judge is to look for itself, which is no
    verdict.
    """
    if node.quick is None:
        node.asked += 1
        if node.asked < WORTH:
            return None
        node.quick = Quick(node)
    return node.quick(value)
