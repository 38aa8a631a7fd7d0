"""`omen-conformance report`: tells a run again, from its run file alone."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from io import TextIOWrapper
from pathlib import Path

from conformance.errors import UsageError
from conformance.record import RunRecord, read
from conformance.reporting.formats import FORMATS, TERMINAL
from conformance.reporting.paper import Paper
from conformance.reporting.terminal import final

HELP = "tell a run again, from its file alone: for people, build servers and code hosts"
STDOUT = "-"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb."""
    parser.add_argument("played", metavar="RUN", help="the folder of a run, or its run.jsonl")
    told = "; ".join(f"{name}: {form.says}" for name, form in FORMATS.items())
    parser.add_argument(
        "--to", action="append", default=[], metavar="FORMAT[=FILE]",
        help=f"{told}. Repeatable; without a FILE, a text that is asked for alone goes to standard output "
        f"(FILE - says so, too), others into RUN's folder under their usual names (default: {TERMINAL})",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Write the reports. 0 whatever they say: the verdict is the run's, and its exit code was."""
    asked = list(_asked(options.to or [TERMINAL]))
    record = read(options.played)
    folder = Path(record.path).parent
    for name, file in asked:
        form = FORMATS[name]
        if file == STDOUT or (not file and form.made is not None and (len(asked) == 1 or form.aloud)):
            _print(name, record, folder)
        else:
            path = Path(file).expanduser() if file else folder / form.file
            form.write(record, path)
            print(f"wrote {path}", file=sys.stderr, flush=True)
    return 0


def _asked(words: Iterable[str]) -> Iterable[tuple[str, str]]:
    """The formats and their files, '' where none is named; a UsageError for any that there is not."""
    for word in words:
        name, equals, file = word.partition("=")
        if name not in FORMATS:
            near = get_close_matches(name, FORMATS, n=2, cutoff=0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(FORMATS)}"
            raise UsageError(f"report: no format {name!r}", hint=hint)
        if equals and not file:
            raise UsageError(f"report: --to {word} names no file", hint=f"--to {name}=FILE, or --to {name}")
        if file == STDOUT and FORMATS[name].made is None:
            raise UsageError(f"report: {name} needs a file", hint=f"--to {name}=FILE")
        yield name, file


def _print(name: str, record: RunRecord, folder: Path) -> None:
    made = FORMATS[name].made
    assert made is not None
    if name == TERMINAL:
        told = final(record, Paper.of(sys.stdout), artefacts=str(folder))
    else:  # for programs: the same bytes as in a file, whatever letters the terminal knows
        told = made(record)
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.stdout.write(told)
