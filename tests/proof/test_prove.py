"""The verb ``prove`` over the real ground, with workers that only pretend: its codes, files and sentences."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from conformance.cases.case import Case
from conformance.faults import Fault, Kind
from conformance.proof import exceptions
from conformance.proof.journal import read_journal
from conformance.run import Result
from tests.proof import stage
from tests.proof.conftest import Proved
from tests.proof.stage import (
    ONE,
    OTHER,
    THIRD,
    Crews,
    Play,
    Pretending,
    caught,
    failed,
    faults,
    grounds,
    matrix,
    passed,
    unsettled,
)


def green(fault: Fault, case: Case) -> Result:
    """Nobody sees anything."""
    return passed(case)


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


def test_every_case_may_be_put_to_a_fault(proved: Proved, tmp_path: Path) -> None:
    """Also to some faults alone: what turns red without a claim is seen then."""
    code, _, _ = proved(*faults(ONE), "--full")
    assert code == 0
    assert matrix(tmp_path / "report")["matrix"][0]["played"] == len(grounds().cases)


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
        if len(crews.trials) > 1 and not crews.made[0].pause:
            crews.made[0].pause = 60
            signal.raise_signal(signal.SIGINT)
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
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(60)
        return {}

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
