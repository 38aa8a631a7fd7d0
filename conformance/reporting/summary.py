"""``summary.json``: what a machine wants to know of a run. A view of its record."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from conformance.record import OUTCOMES, RunRecord
from conformance.record.types import CaseLine, FindingEntry, WaiverLine
from conformance.reporting.clauses import enforced, unenforced
from conformance.reporting.drafts import drafted
from conformance.reporting.endpoints import as_objects
from conformance.reporting.fills import fills
from conformance.reporting.promises import WARNING, broken_promises
from conformance.reporting.repeats import repeats
from conformance.reporting.standing import NOT_PLAYED, concluded

Json = dict[str, Any]
FILLS = ("count", "least", "median", "p90", "p99", "most", "low", "high")


def summary(run: RunRecord) -> Json:
    """The summary of a run, as ``schemas/summary.schema.json`` describes it."""
    head = run.header
    verdict, exit_code = concluded(run)
    families: dict[str, Counter[str]] = {entry.family: Counter() for entry in head.cases}
    played = {line.id: line for line in run.cases}
    for entry in head.cases:
        families[entry.family][played[entry.id].outcome if entry.id in played else "skipped"] += 1
    totals = sum(families.values(), Counter())
    kept = enforced(run)
    by_provenance = Counter(clause.provenance for clause in head.clauses if clause.id in kept)
    return {
        "format": head.format,
        "suite": head.suite,
        "verdict": verdict,
        "exit_code": exit_code,
        "complete": run.complete,
        "target": head.target.name,
        "addresses": dict(head.target.addresses),
        "started": head.started,
        "seconds": seconds(run),
        "seed": head.seed,
        "documents": [
            {"name": one.name, "path": one.path, "version": one.version, "sha256": one.sha256}
            for one in head.documents
        ],
        "overlays": [
            {
                "title": one.title,
                "path": one.path,
                "version": one.version,
                "sha256": one.sha256,
                "documents": list(one.documents),
            }
            for one in head.overlays
        ],
        "notes": list(head.notes),
        "cases": {"total": len(head.cases), **_counts(totals)},
        "families": {name: _counts(counts) for name, counts in families.items()},
        "clauses": {
            "total": len(head.clauses),
            "enforced": len(kept),
            "published": by_provenance["published"],
            "assumed": by_provenance["assumed"],
            "unenforced": [{"id": name, "why": why} for name, why in unenforced(run).items()],
        },
        "failed": [_case(line, run) for line in run.cases if line.outcome == "failed"],
        "broken": [_case(line, run) for line in run.cases if line.outcome == "broken"],
        "skipped": skipped(run),
        "repeats": repeats(run),
        "broken_promises": [
            {
                "clause": one.clause,
                "says": one.says,
                "provenance": one.provenance,
                "where": one.where,
                "cases": [line.id for line in one.cases],
            }
            for one in broken_promises(run)
        ],
        "gate": list(run.end.gate) if run.end else [],
        "waived": [_waiver(one) for one in run.waivers],
        "warnings": [one.clause for one in broken_promises(run) if one.excuse == WARNING],
        "notices": [notice.text for notice in run.notices],
        "fills": _fills(run),
        "endpoints": as_objects(run),
    }


def _fills(run: RunRecord) -> Json | None:
    """How long behind the update of its order a trade is told on the stream; None where none was seen."""
    told = fills(run)
    return {name: getattr(told, name) for name in FILLS} if told is not None else None


def write_summary(run: RunRecord, path: Path | str) -> Json:
    """Writes the summary to ``path`` and returns it; ``EnvironmentFailure`` when that cannot be done."""
    made = summary(run)
    write_text(path, json.dumps(made, indent=2) + "\n")
    return made


def write_text(path: Path | str, text: str) -> None:
    """Writes an artefact in one go: a reader never sees half of it (``drafted``)."""
    with drafted(path) as out:
        out.write(text)


def skipped(run: RunRecord) -> dict[str, int]:
    """How many cases were skipped for which reason, the commonest first."""
    counts = Counter(line.reason for line in run.cases if line.outcome == "skipped")
    missing = len(run.header.cases) - len(run.cases)
    if missing > 0:
        counts[NOT_PLAYED] += missing
    return dict(counts.most_common())


def seconds(run: RunRecord) -> float:
    """How long the run took; of a killed one, until its last line."""
    if run.end is not None:
        return run.end.seconds
    return round(max((line.ended for line in run.cases), default=0.0) / 1000, 3)


def _counts(counts: Mapping[str, int]) -> dict[str, int]:
    return {outcome: counts.get(outcome, 0) for outcome in OUTCOMES}


def _case(line: CaseLine, run: RunRecord) -> Json:
    first: FindingEntry | None = line.findings[0] if line.findings else None
    entry = next((one for one in run.header.cases if one.id == line.id), None)
    return {
        "id": line.id,
        "clauses": _broken_clauses(line.findings) or list(entry.clauses if entry else ()),
        "blame": line.blame,
        "finding": str(first) if first else line.reason,
        "expected": first.expected if first else "",
        "seen": first.seen if first else "",
        "document": first.document if first else "",
        "findings": len(line.findings),
        "repeat": line.repeat,
    }


def _waiver(line: WaiverLine) -> Json:
    return {
        "clause": line.clause,
        "state": line.state,
        "expires": line.expires,
        "owner": line.owner,
        "ticket": line.ticket,
        "reason": line.reason,
        "where": line.where,
        "cases": list(line.cases),
    }


def _broken_clauses(findings: Iterable[FindingEntry]) -> list[str]:
    return list(dict.fromkeys(one.clause for one in findings if one.clause))
