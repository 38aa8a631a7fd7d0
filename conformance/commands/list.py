"""`omen-conformance list`: the cases that the documents give, without putting any of them to anyone."""

from __future__ import annotations

import argparse
import gc
import sys
from itertools import islice

from conformance.cases.case import Case
from conformance.cases.ledger import Row
from conformance.fronts import options as known
from conformance.fronts.listing import ledger_of, listed
from conformance.fronts.parsing import add
from conformance.reporting.indented import Entry, write_list
from conformance.reporting.paper import Paper, count

LONGEST = 72
AT_ONCE = 1_000
"""So many lines are written together: each may be a call of the system, where output is not buffered."""
HELP = "list the cases that the documents give"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb."""
    parser.add_argument("--json", action="store_true", help="one JSON object for programs")
    says = "instead: every message, operation and clause, and how many cases enforce it, or why none does"
    parser.add_argument("--clauses", action="store_true", help=says)
    add(parser, "which cases", (*known.SELECTION, *known.DRAWN))
    add(parser, "which documents", known.CONTRACT)


def run(options: argparse.Namespace) -> int:
    """Print the cases; 2 for documents or patterns that cannot be used."""
    gc.disable()  # less than a second's work, all of it kept: collecting finds nothing and costs a tenth
    if options.clauses:
        return _clauses(known.wish(vars(options)), json_too=options.json)
    catalogue, cases = listed(known.wish(vars(options)))
    if options.json:
        write_list("cases", map(_entry, cases), sys.stdout)
        return 0
    width = min(max((len(case.id) for case in cases), default=0), LONGEST)
    lines = (f"{case.id:<{width}}  {case.level:<6}  {case.provenance:<9}  {case.says}\n" for case in cases)
    while part := "".join(islice(lines, AT_ONCE)):
        sys.stdout.write(part)
    enforced = {clause for case in cases for clause in case.clauses}
    many = f"{len(cases)} case{'s' * (len(cases) != 1)}"
    print(f"\n{many} for {len(enforced)} of {len(catalogue.clauses)} clauses", file=sys.stderr)
    return 0


def _clauses(wish: known.Wish, *, json_too: bool) -> int:
    """Print the ledger; its totals on standard error."""
    rows = ledger_of(wish)
    if json_too:
        write_list("clauses", map(_row, rows), sys.stdout)
    else:
        paper = Paper.of(sys.stdout)
        width = min(max(len(row.id) for row in rows), LONGEST)
        for row in rows:
            end = count(len(row.cases), "case") if row.cases else row.why
            place = f"{row.level:<6}  {row.binds:<6}  {row.provenance:<9}  {row.where}"
            print(paper.safe(f"{row.id:<{width}}  {place}  {end}"))
    totals = (_total(rows, kind) for kind in ("clause", "message", "operation"))
    print("\n" + "; ".join(filter(None, totals)), file=sys.stderr)
    return 0


def _total(rows: tuple[Row, ...], what: str) -> str:
    mine = [row for row in rows if (row.kind if row.kind in ("message", "operation") else "clause") == what]
    held = sum(bool(row.cases) for row in mine)
    verb = "enforced by cases" if what == "clause" else "met by cases"
    return f"{count(len(mine), what)}: {held} {verb}, {len(mine) - held} not" if mine else ""


def _row(row: Row) -> Entry:
    return {
        "id": row.id,
        "kind": row.kind,
        "service": row.service,
        "says": row.says,
        "level": str(row.level),
        "binds": str(row.binds),
        "provenance": str(row.provenance),
        "where": str(row.where),
        "cases": row.cases,
        "why": row.why,
    }


def _entry(case: Case) -> Entry:
    return {
        "id": case.id,
        "clauses": case.clauses,
        "level": str(case.level),
        "provenance": str(case.provenance),
        "says": case.says,
    }
