"""``proof.json`` and what a terminal tells."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from conformance.errors import EnvironmentFailure
from conformance.proof.record import OUTCOMES, ProofRecord
from conformance.proof.summary import summary, write_proof
from conformance.proof.telling import final
from conformance.proof.wrong import sentence
from conformance.reporting.paper import Paper, cells

from . import samples
from .samples import GREEN, line, small

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "conformance/schemas/proof.schema.json").read_text("utf-8"))
PROOFS: dict[str, Callable[[], ProofRecord]] = {
    "large": samples.proof,
    "green": lambda: small(*GREEN),
    "empty": small,
    "stopped": lambda: small(*GREEN, planned=5),
    "excused": lambda: small(*GREEN, line("x", "survived", excused="nobody sees it")),
}


@pytest.mark.parametrize("name", PROOFS)
def test_what_is_written_is_what_the_schema_says(tmp_path: Path, name: str) -> None:
    """Every proof.json fits its schema, and is what was summarised."""
    write_proof(PROOFS[name](), tmp_path / "proof.json")
    stored = json.loads((tmp_path / "proof.json").read_text("utf-8"))
    Draft202012Validator(SCHEMA).validate(stored)
    assert stored == json.loads(json.dumps(summary(PROOFS[name]())))


def test_the_schema_is_one_and_closed() -> None:
    """It is a schema, and knows every key: a new one is written down first."""
    Draft202012Validator.check_schema(SCHEMA)
    validator = Draft202012Validator(SCHEMA)
    made = json.loads(json.dumps(summary(small(*GREEN))))
    assert not validator.is_valid({**made, "moon": 1})
    assert not validator.is_valid({**made, "matrix": [{**made["matrix"][0], "outcome": "dead"}]})
    assert not validator.is_valid({**made, "verdict": "fine"})
    assert (ROOT / "reports/proof.schema.json").resolve() == ROOT / "conformance/schemas/proof.schema.json"


def test_the_figures_add_up() -> None:
    """Every fault is in exactly one place."""
    proof = samples.proof()
    faults = summary(proof)["faults"]
    lists = sum(len(faults[outcome]) for outcome in OUTCOMES[1:])
    assert faults["caught_by_expected"] + lists + len(faults["excused"]) == faults["total"] == 3180
    assert faults["derived"] + faults["behavioural"] == 3180
    assert faults["caught"] == faults["caught_by_expected"] + len(faults["elsewhere"]) + len(
        faults["outside"]
    )
    cases = summary(proof)["cases"]
    assert cases["seen_failing"] + len(cases["never"]) + len(cases["excused"]) == cases["total"]


def test_the_matrix_is_a_fault_a_line(tmp_path: Path) -> None:
    """Two proofs can be compared with nothing but a line by line comparison."""
    write_proof(samples.proof(), tmp_path / "proof.json")
    lines = (tmp_path / "proof.json").read_text("utf-8").splitlines()
    assert sum(one.startswith('    {"name": ') for one in lines) == 3180


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    """One sentence."""
    with pytest.raises(EnvironmentFailure, match="cannot write"):
        write_proof(small(), tmp_path / "nowhere" / "proof.json")


@pytest.mark.parametrize("name", PROOFS)
@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_fit_the_terminal_but_for_commands(name: str, width: int) -> None:
    """Only a command, which is there to be copied, may be longer."""
    for text in final(PROOFS[name](), Paper(width), artefacts="reports/x").splitlines():
        assert cells(text) <= width or text.startswith("    omen-conformance run --fault ")
        assert text.isprintable()


@pytest.mark.parametrize("name", PROOFS)
def test_the_end_is_the_verdict(name: str) -> None:
    """The last thing that is read is the proof in one sentence."""
    told = final(PROOFS[name](), Paper(200)).rstrip("\n")
    assert told.endswith(sentence(PROOFS[name]()))


def test_colour_adds_nothing_but_colour() -> None:
    """Whoever sees no colour misses no word."""
    plain = final(samples.proof(), Paper(80))
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", final(samples.proof(), Paper(80, colour=True))) == plain


def test_no_more_than_asked_for_is_told() -> None:
    """Of each kind of wrong so many, and how many there are besides."""
    lines = [line(f"f{number}", "survived", blind=("tide/auth/late",)) for number in range(5)]
    told = final(small(*lines), Paper(80), most=2)
    assert "5 × Survived: no case turned red" in told
    assert "… and 3 more in proof.json and proof.html" in told
    assert "omen-conformance run --fault f1 --case tide/auth/late" in told
    assert "--fault f2 " not in told


GREEN_TOLD = """\
faults      2 (2 derived, 0 behavioural): 2 caught
cases       2 of 2 seen failing
contract    gateway 1.4.0
time        12.3 s, 2 workers, mode full, seed 7
report      reports/x/ (proof.jsonl, proof.json, proof.html)

Proven: all 2 faults were caught by a case that claims what they break, and all
2 cases were seen failing.
"""


def test_a_proof_reads_so() -> None:
    """Letter by letter."""
    assert final(small(*GREEN), Paper(80), artefacts="reports/x") == GREEN_TOLD


def test_a_record_is_not_changed_by_being_told() -> None:
    """Reports are views."""
    proof: ProofRecord = small(*GREEN)
    summary(proof)
    final(proof, Paper(80))
    assert proof == small(*GREEN)
