"""From a wish to its cases, without any target and without anything that could reach one."""

from __future__ import annotations

from pathlib import Path

from conformance.cases.case import Case
from conformance.cases.catalogue import Catalogue, catalogue
from conformance.cases.selection import select
from conformance.contract import Contract, load
from conformance.documents.find import find
from conformance.errors import UsageError
from conformance.fronts.options import Wish


def documents(wish: Wish) -> tuple[Contract, tuple[Path, ...]]:
    """The contract and its scenario files. Raises DocumentError or UsageError."""
    if wish.overlay:
        raise UsageError("--overlay is not supported yet", hint="give complete documents")
    folder = Path(wish.contract) if wish.contract else None
    sources = find(folder, asyncapi=wish.asyncapi, openapi=wish.openapi, scenarios=wish.scenarios)
    return load(sources), sources.scenarios


def listed(wish: Wish) -> tuple[Catalogue, tuple[Case, ...]]:
    """All cases, and those that were asked for."""
    contract, scenarios = documents(wish)
    made = catalogue(contract, scenarios)
    return made, select(made.cases, wish.case, wish.clause)
