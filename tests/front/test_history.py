"""Runs that are remembered, and `history`, as a user starts them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance.history.address import address
from conformance.history.database import Database
from conformance.history.tables import SCHEMA
from tests.front.command import ROOT, command, environment, suite
from tests.history.postgres import PASSWORD, Cluster, why_not
from tests.history.samples import keep, run
from tests.record.samples import PRICE

SOME = ("--case", "market-data/transport/ping")
PONG = "market-data/transport/ping"
FAULT = ("--fault", "withholds_pongs")
VARIABLE = "OMEN_CONFORMANCE_HISTORY"
HOME = {name: value for name, value in environment().items() if name != VARIABLE}


def asked(folder: Path, *words: str) -> dict[str, Any]:
    ended = command("history", "--json", *words, cwd=folder, env=HOME)
    assert ended.code == 0, ended.err
    made: dict[str, Any] = json.loads(ended.out)
    schema = json.loads((ROOT / "conformance/schemas/history.schema.json").read_text("utf-8"))
    jsonschema_rs.validator_for(schema).validate(made)
    return made


@pytest.fixture(scope="module")
def remembered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a build broke a promise, and the next one mended it."""
    folder = tmp_path_factory.mktemp("remembered")
    for build, words in (("1.0.0", ()), ("1.1.0", FAULT), ("1.1.1", ())):
        ended = command("run", *SOME, "--build", build, *words, cwd=folder, env=HOME)
        assert ended.code == int(bool(words)), ended.err
    return folder


def test_each_run_is_remembered_beside_its_folder(remembered: Path) -> None:
    """Nothing is asked for: `reports/history.sqlite` tells which build broke what, and which mended it."""
    made = asked(remembered)
    assert made["history"] == "reports/history.sqlite"
    assert [each["build"] for each in made["runs"]] == ["1.1.1", "1.1.0", "1.0.0"]
    assert [each["verdict"] for each in made["runs"]] == ["conformant", "not conformant", "conformant"]
    (life,) = [each for each in made["clauses"] if each["clause"] == PONG]
    assert (life["state"], life["broken"], life["tested"]) == ("mended", 1, 3)
    (episode,) = life["episodes"]
    builds = [episode[name]["build"] for name in ("held", "first", "mended")]
    assert builds == ["1.0.0", "1.1.0", "1.1.1"]


def test_the_run_file_tells_the_same_again(remembered: Path, tmp_path: Path) -> None:
    """What was remembered when a run ended is what its file gives: to put it in again changes nothing."""
    files = sorted(str(path) for path in remembered.glob("reports/*/run.jsonl"))
    ended = command("history", "--import", *files, cwd=remembered, env=HOME)
    assert (ended.code, ended.err) == (0, "0 runs put in, 3 there already\n")
    other = ("--history", str(tmp_path / "other.sqlite"))
    ended = command("history", *other, "--import", *files, cwd=remembered, env=HOME)
    assert (ended.code, ended.err) == (0, "3 runs put in, 0 there already\n")
    kept, again = asked(remembered), asked(remembered, *other)
    assert {**kept, "history": ""} == {**again, "history": ""}


def test_a_file_that_is_no_run_costs_the_others_nothing(remembered: Path, tmp_path: Path) -> None:
    good = str(next(remembered.glob("reports/*/run.jsonl")).parent)
    (tmp_path / "killed.jsonl").write_text(Path(good, "run.jsonl").read_text().splitlines(True)[0])
    words = ("history", "--history", "h.sqlite", "--import", "nowhere", "killed.jsonl", good)
    ended = command(*words, cwd=tmp_path, env=HOME)
    assert ended.code == 2
    assert "! nowhere: cannot be read" in ended.err
    assert "! killed.jsonl has no end: it was killed, or is still going on" in ended.err
    assert "1 run put in, 0 there already" in ended.err
    assert "1 run in h.sqlite" in ended.out


def test_a_run_whose_folder_was_named_leaves_nothing_beside_it(tmp_path: Path) -> None:
    """Unless it was told to, by an option or by the environment."""
    one = command("run", *SOME, "--report-dir", "one", cwd=tmp_path, env=HOME)
    assert (one.code, sorted(path.name for path in tmp_path.iterdir())) == (0, ["one"])
    assert not list(tmp_path.glob("**/*.sqlite"))
    env = {**HOME, VARIABLE: "kept/h.sqlite"}
    assert command("run", *SOME, "--report-dir", "two", cwd=tmp_path, env=env).code == 0
    words = ("run", *SOME, "--report-dir", "three", "--history", "none")
    assert command(*words, cwd=tmp_path, env=env).code == 0
    assert asked(tmp_path, "--history", "kept/h.sqlite")["total"] == 1


def test_pytest_remembers_where_it_is_told_to(tmp_path: Path) -> None:
    ended = suite("--conformance-history", "h.sqlite", "--conformance-case", PONG, cwd=tmp_path, env=HOME)
    assert ended.code == 0, ended.out
    assert asked(tmp_path, "--history", "h.sqlite")["total"] == 1


