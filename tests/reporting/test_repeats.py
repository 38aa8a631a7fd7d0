"""What reports tell of cases that were played again and again."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import conformance
from conformance.record import Repeats, RunRecord, Writer, conclude, read
from conformance.reporting.junit import junit
from conformance.reporting.paper import Paper
from conformance.reporting.progress import Progress
from conformance.reporting.summary import write_summary
from conformance.reporting.terminal import final
from conformance.transcript import Secrets

from ..record.samples import CASES, MS, conversation, failed, header, passed, price_finding, repeat

SCHEMAS = Path(conformance.__file__).parent / "schemas"
LEVEL, WAVE, ASK, STREAM, HEALTH = (case.id for case in CASES)
NONE = Repeats("sound", 32, 0, 0, 0.0, 0.0894, 0.01, 0.1, 0.05, "." * 32)
OFTEN = Repeats("intermittent", 40, 7, 1, 0.0851, 0.3037, 0.01, 0.1, 0.05, "..F?" + "." * 37)
RARE = Repeats("sound", 57, 1, 0, 0.0016, 0.0962, 0.01, 0.1, 0.05, "F" + "." * 56)
SENTENCE = "intermittent: failed 7 of 40 plays, about 0.17 (0.09–0.30)"


def written(folder: Path, *words: str) -> RunRecord:
    """A sound case, an intermittent one, one that failed once, and one that was not repeated."""
    rare = replace(passed(ASK), reason=f"{RARE}: late")
    played = [
        (passed(LEVEL), conversation(LEVEL), NONE),
        (failed(STREAM, price_finding()), conversation(STREAM, 1.5), OFTEN),
        (rare, conversation(ASK), RARE),
        (passed(HEALTH), None, None),
    ]
    secrets = Secrets()
    for word in words:
        secrets.add(word)
    with Writer(folder / "run.jsonl", secrets) as writer:
        writer.header(header())
        at = writer.zero
        lines = [
            writer.case(each, said, started=at, ended=at + MS, repeat=repeat(each.case), repeats=one)
            for each, said, one in played
        ]
        writer.end(*conclude(lines, interrupted=False))
    return read(folder)


@pytest.fixture
def run(tmp_path: Path) -> RunRecord:
    """Such a run."""
    return written(tmp_path)


def schema(name: str) -> Draft202012Validator:
    """The validator of one of our schemas."""
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text()))


@pytest.mark.parametrize("secret", ["nobody-knows-it", "sound", OFTEN.course, "F?......"])
def test_the_run_file_keeps_it(tmp_path: Path, secret: str) -> None:
    """As it was, also where a secret happens to be one of our words; each line satisfies the schema."""
    run = written(tmp_path, secret)
    assert [line.repeats for line in run.cases] == [NONE, OFTEN, RARE, None]
    for text in (tmp_path / "run.jsonl").read_text().splitlines():
        schema("run").validate(json.loads(text))


def test_the_play_that_failed_is_kept_of_a_sound_case_too(tmp_path: Path) -> None:
    """Of those that passed only short ones are kept; this is evidence."""
    with Writer(tmp_path / "run.jsonl", Secrets(), keep="failed") as writer:
        writer.header(header())
        for one, kept in ((NONE, False), (RARE, True), (None, False)):
            line = writer.case(passed(ASK), conversation(ASK), started=0, ended=1, repeats=one)
            assert (line.transcript is not None) is kept


@pytest.mark.parametrize("wrong", [{"decision": "green"}, {"plays": -1}, {"low": 1.5}, {"course": "x"}])
def test_the_run_schema_refuses_what_is_none(run: RunRecord, tmp_path: Path, wrong: dict[str, Any]) -> None:
    """What no test says, and no number of plays or chance."""
    line = json.loads((tmp_path / "run.jsonl").read_text().splitlines()[1])
    schema("run").validate(line)
    line["repeats"] |= wrong
    assert not schema("run").is_valid(line)


def test_the_summary_names_them(run: RunRecord, tmp_path: Path) -> None:
    """What is intermittent, and what is sound and was seen to fail; null where nothing was repeated."""
    written = write_summary(run, tmp_path / "summary.json")
    schema("summary").validate(json.loads((tmp_path / "summary.json").read_text()))
    told = written["repeats"]
    assert (told["plays"], told["sound"], told["broken"], told["undecided"]) == (130, 2, 0, [])
    assert [one["id"] for one in told["seldom"]] == [ASK]
    assert told["intermittent"] == [
        {"id": STREAM, "plays": 40, "failures": 7, "unjudged": 1, "rate": 0.175}
        | {"low": 0.0851, "high": 0.3037, "error": 0.05}
    ]
    once = replace(run, cases=tuple(replace(line, repeats=None) for line in run.cases))
    assert write_summary(once, tmp_path / "summary.json")["repeats"] is None
    schema("summary").validate(json.loads((tmp_path / "summary.json").read_text()))


def test_the_terminal_tells_how_often(run: RunRecord) -> None:
    """At the broken promise; and at the end what the words mean, and which sound case was seen to fail."""
    text = " ".join(final(run, Paper(width=200)).split())
    assert f"how often {SENTENCE}: both fails and passes more than 1 time in 100" in text
    assert "repeated 130 plays of 3 cases: 2 sound, 1 intermittent" in text
    assert "sound: fails less than 1 time in 10, with an error probability of 5%" in text
    assert f"{ASK} was seen to fail: sound: failed 1 of 57 plays, about 0.02 (0.00–0.10): late" in text
    once = replace(run, cases=tuple(replace(line, repeats=None) for line in run.cases))
    assert "repeated" not in final(once, Paper(width=200))


def test_junit_tells_how_often(run: RunRecord) -> None:
    """In the message, where a build server shows it, and in the text."""
    text = junit(run)
    assert f'message="{SENTENCE}: [2] price: expected' in text
    assert f"\n{SENTENCE}: both fails and passes more than 1 time in 100" in text


def test_progress_counts_plays(run: RunRecord) -> None:
    """Of cases that are not over yet, too; a failure says how often."""
    stream, now = io.StringIO(), [0.0]
    progress = Progress(4, stream, Paper(width=120), clock=lambda: now[0], plays=34)
    for _ in range(33):
        progress.played()
    now[0] = 6
    progress.tick()
    assert "0/4 cases · 33 of 34 plays · 6 s" in stream.getvalue()
    progress.played()
    now[0] = 12
    progress.tick()
    assert "0/4 cases · 34 plays · 12 s" in stream.getvalue()
    progress.finished(run.cases[1])
    assert f"{SENTENCE}: [2] price: expected" in " ".join(stream.getvalue().split())


def test_what_it_means_is_said_in_a_sentence() -> None:
    """For each answer."""
    assert (
        replace(NONE, decision="broken").means
        == "passes less than 1 time in 10, with an error probability of 5%"
    )
    assert replace(NONE, decision="undecided").means == "cannot be told with an error probability of 5%"
    assert (
        str(replace(OFTEN, plays=0, failures=0, high=1.0))
        == "intermittent: failed none of 0 plays (below 1.00)"
    )
