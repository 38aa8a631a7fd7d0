"""Alternatives: which branch of a ``oneOf`` or ``anyOf`` a value was meant for, and what is wrong with it
there.
"""

from __future__ import annotations

from typing import NamedTuple

from conformance.codec import MISSING
from conformance.validation.drift import nearest
from conformance.validation.finding import Finding
from conformance.validation.node import Node, Outline
from conformance.validation.show import place, show
from conformance.validation.walker import Walker

TOLD = 3
"""Of how many alternatives it is told what a value misses."""


class Distance(NamedTuple):
    """How far a value is from an alternative, the weightiest first: a wrong type outright, constants missed,
    constants met (negated), fields missing or unknown, findings, fields that it does not speak of."""

    outright: int = 0
    missed: int = 0
    unmet: int = 0
    shape: int = 0
    findings: int = 0
    strange: int = 0


def any_of(walk: Walker, node: Node, value: object) -> None:
    """JSON Schema Core, *anyOf*: at least one branch holds; every one that does exercises its clauses."""
    trials = [_tried(walk, branch, value) for branch in node.any_of]
    matching = [trial for trial in trials if not trial.findings]
    for trial in matching:
        walk.exercised |= trial.exercised
    if not matching:
        _explain(walk, node, "anyOf", node.any_of, trials, value)


def one_of(walk: Walker, node: Node, value: object) -> None:
    """JSON Schema Core, *oneOf*: exactly one branch holds."""
    trials = [_tried(walk, branch, value) for branch in node.one_of]
    matching = [number for number, trial in enumerate(trials) if not trial.findings]
    for number in matching:
        walk.exercised |= trials[number].exercised
    meant = matching[0] if len(matching) == 1 else None
    if not matching:
        meant = _explain(walk, node, "oneOf", node.one_of, trials, value)
    elif len(matching) > 1:
        names = " and ".join(_name(node.one_of[number], number) for number in matching[:4])
        walk.add("oneOf", f"exactly one alternative to match, not {names}", value, node)
    if not walk.trail:
        walk.meant = meant


def _tried(walk: Walker, branch: Node, value: object) -> Walker:
    trial = walk.fork()
    trial.visit(branch, value)
    return trial


def _name(branch: Node, number: int) -> str:
    schema = branch.schema
    return (
        schema.title
        or schema.name
        or (branch.expected if branch.expected != "a value" else f"alternative {number}")
    )


def _explain(
    walk: Walker, node: Node, keyword: str, alternatives: list[Node], trials: list[Walker], value: object
) -> int | None:
    """Say what is wrong in the branch that the value is closest to; where none is closest, name them all.

    The number of the closest, None where there is none.
    """
    scores = [
        distance(walk, branch, trial, value) for branch, trial in zip(alternatives, trials, strict=True)
    ]
    best = min(scores)
    alone = scores.index(best) if scores.count(best) == 1 else None
    if walk.explain and isinstance(value, (list, tuple)) and (alone is None or best[1]):
        moved = nearest(walk, alternatives, [trial.findings for trial in trials], value)
        alone = moved[0] if len(moved) == 1 else alone
    expected = " or ".join(_name(branch, number) for number, branch in enumerate(alternatives[:6]))
    missed = ""
    if alone is not None:
        walk.visit(alternatives[alone], value)
    elif walk.explain:
        close = [number for number, score in enumerate(scores) if score == best]
        missed = _missed(
            [(_name(alternatives[each], each), trials[each]) for each in close], len(walk.trail), value
        )
    walk.add(keyword, expected, value, node, drift=missed)
    return alone


def _missed(close: list[tuple[str, Walker]], here: int, value: object) -> str:
    """What the value misses of each alternative that it is as close to, the first thing of each.

    '' where that is the value's own type: the names of the alternatives say as much.
    """
    first = [(name, trial.findings[0]) for name, trial in close if trial.findings]
    if all(len(finding.path) == here for _, finding in first):
        return ""
    told = [f"as {name}: {_phrase(finding, here, value)}" for name, finding in first[:TOLD]]
    return "; ".join(told) + ("; …" if len(first) > TOLD else "")


def _phrase(finding: Finding, here: int, value: object) -> str:
    below = finding.path[here:]
    if not below:
        return f"expected {finding.expected}"
    where = place((segment, "") for segment in below)
    for segment in below:
        if isinstance(value, dict):
            value = value.get(segment, MISSING)
        elif isinstance(value, (list, tuple)) and isinstance(segment, int):
            value = value[segment] if segment < len(value) else MISSING
        else:
            return f"{where} is not {finding.expected}"
    if value is MISSING:
        return f"{where} missing"
    if finding.expected in ("no such field", "nothing here"):
        return f"{where} may not be there"
    return f"{where} is {show(value)}, not {finding.expected}"


def distance(walk: Walker, branch: Node, trial: Walker, value: object) -> Distance:
    """How far a value is from a branch, which the trial has judged it by."""
    here, outline = len(walk.trail), branch.outline()
    outright = any(len(each.path) == here and each.clause in outline.types for each in trial.findings)
    outright = outright or (
        branch.kinds is not None and bool(trial.findings) and trial.exercised <= {branch.type_clause}
    )
    missed, met = _constants(outline, value, trial, here)
    shape = sum(finding.clause in outline.shape for finding in trial.findings)
    strange = len(value.keys() - outline.spoken) if isinstance(value, dict) else 0
    return Distance(int(outright), missed, -met, shape, len(trial.findings), strange)


def _constants(outline: Outline, value: object, trial: Walker, here: int) -> tuple[int, int]:
    """Constants and enumerations one step below: how many the value misses, how many it meets."""
    there: list[str | int] = []
    if isinstance(value, dict):
        there = [name for name in outline.fields if name in value]
    elif isinstance(value, (list, tuple)):
        there = [index for index in outline.positions if index < len(value)]
    wrong = {finding.path[here] for finding in trial.findings if len(finding.path) == here + 1}
    missed = sum(segment in wrong for segment in there)
    return missed, len(there) - missed
