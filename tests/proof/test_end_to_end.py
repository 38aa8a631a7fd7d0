"""A proof with a real worker and real references: caught, stopped in the middle, gone on with."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.commands import prove
from conformance.proof import prover
from conformance.proof.journal import read_journal
from tests.front.command import environment
from tests.proof.stage import Pretending, grounds

QUICK = "gateway/order/order-as-nil"
SLOW = "gateway/getOrder/is-answered-late"
TIME_LIMIT_S = 150


def children(pid: int) -> set[int]:
    """The processes that a process started, and those that they did."""
    found: set[int] = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == pid:
                found |= {int(entry.name)} | children(int(entry.name))
    return found


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if Path(f"/proc/{pid}").exists()}


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes that are left")
def test_a_proof_is_stopped_and_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C: 130, the journal is kept, no process is left. The command that is told then ends the proof."""
    words = [sys.executable, "-m", "conformance.cli", "prove", "--fault", QUICK, "--fault", SLOW]
    with subprocess.Popen(
        [*words, "--workers", "1", "--report-dir", "report"], cwd=tmp_path, env=environment(),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        try:
            until = time.monotonic() + TIME_LIMIT_S
            while b'"fault"' not in journal(tmp_path):
                assert time.monotonic() < until
                assert child.poll() is None
                time.sleep(0.02)
            started = children(child.pid)
            child.send_signal(signal.SIGINT)
            out, err = child.communicate(timeout=30)
        finally:
            child.kill()
    assert child.returncode == 130, err
    assert err.endswith("omen-conformance: interrupted\n")
    assert "Traceback" not in err
    assert started
    until = time.monotonic() + 10
    while alive(started) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(started)
    lines = {each.name: each for each in read_journal(tmp_path / "report").faults}
    assert lines[QUICK].outcome == "caught"
    assert lines[QUICK].applied
    assert lines[QUICK].played > len(lines[QUICK].caught_by)  # the control was played, too
    known = set(lines)
    again = out.rstrip().splitlines()[-1].partition("To go on: omen-conformance ")[2].split()
    assert again[:4] == ["prove", "--resume", "--report-dir", "report"]

    # That needs no second honest reference to be believed: the workers that end it only pretend.
    crew = Pretending(1)
    monkeypatch.setattr(prover, "Crew", lambda size: crew)
    monkeypatch.setattr(prove, "ground", grounds)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(again)
    assert ended.value.code == 0
    assert set(crew.trials) == {QUICK, SLOW} - known
    made = json.loads((tmp_path / "report/proof.json").read_text("utf-8"))
    assert {each["name"]: each["outcome"] for each in made["matrix"]} == {QUICK: "caught", SLOW: "caught"}
    assert made["complete"]


def journal(folder: Path) -> bytes:
    try:
        return (folder / "report/proof.jsonl").read_bytes()
    except OSError:
        return b""
