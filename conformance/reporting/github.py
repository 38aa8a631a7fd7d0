"""GitHub's annotations: workflow commands that put a sentence beside a line of a file."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from conformance.record import RunRecord
from conformance.reporting.promises import WAIVED, WARNING, Promise, broken_promises
from conformance.reporting.sources import place
from conformance.reporting.standing import concluded
from conformance.transcript.show import harmless, shortened

MOST: Final = 10
"""GitHub shows as many errors, and as many warnings, of a step, and drops the others in silence."""
LONGEST: Final = 1000
TITLE: Final = 200


def here(environment: Mapping[str, str] = os.environ) -> str:
    """Where in GitHub's checkout we are: a step may work in a folder of it; files are named from its top."""
    top = environment.get("GITHUB_WORKSPACE")
    if not top or not Path.cwd().is_relative_to(Path(top).resolve()):
        return ""
    folder = Path.cwd().relative_to(Path(top).resolve()).as_posix()
    return "" if folder == "." else folder


def commands(run: RunRecord, folder: str = "") -> Iterator[str]:
    """One line a broken promise, for standard output: an error, or a warning where it does not fail the gate.

    ``folder`` is where in the checkout relative names of files begin. Waived promises are not told. Where
    there are more than are shown, the last says how many. A run that is not green for another reason has an
    error that says it.
    """
    promises = broken_promises(run)
    for level in ("error", "warning"):
        mine = [each for each in promises if _level(each) == level]
        kept = mine if len(mine) <= MOST else mine[: MOST - 1]
        for each in kept:
            yield _promise(level, each, folder)
        if len(mine) > len(kept):
            left = len(mine) - len(kept)
            yield _command(level, f"{left} more broken promises", ["They are in the report of the run."])
    verdict, code = concluded(run)
    if code and not any(_level(each) == "error" for each in promises):
        broken = (line.reason for line in run.cases if line.outcome == "broken")
        gate = run.end.gate if run.end is not None else ()
        why = next(broken, "") or next((one.text for one in run.notices), "") or f"exit code {code}"
        yield _command("error", f"{verdict}: {run.header.target.name}", gate[:MOST] or [why])


def _level(promise: Promise) -> str:
    return {"": "error", WARNING: "warning", WAIVED: "waived"}[promise.excuse]


def _promise(level: str, promise: Promise, folder: str) -> str:
    first = promise.cases[0]
    told = [promise.says, str(promise.finding) if promise.finding else first.reason, first.repeat]
    return _command(level, promise.clause or "no clause", filter(None, told), promise.where, folder)


def _command(level: str, title: str, lines: Iterable[str], where: str = "", folder: str = "") -> str:
    found = place(where)
    file = f",file={_property(posixpath.join(folder, found[0]))},line={found[1]}" if found else ""
    text = "\n".join(shortened(harmless(line), LONGEST) for line in lines)
    return f"::{level} title={_property(shortened(harmless(title), TITLE))}{file}::{_data(text)}"


def _data(text: str) -> str:
    """What stands behind the second ``::``, as the runner reads it back."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
