"""From a wish to what can be played: the contract, its cases, and the target. Nothing is sent yet."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from conformance.cases.case import Case
from conformance.cases.catalogue import Catalogue, catalogue
from conformance.cases.selection import select
from conformance.cases.target import Target
from conformance.contract import Contract, load
from conformance.documents.find import find
from conformance.errors import UsageError
from conformance.fronts.options import Wish, pairs, whole
from conformance.run import stated
from conformance.run.targets import Given, make_target


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a run is made of. ``target`` of the embedded reference has no addresses before it is up."""

    contract: Contract
    catalogue: Catalogue
    cases: tuple[Case, ...]
    target: Target

    @property
    def selected(self) -> bool:
        """Whether these are only some of the cases."""
        return len(self.cases) < len(self.catalogue.cases)


def given(wish: Wish) -> Given:
    """What the wish says of the target."""
    return Given(
        name=wish.target,
        urls=wish.url,
        credentials=wish.credential,
        allow_trading=wish.allow_trading,
        exclusive=wish.exclusive,
        deadlines={name: whole(f"--deadline {name}", text, 1) for name, text in pairs("--deadline", wish.deadline).items()},
        values=_values(pairs("--value", wish.value)),
        tolerance_ms=wish.tolerance,
    )


def documents(wish: Wish) -> tuple[Contract, tuple[Path, ...]]:
    """The contract and its scenario files. Raises DocumentError or UsageError."""
    if wish.overlay:
        raise UsageError("--overlay is not supported yet", hint="give complete documents")
    folder = Path(wish.contract) if wish.contract else None
    sources = find(folder, asyncapi=wish.asyncapi, openapi=wish.openapi, scenarios=wish.scenarios)
    return load(sources), sources.scenarios


def prepare(wish: Wish) -> Prepared:
    """All that a run needs. Raises DocumentError and UsageError before anything is sent."""
    about = given(wish)
    if wish.fault and not about.embedded:
        raise UsageError("--fault is for the embedded reference alone", hint="leave out the target and --url")
    contract, scenarios = documents(wish)
    target = make_target(contract, about)
    contract = stated(contract, target)
    made = catalogue(contract, scenarios)
    return Prepared(contract, made, select(made.cases, wish.case, wish.clause), target)


def listed(wish: Wish) -> tuple[Catalogue, tuple[Case, ...]]:
    """The cases without any target."""
    contract, scenarios = documents(wish)
    made = catalogue(contract, scenarios)
    return made, select(made.cases, wish.case, wish.clause)


def _values(texts: dict[str, str]) -> dict[str, object]:
    """``NAME=text``; ``NAME:=json`` for anything that is not a text."""
    made: dict[str, object] = {}
    for name, text in texts.items():
        if name.endswith(":"):
            try:
                made[name[:-1]] = json.loads(text)
            except ValueError:
                raise UsageError(f"--value {name}={text}: not JSON") from None
        else:
            made[name] = text
    return made
