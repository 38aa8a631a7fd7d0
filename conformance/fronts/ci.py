"""What a build server offers to a run: a page of its own, and sentences beside the lines of files."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from conformance.record import RunRecord
from conformance.reporting.github import commands, here
from conformance.reporting.markdown import ROOM, markdown

STEP_SUMMARY = "GITHUB_STEP_SUMMARY"
ACTIONS = "GITHUB_ACTIONS"


def tell(
    run: RunRecord | None, environment: Mapping[str, str] = os.environ, stdout: TextIO | None = None
) -> None:
    """Puts a run's page into GitHub's step summary, and its annotations into the log, where there are such.

    That a summary cannot be written is said, and changes nothing else.
    """
    if run is None:
        return
    summarise(run, environment)
    out = stdout or sys.stdout
    if environment.get(ACTIONS) == "true" and not out.isatty():
        out.write("".join(f"{line}\n" for line in commands(run, here())))


def summarise(run: RunRecord, environment: Mapping[str, str] = os.environ) -> None:
    """Puts a run's page into GitHub's step summary, where there is one."""
    if environment.get(STEP_SUMMARY):
        _append(run, Path(environment[STEP_SUMMARY]))


def _append(run: RunRecord, file: Path) -> None:
    try:
        size = file.stat().st_size if file.exists() else 0
        told = markdown(run, ROOM - size - 1)
        if told:
            with file.open("a", encoding="utf-8", errors="replace", newline="\n") as page:
                page.write("\n" * bool(size) + told)
    except OSError as error:
        print(f"! the step summary {file} cannot be written: {error.strerror}", file=sys.stderr, flush=True)
