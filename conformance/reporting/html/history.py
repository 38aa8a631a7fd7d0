"""A history as one page: runs, clauses and latency over time, as pictures and as tables. It has no script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.errors import EnvironmentFailure
from conformance.history.model import BROKEN, KEPT, ClauseLife, History, OperationTimes, Point, RunRow
from conformance.reporting.history import when
from conformance.reporting.html.latency import digits
from conformance.reporting.html.page import asset, rendered
from conformance.reporting.paper import count

STEP, GAP = 8, 2
TALL, LOW, DOT = 22, 8, 3
RUN_TALL, RUN_LOW = 34, 14
WIDTH, HEIGHT = 360, 110
FEWEST = 60
"""As many bars a picture has room for at least, so that those of a few runs are not as wide as the page."""

MOST_ROWS = 2000
MOST_BUILDS = 16
TONES = {"conformant": "good", "not conformant": "bad", "gate failed": "bad"}
STATES = {"broken": "bad", "mended": "good", "kept": "good"}


@dataclass(frozen=True, slots=True)
class _Target:
    """The runs of a target in a row: ``bars`` are (x, y, height, tone)."""

    name: str
    says: str
    first: str
    last: str
    width: int
    bars: tuple[tuple[int, int, int, str], ...]
    bar: int = STEP - GAP


@dataclass(frozen=True, slots=True)
class _Life:
    told: ClauseLife
    tone: str
    width: int
    bars: tuple[tuple[int, int, int, str], ...]
    bar: int = STEP - GAP


@dataclass(frozen=True, slots=True)
class _Plot:
    """The quantiles of one operation: ``lines`` are (name, points of a polyline), ``dots`` what is alone."""

    operation: str
    told: str
    first: str
    last: str
    ticks: tuple[tuple[float, str], ...]
    lines: tuple[tuple[str, str], ...]
    dots: tuple[tuple[float, float], ...]
    builds: tuple[float, ...]
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class _Group:
    target: str
    plots: tuple[_Plot, ...]
    rows: tuple[tuple[str, Point], ...]
    left_out: int


def write_history(history: History, path: Path) -> None:
    """Writes the page; ``EnvironmentFailure`` when that cannot be done."""
    draft = path.with_name(path.name + ".part")
    try:
        draft.write_text(page(history), "utf-8", newline="\n")
        draft.replace(path)
    except OSError as error:
        raise EnvironmentFailure(f"cannot write {path}: {error.strerror}") from error


def page(history: History) -> str:
    """The page's text."""
    targets = dict.fromkeys(each.target for each in history.times)
    return rendered(
        "history.html.j2",
        asset("report.css") + asset("history.css"),
        told=history,
        now=sum(life.is_broken for life in history.lives),
        several=len(history.strips) > 1,
        targets=[_target(name, rows) for name, rows in history.strips],
        lives=[_life(life) for life in history.lives],
        groups=[
            _group(target, [each for each in history.times if each.target == target]) for target in targets
        ],
        when=when,
        tone=_tone,
    )


def _tone(run: RunRow) -> str:
    return TONES.get(run.verdict, "warn")


def _target(name: str, runs: Sequence[RunRow]) -> _Target:
    tones = [_tone(run) for run in runs]
    bars = tuple(
        (
            at * STEP,
            0 if tone != "good" else RUN_TALL - RUN_LOW,
            RUN_TALL if tone != "good" else RUN_LOW,
            tone,
        )
        for at, tone in enumerate(tones)
    )
    good = tones.count("good")
    says = f"{good} of the latest {len(runs)} runs conformant" if len(runs) > 1 else runs[0].verdict
    return _Target(name, says, runs[0].started, runs[-1].started, STEP * max(FEWEST, len(runs)), bars)


def _life(life: ClauseLife) -> _Life:
    kinds = {BROKEN: (TALL, "x"), KEPT: (LOW, "k")}
    found = [kinds.get(mark, (DOT, "n")) for mark in life.marks]
    bars = tuple((at * STEP, TALL - height, height, kind) for at, (height, kind) in enumerate(found))
    return _Life(life, STATES.get(life.state, ""), STEP * max(FEWEST, len(found)), bars)


def _group(target: str, group: Sequence[OperationTimes]) -> _Group:
    rows = [(each.operation, point) for each in group for point in reversed(each.points)]
    return _Group(target, tuple(map(_plot, group)), tuple(rows[:MOST_ROWS]), max(0, len(rows) - MOST_ROWS))


def _plot(times: OperationTimes) -> _Plot:
    points = times.points
    series = {name: [getattr(point, name) for point in points] for name in ("p50", "p90", "p99")}
    known = [value for values in series.values() for value in values if value is not None]
    top = _top(max(known, default=1.0))
    across = WIDTH / max(1, len(points) - 1)

    def spot(at: int, value: float) -> tuple[float, float]:
        return round(at * across, 1), round(HEIGHT - HEIGHT * value / top, 1)

    pieces = [
        (name, [spot(at, value) for at, value in piece])
        for name, values in series.items()
        for piece in _pieces(values)
    ]
    builds = tuple(
        round(at * across, 1)
        for at in range(1, len(points))
        if points[at].at.build != points[at - 1].at.build
    )
    p50 = [value for value in series["p50"] if value is not None]
    told = (
        f"{digits(p50[0])} → {digits(p50[-1])} ms, {count(len(points), 'run')}"
        if p50
        else "measured too seldom"
    )
    return _Plot(
        operation=times.operation,
        told=told,
        first=points[0].at.started,
        last=points[-1].at.started,
        ticks=tuple((round(HEIGHT - HEIGHT * part, 1), digits(top * part)) for part in (0.0, 0.5, 1.0)),
        lines=tuple(
            (name, " ".join(f"{x},{y}" for x, y in spots)) for name, spots in pieces if len(spots) > 1
        ),
        dots=tuple(spots[0] for _, spots in pieces if len(spots) == 1),
        builds=builds if len(builds) <= MOST_BUILDS else (),
    )


def _pieces(values: Sequence[float | None]) -> Iterator[list[tuple[int, float]]]:
    """The stretches of a line between the runs that measured too little."""
    piece: list[tuple[int, float]] = []
    for at, value in enumerate(values):
        if value is not None:
            piece.append((at, value))
        elif piece:
            yield piece
            piece = []
    if piece:
        yield piece


def _top(value: float) -> float:
    """The end of an axis from 0: 1, 2 or 5 times a power of ten, not below ``value``."""
    power = 10.0 ** (len(f"{value:.0f}") - 1) if value >= 1 else 0.001
    while True:
        for base in (1, 2, 5):
            if base * power >= value:
                return base * power
        power *= 10
