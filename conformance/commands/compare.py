"""`omen-conformance compare`: what changed between two runs, and whether the later one is worse."""

from __future__ import annotations

import argparse
import gc
import json
import sys

from conformance.comparison import closing, compare
from conformance.comparison.objects import to_object
from conformance.record.reader import read
from conformance.reporting.comparison import compared
from conformance.reporting.paper import Paper

HELP = "tell what changed between two runs, and whether the later one is worse"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb."""
    parser.add_argument("before", metavar="BEFORE", help="the folder of a run, or its run.jsonl")
    parser.add_argument("after", metavar="AFTER", help="the same, of a later one")
    says = "what a target should keep, and what takes longer than before, fails it, too"
    parser.add_argument("--strict", action="store_true", help=says)
    parser.add_argument("--json", action="store_true", help="one JSON object for programs")


def run(options: argparse.Namespace) -> int:
    """Print the comparison. 1 when it closes a gate, 2 for a file that is no run's."""
    gc.disable()  # many small things are made, and none is dropped: there is nothing to collect
    try:
        made = compare(*(read(path, transcripts=False) for path in (options.before, options.after)))
    finally:
        gc.enable()
    reasons = closing(made, strict=options.strict)
    if options.json:
        print(json.dumps(to_object(made, reasons), separators=(",", ":")))
    else:
        sys.stdout.write(compared(made, Paper.of(sys.stdout), reasons))
    return 1 if reasons else 0
