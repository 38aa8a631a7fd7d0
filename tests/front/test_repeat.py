"""``--repeat`` as a user starts it, against the embedded reference: sound, now and then, broken."""

from __future__ import annotations

import shlex
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from conformance.fronts.options import Wish, repeat_command
from conformance.fronts.tests import Tests
from conformance.gate.excuses import NO_GATE
from conformance.record import Repeats
from conformance.run import Result
from conformance.transcript import Secrets, Transcript
from conformance.verdict import Outcome, Verdict
from tests.front.command import Ended, run, suite

if TYPE_CHECKING:
    from conformance.fronts.background import Background

CASE = "gateway/transport/malformed/truncated"
FAULT = "closes_on_malformed_frames"


def decision(ended: Ended) -> str:
    """What was said to the one case."""
    (line,) = ended.record.cases
    assert line.repeats is not None, line
    return line.repeats.decision


@pytest.mark.parametrize(
    ("fault", "code", "word"),
    [((), 0, "sound"), (("--fault", f"{FAULT}@0.5"), 1, "intermittent"), (("--fault", FAULT), 1, "broken")],
)
def test_each_is_told_from_the_others(tmp_path: Path, fault: tuple[str, ...], code: int, word: str) -> None:
    """What it costs is said before; what is found out is in the words of the run, and how to see it again."""
    ended = run("--repeat", "--case", CASE, *fault, cwd=tmp_path)
    assert (ended.code, decision(ended)) == (code, word), ended.out
    assert ended.err.startswith("note: --repeat plays 1 case 32 times each, 32 plays; ")
    assert f"32 plays of 1 case: 1 {word}" in " ".join(ended.out.split())
    assert [one["id"] for one in ended.summary["repeats"]["intermittent"]] == [CASE] * (
        word == "intermittent"
    )
    (line,) = ended.record.cases
    assert line.repeats is not None
    words = shlex.split(line.repeat)
    assert words[:2] == ["omen-conformance", "run"]
    assert words.count("--repeat") == 1
    if word == "intermittent":
        assert 0.15 < line.repeats.rate < 0.85
        assert f"intermittent: failed {line.repeats.failures} of 32 plays, about " in ended.out
        assert line.transcript is not None
        assert line.findings


def test_pytest_tells_it_in_its_summary(tmp_path: Path) -> None:
    """The other front says the same."""
    options = {"repeat": "", "case": CASE, "fault": f"{FAULT}@0.5"}
    words = [f"--conformance-{name}" + (f"={value}" if value else "") for name, value in options.items()]
    ended = suite("-rf", *words, cwd=tmp_path)
    assert (ended.code, decision(ended)) == (1, "intermittent"), ended.out
    assert "intermittent: failed " in ended.out
    assert "both fails and passes more than 1 time in 100, with an error probability of 5%" in ended.out


def test_pytest_tells_what_passed_and_was_seen_to_fail() -> None:
    """Sound does not mean that nothing was seen; what a target sent is starred out and cannot act."""
    front = Tests({"case": [CASE]}, "reference")
    assert front.prepared is not None
    (case,) = front.prepared.cases
    repeats = Repeats("sound", 57, 1, 0, 0.0016, 0.0962, 0.01, 0.1, 0.05, "F" + "." * 56)
    verdict = Verdict(case.id, Outcome.PASSED, reason=f"{repeats}: got \x1b[2Jhush-hush")
    secrets = Secrets()
    secrets.add("hush-hush")
    result = Result(case, verdict, Transcript(case.id, ()), 0, 1, repeats)
    front.background = cast(
        "Background", SimpleNamespace(result=lambda case: result, gate=NO_GATE, secrets=secrets, told=())
    )
    front.kept(case)()
    written: list[str] = []
    reporter = SimpleNamespace(write_line=lambda line, **style: written.append(line))
    front.pytest_terminal_summary(cast("pytest.TerminalReporter", reporter))
    (line,) = (line for line in written if "seen to fail" in line)
    assert line.startswith(f"{CASE} passed, and was seen to fail: sound: failed 1 of 57 plays, about 0.02 ")
    assert "hush" not in line
    assert "\x1b" not in line


def test_the_command_that_repeats_a_case_repeats_it() -> None:
    """A reader of an intermittent failure would else see green, once."""
    wish = Wish(repeat=True)
    assert repeat_command(wish, CASE) == f"omen-conformance run --repeat --case {CASE}"
    assert "--repeat" not in repeat_command(Wish(), CASE)
