"""Proofs to be written, read and looked at: over the real contract's clauses, as large as a real one."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from conformance.cases.catalogue import catalogue
from conformance.contract import load
from conformance.documents.find import find
from conformance.proof.record import (
    CAUGHT,
    ELSEWHERE,
    INCONCLUSIVE,
    OUTSIDE,
    SURVIVED,
    UNAPPLIED,
    CaseEntry,
    Faultless,
    FaultLine,
    Outside,
    ProofHeader,
    ProofRecord,
    Unsettled,
    proof_record,
)
from conformance.record.types import DocumentEntry

FAMILIES = {
    "value": ("as-float", "as-nil", "as-string", "negative", "empty", "too-long"),
    "rule": ("broken", "swapped"),
    "wire": ("trailing-byte", "float-for-integer", "bin-for-str", "twice-in-a-frame"),
    "reply": ("dropped", "twice", "other-request_id", "late"),
    "http": ("status-500", "no-body"),
    "accepted": ("accepts-extra", "accepts-missing"),
}
BEHAVIOURAL = ("transport", "auth", "commands", "layouts", "streams", "health")
WORDS = ("leaks", "repeats", "forgets", "reorders", "delays", "invents", "rounds", "drops")
THINGS = ("order_updates", "listings", "sequences", "closes", "keys", "fills", "pongs", "snapshots")

SHADOWS = ("0a1b2c3d", "4e5f6a7b")
HOSTILE = (
    "</script><script>alert(1)</script>",
    "<!-- <img src=x onerror=alert(1)> & \"quoted\" 'single'",
    "\u2028\u2029\x00\x1b[31m\u202eabc\ud800 https://example.invalid/x.js",
)
"""Texts that must stay texts: in a page, a script, a terminal."""

DOCUMENTS = (
    DocumentEntry("gateway", "specs/gateway/asyncapi.yaml", "1.4.0", "a" * 64),
    DocumentEntry("market-data", "specs/market-data/asyncapi.yaml", "2.1.0", "b" * 64),
)


@cache
def known() -> tuple[Mapping[str, str], Mapping[str, tuple[str, ...]], tuple[CaseEntry, ...]]:
    """What the real clauses say, which cases claim them, and those cases."""
    found = catalogue(load(find()))
    claimed: dict[str, list[str]] = {}
    for case in found.cases:
        for clause in case.clauses:
            claimed.setdefault(clause, []).append(case.id)
    return (
        {name: clause.says for name, clause in found.clauses.items()},
        {name: tuple(ids) for name, ids in claimed.items()},
        tuple(CaseEntry(case.id, str(case.family)) for case in found.cases),
    )


def header(planned: int, **other: object) -> ProofHeader:
    """The header of such a proof."""
    says, claimed, cases = known()
    without = tuple(
        Faultless(
            name, text, "a promise of the client" if number % 3 else "the reference cannot be late here"
        )
        for number, (name, text) in enumerate(says.items())
        if name not in claimed
    )
    values: dict[str, object] = {
        "suite": "0.1.0", "started": "2026-01-02T03:04:05.678Z", "mode": "full", "seed": 7, "workers": 2,
        "documents": DOCUMENTS, "plan": "0123abcd", "planned": planned, "cases": cases,
        "clauses_without_fault": without, "clauses": {name: says[name] for name in claimed},
        "shadows": {name: " ".join(list(claimed)[at :: 40]) for at, name in enumerate(SHADOWS)},
    }  # fmt: skip
    return ProofHeader(**{**values, **other})  # type: ignore[arg-type]


def faults(number: int = 3000, behavioural: int = 180, *, bad: bool = True) -> list[FaultLine]:
    """So many faults, most of them caught; with ``bad`` a few of every other outcome, and hostile texts."""
    dice = random.Random(number)
    _, claimed, _ = known()
    clauses = list(claimed)
    made: dict[str, FaultLine] = {}
    while len(made) < number:
        clause = clauses[len(made) % len(clauses)]
        family = dice.choice(list(FAMILIES))
        words = clause.split("/")
        place = ".".join(words[2:-1]) or "message"
        name = f"{words[0]}/{words[1]}/{place}-{dice.choice(FAMILIES[family])}"
        while name in made:
            name += f"-{dice.randrange(99)}"
        made[name] = _line(dice, name, "derived", family, (clause,))
    while len(made) < number + behavioural:
        name = f"{dice.choice(WORDS)}_{dice.choice(THINGS)}"
        while name in made:
            name += f"_{dice.choice(THINGS)}"
        made[name] = _line(
            dice, name, "behavioural", dice.choice(BEHAVIOURAL), tuple(dice.sample(clauses, 2))
        )
    lines = list(made.values())
    return _spoiled(dice, lines) if bad else lines


def _line(dice: random.Random, name: str, kind: str, family: str, clauses: tuple[str, ...]) -> FaultLine:
    _, claimed, cases = known()
    expected = claimed[clauses[0]][: dice.randint(1, 9)]
    also = tuple(
        case.id for case in dice.sample(cases, dice.choice((0, 0, 0, 1, 3))) if case.id not in expected
    )
    return FaultLine(
        name, kind, family, f"`{name}` is sent where {clauses[0]} promises something else.", clauses, CAUGHT,
        shadow=dice.choice(("", *SHADOWS)),
        caught_by=expected, also_red=also, applied=dice.choice((1, 2, 17, None)),
        played=len(expected) + 1, seconds=round(dice.uniform(0.2, 5), 3),
    )  # fmt: skip


def _spoiled(dice: random.Random, lines: list[FaultLine]) -> list[FaultLine]:
    def bare(line: FaultLine, **other: object) -> FaultLine:
        return replace(line, caught_by=(), also_red=(), **other)  # type: ignore[arg-type]

    outcomes = (*[SURVIVED] * 9, *[ELSEWHERE] * 5, *[OUTSIDE] * 4, *[UNAPPLIED] * 3, *[INCONCLUSIVE] * 3)
    for number, outcome in zip(dice.sample(range(len(lines)), len(outcomes)), outcomes, strict=True):
        line = lines[number]
        case = line.caught_by[0]
        match outcome:
            case "survived":
                lines[number] = bare(line, outcome=outcome, blind=line.caught_by)
            case "elsewhere":
                lines[number] = bare(replace(line, also_red=()), outcome=outcome, blind=line.caught_by)
                lines[number] = replace(lines[number], also_red=(case,), blind=line.caught_by[1:])
            case "outside":
                red = (Outside("gateway/transport/upgrade", "gateway/transport/upgrade", "close 1011"),)
                lines[number] = replace(line, outcome=outcome, outside=red)
            case "unapplied":
                lines[number] = bare(line, outcome=outcome, blind=line.caught_by, applied=0)
            case _:
                stuck = (Unsettled(case, "the reference did not start within 5 s"),)
                lines[number] = bare(line, outcome=outcome, inconclusive=stuck)
    for number, text in enumerate(HOSTILE):
        line = lines[number * 7]
        red = (Outside(text, text, text),)
        lines[number * 7] = replace(line, name=f"hostile/{text}", says=text, outcome=OUTSIDE, outside=red)
    excused = bare(lines[50], outcome=SURVIVED, excused="nobody can see it from outside", blind=())
    lines[50] = excused
    return lines


@cache
def proof(number: int = 3000, behavioural: int = 180, bad: bool = True) -> ProofRecord:
    """Such a proof, whole; kept, because it takes a second to make."""
    lines = faults(number, behavioural, bad=bad)
    return proof_record(header(len(lines)), lines, seconds=312.5, complete=True)


def small(*lines: FaultLine, **other: object) -> ProofRecord:
    """A proof of a few faults over two cases, proven when all of them were caught."""
    values: dict[str, object] = {
        "cases": (CaseEntry("tide/layouts/level", "layouts"), CaseEntry("tide/auth/late", "auth")),
        "clauses_without_fault": (), "clauses": {}, "documents": DOCUMENTS[:1],
    }  # fmt: skip
    made = header(**{"planned": len(lines), **values, **other})  # type: ignore[arg-type]
    return proof_record(made, lines, seconds=12.34, complete=True)


def line(name: str, outcome: str = CAUGHT, *cases: str, **other: object) -> FaultLine:
    """A fault of the small proof."""
    values: dict[str, object] = {"caught_by": cases, "played": 2, "seconds": 0.5, "applied": 1, **other}
    return FaultLine(name, "derived", "value", f"{name} is wrong.", ("tide/Level/type",), outcome, **values)  # type: ignore[arg-type]


GREEN = (
    line("tide/Level/price-as-float", CAUGHT, "tide/layouts/level"),
    line("tide/Level/late", CAUGHT, "tide/auth/late"),
)
