"""While a run goes: on a terminal one line that is written over, in a log plain lines."""

from __future__ import annotations

import asyncio
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.record import CaseLine
from conformance.reporting.paper import Paper
from conformance.reporting.progress import MOST_TOLD, Progress

from ..record import samples


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def line(name: str, outcome: str = "passed", reason: str = "", blame: str = "nobody") -> CaseLine:
    """A case that ended."""
    return CaseLine(name, outcome, blame, reason, (), (), 1, 0, 1)


def in_log(total: int, width: int = 80) -> tuple[Progress, io.StringIO, Clock]:
    """A progress that writes into a log."""
    stream, clock = io.StringIO(), Clock()
    return Progress(total, stream, Paper(width), clock), stream, clock


def test_a_log_gets_a_plain_line_every_five_seconds() -> None:
    """Also when nothing ends: it says what the run waits for longest."""
    progress, stream, clock = in_log(100)
    progress.started("tide/auth/waits")
    progress.started("tide/auth/waits-too")
    for _ in range(20):
        clock.now += 0.5
        progress.tick()
    assert stream.getvalue() == (
        "0/100 cases · 5 s · 2 open: tide/auth/waits\n0/100 cases · 10 s · 2 open: tide/auth/waits\n"
    )


def test_a_log_gets_a_line_every_tenth_but_not_every_moment() -> None:
    """A fast run does not flood a log: at most a line a second."""
    progress, stream, clock = in_log(100)
    for number in range(100):
        clock.now += 0.0625
        progress.finished(line(f"tide/layouts/{number}"))
    assert stream.getvalue().splitlines() == [
        "16/100 cases · 1 s",
        "32/100 cases · 2 s",
        "48/100 cases · 3 s",
        "64/100 cases · 4 s",
        "80/100 cases · 5 s",
        "96/100 cases · 6 s",
    ]


def test_failures_are_told_as_they_happen() -> None:
    """The case and its sentence, in two lines or three at most; a reason that repeats is told once."""
    progress, stream, _ = in_log(100, 60)
    progress.finished(
        line("tide/layouts/price", "failed", "[2] price: expected a string, got float 1.5 (a.yaml:3)")
    )
    progress.finished(line("tide/layouts/a", "broken", "connection refused", "environment"))
    progress.finished(line("tide/layouts/b", "broken", "connection refused", "environment"))
    progress.finished(line("tide/layouts/c", "skipped", "no address"))
    progress.notice("a credential was refused")
    assert stream.getvalue() == (
        "✗ tide/layouts/price\n"
        "  [2] price: expected a string, got float 1.5 (a.yaml:3)\n"
        "! tide/layouts/a\n"
        "  environment: connection refused\n"
        "! a credential was refused\n"
    )


def test_a_promise_that_many_cases_see_broken_is_told_once(tmp_path: Path) -> None:
    """The first case that saw it; the others are counted."""
    run = samples.record(tmp_path, samples.red())
    progress, stream, _ = in_log(60)
    failed = [one for one in run.cases if one.outcome == "failed"]
    for number in range(20):
        for one in failed:
            progress.finished(replace(one, id=f"{one.id}-{number}"))
    assert [text for text in stream.getvalue().splitlines() if text.startswith("✗")] == [
        "✗ tide/layouts/level-price-0",
        "✗ tide-health/health/status-0",
    ]
    assert progress.failed == 60


def test_endless_failures_are_counted() -> None:
    """A target that is all wrong does not fill the log: clause by clause it is told at the end."""
    progress, stream, clock = in_log(1000)
    for number in range(200):
        progress.finished(line(f"tide/layouts/{number}", "failed", "no"))
    assert stream.getvalue().count("✗") == MOST_TOLD
    assert stream.getvalue().splitlines()[-1] == "… more of them are counted here, and told at the end"
    clock.now += 5
    progress.tick()
    assert stream.getvalue().splitlines()[-1] == "200/1000 cases · 200 failed · 5 s"


def test_a_log_holds_no_escape() -> None:
    """Without a terminal there is no colour and no cursor movement, whatever a target sends."""
    progress, stream, clock = in_log(3)
    progress.started("tide/a")
    progress.finished(line("tide/a", "failed", "\x1b[2J\r\n\u202e" + "x" * 9000))
    clock.now += 9
    progress.tick()
    progress.close()
    assert all(one.isprintable() or one == "\n" for one in stream.getvalue())
    assert all(len(one) <= 80 for one in stream.getvalue().splitlines())


