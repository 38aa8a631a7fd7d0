"""The verb ``prove`` over the real ground, with workers that only pretend: its codes, files and sentences."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from conformance.cases.case import Case
from conformance.cli import main
from conformance.commands import prove
from conformance.faults import Fault, Kind
from conformance.proof import exceptions, prover
from conformance.proof.journal import read_journal
from conformance.run import Result
from tests.proof import stage
from tests.proof.stage import Play, Pretending, caught, failed, grounds, passed, unsettled

ONE, OTHER, THIRD = "gateway/order/order-as-nil", "gateway/wire/trailing-byte", "close/1008-never"
Proved = Callable[..., tuple[int, str, str]]


def green(fault: Fault, case: Case) -> Result:
    """Nobody sees anything."""
    return passed(case)


class Crews:
    """The crews of a test; ``play`` is how their cases end."""

    def __init__(self) -> None:
        self.play: Play = caught
        self.made: list[Pretending] = []

    def __call__(self, size: int) -> Pretending:
        self.made.append(Pretending(size, lambda fault, case: self.play(fault, case)))
        return self.made[-1]

    @property
    def trials(self) -> list[str]:
        return [fault for each in self.made for fault in each.trials]


@pytest.fixture
def crews(monkeypatch: pytest.MonkeyPatch) -> Crews:
    made = Crews()
    monkeypatch.setattr(prover, "Crew", made)
    monkeypatch.setattr(prove, "ground", grounds)
    assert import_module("conformance.commands.prove") is prove
    return made


@pytest.fixture
def proved(crews: Crews, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Proved:
    """``omen-conformance prove``: exit code, standard output, standard error."""

    def run(*words: str, report: Path | None = tmp_path / "report") -> tuple[int, str, str]:
        folder = ("--report-dir", str(report)) if report is not None else ()
        with pytest.raises(SystemExit) as ended:
            main(["prove", *folder, *words])
        told = capsys.readouterr()
        return int(str(ended.value.code)), told.out, told.err

    return run


def faults(*names: str) -> list[str]:
    return [word for name in names for word in ("--fault", name)]


def matrix(folder: Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((folder / "proof.json").read_text("utf-8"))
    jsonschema.validate(
        made, json.loads((Path(prove.__file__).parents[1] / "schemas/proof.schema.json").read_text("utf-8"))
    )
    return made


def test_a_sample_that_is_caught_ends_well(proved: Proved, crews: Crews, tmp_path: Path) -> None:
    """Exit code 0; journal, summary and page are there; the journal, taken up again, plays nothing."""
    code, out, err = proved(*faults(ONE, OTHER))
    assert (code, err.splitlines()[0]) == (0, "the honest reference first: every case must pass")
    assert out.rstrip().endswith("this is a sample of 2 faults, nothing speaks against it so far.")
    made = matrix(tmp_path / "report")
    assert {each["name"]: each["outcome"] for each in made["matrix"]} == {ONE: "caught", OTHER: "caught"}
    assert (tmp_path / "report/proof.html").read_text("utf-8").startswith("<!doctype html>")
    assert sorted(crews.trials) == sorted([ONE, OTHER])

    code, out, err = proved(*faults(ONE, OTHER), "--resume")
    assert (code, err) == (0, "2 faults, 2 of them known already\n")
    assert len(crews.made) == 1  # no worker was started
    assert matrix(tmp_path / "report")["faults"] == made["faults"]


@pytest.mark.parametrize(
    ("play", "applied", "outcome", "code"),
    [
        (green, 1, "survived", 1),
        (caught, 0, "unapplied", 1),
        (lambda _fault, case: failed(case, "gateway/other"), 1, "outside", 1),
        (lambda fault, case: failed(case, *sorted(fault.shadow - set(fault.clauses))), 1, "elsewhere", 1),
        (lambda _fault, case: unsettled(case), 1, "inconclusive", 3),
    ],
)
def test_a_proof_can_fail(
    proved: Proved, crews: Crews, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    play: Play, applied: int, outcome: str, code: int,
) -> None:  # fmt: skip
    """A fault that does nothing, that nobody sees, or that others see: not proven, and how to see it."""
    crews.play = play
    monkeypatch.setattr(stage, "APPLIED", applied)
    ended, out, err = proved(*faults(ONE))
    assert ended == code, out
    assert f"{outcome}: {ONE}" in err
    made = matrix(tmp_path / "report")
    assert made["matrix"][0]["outcome"] == outcome
    assert made["faults"][outcome] == [ONE]
    assert made["verdict"] == ("not proven" if code == 1 else "incomplete")
    assert ONE in out
    assert f"omen-conformance run --fault {ONE}" in out


def test_what_could_not_be_judged_is_held_again(proved: Proved, crews: Crews) -> None:
    """Alone, once: what it says then counts."""
    seen: list[str] = []

    def at_first(fault: Fault, case: Case) -> Result:
        seen.append(fault.name)
        return unsettled(case) if crews.trials.count(fault.name) == 1 else caught(fault, case)

    crews.play = at_first
    code, _, _ = proved(*faults(ONE))
    assert (code, crews.trials) == (0, [ONE, ONE])


def test_a_proof_goes_on_where_it_was_stopped(proved: Proved, crews: Crews, tmp_path: Path) -> None:
    """Ctrl-C: exit code 130, what is known is told and kept, and the command to go on goes on."""

    def stopped(fault: Fault, case: Case) -> Result:
        if len(crews.trials) > 1:
            raise KeyboardInterrupt
        return caught(fault, case)

    crews.play = stopped
    code, out, err = proved(*faults(ONE, OTHER, THIRD), "--workers", "3")
    assert code == 130
    assert err.endswith("omen-conformance: interrupted\n")
    assert "only 1 of 3 faults" in out
    again = f"prove --resume --report-dir {tmp_path}/report --workers 3 " + " ".join(
        faults(ONE, OTHER, THIRD)
    )
    assert out.rstrip().endswith(f"To go on: omen-conformance {again}")
    made = matrix(tmp_path / "report")
    assert (made["complete"], made["faults"]["unplayed"]) == (False, 2)
    known = crews.trials[0]

    crews.play = caught
    code, out, err = proved(*again.split()[1:], report=None)
    assert code == 0, err
    assert "3 faults, 1 of them known already" in err
    assert sorted(crews.made[1].trials) == sorted({ONE, OTHER, THIRD} - {known})
    assert matrix(tmp_path / "report")["complete"]


def test_a_proof_that_is_stopped_at_once_leaves_its_journal(
    proved: Proved, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In the middle of the honest reference."""

    async def stopped(self: object, cases: Sequence[str], seed: int) -> Mapping[str, object]:
        raise KeyboardInterrupt

    monkeypatch.setattr(Pretending, "honest", stopped)
    code, out, _ = proved(*faults(ONE))
    assert code == 130
    assert "only 0 of 1 fault" in out
    assert read_journal(tmp_path / "report").faults == ()


