"""Broken commands: one fault each, refused for exactly that fault."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cases.case import Case
from conformance.cases.commanding import Commander
from conformance.contract.model import Operation


def mutant_cases(commander: Commander, operation: Operation) -> Iterator[Case]:
    """One case for each way in which the command can be broken alone."""
    return iter(())
