"""The reports that there are, by name: whoever adds one adds a line here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from conformance.record import RunRecord
from conformance.reporting.github import commands, here
from conformance.reporting.html import NAME, write_html
from conformance.reporting.junit import junit
from conformance.reporting.markdown import markdown
from conformance.reporting.paper import Paper
from conformance.reporting.sarif import as_sarif
from conformance.reporting.summary import summary, write_text
from conformance.reporting.terminal import final

TERMINAL: Final = "terminal"


@dataclass(frozen=True, slots=True)
class Format:
    """One way to tell a run. ``file`` is the name that it has in the run's folder.

    ``made`` makes its text; ``written`` writes what is too much for one text, and then there is no ``made``.
    ``aloud``: its place is standard output, whatever else is asked for.
    """

    file: str
    says: str
    made: Callable[[RunRecord], str] | None = None
    written: Callable[[RunRecord, Path], None] | None = None
    aloud: bool = False

    def write(self, run: RunRecord, path: Path) -> None:
        """Writes the report; ``EnvironmentFailure`` when that cannot be done."""
        if self.made is not None:
            write_text(path, self.made(run))
        elif self.written is not None:
            self.written(run, path)


def _json(run: RunRecord) -> str:
    return json.dumps(summary(run), indent=2) + "\n"


def _sarif(run: RunRecord) -> str:
    return json.dumps(as_sarif(run), indent=2) + "\n"


def _github(run: RunRecord) -> str:
    return "".join(f"{line}\n" for line in commands(run, here()))


def _html(run: RunRecord, path: Path) -> None:
    write_html(run, path, run.path)


def _terminal(run: RunRecord) -> str:
    return final(run, Paper())


FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        TERMINAL: Format("summary.txt", "what `run` prints at its end", _terminal, aloud=True),
        "html": Format(NAME, "the whole run, for a browser", written=_html),
        "markdown": Format("summary.md", "a page for a step's summary or a merge request", markdown),
        "json": Format("summary.json", "the numbers, for programs", _json),
        "junit": Format("junit.xml", "the cases, for build servers", junit),
        "sarif": Format("report.sarif", "broken promises at their lines of the documents", _sarif),
        "github": Format("annotations.txt", "the same as annotations of GitHub's", _github, aloud=True),
    }
)
"""Name -> report, in the order in which help tells them."""
