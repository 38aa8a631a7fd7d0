"""A history for the terminal: its runs, which clause broke when, how long the target took over time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from statistics import median

from conformance.history.model import ClauseLife, Episode, History, OperationTimes, RunRow, Stamp
from conformance.reporting.paper import Paper, cells, count

BARS, PLAIN_BARS = "▁▂▃▄▅▆▇█", "_.:-=+*#"
SPARKS = 24
NUMBER = re.compile(r"\d+(\.\d+)?|–|-")
SHOWN = 12
"""So many operations of a target are told at most; --json and --html have all."""

TONES = {"conformant": ("green",), "not conformant": ("red",), "gate failed": ("red",)}
STATES = {"broken": ("red", "bold"), "mended": ("green",)}


def told(history: History, paper: Paper) -> str:
    """All of it, for standard output."""
    lines = [*_heading(history, paper), ""]
    if history.total:
        lines += [*_runs(history, paper), "", *_lives(history, paper), "", *_times(history, paper)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _heading(history: History, paper: Paper) -> Iterator[str]:
    asked = f" of {history.target}" if history.target else ""
    asked += f" since {history.since}" if history.since else ""
    yield from paper.wrapped(f"{count(history.total, 'run')}{asked} in {history.shown}", style=("bold",))


def _runs(history: History, paper: Paper) -> Iterator[str]:
    left = history.total - len(history.runs)
    more = f"the latest {len(history.runs)}, {left} more with --limit" if left else "all"
    yield paper.styled(f"Runs: {more}", "bold")
    head = ("when (UTC)", "target", "build", "verdict", "failed", "broken", "kept", "of")
    rows = [_run(run) for run in history.runs]
    widths = _widths([head, *rows], paper, {1: 0.2, 2: 0.16})
    yield paper.styled(_row(head, widths, paper), "dim")
    for run, row in zip(history.runs, rows, strict=True):
        yield paper.styled(_row(row, widths, paper), *TONES.get(run.verdict, ("yellow",)))


def _run(run: RunRow) -> tuple[str, ...]:
    part = " (part)" if run.selection else ""
    numbers = (run.failed, run.broken, run.kept, run.promised)
    return (when(run.started), run.target, run.build or "–", run.verdict + part, *map(str, numbers))


def _widths(rows: Sequence[Sequence[str]], paper: Paper, most: dict[int, float]) -> list[int]:
    found = [max(cells(paper.safe(row[at])) for row in rows) for at in range(len(rows[0]))]
    return [
        min(width, max(6, int(paper.width * most[at]))) if at in most else width
        for at, width in enumerate(found)
    ]


def _row(row: Sequence[str], widths: Sequence[int], paper: Paper) -> str:
    parts = []
    for text, width in zip(row, widths, strict=True):
        text = paper.fitted(text, width)
        pad = " " * (width - cells(text))
        parts.append(pad + text if NUMBER.fullmatch(text) else text + pad)
    return paper.fitted("  ".join(parts).rstrip())


def _lives(history: History, paper: Paper) -> Iterator[str]:
    lives = history.lives
    now = sum(life.is_broken for life in lives)
    title = "No clause was ever broken" if not lives else f"Clauses: {now} broken now"
    yield paper.styled(title, "bold")
    several = len({life.target for life in lives}) > 1
    for life in lives:
        at = f" at {life.target}" if several else ""
        often = f"broken in {life.broken} of {count(life.tested, 'run')}"
        times = f", {life.breaks} times" if life.breaks > 1 else ""
        state = life.state + (" (excused)" if life.excused and life.is_broken else "")
        yield paper.fitted(f"  {life.clause or 'no clause of the contract'}{at}")
        yield from paper.wrapped(
            f"{state}: {often if life.tested else 'no run tested it'}{times}",
            indent=4,
            style=STATES.get(life.state, ()),
        )
        if life.episodes:
            yield from paper.wrapped(_episode(life.episodes[-1]), indent=4)
            yield from _strip(life, paper)
        if life.wordings > 1:
            yield from paper.wrapped("It came to promise something else meanwhile.", indent=4, style=("dim",))
    if history.ever > len(lives):
        yield f"  and {history.ever - len(lives)} more: --limit, or --clause PATTERN"


def _episode(one: Episode) -> str:
    words = f"broke {stamp(one.first)}"
    words += f", kept until {stamp(one.held)}" if one.held else ", never kept before"
    if one.mended:
        return f"{words}; mended {stamp(one.mended)}"
    return words if one.last == one.first else f"{words}; still broken {stamp(one.last)}"


def _strip(life: ClauseLife, paper: Paper) -> Iterator[str]:
    """The latest runs as marks: a break, or none; a space where the clause was not tested."""
    room = max(10, min(60, paper.width - 40))
    marks = life.marks[-room:].replace("x", "✗").replace(".", "·")
    yield f"    {paper.safe(marks)}  " + paper.styled(f"the latest {count(len(marks), 'run')}", "dim")


def _times(history: History, paper: Paper) -> Iterator[str]:
    if not history.times:
        yield paper.styled("No response times were measured", "bold")
        return
    yield paper.styled(
        f"Response times, in ms: the latest {history.window} runs of each target at most", "bold"
    )
    for target in dict.fromkeys(each.target for each in history.times):
        group = [each for each in history.times if each.target == target]
        yield paper.fitted(f"  {target}")
        head = ("operation", "p50 first", "last", "p99 last", "p50 over time")
        rows = [_operation(each, paper) for each in group[:SHOWN]]
        widths = _widths([head, *rows], paper, {0: 0.4})
        yield "  " + paper.styled(_row(head, widths, paper), "dim")
        for row in rows:
            yield "  " + _row(row, widths, paper)
        if len(group) > SHOWN:
            yield f"  and {len(group) - SHOWN} more operations (--json and --html have all)"


def _operation(times: OperationTimes, paper: Paper) -> tuple[str, ...]:
    known = [point.p50 for point in times.points if point.p50 is not None]
    last = times.points[-1]
    first = known[0] if known else None
    return (
        times.operation,
        _ms(first),
        _ms(known[-1] if known else None),
        _ms(last.p99),
        spark(known, paper),
    )


def spark(values: Sequence[float], paper: Paper, width: int = SPARKS) -> str:
    """The values as bars that begin at 0, so that what hardly changes looks like it; too many are put
    together, and told by their median."""
    if not values:
        return "–"
    groups = min(width, len(values))
    size = len(values) / groups
    merged = [median(values[int(at * size) : int((at + 1) * size)]) for at in range(groups)]
    bars = BARS if paper.unicode else PLAIN_BARS
    highest = max(merged) or 1.0
    return "".join(bars[round(value / highest * (len(bars) - 1))] for value in merged)


def _ms(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"


def when(started: str) -> str:
    """A time to the minute; it is UTC."""
    return started[:16].replace("T", " ")


def stamp(one: Stamp) -> str:
    """A run in words: its time, and its build where that is known."""
    return when(one.started) + (f" (build {one.build})" if one.build else "")
