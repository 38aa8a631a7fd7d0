"""What speaks against a proof, or is missing from it, in words: for the terminal and the page alike."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.proof.record import (
    CAUGHT,
    ELSEWHERE,
    INCOMPLETE,
    INCONCLUSIVE,
    OUTSIDE,
    PROVEN,
    SURVIVED,
    UNAPPLIED,
    CaseProof,
    FaultLine,
    ProofRecord,
)
from conformance.reporting.paper import count

NAMED = 3
NEVER = "never"
FAULTLESS = "faultless"
STALE = "stale"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a group: a fault, a case or a clause. ``repeat`` is the command that shows it."""

    name: str
    says: str
    detail: str
    repeat: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Things that are wrong in the same way, and what to do about them."""

    key: str
    title: str
    todo: str
    items: tuple[Item, ...]


# Outcome -> title, and what to do.
FAULTS = {
    SURVIVED: (
        "Survived: no case turned red",
        "Let a case that claims the clause see it. If it cannot be seen from outside, excuse the fault and "
        "say why.",
    ),
    ELSEWHERE: (
        "Seen elsewhere: no case that claims the broken clause named it first",
        "Let the case that claims the clause look at it, or say the clause of the first finding rightly.",
    ),
    OUTSIDE: (
        "Outside its shadow: an unrelated case turned red",
        "Either the fault breaks more than it declares: declare it. Or the case blames the wrong clause.",
    ),
    UNAPPLIED: (
        "Unapplied: never came to its turn",
        "No case led the reference to the spot that it changes: add one that does, or mend the fault.",
    ),
    INCONCLUSIVE: (
        "Inconclusive: a case could not be judged",
        "Look at the reason; when it was the surroundings, prove the fault again.",
    ),
}


def sentence(proof: ProofRecord) -> str:
    """The proof in one sentence, which begins with its verdict."""
    front = proof.verdict.capitalize()
    ended = len(proof.faults)
    caught = sum(one.outcome == CAUGHT for one in proof.faults)
    excused = len(proof.excused)
    if proof.verdict == PROVEN:
        spared = sum(bool(one.excused) and not one.seen for one in proof.cases)
        faults = f"all {count(caught, 'fault')} were caught by a case that claims what they break"
        cases = f"all {count(len(proof.cases) - spared, 'case')} were seen failing"
        let_off = [count(excused, "fault")] * bool(excused) + [count(spared, "case")] * bool(spared)
        rest = f" ({' and '.join(let_off)} excused)" if let_off else ""
        return f"{front}: {faults}, and {cases}{rest}."
    against = list(_against(proof))
    if not proof.complete:
        against.append(f"only {ended} of {count(proof.total, 'fault')} had their turn")
    elif proof.mode == "sample":
        against.append(f"this is a sample of {count(proof.total, 'fault')}")
    if proof.verdict == INCOMPLETE and not proof.of(INCONCLUSIVE) and ended:
        against.append("nothing speaks against it so far")
    return f"{front}: {', '.join(against)}."


def _against(proof: ProofRecord) -> Iterator[str]:
    if not proof.faults:
        yield "no fault was put to any case"
    words = {
        SURVIVED: "survived",
        ELSEWHERE: "only seen elsewhere",
        OUTSIDE: "turned an unrelated case red",
        UNAPPLIED: "never applied",
        INCONCLUSIVE: "not judged",
    }
    for outcome, word in words.items():
        if found := len(proof.of(outcome)):
            yield f"{count(found, 'fault')} {word}"
    if proof.stale:
        yield f"{count(len(proof.stale), 'exception')} stale"
    if proof.whole and proof.faults:
        if proof.never:
            yield f"{count(len(proof.never), 'case')} never seen failing"
        if proof.unexplained:
            yield f"{count(len(proof.unexplained), 'clause')} without a fault or a reason"


def wrong(proof: ProofRecord) -> tuple[Group, ...]:
    """All that keeps the proof from being one, the worst first."""
    groups = [
        Group(outcome, title, todo, tuple(_fault(one) for one in proof.of(outcome)))
        for outcome, (title, todo) in FAULTS.items()
    ]
    groups.append(
        Group(
            STALE,
            "Stale: an exception that is none any more",
            "Take it out of the list of exceptions.",
            tuple(Item(one, "", "it is caught, or was seen failing") for one in proof.stale),
        )
    )
    if proof.whole:
        blind = _blind(proof)
        groups.append(
            Group(
                NEVER,
                "Never seen failing: a case that no fault turned red",
                "A case that cannot fail proves nothing: write a fault that breaks what it claims, or excuse "
                "the case and say why.",
                tuple(_case(one, blind.get(one.id)) for one in proof.never),
            )
        )
        groups.append(
            Group(
                FAULTLESS,
                "Without a fault: a clause that nothing breaks, and nobody says why",
                "Add a fault that breaks it, or the reason why there can be none.",
                tuple(Item(one.id, one.says, "") for one in proof.unexplained),
            )
        )
    return tuple(group for group in groups if group.items)


def _fault(line: FaultLine) -> Item:
    cases: tuple[str, ...]
    match line.outcome:
        case "outside":
            cases = tuple(one.case for one in line.outside)
            seen = "; ".join(f"{one.clause or 'no clause'}: {one.reason}" for one in line.outside[:1])
            detail = f"{named(cases) or 'a case'} turned red: {seen}"
        case "elsewhere":
            cases = line.also_red
            detail = (
                f"seen by {named(cases) or 'a case'}; not by {named(line.blind) or 'any case that claims it'}"
            )
        case "inconclusive":
            cases = tuple(one.case for one in line.inconclusive)
            reason = line.inconclusive[0].reason if line.inconclusive else "no reason given"
            detail = f"{named(cases) or 'a case'}: {reason}"
        case "unapplied":
            cases = line.blind
            detail = f"{count(line.played, 'case')} played, applied 0 times"
        case _:
            cases = line.blind
            detail = f"green all the same: {named(cases)}" if cases else "no case claims what it breaks"
    breaks = f"breaks {named(line.clauses)}" if line.clauses else "breaks no clause"
    return Item(line.name, line.says, f"{breaks}; {detail}", command(line.name, cases[0] if cases else ""))


def _case(case: CaseProof, fault: str | None) -> Item:
    detail = f"{count(case.played, 'fault')} put to it" if case.played else "no fault was put to it"
    return Item(case.id, "", detail, command(fault, case.id) if fault else "")


def _blind(proof: ProofRecord) -> dict[str, str]:
    """Case -> the first fault that it should have seen and did not."""
    found: dict[str, str] = {}
    for line in proof.faults:
        for case in line.blind:
            found.setdefault(case, line.name)
    return found


def named(ids: tuple[str, ...]) -> str:
    """The first few of some ids, and how many there are besides."""
    left = len(ids) - NAMED
    return ", ".join(ids[:NAMED]) + (f" and {left} more" if left > 0 else "")


def command(fault: str, case: str = "") -> str:
    """The command that puts one case to the reference with one fault."""
    words = ["omen-conformance", "run", "--fault", shlex.quote(fault)]
    return " ".join([*words, "--case", shlex.quote(case)] if case else words)