def test_a_history_that_cannot_be_written_costs_the_run_nothing(tmp_path: Path) -> None:
    """It is told on the terminal and in the run file; verdict and exit code are the run's own."""
    (tmp_path / "text").write_text("this is no database, and long enough to be looked at as one" * 20)
    ended = command(
        "run", *SOME, "--report-dir", "report", "--history", "text", cwd=tmp_path, env=HOME
    )  # fmt: skip
    says = "this run is not in the history: the history text: file is not a database"
    assert ended.code == 0
    assert [notice.text for notice in ended.record.notices] == [says]
    assert ended.record.complete
    assert "not in the history" in ended.out


def test_a_history_of_a_newer_suite_is_left_alone(tmp_path: Path) -> None:
    place = address(str(tmp_path / "h.sqlite"))
    assert place is not None
    keep(place, run(0))
    database = Database(place, create=True)
    with database.writing() as connection:
        connection.execute(SCHEMA.update().values(version=7))
    database.close()
    ended = command("history", "--history", "h.sqlite", cwd=tmp_path, env=HOME)
    assert ended.code == 2
    assert ended.sentence.startswith("h.sqlite: a history of version 7, and this suite knows version 1")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "reports/history.sqlite: there is no history"),
        (("--history", "none"), "there is no history to tell of: it is none"),
        (("--history", "mysql://u:hidden@h/d"), "--history: neither SQLite nor PostgreSQL"),
        (("--since", "yesterday"), "--since must be a date, or a date and time, not 'yesterday'"),
        (("--limit", "0"), "--limit must be a whole number of at least 1, not '0'"),
    ],
)
def test_wrong_words_are_one_sentence(tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    ended = command("history", *words, cwd=tmp_path, env=HOME)
    assert ended.code == 2
    assert ended.sentence.startswith(sentence)
    assert "hidden" not in ended.err
    assert not list(tmp_path.iterdir())


def test_a_wrong_history_stops_a_run_before_it_begins(tmp_path: Path) -> None:
    ended = command("run", *SOME, "--history", "mysql://u:hidden@h/d", cwd=tmp_path, env=HOME)
    assert (ended.code, ended.out) == (2, "")
    assert "hidden" not in ended.err
    assert not list(tmp_path.iterdir())


def test_a_page_is_written(tmp_path: Path) -> None:
    place = address(str(tmp_path / "h.sqlite"))
    assert place is not None
    keep(place, run(0, broken=[PRICE]))
    ended = command("history", "--history", "h.sqlite", "--html", "h.html", cwd=tmp_path, env=HOME)
    assert (ended.code, ended.out, ended.err) == (0, "", "wrote h.html\n")
    assert "1 clause broken now" in (tmp_path / "h.html").read_text("utf-8")


@pytest.mark.parametrize(
    "words", [("--help",), ("list", "--case", PONG), ("run", *SOME, "--history", "none", "--report-dir", "r")]
)
def test_who_needs_no_history_does_not_load_a_database(tmp_path: Path, words: tuple[str, ...]) -> None:
    program = [sys.executable, "-X", "importtime", "-m", "conformance.cli", *words]
    done = subprocess.run(program, cwd=tmp_path, env=HOME, capture_output=True, text=True, check=True)
    assert "import time:" in done.stderr
    assert "sqlalchemy" not in done.stderr


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A running PostgreSQL."""
    if why_not():
        pytest.skip(why_not())
    with Cluster() as made:
        yield made


def test_a_shared_history_keeps_its_password(cluster: Cluster, tmp_path: Path) -> None:
    """Whether it is right or wrong: it stands nowhere, neither in what is printed nor in any file."""
    right, wrong = cluster.fresh(), cluster.url(password="heron%2Fnest%3A7")
    outputs = []
    for number, url in enumerate((right, wrong)):
        words = ("run", *SOME, "--report-dir", f"report{number}", "--history", url)
        ended = command(*words, cwd=tmp_path, env=HOME)
        assert ended.code == 0, ended.err
        outputs += [ended.out, ended.err]
        ended = command("history", "--history", url, cwd=tmp_path, env=HOME)
        assert ended.code == (0, 3)[number]
        outputs += [ended.out, ended.err]
    assert f"1 run in postgresql://suite@127.0.0.1:{cluster.port}/history1" in outputs[2]
    assert "password authentication failed" in " ".join(outputs[4].split())
    files = [path.read_bytes().decode("utf-8", "replace") for path in tmp_path.glob("report*/*")]
    assert len(files) >= 10
    for text in [*outputs, *files]:
        for secret in (PASSWORD, "gull%2Ffeather", "heron/nest:7", "heron%2Fnest"):
            assert secret not in text


def test_a_database_that_is_away_costs_a_run_a_sentence(tmp_path: Path) -> None:
    url = "postgresql://gull@127.0.0.1:1/runs"
    words = ("run", *SOME, "--report-dir", "report", "--history", url)
    ended = command(*words, cwd=tmp_path, env=HOME)
    assert ended.code == 0
    assert "this run is not in the history: the history postgresql://gull@127.0.0.1:1/runs: connection" in (
        ended.record.notices[0].text
    )
