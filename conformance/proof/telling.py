"""The end of a proof, for people at a terminal: what is wrong and how to see it again, then the figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePath

from conformance.proof.record import (
    CAUGHT,
    INCOMPLETE,
    INCONCLUSIVE,
    NOT_PROVEN,
    OUTCOMES,
    PROVEN,
    ProofRecord,
)
from conformance.proof.wrong import Group, Item, sentence, wrong
from conformance.reporting.paper import Paper, count

MOST = 5
LABEL = 12
COLOURS = {PROVEN: "green", NOT_PROVEN: "red", INCOMPLETE: "yellow"}


def final(proof: ProofRecord, paper: Paper, *, most: int = MOST, artefacts: str = "") -> str:
    """What is told at the end, of each kind of wrong at most ``most``; it ends with the verdict."""
    return "\n".join(_final(proof, paper, most, artefacts)) + "\n"


def _final(proof: ProofRecord, paper: Paper, most: int, artefacts: str) -> Iterator[str]:
    for group in wrong(proof):
        yield from _group(group, paper, most)
        yield ""
    yield from _figures(proof, paper, artefacts)
    yield ""
    yield from paper.wrapped(sentence(proof), style=("bold", COLOURS[proof.verdict]))


def _group(group: Group, paper: Paper, most: int) -> Iterator[str]:
    colour = "yellow" if group.key == INCONCLUSIVE else "red"
    yield from paper.wrapped(f"{len(group.items)} × {group.title}", style=("bold", colour))
    yield from paper.wrapped(group.todo, indent=2, style=("dim",))
    for item in group.items[:most]:
        yield from _item(item, paper)
    left = len(group.items) - most
    if left > 0:
        yield from paper.wrapped(f"… and {left} more in proof.json and proof.html", indent=2)


def _item(item: Item, paper: Paper) -> Iterator[str]:
    yield from paper.wrapped(item.name, label="- ", indent=2, style=("bold",))
    if item.says:
        yield from paper.wrapped(item.says, indent=4, most=2)
    if item.detail:
        yield from paper.wrapped(item.detail, indent=4, most=3)
    if item.repeat:  # never wrapped: it is there to be copied
        yield "    " + paper.safe(item.repeat)


def _figures(proof: ProofRecord, paper: Paper, artefacts: str) -> Iterator[str]:
    kinds = Counter(one.kind for one in proof.faults)
    outcomes = Counter(one.outcome for one in proof.faults if not one.pardoned)
    counts = [f"{outcomes[one]} {one}" for one in OUTCOMES if outcomes[one] or one == CAUGHT]
    if proof.excused:
        counts.append(f"{len(proof.excused)} excused")
    if unplayed := proof.total - len(proof.faults):
        counts.append(f"{unplayed} not played")
    kinds_told = f"{proof.total} ({kinds['derived']} derived, {kinds['behavioural']} behavioural)"
    yield from _labelled("faults", kinds_told + ": " + ", ".join(counts), paper)
    seen = sum(one.seen > 0 for one in proof.cases)
    yield from _labelled("cases", f"{seen} of {len(proof.cases)} seen failing", paper)
    without = proof.clauses_without_fault
    if without:
        told = f"{count(len(without), 'clause')} that no fault breaks, with reasons in proof.json"
        yield from _labelled("clauses", told, paper)
    documents = ", ".join(f"{one.name} {one.version}".strip() for one in proof.documents)
    if documents:
        yield from _labelled("contract", documents, paper)
    workers = count(proof.workers, "worker")
    yield from _labelled(
        "time", f"{proof.seconds:.1f} s, {workers}, mode {proof.mode}, seed {proof.seed}", paper
    )
    if artefacts:
        files = f"{PurePath(artefacts)}/ (proof.jsonl, proof.json, proof.html)"
        yield from _labelled("report", files, paper)


def _labelled(label: str, text: str, paper: Paper) -> Iterator[str]:
    yield from paper.wrapped(text, label=f"{label:{LABEL}}", most=4)
