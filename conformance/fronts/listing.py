"""From a wish to its cases, without any target and without anything that could reach one."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from conformance.cases.case import Case
from conformance.cases.catalogue import Catalogue, catalogue
from conformance.cases.ledger import Row, ledger
from conformance.cases.selection import choose, select
from conformance.contract import Contract, load
from conformance.documents.find import Sources, find
from conformance.errors import UsageError
from conformance.fronts.drawing import crowds, drawn
from conformance.fronts.options import Wish, views
from conformance.transcript.show import harmless


def documents(wish: Wish) -> tuple[Contract, tuple[Path, ...]]:
    """The contract and its scenario files. Raises DocumentError or UsageError."""
    sources = sought(wish)
    return load(sources), sources.scenarios


def sought(wish: Wish) -> Sources:
    """Where the documents are. Raises DocumentError or UsageError."""
    found = find(
        Path(wish.contract) if wish.contract else None,
        asyncapi=wish.asyncapi,
        openapi=wish.openapi,
        scenarios=wish.scenarios,
        overlays=wish.overlay,
        references=wish.reference,
    )
    return replace(found, perspective=views(wish.perspective))


def told(contract: Contract) -> list[str]:
    """What decides what is tested, and was noticed while the documents were read: a line each."""
    return [harmless(f"note: {note.where}: {note.says}") for note in contract.notes if note.loud]


def ledger_of(wish: Wish) -> tuple[Row, ...]:
    """The ledger's rows that were asked for: by their ids, and by the cases that enforce them."""
    contract, scenarios = documents(wish)
    for line in told(contract):
        print(line, file=sys.stderr, flush=True)
    made = catalogue(contract, scenarios, sequences=drawn(wish), crowds=crowds(wish))
    rows = ledger(contract, made)
    if wish.clause:
        wanted = frozenset(choose("--clause", wish.clause, [row.id for row in rows]))
        rows = tuple(row for row in rows if row.id in wanted)
    if wish.case:
        chosen = {case.id for case in select(made.cases, wish.case)}
        rows = tuple(row for row in rows if chosen.intersection(row.cases))
    if not rows:
        raise UsageError("no clause is left to be listed", hint="no such case enforces such a clause")
    return rows


def listed(wish: Wish) -> tuple[Catalogue, tuple[Case, ...]]:
    """All cases, and those that were asked for."""
    contract, scenarios = documents(wish)
    for line in told(contract):
        print(line, file=sys.stderr, flush=True)
    made = catalogue(contract, scenarios, sequences=drawn(wish), crowds=crowds(wish))
    return made, select(made.cases, wish.case, wish.clause)
