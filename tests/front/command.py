"""The command line as a user starts it: a process of its own, somewhere else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.record import RunRecord, read

ROOT = Path(__file__).parents[2]
TIME_LIMIT_S = 300
"""When something hangs. The longest run takes half a minute of a machine that has nothing else to do."""
STRANGERS = ("schemathesis", "hypothesispytest", "anyio")


@dataclass(frozen=True)
class Ended:
    """A process that has ended."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def sentence(self) -> str:
        """All of standard error, which has to be one sentence of ours."""
        lines = self.err.strip().splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("omen-conformance: "), self.err
        return lines[0].removeprefix("omen-conformance: ")

    @property
    def record(self) -> RunRecord:
        """The run file."""
        return read(self.folder)

    @property
    def summary(self) -> dict[str, Any]:
        """The summary."""
        made: dict[str, Any] = json.loads((self.folder / "summary.json").read_text("utf-8"))
        return made


def environment(**more: str) -> dict[str, str]:
    """Ours, with the checkout to import from, no colours, and no build server that would be told of a run.

    Nothing for pytest is in it: what these tests are run with is not for a pytest that they start.
    """
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "PYTEST_"))}
    return {**mine, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "100", **more}


def command(
    *words: str, cwd: Path, env: dict[str, str] | None = None, time_limit_s: float = TIME_LIMIT_S
) -> Ended:
    """Runs ``omen-conformance``; its reports land in ``cwd / "report"`` when it makes some."""
    return _ended([sys.executable, "-m", "conformance.cli", *words], cwd, env, time_limit_s)


def run(*words: str, cwd: Path, env: dict[str, str] | None = None) -> Ended:
    """``omen-conformance run``, with a report folder that the test knows."""
    return command("run", "--report-dir", "report", *words, cwd=cwd, env=env)


def suite(*words: str, cwd: Path, env: dict[str, str] | None = None, strangers: bool = False) -> Ended:
    """The pytest front, without any other plugin's cache; ``strangers``: with the plugins of others.

    Those that happen to be installed take as long to import as the suite takes to play some cases.
    """
    plugin = ["-p", "conformance.plugin", "-p", "no:cacheprovider", "--rootdir", str(cwd)]
    plugin += [] if strangers else [word for name in STRANGERS for word in ("-p", f"no:{name}")]
    python = [sys.executable, "-m", "pytest", *plugin, "--pyargs", "conformance.suite"]
    return _ended([*python, "--conformance-report-dir", "report", *words], cwd, env, TIME_LIMIT_S)


def _ended(words: list[str], cwd: Path, env: dict[str, str] | None, time_limit_s: float) -> Ended:
    done = subprocess.run(
        words, cwd=cwd, env=env or environment(), capture_output=True, text=True, timeout=time_limit_s,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return Ended(done.returncode, done.stdout, done.stderr, cwd / "report")