def test_a_reference_that_is_not_honest_proves_nothing(
    proved: Proved, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One red case without any fault: exit code 1, and a sentence that names it."""
    honest = Pretending.honest
    victim = next(iter(grounds().cases))

    async def red(self: Pretending, cases: Sequence[str], seed: int) -> dict[str, Sequence[object]]:
        return {**await honest(self, cases, seed), victim: ["failed", "price: expected a string", []]}

    monkeypatch.setattr(Pretending, "honest", red)
    code, _, err = proved(*faults(ONE))
    assert code == 1
    words = f"{victim} is failed against the reference without any fault: price: expected a string"
    assert err.splitlines()[-1] == f"omen-conformance: {words}"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--fault", "no-such"], "there is no fault named 'no-such'"),
        (["--fault", ONE, "--fault", "no/such"], "there is no fault named 'no/such'"),
        (["--workers", "0"], "--workers must be a whole number of at least 1, not '0'"),
        (["--workers", "two"], "--workers must be a whole number of at least 1, not 'two'"),
        (["--workers", ""], "--workers must be a whole number of at least 1, not ''"),
        (["--sample", "-1"], "--sample must be a whole number of at least 0, not '-1'"),
        (["--sample", "1.5"], "--sample must be a whole number of at least 0, not '1.5'"),
        (["--seed", "x"], "--seed must be a whole number of at least 0, not 'x'"),
        (["--full", "--sample", "1"], "prove: argument --sample: not allowed with argument --full"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_done(
    proved: Proved, crews: Crews, tmp_path: Path, words: list[str], sentence: str
) -> None:
    """Exit code 2 and one sentence; no folder is made."""
    code, out, err = proved(*words)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert err.startswith(f"omen-conformance: {sentence}"), err
    assert crews.made == []
    assert not (tmp_path / "report").exists()


def test_going_on_needs_to_know_with_what(proved: Proved, tmp_path: Path) -> None:
    """A folder; and in it no journal of another proof."""
    code, _, err = proved(*faults(ONE), "--resume", report=None)
    assert (code, err.count("\n")) == (2, 1)
    assert "--resume needs the --report-dir" in err
    assert proved(*faults(ONE))[0] == 0
    for words, about in (
        (faults(OTHER), "the plan"),
        ([*faults(ONE), "--seed", "3"], "seed"),
        ([], "mode"),
    ):
        code, _, err = proved(*words, "--resume")
        assert (code, err.count("\n")) == (2, 1)
        assert f"proof.jsonl:1: is about {about} " in err
    assert [each.name for each in read_journal(tmp_path / "report").faults] == [ONE]


def test_a_folder_that_cannot_be_written_to_is_told_first(
    proved: Proved, crews: Crews, tmp_path: Path
) -> None:
    """The environment's fault, exit code 3; nothing has been played."""
    (tmp_path / "file").write_text("")
    names = ("proof.jsonl", "proof.json", "proof.html")
    for name in names:
        (tmp_path / name / name).mkdir(parents=True)
    for folder in (tmp_path / "file", tmp_path / "file/below", *(tmp_path / name for name in names)):
        code, _, err = proved(*faults(ONE), report=folder)
        assert (code, err.count("\n")) == (3, 1), err
        assert err.startswith("omen-conformance: cannot write ")
    assert crews.made == []


def test_a_stale_exception_fails(
    proved: Proved, crews: Crews, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One that names nothing at once; one whose fault is caught at the end."""
    with monkeypatch.context() as patch:
        patch.setattr(exceptions, "FAULTS", {ONE: "why"})
        code, out, _ = proved(*faults(ONE))
        assert code == 1
        assert matrix(tmp_path / "report")["stale_exceptions"] == [ONE]
        crews.play = green
        code, out, err = proved(*faults(ONE))
        assert (code, f"survived: {ONE}" in err) == (0, False), out
        assert matrix(tmp_path / "report")["faults"]["excused"] == [{"name": ONE, "reason": "why"}]
    for name, kind in (("FAULTS", "fault"), ("CASES", "case")):
        with monkeypatch.context() as patch:
            patch.setattr(exceptions, name, {"gone": "why"})
            code, _, err = proved(*faults(ONE))
            assert (code, err.count("\n")) == (1, 1)
            assert f"the exception 'gone' names a {kind} that there is not" in err


def test_a_fault_that_no_case_claims_has_survived(
    proved: Proved, crews: Crews, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nobody is asked, and nobody can have seen it: an exception must say so."""
    claimed = grounds().claimed
    behavioural = [each for each in grounds().faults.values() if each.kind is Kind.BEHAVIOURAL]
    names = [each.name for each in behavioural if not any(clause in claimed for clause in each.clauses)]
    for name in names:
        assert name in exceptions.FAULTS
        assert proved(*faults(name))[0] == 0
        with monkeypatch.context() as patch:
            patch.setattr(exceptions, "FAULTS", {})
            code, _, err = proved(*faults(name))
        assert (code, f"survived: {name}" in err) == (1, True)
        assert matrix(tmp_path / "report")["faults"]["survived"] == [name]
    assert crews.trials == []
    assert names
