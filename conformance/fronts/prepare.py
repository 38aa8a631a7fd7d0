"""From a wish to what can be played: the contract, its cases, and the target. Nothing is sent yet."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from conformance.cases.case import Case
from conformance.cases.catalogue import Catalogue, catalogue
from conformance.cases.crowds import SMALL, Crowds
from conformance.cases.moved import everywhere
from conformance.cases.sequences import DRAWN, Sequences
from conformance.cases.stated import as_stated
from conformance.cases.target import Target
from conformance.contract import Contract
from conformance.errors import UsageError
from conformance.fronts.drawing import crowds, drawn, picked, replayed
from conformance.fronts.listing import documents
from conformance.fronts.options import Wish, pairs, whole
from conformance.gate.excuses import NO_GATE, Gate, gate
from conformance.gate.waivers import read_waivers
from conformance.run.targets import Given, make_target


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a run is made of: the contract as the target states it, the cases, the target, the gate.

    ``target`` of the embedded reference has no addresses before it is up. ``picked`` says how a front of its
    own accord left out some of the cases that were wished for.
    """

    documented: Contract
    scenarios: tuple[Path, ...]
    contract: Contract
    catalogue: Catalogue
    cases: tuple[Case, ...]
    target: Target
    gate: Gate = NO_GATE
    picked: str = ""
    sequences: Sequences = DRAWN
    crowd: Crowds = SMALL
    each_endpoint: bool = False

    def at(self, target: Target) -> Prepared:
        """The same, now that the target has told more of itself; cases keep their ids and their order.

        One that cannot be put to such a target is left out: there may be no moment for it.
        """
        if (target.deadlines, target.minimums) == (self.target.deadlines, self.target.minimums):
            return replace(self, target=target)
        contract, made = _catalogued(self.documented, self.scenarios, target, self.sequences, self.crowd)
        made = _everywhere(made, self.target) if self.each_endpoint else made
        known = {case.id: case for case in made.cases}
        cases = tuple(known[case.id] for case in self.cases if case.id in known)
        rules = self.gate.among(known)
        return replace(self, contract=contract, catalogue=made, cases=cases, target=target, gate=rules)


def given(wish: Wish) -> Given:
    """What the wish says of the target."""
    deadlines = pairs("--deadline", wish.deadline)
    minimums = pairs("--minimum", wish.minimum)
    return Given(
        name=wish.target,
        urls=wish.url,
        credentials=wish.credential,
        allow_trading=wish.allow_trading,
        exclusive=wish.exclusive,
        deadlines={name: whole(f"--deadline {name}", text, 1) for name, text in deadlines.items()},
        minimums={name: whole(f"--minimum {name}", text, 0) for name, text in minimums.items()},
        values=_values(pairs("--value", wish.value)),
        tolerance_ms=wish.tolerance,
        limits=pairs("--trading-limit", wish.trading_limit),
    )


def prepare(wish: Wish) -> Prepared:
    """All that a run needs. Raises DocumentError and UsageError before anything is sent."""
    about = given(wish)
    for option, named in (("--fault", wish.fault), ("--variation", wish.variation)):
        if named and not about.embedded:
            raise UsageError(
                f"{option} is for the embedded reference alone", hint="leave out the target and --url"
            )
    documented, scenarios = documents(wish)
    target = make_target(documented, about)
    sequences = drawn(wish)
    crowd = crowds(wish, target)
    contract, made = _catalogued(documented, scenarios, target, sequences, crowd)
    made = _everywhere(made, target) if wish.each_endpoint else made
    cases = picked(wish, made)
    if not cases:
        raise UsageError(
            "no case is left to be played", hint="no case enforces such a clause and has such an id"
        )
    rules = _gate(wish, made)
    return Prepared(
        documented,
        scenarios,
        contract,
        made,
        cases,
        target,
        rules,
        picked=replayed(wish),
        sequences=sequences,
        crowd=crowd,
        each_endpoint=wish.each_endpoint,
    )


def _everywhere(made: Catalogue, target: Target) -> Catalogue:
    """All cases at each address of the target's environment. UsageError where it has but one."""
    if not any(target.aliases.values()):
        raise UsageError(
            f"--each-endpoint: {target.name} has one address for each service",
            hint="name a server that has an alias (alias_of), or give --url NAME/ALIAS=URL, too",
        )
    return replace(made, cases=tuple(everywhere(made.cases, target.aliases)))


def _gate(wish: Wish, made: Catalogue) -> Gate:
    """The rules of the gate, today. Raises DocumentError and UsageError for waivers that cannot be used."""
    waivers = read_waivers(map(Path, wish.waivers), made.clauses)
    today = datetime.now(UTC).date()
    return gate(waivers, made.clauses.values(), made.cases, today=today, strict=wish.strict, build=wish.build)


def _catalogued(
    documented: Contract, scenarios: tuple[Path, ...], target: Target, sequences: Sequences, crowd: Crowds
) -> tuple[Contract, Catalogue]:
    made = catalogue(
        documented,
        scenarios,
        deadlines=target.deadlines,
        minimums=target.minimums,
        sequences=sequences,
        crowds=crowd,
    )
    return as_stated(documented, target.deadlines, target.minimums), made


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
