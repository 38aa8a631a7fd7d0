"""`omen-conformance list`: the cases that the documents give, without putting any of them to anyone."""

from __future__ import annotations

import argparse
import gc
import json
import sys

from conformance.cases.case import Case
from conformance.fronts import options as known
from conformance.fronts.listing import listed
from conformance.fronts.parsing import add

HELP = "list the cases that the documents give"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb."""
    parser.add_argument("--json", action="store_true", help="one JSON object for programs")
    add(parser, "which cases", known.SELECTION)
    add(parser, "which documents", known.CONTRACT)


def run(options: argparse.Namespace) -> int:
    """Print the cases; 2 for documents or patterns that cannot be used."""
    gc.disable()  # less than a second's work, all of it kept: collecting finds nothing and costs a tenth
    catalogue, cases = listed(known.wish(vars(options)))
    if options.json:
        json.dump({"cases": [_entry(case) for case in cases]}, sys.stdout, indent=2, ensure_ascii=False)
        print()
        return 0
    width = min(max((len(case.id) for case in cases), default=0), 72)
    for case in cases:
        print(f"{case.id:<{width}}  {case.level:<6}  {case.provenance:<9}  {case.says}")
    enforced = {clause for case in cases for clause in case.clauses}
    print(f"\n{len(cases)} cases for {len(enforced)} of {len(catalogue.clauses)} clauses", file=sys.stderr)
    return 0


def _entry(case: Case) -> dict[str, object]:
    return {
        "id": case.id,
        "clauses": list(case.clauses),
        "level": str(case.level),
        "provenance": str(case.provenance),
        "says": case.says,
    }
