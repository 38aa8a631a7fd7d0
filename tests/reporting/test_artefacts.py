"""Artefacts against their schemas, and what stands in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import conformance
from conformance.errors import EnvironmentFailure
from conformance.record import RunRecord
from conformance.reporting.summary import summary, write_summary
from conformance.verdict import Blame

from ..record import samples
from ..record.samples import HOLE, HTTP, LATE, PRICE, UNSEEN, Played, record

SCHEMAS = Path(conformance.__file__).parent / "schemas"
REPORTS = Path(__file__).parents[2] / "reports"

Runs = Callable[[], list[Played]]


def schema(name: str) -> Draft202012Validator:
    """The validator of one of our schemas."""
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text()))


@pytest.mark.parametrize("name", ["run", "summary", "list"])
def test_schemas_are_schemas_and_linked(name: str) -> None:
    """Each satisfies its meta-schema, and stands beside the reports."""
    Draft202012Validator.check_schema(schema(name).schema)
    link = REPORTS / f"{name}.schema.json"
    assert link.is_symlink()
    assert not link.readlink().is_absolute()
    assert link.resolve() == (SCHEMAS / link.name).resolve()


@pytest.mark.parametrize("played", [samples.green, samples.red, samples.inconclusive, list])
@pytest.mark.parametrize("end", [True, False])
def test_artefacts_satisfy_their_schemas(tmp_path: Path, played: Runs, end: bool) -> None:
    """Each line of run.jsonl, and summary.json, of each kind of run, killed ones too."""
    run = record(tmp_path, played(), notices=["a word"], end=end)
    for line in (tmp_path / "run.jsonl").read_text().splitlines():
        schema("run").validate(json.loads(line))
    written = write_summary(run, tmp_path / "summary.json")
    stored = json.loads((tmp_path / "summary.json").read_text())
    assert stored == written
    schema("summary").validate(stored)


@pytest.mark.parametrize(
    "wrong", [{"line": "case"}, {"line": "storm"}, {"line": "end", "seconds": -1}, {"line": "notice"}, []]
)
def test_the_run_schema_refuses_what_is_no_line(wrong: object) -> None:
    """A schema that accepts everything would prove nothing."""
    assert not schema("run").is_valid(wrong)


def test_summary_of_a_red_run(tmp_path: Path) -> None:
    """Numbers, clauses, failures and broken promises."""
    made = summary(record(tmp_path, samples.red()))
    assert (made["verdict"], made["exit_code"], made["complete"]) == ("not conformant", 1, True)
    assert made["cases"] == {"total": 5, "passed": 1, "failed": 3, "skipped": 1, "broken": 0}
    assert made["families"]["layouts"] == {"passed": 0, "failed": 1, "skipped": 1, "broken": 0}
    assert made["clauses"] == {
        "total": 5,
        "enforced": 3,
        "published": 1,
        "assumed": 2,
        "unenforced": [
            {
                "id": UNSEEN,
                "why": "its cases were skipped: may change state at the target: needs --allow-trading",
            },
            {"id": HOLE, "why": "the document names no close code"},
        ],
    }
    assert made["failed"][0] == {
        "id": "tide/layouts/level-price",
        "clauses": [PRICE],
        "blame": "target",
        "finding": "[2] price: expected a string that matches `^[0-9]+$`, got float 1.5"
        " (tide/asyncapi.yaml:24)",
        "expected": "a string that matches `^[0-9]+$`",
        "seen": "float 1.5",
        "document": "tide/asyncapi.yaml:24",
        "findings": 1,
        "repeat": "omen-conformance run local --case tide/layouts/level-price",
    }
    assert made["failed"][1]["clauses"] == [PRICE, LATE]
    assert made["skipped"] == {"may change state at the target: needs --allow-trading": 1}
    assert [(one["clause"], one["cases"]) for one in made["broken_promises"]] == [
        (PRICE, ["tide/layouts/level-price", "tide/streams/levels"]),
        (HTTP, ["tide-health/health/status"]),
    ]


def whys(run: RunRecord) -> dict[str, str]:
    """Why each clause was not enforced."""
    unenforced: list[dict[str, Any]] = summary(run)["clauses"]["unenforced"]
    return {one["id"]: one["why"] for one in unenforced}


def test_every_clause_is_enforced_or_says_why(tmp_path: Path) -> None:
    """Whatever happened, no clause is missing from the count."""
    for played in (samples.green, samples.red, samples.inconclusive, list):
        made = summary(record(tmp_path, played()))["clauses"]
        assert made["total"] == made["enforced"] + len(made["unenforced"])
        assert all(one["why"] for one in made["unenforced"])


def test_reasons_of_unenforced_clauses(tmp_path: Path) -> None:
    """Not sent, skipped, broken, not selected, no case at all: each says its own."""
    never = "the target never sent anything that it speaks about"
    assert whys(record(tmp_path, samples.green())) == {
        UNSEEN: never,
        HOLE: "the document names no close code",
    }
    gone = whys(record(tmp_path, samples.inconclusive()))
    assert gone[PRICE] == "its cases could not be judged: tide at ws://127.0.0.1:4001/: connection refused"
    assert gone[HTTP] == "its cases were skipped: no address for tide-health"
    one = [samples.CASES[0]]
    chosen = samples.header(one, selection=("--case tide/layouts/level-price",))
    assert whys(record(tmp_path, samples.green()[:1], head=chosen))[LATE] == "none of its cases was selected"
    assert (
        whys(record(tmp_path, samples.green()[:1], head=samples.header(one)))[LATE]
        == "no case speaks about it"
    )


def test_a_broken_case_enforces_nothing(tmp_path: Path) -> None:
    """What could not be judged does not count, even if it exercised a clause."""
    verdict = samples.broken("tide/commands/ask", Blame.SUITE, "the loop lagged")
    assert LATE in whys(record(tmp_path, [(verdict, samples.conversation("tide/commands/ask"))]))


def test_a_killed_run_counts_what_it_did_not_come_to(tmp_path: Path) -> None:
    """Its cases add up, and its verdict is interrupted, also without an end."""
    made = summary(record(tmp_path, samples.red()[:2], end=False))
    assert (made["verdict"], made["exit_code"], made["complete"]) == ("interrupted", 130, False)
    assert made["cases"] == {"total": 5, "passed": 0, "failed": 1, "skipped": 4, "broken": 0}
    assert made["skipped"]["the run ended before they were played"] == 3
    assert made["seconds"] == pytest.approx(0.035)


def test_an_artefact_that_cannot_be_written(tmp_path: Path) -> None:
    """One sentence, no half-written file."""
    run = record(tmp_path, samples.green())
    path = tmp_path / "none" / "summary.json"
    with pytest.raises(EnvironmentFailure) as caught:
        write_summary(run, path)
    assert str(caught.value) == f"cannot write {path}: No such file or directory"
