"""Small contracts, waivers and runs for the gate; of no exchange."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from conformance.gate.decision import Decision, Seen, decide
from conformance.gate.excuses import Gate, gate
from conformance.gate.waivers import Waiver, read_waivers

TODAY = date(2026, 11, 23)
PRICE, SIZE, ANY, LATE = (
    "tide/Level/price/type",
    "tide/Level/size/type",
    "tide/Level/oneOf",
    "tide/ask/within",
)


@dataclass(frozen=True)
class Clause:
    """What the gate wants to know of a clause."""

    id: str
    level: str = "must"
    digest: str = "00000000000000aa"


@dataclass(frozen=True)
class Case:
    """What the gate wants to know of a case."""

    id: str
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """What the gate wants to know of a finding."""

    clause: str
    path: tuple[str | int, ...] = ()
    drift: str = ""


CLAUSES = (Clause(PRICE), Clause(SIZE), Clause(ANY), Clause(LATE, "should"))
CASES = (
    Case("tide/layouts/price", (PRICE,)),
    Case("tide/streams/levels", (PRICE, SIZE)),
    Case("tide/commands/ask", (LATE,)),
)


def waiver(clause: str = PRICE, **changed: str) -> str:
    """One waiver as YAML; a field that is given empty is left out."""
    fields = {
        "clause": clause,
        "digest": '"00000000000000aa"',
        "reason": "the feed is being rewritten",
        "owner": "Ada",
        "ticket": "TIDE-1",
        "expires": "2026-11-30",
        **changed,
    }
    lines = [f"{name}: {value}" for name, value in fields.items() if value]
    return "  - " + "\n    ".join(lines) + "\n"


def waivers(folder: Path, *texts: str) -> tuple[Waiver, ...]:
    """What a file of these waivers is read as."""
    file = folder / "waivers.yaml"
    file.write_text("waivers:\n" + "".join(texts), "utf-8")
    return read_waivers([file], [each.id for each in CLAUSES])


def rules(
    given: Sequence[Waiver], *, today: date = TODAY, strict: bool = False, build: str = "",
    clauses: Sequence[Clause] = CLAUSES,
) -> Gate:  # fmt: skip
    """The gate of the small contract."""
    return gate(given, clauses, CASES, today=today, strict=strict, build=build)


def passed(case: str, *clauses: str) -> Seen:
    """A case that held these clauses against something, and found all well."""
    return Seen(case, "passed", "nobody", (), frozenset(clauses))


def failed(case: str, *findings: Finding) -> Seen:
    """A case that saw these broken."""
    return Seen(case, "failed", "target", findings, frozenset(each.clause for each in findings))


def skipped(case: str) -> Seen:
    """A case that was not put to the target."""
    return Seen(case, "skipped", "nobody", (), frozenset())


KEPT = (
    passed("tide/layouts/price", PRICE),
    passed("tide/streams/levels", PRICE, SIZE),
    passed("tide/commands/ask", LATE),
)
BROKEN = (failed("tide/layouts/price", Finding(PRICE)), *KEPT[1:])


def decided(given: Gate, seen: Iterable[Seen]) -> Decision:
    """The decision on a run that came to its end."""
    return decide(given, seen)
