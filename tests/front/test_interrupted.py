"""Runs that are stopped in the middle leave what they know."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.record import read
from tests.front.command import environment

SLOW = ["--deadline", "auth=20000"]


@contextlib.contextmanager
def started(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A run whose slowest case takes twenty seconds, once some cases have ended."""
    words = (sys.executable, "-m", "conformance.cli", "run", "--report-dir", "report", *SLOW, *words)
    with subprocess.Popen(
        words, cwd=folder, env=environment(), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as child:  # fmt: skip
        try:
            until = time.monotonic() + 30
            while _lines(folder) < 20:
                assert time.monotonic() < until
                assert child.poll() is None
                time.sleep(0.05)
            yield child
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)


def _lines(folder: Path) -> int:
    file = folder / "report/run.jsonl"
    return len(file.read_bytes().splitlines()) if file.exists() else 0


def _ports(folder: Path) -> list[str]:
    return list(read(folder / "report").header.target.addresses.values())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_ctrl_c_writes_everything(number: signal.Signals, tmp_path: Path) -> None:
    """Exit code 130 within a few seconds, complete artefacts, the summary told, no traceback."""
    with started(tmp_path) as child:
        child.send_signal(number)
        begun = time.monotonic()
        out, err = child.communicate(timeout=20)
        assert time.monotonic() - begun < 12
    assert child.returncode == 130
    assert "INTERRUPTED" in out
    assert "Traceback" not in err
    record = read(tmp_path / "report")
    assert record.complete
    assert record.end is not None
    assert (record.end.interrupted, record.end.exit_code) == (True, 130)
    outcomes = {line.outcome for line in record.cases}
    assert outcomes == {"passed", "skipped"}
    assert {line.reason for line in record.cases if line.outcome == "skipped"} <= {"stopped"} | {
        line.reason for line in record.cases if line.reason != "stopped"
    }
    summary = json.loads((tmp_path / "report/summary.json").read_text("utf-8"))
    assert summary["verdict"] == "interrupted"
    assert (tmp_path / "report/junit.xml").is_file()


def test_the_second_ctrl_c_stops_at_once(tmp_path: Path) -> None:
    """Nothing is waited for; what had been written stays readable."""
    with started(tmp_path) as child:
        child.send_signal(signal.SIGINT)
        time.sleep(0.02)
        child.send_signal(signal.SIGINT)
        begun = time.monotonic()
        _, err = child.communicate(timeout=20)
        assert time.monotonic() - begun < 2
    assert child.returncode == 130
    assert "Traceback" not in err
    assert read(tmp_path / "report").cases


def test_a_killed_run_is_readable_and_takes_its_reference_along(tmp_path: Path) -> None:
    """SIGKILL: the run file is there as far as it came, and the embedded reference ends by itself."""
    with started(tmp_path) as child:
        children = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
        assert children
        child.kill()
        child.wait(5)
        record = read(tmp_path / "report")
        assert record.cases
        assert not record.complete
        until = time.monotonic() + 5
        while any(_alive(pid) for pid in children):
            assert time.monotonic() < until, "the reference outlived the run"
            time.sleep(0.05)


def _alive(pid: str) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
