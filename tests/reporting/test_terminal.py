"""What a user reads at the end of a run, letter by letter, and what a hostile target cannot do to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.record import RunRecord, SourceLine
from conformance.record.types import Timing
from conformance.reporting.grounds import MOST_LINES
from conformance.reporting.paper import Paper, cells
from conformance.reporting.terminal import final
from conformance.verdict import Blame

from ..record import samples
from ..record.samples import Played, record

PINNED = Path(__file__).parent / "pinned"
RUNS: dict[str, Callable[[], list[Played]]] = {
    "green": samples.green,
    "red": samples.red,
    "inconclusive": samples.inconclusive,
}
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def timed(run: RunRecord) -> RunRecord:
    """The run as if it had taken twelve seconds."""
    assert run.end is not None
    return replace(run, end=replace(run.end, seconds=12.34))


def shown(folder: Path, name: str, paper: Paper) -> str:
    """The final summary of one of the sample runs."""
    run = record(folder, RUNS[name](), notices=["the target refused the credential reader_a for tide"])
    return final(timed(run), paper, artefacts="reports/20260102-030405-local")


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("name", RUNS)
def test_the_final_summary_letter_by_letter(tmp_path: Path, name: str, width: int) -> None:
    """Green, red and inconclusive runs read exactly like this."""
    assert shown(tmp_path, name, Paper(width)) == (PINNED / f"{name}-{width}.txt").read_text()


@pytest.mark.parametrize("name", RUNS)
def test_colour_adds_nothing_but_colour(tmp_path: Path, name: str) -> None:
    """Whoever sees no colour misses no word; only bold, dim, red, green and yellow are used."""
    plain = shown(tmp_path, name, Paper(80))
    coloured = shown(tmp_path, name, Paper(80, colour=True))
    assert ESCAPE.sub("", coloured) == plain
    used = {code for one in ESCAPE.findall(coloured) for code in one[2:-1].split(";")}
    assert used <= {"0", "1", "2", "31", "32", "33"}


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_lines_fit_the_terminal(tmp_path: Path, name: str, width: int) -> None:
    """Only what is there to be copied may be longer than a line: clause ids and repeat commands."""
    for line in shown(tmp_path, name, Paper(width)).splitlines():
        if not line.strip().startswith("repeat"):
            assert cells(line) <= width, line


def test_the_first_lines_of_a_red_run_suffice(tmp_path: Path) -> None:
    """In the order of what matters: verdict, target, documents, what was not checked, the first promise."""
    text = "\n".join(shown(tmp_path, "red", Paper(80)).splitlines()[:15])
    at = -1
    for needed in (
        "NOT CONFORMANT",
        "2 promises broken.",
        "3 failed",
        "target    local: tide ws://127.0.0.1:4001/",
        "contract  tide 1.2.3 sha256:abababab, tide-health sha256:cdcdcdcd",
        "unchecked 2 of 5 promises: 1 ×",
        samples.PRICE,
        "tide/asyncapi.yaml:24",
        "published",
        "expected",
        "float 1.5",
        "omen-conformance run local --case tide/layouts/level-price",
    ):
        assert at < text.index(needed), needed
        at = text.index(needed)


@pytest.mark.parametrize("name", RUNS)
def test_ascii_is_enough(tmp_path: Path, name: str) -> None:
    """A stdout that knows only ASCII loses marks, not words."""
    text = shown(tmp_path, name, Paper(80, unicode=False))
    assert text.isascii()
    assert text.splitlines()[0][:2] in ("+ ", "x ", "! ")


HOSTILE = "\x1b[2J\x1b]0;owned\x07\r\n\x9b31m\u202egnissap\u2066\u200b\u0301\u05d0\0" + "A" * 5000


def test_a_hostile_target_writes_nothing_but_text(tmp_path: Path) -> None:
    """Escapes, newlines, bidirectional controls, joiners and endless texts are shown escaped and bounded."""
    finding = samples.price_finding(HOSTILE)
    finding = replace(finding, where=HOSTILE, expected=HOSTILE, drift=HOSTILE)
    played: list[Played] = [
        (samples.failed("tide/layouts/level-price", finding), samples.conversation("x", HOSTILE)),
        (samples.broken("tide/commands/ask", Blame.ENVIRONMENT, HOSTILE), None),
        (samples.skipped("tide/layouts/wave-height", HOSTILE), None),
    ]
    run = record(tmp_path, played, notices=[HOSTILE])
    text = final(run, Paper(80))
    assert all(one.isprintable() for line in text.split("\n") for one in line)
    assert not set("\u0301\u05d0") & set(text)
    assert r"\x1b[2J\x1b]0;owned\x07\x0d\x0a\x9b31m\u202egnissap\u2066\u200b\u0301\u05d0\x00" in text.replace(
        "\n             ", ""
    )
    lines = text.splitlines()
    assert len(lines) < 70
    assert max(map(cells, lines)) <= 80


def test_many_broken_promises_are_bounded(tmp_path: Path) -> None:
    """Five in full, twenty in a line each, and the rest in summary.json."""
    clauses = [samples.clause(f"tide/Level/price/number-{number}", "It holds.") for number in range(60)]
    cases = [samples.case(f"tide/layouts/case-{number}", clauses[number].id) for number in range(60)]
    head = replace(samples.header(cases), clauses=tuple(clauses))
    played: list[Played] = [
        (
            samples.failed(case.id, replace(samples.price_finding(), clause=case.clauses[0])),
            samples.conversation(case.id, 1.5),
        )
        for case in cases
    ]
    text = final(record(tmp_path, played, head=head), Paper(80))
    assert text.count("repeat ") == 5
    assert text.count("✗       9.8 ms") == 5
    assert "25. tide/Level/price/number-24 (1 case) got float 1.5\n" in text
    assert "… and 35 promises more in summary.json" in text
    assert "60 promises broken. 60 cases: 60 failed." in text


@pytest.mark.parametrize(
    ("blame", "headline", "because"),
    [
        (Blame.SUITE, "! BROKEN SUITE", "Could not be judged, because of this suite: 1 case"),
        (
            Blame.CONTRACT,
            "! UNUSABLE CONTRACT",
            "Could not be judged, because of the contract's documents: 1 case",
        ),
    ],
)
def test_whose_fault_it_is(tmp_path: Path, blame: Blame, headline: str, because: str) -> None:
    """A fault that is not the target's says so in its headline."""
    played = [*samples.green()[2:], (samples.broken("tide/layouts/wave-height", blame, "why"), None)]
    lines = final(record(tmp_path, played), Paper(80)).splitlines()
    assert lines[0] == f"{headline}  local"
    assert because in lines


