"""Whether a failed case fails the gate: what it saw broken may be waived, or be no more than a *should*."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Protocol

from conformance.errors import UsageError
from conformance.gate.builds import EXPECTED
from conformance.gate.waivers import Waiver

SHOULD = "should"
ALTERNATIVES = re.compile(r"(.*/)(?:oneOf|anyOf)(?:-[0-9]+)?")


class Found(Protocol):
    """A finding, of a verdict or of a run file."""

    @property
    def clause(self) -> str:
        """The clause that was broken, '' for none of the contract's."""

    @property
    def path(self) -> tuple[str | int, ...]:
        """The place in the value."""

    @property
    def drift(self) -> str:
        """What the difference amounts to, where it can be named."""


class Stated(Protocol):
    """A clause, of a contract or of a run file."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def level(self) -> str:
        """How binding it is."""

    @property
    def digest(self) -> str:
        """What it promises, as a number."""


class Asked(Protocol):
    """A case, of a catalogue or of a run file."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def clauses(self) -> tuple[str, ...]:
        """What it is about."""


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why a failed case does not fail the gate: the waivers; with none, it broke only what should be."""

    waivers: tuple[Waiver, ...]
    clauses: tuple[str, ...]

    def __str__(self) -> str:
        if not self.waivers:
            return f"a warning: {', '.join(self.clauses)} should be kept, and need not be"
        return "waived: " + "; ".join(
            f"{each.reason} (until {each.expires}, {each.owner}, {each.ticket})" for each in self.waivers
        )


@dataclass(frozen=True, slots=True)
class Gate:
    """The rules of one run's gate.

    ``dead`` are the waivers that do not count today, with the state that says why; ``live`` the others, by
    their clause. ``digests`` are those of the waived clauses as the contract states them, ``claims`` all
    cases that are about each, also those which this run does not play.
    """

    waivers: tuple[Waiver, ...] = ()
    dead: Mapping[Waiver, str] = field(default_factory=lambda: MappingProxyType({}))
    live: Mapping[str, Waiver] = field(default_factory=lambda: MappingProxyType({}))
    digests: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    claims: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    mild: frozenset[str] = frozenset()

    def among(self, cases: Container[str]) -> Gate:
        """The same where there are no other cases than these."""
        left = {name: tuple(one for one in ids if one in cases) for name, ids in self.claims.items()}
        return replace(self, claims=MappingProxyType(left))

    def excuse(self, findings: Sequence[Found]) -> Excuse | None:
        """Why a case with these findings does not fail the gate; None when it does."""
        used: dict[str, Waiver] = {}
        for each in findings:
            if each.clause in self.live:
                used[each.clause] = self.live[each.clause]
            elif each.clause not in self.mild and not follows(each, findings):
                return None
        clauses = tuple(dict.fromkeys(each.clause for each in findings))
        return Excuse(tuple(used.values()), clauses) if findings else None


NO_GATE = Gate()
"""That of a run that has not begun: nothing is waived, everything must be."""


def gate(
    waivers: Sequence[Waiver],
    clauses: Iterable[Stated],
    cases: Iterable[Asked],
    *,
    today: date,
    strict: bool = False,
    build: str = "",
) -> Gate:
    """The gate of a contract: its clauses, and all cases that there are, whichever are played.

    ``today`` (UTC) decides which waivers have expired, ``build`` which are for other builds. ``strict``: what
    should be kept must be. Raises UsageError when a waiver is for some builds and ``build`` is no version.
    """
    wanted = {each.clause for each in waivers}
    stated = {each.id: each for each in clauses if each.id in wanted or each.level == SHOULD}
    claims: dict[str, list[str]] = {name: [] for name in wanted}
    for case in cases:
        for name in wanted.intersection(case.clauses):
            claims[name].append(case.id)
    digests = {name: stated[name].digest for name in wanted if name in stated}
    states = {each: _state(each, digests.get(each.clause, ""), today, build) for each in waivers}
    mild = () if strict else (name for name, each in stated.items() if each.level == SHOULD)
    return Gate(
        tuple(waivers),
        MappingProxyType({each: state for each, state in states.items() if state}),
        MappingProxyType({each.clause: each for each, state in states.items() if not state}),
        MappingProxyType(digests),
        MappingProxyType({name: tuple(ids) for name, ids in claims.items()}),
        frozenset(mild),
    )


def _state(waiver: Waiver, digest: str, today: date, build: str) -> str:
    """Why a waiver does not count (``record.types.WAIVER_STATES``), or ''."""
    if waiver.expires < today:
        return "expired"
    if waiver.digest != digest:
        return "changed"
    if waiver.builds is None:
        return ""
    if not build:
        raise UsageError(
            f"{waiver.where}: a waiver for the builds {waiver.builds}, and nobody says which this is",
            hint="--build VERSION",
        )
    try:
        return "" if waiver.builds.holds(build) else "elsewhere"
    except ValueError as wrong:
        raise UsageError(f"--build: {wrong}", hint=EXPECTED) from None


def follows(finding: Found, findings: Iterable[Found]) -> bool:
    """Whether it says no more than that no alternative was kept, and another says why the one meant was not.

    Where none was meant (``drift`` says what each lacks), it is a cause itself.
    """
    match = ALTERNATIVES.fullmatch(finding.clause)
    if match is None or finding.drift:
        return False
    size = len(finding.path)
    return any(
        each.clause.startswith(match[1])
        and each is not finding
        and (each.drift or ALTERNATIVES.fullmatch(each.clause) is None)
        and each.path[:size] == finding.path
        for each in findings
    )
