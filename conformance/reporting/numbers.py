"""The numbers of a run: cases by family and outcome, clauses enforced and not, time, where its files are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePath
from statistics import median
from typing import Any

from conformance.record import OUTCOMES, RunRecord
from conformance.reporting.fills import fills, sentence
from conformance.reporting.paper import Paper, count
from conformance.reporting.repeats import plays

REASONS = 6
NAMED = 3
LABEL = 10
SLOWEST = 3
FEW = 3
FILES = ("report.html", "summary.md", "junit.xml", "summary.json", "run.jsonl")
_COLOURS = {"passed": "green", "failed": "red", "broken": "yellow", "skipped": "dim"}


def numbers(run: RunRecord, paper: Paper, told: dict[str, Any], artefacts: str) -> Iterator[str]:
    """The table and the lists below it; ``told`` is the summary of ``run``."""
    yield from _table(told, paper)
    yield ""
    yield from _clauses(told["clauses"], paper)
    skipped: dict[str, int] = told["skipped"]
    for number, (reason, cases) in enumerate(list(skipped.items())[:REASONS]):
        label = "skipped" if number == 0 else ""
        yield from paper.wrapped(f"{cases} × {reason}", label=f"{label:{LABEL}}", most=3)
    if len(skipped) > REASONS:
        left = sum(list(skipped.values())[REASONS:])
        yield from paper.wrapped(f"{left} × for other reasons, in summary.json", indent=LABEL)
    yield from plays(run, paper, LABEL)
    for notice in run.notices:
        yield from paper.wrapped(notice.text, label=f"{'notice':{LABEL}}", most=3, style=("yellow",))
    for watched in _evidence(run):
        yield from paper.wrapped(watched, label=f"{'watched':{LABEL}}", most=4)
    if (told_fills := fills(run)) is not None:
        yield from paper.wrapped(sentence(told_fills), label=f"{'fills':{LABEL}}", most=4)
    slow = slowest(run)
    if slow:
        yield from paper.wrapped(slow, label=f"{'slowest':{LABEL}}", most=3)
    yield from paper.wrapped(_time(told["seconds"], run), label=f"{'time':{LABEL}}")
    if artefacts:
        there = [name for name in FILES if Path(artefacts, name).is_file()]
        files = f"{PurePath(artefacts)}/" + (f" ({', '.join(there)})" if there else "")
        yield from paper.wrapped(files, label=f"{'report':{LABEL}}")


def _evidence(run: RunRecord) -> Iterator[str]:
    """What was watched where nothing was to come: of few cases each sentence, of many how much there is."""
    silent = [line for line in run.cases if line.evidence]
    if len(silent) <= FEW:
        yield from (sentence for line in silent for sentence in line.evidence)
        return
    silences = sum(len(line.evidence) for line in silent)
    yield f"{count(silences, 'silence')} in {count(len(silent), 'case')}, each in run.jsonl and report.html"


def slowest(run: RunRecord) -> str:
    """What the target took longest for, by its median; '' where no time was taken."""
    taken: dict[str, list[float]] = {}
    for line in run.cases:
        for one in line.timings:
            taken.setdefault(one.what, []).append(one.ms)
    ordered = sorted(taken.items(), key=lambda each: -median(each[1]))
    return "; ".join(
        f"{what} {median(all_of):.1f} ms (longest {max(all_of):.1f} of {len(all_of)})"
        for what, all_of in ordered[:SLOWEST]
    )


def _time(seconds: float, run: RunRecord) -> str:
    return f"{seconds:.1f} s, seed {run.header.seed}"


def _table(told: dict[str, Any], paper: Paper) -> Iterator[str]:
    families: dict[str, dict[str, int]] = told["families"]
    rows = {**families, "all": told["cases"]}
    name = max(LABEL - 1, *(len(paper.safe(family)) for family in rows))
    name = min(name, paper.width - 9 * len(OUTCOMES))
    yield " " * name + paper.styled("".join(f"{outcome:>9}" for outcome in OUTCOMES), "dim")
    for family, counts in rows.items():
        style = ("bold",) if family == "all" else ()
        line = paper.styled(f"{paper.fitted(family, name):{name}}", *style)
        for outcome in OUTCOMES:
            number = counts[outcome]
            text = f"{number if number else '·':>9}"
            line += paper.styled(text, *(style if number else ()), _COLOURS[outcome] if number else "dim")
        yield line


def _clauses(clauses: dict[str, Any], paper: Paper) -> Iterator[str]:
    enforced = f"{clauses['enforced']} of {clauses['total']} enforced"
    provenance = f"{clauses['published']} published, {clauses['assumed']} assumed"
    yield from paper.wrapped(f"{enforced} ({provenance})", label=f"{'clauses':{LABEL}}")
    groups: dict[str, list[str]] = {}
    for one in clauses["unenforced"]:
        groups.setdefault(one["why"], []).append(one["id"])
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    for why, ids in ordered[:REASONS]:
        yield from paper.wrapped(f"{len(ids)} not enforced: {why}", indent=LABEL, most=2)
        more = ", …" if len(ids) > NAMED else ""
        named = ", ".join(ids[:NAMED]) + more
        yield from paper.wrapped(named, indent=LABEL + 2, most=2, style=("dim",))
    left = ordered[REASONS:]
    if left:
        total = sum(len(ids) for _, ids in left)
        text = f"{total} not enforced: {count(len(left), 'other reason')}, in summary.json"
        yield from paper.wrapped(text, indent=LABEL)
