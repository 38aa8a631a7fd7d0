"""From a wish to its cases, without any target and without anything that could reach one."""

from __future__ import annotations

import sys
from pathlib import Path

from conformance.cases.case import Case
from conformance.cases.catalogue import Catalogue, catalogue
from conformance.cases.selection import select
from conformance.contract import Contract, load
from conformance.documents.find import Sources, find
from conformance.fronts.options import Wish
from conformance.transcript.show import harmless


def documents(wish: Wish) -> tuple[Contract, tuple[Path, ...]]:
    """The contract and its scenario files. Raises DocumentError or UsageError."""
    sources = sought(wish)
    return load(sources), sources.scenarios


def sought(wish: Wish) -> Sources:
    """Where the documents are. Raises DocumentError or UsageError."""
    return find(
        Path(wish.contract) if wish.contract else None,
        asyncapi=wish.asyncapi,
        openapi=wish.openapi,
        scenarios=wish.scenarios,
        overlays=wish.overlay,
        references=wish.reference,
    )


def told(contract: Contract) -> list[str]:
    """What decides what is tested, and was noticed while the documents were read: a line each."""
    return [harmless(f"note: {note.where}: {note.says}") for note in contract.notes if note.loud]


def listed(wish: Wish) -> tuple[Catalogue, tuple[Case, ...]]:
    """All cases, and those that were asked for."""
    contract, scenarios = documents(wish)
    for line in told(contract):
        print(line, file=sys.stderr, flush=True)
    made = catalogue(contract, scenarios)
    return made, select(made.cases, wish.case, wish.clause)