def test_a_terminal_gets_one_line_that_is_written_over() -> None:
    """It never wraps, failures stand above it, and nothing of it is left at the end."""
    stream, clock = io.StringIO(), Clock()
    progress = Progress(40, stream, Paper(60, live=True), clock)
    progress.started("tide/auth/" + "very-long-words-" * 9)
    for number in range(20):
        clock.now += 0.2
        progress.finished(line(f"tide/layouts/{number}"))
    progress.finished(line("tide/layouts/bad", "failed", "no"))
    progress.close()
    assert screen(stream.getvalue(), 60) == ["✗ tide/layouts/bad", "  no", ""]


def screen(text: str, width: int) -> list[str]:
    """What a terminal shows after ``text``: returns, newlines and erasing to the end of a line."""
    rows, column = [""], 0
    for part in re.split(r"(\r|\n|\x1b\[K)", text):
        if part == "\n":
            rows.append("")
            column = 0
        elif part == "\r":
            column = 0
        elif part == "\x1b[K":
            rows[-1] = rows[-1][:column]
        else:
            assert column + len(part) < width, "the line would wrap"
            rows[-1] = rows[-1][:column] + part + rows[-1][column + len(part) :]
            column += len(part)
    return rows


def test_ticking_moves_the_line_while_a_run_waits() -> None:
    """From an asyncio loop, until it is cancelled."""

    async def wait() -> str:
        stream = io.StringIO()
        progress = Progress(2, stream, Paper(60, live=True))
        task = asyncio.create_task(progress.ticking())
        await asyncio.sleep(0.25)
        task.cancel()
        return stream.getvalue()

    assert "0/2 cases · 0 s" in asyncio.run(wait())


class Stream(io.StringIO):
    """A stream that claims to be a terminal, of some encoding."""

    def __init__(self, terminal: bool, encoding: str) -> None:
        super().__init__()
        self._terminal = terminal
        self._encoding = encoding

    def isatty(self) -> bool:
        return self._terminal

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding


@pytest.mark.parametrize(
    ("terminal", "encoding", "environment", "expected"),
    [
        (True, "utf-8", {"COLUMNS": "72"}, Paper(72, colour=True, unicode=True, live=True)),
        (True, "utf-8", {"COLUMNS": "7"}, Paper(40, colour=True, unicode=True, live=True)),
        (True, "utf-8", {"COLUMNS": "72", "NO_COLOR": "1"}, Paper(72, colour=False, unicode=True, live=True)),
        (True, "utf-8", {"COLUMNS": "72", "TERM": "dumb"}, Paper(72)),
        (True, "ascii", {"COLUMNS": "72"}, Paper(72, colour=True, unicode=False, live=True)),
        (True, "latin-1", {"COLUMNS": "72"}, Paper(72, colour=True, unicode=False, live=True)),
        (True, "no such encoding", {"COLUMNS": "72"}, Paper(72, colour=True, unicode=False, live=True)),
        (False, "utf-8", {}, Paper(100)),
        (False, "utf-8", {"COLUMNS": "many"}, Paper(100)),
        (False, "utf-8", {"FORCE_COLOR": "1"}, Paper(100, colour=True)),
        (False, "utf-8", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, Paper(100)),
        (False, "utf-8", {"FORCE_COLOR": "0"}, Paper(100)),
        (True, "utf-8", {"COLUMNS": "72", "TERM": "dumb", "FORCE_COLOR": "1"}, Paper(72, colour=True)),
        (False, "utf-8", {"GITHUB_ACTIONS": "true"}, Paper(100, obeyed=True)),
        (False, "utf-8", {"TF_BUILD": "True", "FORCE_COLOR": "1"}, Paper(100, colour=True, obeyed=True)),
        (False, "utf-8", {"GITHUB_ACTIONS": "false"}, Paper(100)),
    ],
)
def test_what_a_stream_can_show(
    terminal: bool, encoding: str, environment: dict[str, str], expected: Paper
) -> None:
    """Terminal, log, NO_COLOR, dumb terminals, ASCII."""
    assert Paper.of(Stream(terminal, encoding), environment) == expected


def test_progress_takes_lines_of_a_run_file(tmp_path: Path) -> None:
    """The first finding is the sentence."""
    run = samples.record(tmp_path, samples.red())
    progress, stream, _ = in_log(5, 100)
    for one in run.cases:
        progress.finished(one)
    assert "✗ tide/layouts/level-price\n  [2] price: expected a string that matches `^[0-9]+$`, got" in (
        stream.getvalue()
    )