def test_an_interrupted_and_a_killed_run(tmp_path: Path) -> None:
    """What was found until then is told; the verdict is that it did not end."""
    stopped = final(record(tmp_path, samples.red()[:2], interrupted=True), Paper(80))
    assert stopped.startswith("! INTERRUPTED  local\nStopped before its end. 5 cases: 1 failed, 4 skipped.\n")
    assert samples.PRICE in stopped
    assert "3 × the run ended before they were played" in stopped
    assert stopped.endswith("! INTERRUPTED · exit code 130\n")
    killed = final(record(tmp_path, samples.red()[:2], end=False), Paper(80))
    assert "Killed before its end." in killed


def test_a_run_without_cases_ends_inconclusive(tmp_path: Path) -> None:
    """Nothing to do is not green."""
    text = final(record(tmp_path, [], head=samples.header([])), Paper(60))
    assert text.startswith("! INCONCLUSIVE  local\nNothing was enforced. 0 cases: none played.\n")


BLOCK = re.compile(r"^[1-5]\. .*?\n\n", re.MULTILINE | re.DOTALL)


def blocks(text: str) -> list[list[str]]:
    """The lines of each promise that is told in full."""
    return [found.rstrip("\n").split("\n") for found in BLOCK.findall(text)]


WORDS = ("x", "x" * 500, "a b " * 200, "[2] price " + "é" * 300, HOSTILE)


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("spoken", ["frames", "http", "long", "none"])
def test_a_failure_is_told_in_fifteen_lines(tmp_path: Path, width: int, words: str, spoken: str) -> None:
    """Whatever was promised and seen, and by however many cases; what it is about is always among them."""
    transcripts = {
        "frames": samples.conversation("x", words),
        "http": samples.health("x"),
        "long": replace(samples.conversation("x", 1.5), entries=samples.conversation("x", 1.5).entries * 40),
        "none": None,
    }
    finding = replace(samples.price_finding(words), where=words, expected=words, drift=words)
    cases = [samples.case(f"tide/layouts/{words[:3]}-{number}", samples.PRICE) for number in range(30)]
    clauses = tuple(replace(each, says=words * 3, where=f"{words}:7") for each in samples.CLAUSES)
    head = replace(samples.header(cases), clauses=clauses)
    played: list[Played] = [(samples.failed(each.id, finding), transcripts[spoken]) for each in cases]
    (told,) = blocks(final(record(tmp_path, played, head=head), Paper(width)))
    assert len(told) <= MOST_LINES == 15
    assert any(line.strip().startswith("repeat") for line in told)
    assert sum(line.startswith("   ✗ ") for line in told) == (spoken != "none")
    assert all(cells(line) <= width for line in told if "repeat" not in line)


