"""`omen-conformance waive`: waivers of what a run saw broken, ready to be filled in and pasted."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime

from conformance.errors import UsageError
from conformance.gate.builds import EXPECTED, Builds, order
from conformance.gate.offer import Answer, broken, offer
from conformance.gate.waivers import DAY, PLACEHOLDER
from conformance.record import read

HELP = "print waivers of the promises that a run saw broken, ready to paste"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb."""
    parser.add_argument("run", metavar="RUN", help="a run.jsonl, or the folder that holds one")
    parser.add_argument("--clause", metavar="ID", action="append", default=[], help="only this; repeatable")
    parser.add_argument("--reason", metavar="TEXT", default=PLACEHOLDER, help="why it may be broken for now")
    parser.add_argument("--owner", metavar="NAME", default=PLACEHOLDER, help="who answers for it")
    parser.add_argument("--ticket", metavar="ID", default=PLACEHOLDER, help="where it is being mended")
    parser.add_argument(
        "--expires", metavar="DATE", default=PLACEHOLDER, help="its last day, UTC: YYYY-MM-DD"
    )
    parser.add_argument("--builds", metavar="FROM..TO", default="", help="only for these builds")


def run(options: argparse.Namespace) -> int:
    """Print the file; on standard error, what is left to be said."""
    for name in ("reason", "owner", "ticket"):
        if not getattr(options, name).strip():
            raise UsageError(f"waive: --{name} is empty")
    today = datetime.now(UTC).date()
    answer = Answer(
        options.reason.strip(),
        options.owner.strip(),
        options.ticket.strip(),
        _day(options.expires, today),
        _builds(options.builds),
    )
    record = read(options.run)
    promises = broken(record, options.clause)
    sys.stdout.write(offer(record, promises, answer))
    open_ = [
        name for name in ("reason", "owner", "ticket", "expires") if getattr(answer, name) == PLACEHOLDER
    ]
    if not promises:
        print("nothing keeps the gate of this run shut that a waiver could open", file=sys.stderr)
    elif open_:
        print(f"left for you to say: {', '.join(open_)}; a gate refuses {PLACEHOLDER}", file=sys.stderr)
    return 0


def _day(text: str, today: date) -> str:
    if text == PLACEHOLDER:
        return text
    try:
        day = date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise UsageError(f"--expires {text!r} is no day", hint="YYYY-MM-DD, such as 2027-01-31")
    if day < today:
        raise UsageError(f"--expires {text} is past: it is {today}", hint="a waiver ends in the future")
    return text


def _builds(text: str) -> Builds | None:
    if not text:
        return None
    first, dots, last = text.partition("..")
    try:
        keys = [order(each) for each in (first, last) if each]
    except ValueError as wrong:
        raise UsageError(f"--builds: {wrong}", hint=EXPECTED) from None
    if not dots or not keys or keys != sorted(keys):
        raise UsageError(
            f"--builds {text!r} is no range", hint="FROM..TO, such as 1.4.0..1.4.9, 1.4.0.. or ..1.4.9"
        )
    return Builds(first, last)
