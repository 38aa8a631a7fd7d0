"""`omen-conformance history`: which clause broke when, with which build, and how long the target took."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from conformance.errors import ConformanceError, UsageError
from conformance.fronts.history import DEFAULT, VARIABLE
from conformance.fronts.options import whole
from conformance.history.address import Address, address
from conformance.reporting.paper import Paper, count

HELP = "tell which clause broke when, with which build, and how long the target took over time"
LIMIT = 20
LIMIT_HTML = 200


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb."""
    parser.add_argument(
        "--history", metavar="URL",
        help=f"a file, or postgresql://USER@HOST/DATABASE (default: ${VARIABLE}, else {DEFAULT})",
    )  # fmt: skip
    parser.add_argument("--clause", metavar="PATTERN", help="only clauses of this id, below it, or like it")
    parser.add_argument("--target", metavar="NAME", default="", help="only runs of this target")
    parser.add_argument("--since", metavar="DATE", help="only runs from this day or time on (UTC)")
    parser.add_argument(
        "--limit", metavar="N",
        help=f"so many runs and clauses at most ({LIMIT}; with --html or --json {LIMIT_HTML})",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object for programs")
    parser.add_argument("--html", metavar="FILE", help="a page with plots")
    parser.add_argument(
        "--import", metavar="RUN", nargs="+", default=[], dest="imported",
        help="put runs in first: their folders, or their run.jsonl. One that is there already is left",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Print what the history tells. 2 for what is no history or no run, 3 when it cannot be reached."""
    where = _address(options.history)
    since = _since(options.since) if options.since else ""
    many = options.json or options.html
    limit = whole("--limit", options.limit, least=1) if options.limit else LIMIT_HTML if many else LIMIT
    failed = _import(where, options.imported) if options.imported else 0

    from conformance.history.asking import Question, ask
    from conformance.history.database import Database

    database = Database(where)
    try:
        clause = options.clause or ""
        found = ask(database, Question(options.target, since, limit, clause, _chosen(clause)))
    finally:
        database.close()
    if options.html:
        from conformance.reporting.html.history import write_history

        write_history(found, Path(options.html).expanduser())
        print(f"wrote {options.html}", file=sys.stderr, flush=True)
    if options.json:
        from conformance.history.objects import to_object

        print(json.dumps(to_object(found), separators=(",", ":")))
    elif not options.html:
        from conformance.reporting.history import told

        sys.stdout.write(told(found, Paper.of(sys.stdout)))
    return failed


def _address(given: str | None) -> Address:
    made = address(given or os.environ.get(VARIABLE, "") or DEFAULT)
    if made is None:
        raise UsageError("there is no history to tell of: it is none", hint="name one with --history")
    return made


def _chosen(pattern: str) -> Callable[[str], bool] | None:
    if not pattern:
        return None
    from conformance.cases.selection import matches  # brings all cases along, and few ask so

    return partial(matches, pattern)


def _since(text: str) -> str:
    """A day or a time as the history has it; without a zone it is UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--since must be a date, or a date and time, not {text!r}", hint="2026-11-23"
        ) from None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _import(where: Address, files: list[str]) -> int:
    """Puts runs in. One that cannot be read costs the others nothing; the exit code tells of it."""
    from conformance.history.database import Database
    from conformance.history.facts import facts
    from conformance.history.storing import store
    from conformance.record import read

    code, new, known = 0, 0, 0
    database = Database(where, create=True)
    try:
        for file in files:
            try:
                made = facts(read(file, transcripts=False))
            except (ConformanceError, OSError) as failure:
                print(f"! {Paper.of(sys.stderr).safe(str(failure))}", file=sys.stderr, flush=True)
                code = 2
                continue
            if store(database, [made]):
                new += 1
            else:
                known += 1
    finally:
        database.close()
    print(f"{count(new, 'run')} put in, {known} there already", file=sys.stderr, flush=True)
    return code
