"""`omen-conformance lint`: what a contract promises and cannot keep, or nobody can enforce."""

from __future__ import annotations

import argparse
import gc
import json
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version

from conformance.cases.catalogue import catalogue
from conformance.contract.loading import read
from conformance.documents.find import Sources
from conformance.errors import DocumentError
from conformance.fronts import options as known
from conformance.fronts.listing import sought
from conformance.fronts.parsing import add
from conformance.lint import RULES, Finding, Severity, lint, unusable
from conformance.lint.plain import as_json, as_rule
from conformance.lint.sarif import as_sarif
from conformance.lint.table import UNUSABLE
from conformance.lint.text import report, table

HELP = "find promises that contradict each other or that nobody can enforce"
FOUND, UNREADABLE = 1, 2
WIDEST = 120
MANY = 20_000
"""Above so many promises cases are not made: they would cost more than all else, for one note."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb."""
    parser.add_argument(
        "--format", choices=("text", "json", "sarif"), default="text", help="what to print (text)"
    )
    parser.add_argument("--strict", action="store_true", help="warnings fail, too")
    parser.add_argument(
        "--brief", action="store_true", help="leave out why findings matter and how to mend them"
    )
    parser.add_argument("--rules", action="store_true", help="list the rules instead")
    add(parser, "which documents", known.CONTRACT)


def run(options: argparse.Namespace) -> int:
    """Print the findings; 1 when one of them is an error (``--strict``: or a warning), 2 for documents that
    cannot be used, else 0.
    """
    gc.disable()  # seconds of work at most, nearly all of it kept
    if options.rules:
        _rules(options.format)
        return 0
    findings, documents = _linted(sought(known.wish(vars(options))))
    _print(options, findings, documents)
    fatal = {Severity.ERROR, Severity.WARNING} if options.strict else {Severity.ERROR}
    told = [each.rule for each in findings if not each.reason]
    if UNUSABLE in told:
        return UNREADABLE
    return FOUND if any(rule.severity in fatal for rule in told) else 0


def _linted(sources: Sources) -> tuple[tuple[Finding, ...], list[str]]:
    """The findings, and the documents that they are on."""
    named = [path for _, path in (*sources.asyncapi, *sources.openapi)]
    documents = [sources.shown(path) for path in (*named, *sources.scenarios)]
    try:
        contract, loaded = read(sources)
        few = len(contract.clauses) <= MANY or sources.scenarios
        made = catalogue(contract, sources.scenarios) if few else None
        return lint(contract, loaded, made), documents
    except DocumentError as problem:
        return unusable(sources, problem), documents


def _print(options: argparse.Namespace, findings: Sequence[Finding], documents: Sequence[str]) -> None:
    if options.format == "text":
        width, colour = _terminal()
        _say(report(findings, len(documents), width=width, colour=colour, explain=not options.brief))
        return
    made = as_json(findings, documents) if options.format == "json" else as_sarif(findings, _version())
    json.dump(made, sys.stdout, indent=2)
    print()


def _rules(form: str) -> None:
    if form == "text":
        width, colour = _terminal()
        _say(table(RULES, width, colour))
        return
    made: object = as_sarif(()) if form == "sarif" else {"rules": [as_rule(rule) for rule in RULES.values()]}
    json.dump(made, sys.stdout, indent=2)
    print()


def _terminal() -> tuple[int, bool]:
    """The width to fold at (0: not a terminal), and whether to use colour (https://no-color.org)."""
    if not sys.stdout.isatty():
        return 0, False
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return min(shutil.get_terminal_size().columns, WIDEST), colour


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _version() -> str:
    try:
        return version("omen-conformance")
    except PackageNotFoundError:
        return ""
