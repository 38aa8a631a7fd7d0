"""What comes first: to whom the cases were put, by which documents, and what was not checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.record import RunRecord
from conformance.reporting.paper import Paper, count

LABEL = 10
SHA = 8
REASONS = 3


def heading(run: RunRecord, paper: Paper, told: dict[str, Any]) -> Iterator[str]:
    """Target, contract and what was not checked, in nine lines at most; ``told``: the summary."""
    target = run.header.target
    addresses = ", ".join(f"{name} {url}" for name, url in target.addresses.items())
    yield from _labelled("target", f"{target.name}: {addresses}" if addresses else target.name, paper, 3)
    documents = ", ".join(
        f"{one.name} {one.version}".strip() + f" sha256:{one.sha256[:SHA]}" for one in run.header.documents
    )
    if run.header.overlays:
        documents += f", overlaid by {', '.join(one.path for one in run.header.overlays)}"
    yield from _labelled("contract", documents or "none could be read", paper, 3)
    yield from _labelled("unchecked", unchecked(told), paper, 3)


def unchecked(told: dict[str, Any]) -> str:
    """How many promises were not put to the test, and the commonest reasons; in words, also for none."""
    clauses = told["clauses"]
    missing = clauses["total"] - clauses["enforced"]
    if not missing:
        return "nothing: each promise was put to the test" if clauses["total"] else "all: no promise is known"
    reasons: dict[str, int] = {}
    for one in clauses["unenforced"]:
        reasons[one["why"]] = reasons.get(one["why"], 0) + 1
    ordered = sorted(reasons.items(), key=lambda each: -each[1])
    parts = [f"{number} × {why}" for why, number in ordered[:REASONS]]
    left = sum(number for _, number in ordered[REASONS:])
    more = f"; {left} for {count(len(ordered) - REASONS, 'other reason')}" if left else ""
    return f"{missing} of {count(clauses['total'], 'promise')}: {'; '.join(parts)}{more}"


def _labelled(label: str, text: str, paper: Paper, most: int) -> Iterator[str]:
    yield from paper.wrapped(text, label=f"{label:{LABEL}}", most=most)
