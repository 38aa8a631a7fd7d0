"""What of a comparison closes a gate, in sentences."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.comparison.model import ClauseChange, Comparison

NAMED = 3
SHOULD = "should"


def closing(comparison: Comparison, *, strict: bool = False, broken: bool = True) -> tuple[str, ...]:
    """Why the gate does not open: promises that are newly broken, or no longer enforced.

    What a target *should* do closes it only where ``strict``, and so does what takes longer than before. A
    promise that is waived closes nothing while it is; any other that is no longer enforced does, for nobody
    knows whether it is kept. So do runs without a promise in common, of which nothing could be compared, and
    a later run that was stopped or killed: it never came to its verdict.
    Without ``broken`` newly broken promises and that are left out: the later run itself says whether they
    fail it.
    """
    lost = [
        each for each in comparison.no_longer_enforced if not each.excuse and (strict or each.level != SHOULD)
    ]
    new = [each for each in comparison.newly_broken if broken and _fails(each, strict)]
    reasons = []
    end = comparison.after.end
    if broken and (end is None or end.interrupted):
        reasons.append(f"the later run was {'killed' if end is None else 'stopped'} before its end")
    if len(comparison.removed) == len(comparison.before.header.clauses):
        reasons.append("no promise of the earlier run is one of this run: nothing was compared")
    if new:
        reasons.append(f"newly broken against the earlier run: {_named(new)}")
    if lost:
        reasons.append(f"no longer enforced, unlike in the earlier run: {_named(lost)}")
    if strict and comparison.slower:
        told = dict.fromkeys(each.name for each in comparison.slower)
        everything = f" (nearly everything, about {comparison.common:.1f} times)" if comparison.common else ""
        reasons.append(f"slower than in the earlier run: {_listed(list(told))}{everything}")
    return tuple(reasons)


def _fails(change: ClauseChange, strict: bool) -> bool:
    return change.excuse != "waived" and (strict or (change.level != SHOULD and not change.excuse))


def _named(changes: Iterable[ClauseChange]) -> str:
    return _listed([each.id for each in changes])


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
