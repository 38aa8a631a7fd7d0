"""What of a run goes into the history, as plain values: everything comes from its record."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from conformance.errors import UsageError
from conformance.record import CaseLine, ClauseEntry, RunRecord
from conformance.record.enforcement import enforced
from conformance.record.lines import to_object
from conformance.statistics.quantiles import Sample

QUANTILES = (0.5, 0.9, 0.99)


@dataclass(frozen=True, slots=True)
class Break:
    """A clause that a run saw broken: by how many cases, and whether the gate excused all of them."""

    clause: ClauseEntry
    cases: int
    excused: bool


@dataclass(frozen=True, slots=True)
class Latency:
    """How long the target took for one operation (ms). A quantile is None where too little tells it."""

    operation: str
    n: int
    p50: float | None
    p90: float | None
    p99: float | None
    longest: float


@dataclass(frozen=True, slots=True)
class Facts:
    """A run as the history keeps it. ``clauses`` are the contract's, ``bits`` which of them it enforced."""

    sha256: str
    row: Mapping[str, object]
    documents: str
    clauses: tuple[ClauseEntry, ...]
    bits: bytes
    breaks: tuple[Break, ...]
    latencies: tuple[Latency, ...]


def facts(run: RunRecord) -> Facts:
    """What a history keeps of ``run``. Raises ``UsageError`` for one that did not come to its end.

    The run is known by the SHA-256 of its first and its last line: whatever else is done with its file, it
    is the same run.
    """
    header, end = run.header, run.end
    if end is None:
        raise UsageError(f"{run.path or 'the run'} has no end: it was killed, or is still going on")
    kept = enforced(run)
    breaks = tuple(_breaks(run))
    outcomes = Counter(line.outcome for line in run.cases)
    whole = json.dumps([to_object(header), to_object(end)], separators=(",", ":"), sort_keys=True)
    return Facts(
        sha256=hashlib.sha256(whole.encode()).hexdigest(),
        row={
            "started": header.started,
            "target": clean(header.target.name),
            "build": clean(header.build),
            "suite": clean(header.suite),
            "verdict": end.verdict,
            "exit_code": end.exit_code,
            "interrupted": end.interrupted,
            "seconds": end.seconds,
            "seed": str(header.seed),
            "jobs": header.jobs,
            "selection": clean(" ".join(header.selection)),
            "passed": outcomes["passed"],
            "failed": outcomes["failed"],
            "skipped": outcomes["skipped"],
            "unjudged": outcomes["broken"],
            "promised": len(header.clauses),
            "kept": len(kept) - len({each.clause.id for each in breaks} & kept),
            "broken": len(breaks),
        },
        documents=json.dumps(
            [{"name": one.name, "version": one.version, "sha256": one.sha256} for one in header.documents]
        ),
        clauses=tuple(map(_clean, header.clauses)),
        bits=packed([clause.id in kept for clause in header.clauses]),
        breaks=breaks,
        latencies=tuple(_latencies(run.cases)),
    )


def packed(flags: Sequence[bool]) -> bytes:
    """A map of bits: the first flag is the lowest bit of the first byte."""
    digits = "".join("1" if flag else "0" for flag in reversed(flags))
    return int(f"0{digits}", 2).to_bytes((len(flags) + 7) // 8, "little")


def clean(text: str) -> str:
    """``text`` as every database takes it: without NUL and halves of characters, which stay to be seen."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


def _clean(clause: ClauseEntry) -> ClauseEntry:
    texts = (clause.id, clause.says, clause.where)
    cleaned = tuple(map(clean, texts))
    if cleaned == texts:
        return clause
    return replace(clause, id=cleaned[0], says=cleaned[1], where=cleaned[2])


def _breaks(run: RunRecord) -> Iterable[Break]:
    """The broken clauses in the documents' order; one that the contract does not have comes last.

    Only of cases that failed: what a case met that could not be judged is nobody's finding.
    """
    known = {clause.id: clause for clause in run.header.clauses}
    seen: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for line in run.cases:
        if line.outcome == "failed":
            for finding in line.findings:
                seen[finding.clause][line.id] = None
    for name in [*(name for name in known if name in seen), *(name for name in seen if name not in known)]:
        clause = known.get(name) or ClauseEntry(name, "", "", "", "", "must", "", "", "")
        yield Break(_clean(clause), len(seen[name]), run.excused >= seen[name].keys())


def _latencies(cases: Iterable[CaseLine]) -> Iterable[Latency]:
    measured: defaultdict[str, list[float]] = defaultdict(list)
    for line in cases:
        for timing in line.timings:
            if math.isfinite(timing.ms) and timing.ms >= 0:
                measured[timing.what].append(timing.ms)
    for what, values in sorted(measured.items()):
        sample = Sample(tuple(values))
        p50, p90, p99 = (_told(sample, p) for p in QUANTILES)
        yield Latency(clean(what), len(values), p50, p90, p99, max(values))


def _told(sample: Sample, p: float) -> float | None:
    """The quantile, where at least one of the measured values is to be expected beyond it."""
    return round(sample.quantile(p), 3) if len(sample.values) * (1 - p) >= 1 - 1e-9 else None