def test_the_line_of_the_document_is_shown_where_it_fits(tmp_path: Path) -> None:
    """Behind the place where it stands."""
    run = record(tmp_path, samples.red())
    run = replace(run, sources=(SourceLine("tide/asyncapi.yaml", "0", "\n" * 23 + "  pattern: ^[0-9]+$\n"),))
    assert "\n   tide/asyncapi.yaml:24 · must · published | pattern: ^[0-9]+$\n" in final(run, Paper(80))
    assert "\n   tide/asyncapi.yaml:24 · must ·\n   published\n" in final(run, Paper(40))


def test_nothing_unchecked_is_said(tmp_path: Path) -> None:
    """Not left to be guessed from a line that is not there."""
    head = replace(samples.header(samples.CASES[:1]), clauses=samples.CLAUSES[:1])
    text = final(record(tmp_path, samples.green()[:1], head=head), Paper(80))
    assert "\nunchecked nothing: each promise was put to the test\n" in text


def test_what_took_longest_is_told(tmp_path: Path) -> None:
    """By its median, three of all."""
    run = record(tmp_path, samples.green())
    times = [
        ("tide/ask", 4.0),
        ("tide/ask", 90.0),
        ("tide/ask", 5.0),
        ("pong", 1.0),
        ("upgrade", 2.0),
        ("a", 0.5),
    ]
    line = replace(run.cases[0], timings=tuple(Timing(what, ms) for what, ms in times))
    text = final(replace(run, cases=(line, *run.cases[1:])), Paper(120))
    assert (
        "\nslowest   tide/ask 5.0 ms (longest 90.0 of 3); upgrade 2.0 ms (longest 2.0 of 1);"
        " pong 1.0 ms (longest 1.0 of 1)\n"
    ) in text
    assert "slowest" not in final(run, Paper(120))


def test_the_files_that_are_there_are_named(tmp_path: Path) -> None:
    """The page for a browser first; none that a killed run never wrote."""
    run = record(tmp_path, samples.green())
    (tmp_path / "report.html").write_text("")
    line = final(run, Paper(400), artefacts=str(tmp_path)).splitlines()[-3]
    assert line == f"report    {tmp_path}/ (report.html, run.jsonl)"


COMMANDS = "::add-mask::x ##[error]y ##vso[task.setvariable]z ##teamcity[x] a::set-output::b ws://[::1]:80/"


def test_a_build_server_finds_no_commands_of_a_target(tmp_path: Path) -> None:
    """Where a log is searched for commands, at the start of a line or anywhere in it."""
    finding = replace(samples.price_finding(COMMANDS), where=COMMANDS * 30, expected=COMMANDS)
    run = record(tmp_path, [(samples.failed("tide/layouts/level-price", finding), None)], notices=[COMMANDS])
    obeyed = re.compile(r"^\s*::[a-z]|##\w*\[", re.MULTILINE)
    assert obeyed.search(final(run, Paper(40))), "the pattern finds commands"
    text = final(run, Paper(40, obeyed=True))
    assert not obeyed.search(text)
    assert "ws://[::1]:80/" in Paper(40, obeyed=True).safe(COMMANDS)
