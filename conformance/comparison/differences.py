"""What was not the same for two runs, and what their comparison cannot say for that."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.comparison.model import Difference
from conformance.record.types import RunRecord

PROMISES = "other promises may be held against the target"
TIMES = "response times were measured under another load"
ELSEWHERE = "what differs may be the place, not the build"
ALLOWED = "other cases can be put to the target"
BOUNDS = "time limits are judged otherwise"
SUITE = "another version of this suite may judge otherwise"
PART = "what was not selected was not looked at"
INCOMPLETE = "what was not played was not looked at"


def differences(before: RunRecord, after: RunRecord) -> tuple[Difference, ...]:
    """All that is told of how the runs were made and that differs; equal runs have none."""
    return tuple(_found(before, after))


def _found(before: RunRecord, after: RunRecord) -> Iterator[Difference]:
    one, other = before.header, after.header
    mine, theirs = one.target, other.target
    told = (
        ("target", mine.name, theirs.name, ELSEWHERE),
        ("addresses", _pairs(dict(mine.addresses)), _pairs(dict(theirs.addresses)), ELSEWHERE),
        ("trading", _yes(mine.trading), _yes(theirs.trading), ALLOWED),
        ("exclusive", _yes(mine.exclusive), _yes(theirs.exclusive), ALLOWED),
        ("tolerance", f"{mine.tolerance_ms} ms", f"{theirs.tolerance_ms} ms", BOUNDS),
        ("deadlines", _pairs(dict(mine.deadlines)), _pairs(dict(theirs.deadlines)), BOUNDS),
        ("suite", one.suite, other.suite, SUITE),
        ("seed", str(one.seed), str(other.seed), TIMES),
        ("jobs", str(one.jobs), str(other.jobs), TIMES),
        ("selection", _all(one.selection), _all(other.selection), PART),
        ("played", _played(before), _played(after), INCOMPLETE),
    )
    both_embedded = mine.embedded and theirs.embedded  # its ports are others each time
    for what, was, is_, says in told:
        if was != is_ and not (what == "addresses" and both_embedded):
            yield Difference(what, was, is_, says)
    documents = [
        {entry.name or entry.path: (entry.version, entry.sha256) for entry in head.documents}
        for head in (one, other)
    ]
    overlays = [
        {f"overlay {entry.path}": (entry.version, entry.sha256) for entry in head.overlays}
        for head in (one, other)
    ]
    for first, second in (documents, overlays):
        for name in dict.fromkeys((*first, *second)):
            if first.get(name) != second.get(name):
                yield Difference(name, _version(first.get(name)), _version(second.get(name)), PROMISES)


def _version(told: tuple[str, str] | None) -> str:
    if told is None:
        return "none"
    version, sha256 = told
    return f"{version} (sha256 {sha256[:12]})".strip()


def _pairs(values: dict[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(values.items())) or "none"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _all(selection: tuple[str, ...]) -> str:
    return " ".join(selection) or "all cases"


def _played(run: RunRecord) -> str:
    missing = len(run.header.cases) - len(run.cases)
    return "all" if missing <= 0 else f"all but {missing} of {len(run.header.cases)} cases"
