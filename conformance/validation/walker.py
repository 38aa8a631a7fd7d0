"""What a walk over a value offers to the modules that help it: alternatives and drift."""

from __future__ import annotations

from typing import Final, Protocol

from conformance.validation.finding import Finding
from conformance.validation.node import Node

ALLOWANCE: Final = 50_000
"""So many pairs of an element and a position are compared, in one value, to tell what became of arrays."""


class Walker(Protocol):
    """A walk over a value. ``trail`` is the place where it stands: segments and the names of array
    positions. Without ``explain`` findings are but counted. ``meant`` is the alternative of the whole value
    that it keeps, or is closest to; None where there is not one. ``allowance``: so much may yet be compared
    to tell what became of arrays.
    """

    explain: bool
    findings: list[Finding]
    exercised: set[str]
    trail: list[tuple[str | int, str]]
    meant: int | None
    allowance: int

    def fork(self) -> Walker:
        """A walk that goes on from here, for trial: its findings are but counted."""

    def visit(self, node: Node, value: object) -> None:
        """Judge the value here."""

    def add(
        self, keyword: str, expected: str, value: object, node: Node, *below: str | int, drift: str = ""
    ) -> None:
        """Note a finding here, or ``below`` here: what a keyword of the node asks is not so."""
