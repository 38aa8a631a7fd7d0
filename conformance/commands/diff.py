"""`omen-conformance diff`: what changed between two contracts, by clause, and whom it breaks."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from conformance.cases.catalogue import Catalogue, catalogue
from conformance.changes import CaseChanges, Change, Report, Side, compare
from conformance.documents.where import Where
from conformance.fronts import options as known
from conformance.fronts.listing import documents, told
from conformance.fronts.parsing import add
from conformance.reporting.paper import Paper, count

HELP = "tell what changed between two contracts, and whom it breaks"
READING = ("overlay", "perspective", "reference")
GATES = ("clients", "server", "any", "none")
MOST_IDS = 3
MOST_CASES = 10


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb."""
    parser.add_argument("old", metavar="OLD", help="a folder of contract documents, or one document")
    parser.add_argument("new", metavar="NEW", help="the same, as it is now")
    says = "exit with 1 when something breaks them (clients)"
    parser.add_argument("--fail-on", choices=GATES, default="clients", help=says)
    parser.add_argument("--json", action="store_true", help="one JSON object for programs")
    add(parser, "how both are read", [each for each in known.CONTRACT if each.name in READING])


def run(options: argparse.Namespace) -> int:
    """Print the changes; 1 when the gate closes, 2 for documents that cannot be used."""
    wish = known.wish(vars(options))
    report = compare(*(_side(replace(wish, contract=place)) for place in (options.old, options.new)))
    if options.json:
        json.dump(_object(report), sys.stdout, indent=2, ensure_ascii=False)
        print()
    else:
        paper = Paper.of(sys.stdout)
        for line in _text(report, paper):
            print(line)
    return 1 if report.breaking(options.fail_on) else 0


def _side(wish: known.Wish) -> Side:
    contract, scenarios = documents(wish)
    for line in told(contract):
        print(line, file=sys.stderr, flush=True)
    return Side(contract, catalogue(contract, scenarios))


def _text(report: Report, paper: Paper) -> Iterator[str]:
    clients = [each for each in report.changes if each.clients]
    server = [each for each in report.changes if each.server and not each.clients]
    harmless = [each for each in report.changes if each.harmless]
    claims = _claims(report.old.catalogue), _claims(report.new.catalogue)
    for title, changes in (("Breaking for clients", clients), ("Breaking for the server", server)):
        if changes:
            both = sum(each.server for each in changes) if changes is clients else 0
            more = f" ({both} of them for the server, too)" if both else ""
            yield paper.styled(f"{title}: {count(len(changes), 'change')}{more}", "bold")
            yield ""
            for change in changes:
                yield from _entry(change, claims, paper, both=change.clients and change.server)
                yield ""
    kinds = Counter(each.kind for each in harmless)
    if kinds:
        yield from paper.wrapped("; ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())),
                                 label=f"Harmless: {count(len(harmless), 'change')}: ")  # fmt: skip
        yield ""
    if not report.changes:
        yield "No change."
    if report.renamed:
        yield f"{count(len(report.renamed), 'clause')} with another id and the same promise."
    yield from _cases(report.cases, paper)


def _entry(
    change: Change, claims: tuple[dict[str, list[str]], dict[str, list[str]]], paper: Paper, *, both: bool
) -> Iterator[str]:
    """What changed, before and after with their places, clauses and cases."""
    end = "  [server, too]" if both else ""
    yield from paper.wrapped(f"{change.service}: {change.says}{end}", indent=2, style=("bold",))
    yield from _place("before  ", change.before, change.old, paper)
    yield from _place("after   ", change.after, change.new, paper)
    rewritten = [each for each in change.gone if each in change.come]
    gone = [each for each in change.gone if each not in rewritten]
    come = [each for each in change.come if each not in rewritten]
    for verb, ids in (("gone", gone), ("new", come), ("changed", rewritten)):
        if ids:
            yield from paper.wrapped(_some(ids), label=f"{count(len(ids), 'clause')} {verb}: ", indent=4)
    cases = {
        "of OLD": dict.fromkeys(case for each in change.gone for case in claims[0].get(each, ())),
        "of NEW": dict.fromkeys(case for each in change.come for case in claims[1].get(each, ())),
    }
    said = [f"{count(len(some), 'case')} {which}" for which, some in cases.items() if some]
    if said:
        yield from paper.wrapped(" → ".join(said), label="tested by ", indent=4)


def _place(label: str, says: str, where: Where | None, paper: Paper) -> Iterator[str]:
    if says or where is not None:
        place = f"({where})" if where is not None else ""
        yield from paper.wrapped(f"{says} {place}".strip(), label=label, indent=4, most=4)


def _cases(cases: CaseChanges, paper: Paper) -> Iterator[str]:
    groups = (("appear", cases.appear), ("vanish", cases.vanish), ("change", cases.changed))
    parts = [f"{len(some)} {verb}" for verb, some in groups if some]
    if cases.renamed:
        parts.append(f"{len(cases.renamed)} are renamed")
    yield f"Cases: {', '.join(parts) if parts else 'the same'}."
    for verb, some in groups:
        for each in some[:MOST_CASES]:
            yield paper.fitted(f"  {verb:<7} {each}")
        if len(some) > MOST_CASES:
            yield f"  {verb:<7} … and {len(some) - MOST_CASES} more (--json has them all)"


def _some(ids: list[str]) -> str:
    more = f", … and {len(ids) - MOST_IDS} more" if len(ids) > MOST_IDS else ""
    return ", ".join(ids[:MOST_IDS]) + more


def _claims(made: Catalogue) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for case in made.cases:
        for clause in dict.fromkeys(case.clauses):
            found[clause].append(case.id)
    return found


def _object(report: Report) -> dict[str, object]:
    claims = _claims(report.old.catalogue), _claims(report.new.catalogue)
    return {
        "breaking": {"clients": report.breaking("clients"), "server": report.breaking("server")},
        "changes": [_change(each, claims) for each in report.changes],
        "renamed": [{"old": old, "new": new} for old, new in report.renamed],
        "cases": {
            "appear": list(report.cases.appear),
            "vanish": list(report.cases.vanish),
            "change": list(report.cases.changed),
            "renamed": [{"old": old, "new": new} for old, new in report.cases.renamed],
        },
    }


def _change(change: Change, claims: tuple[dict[str, list[str]], dict[str, list[str]]]) -> dict[str, object]:
    return {
        "kind": change.kind,
        "service": change.service,
        "subject": change.subject,
        "path": list(change.path),
        "says": change.says,
        "breaks": [end for end, broken in (("clients", change.clients), ("server", change.server)) if broken],
        "unsure": change.unsure,
        "old": _end(change.before, change.old, change.gone, claims[0]),
        "new": _end(change.after, change.new, change.come, claims[1]),
    }


def _end(
    says: str, where: Where | None, ids: Iterable[str], claims: dict[str, list[str]]
) -> dict[str, object]:
    ids = list(ids)
    cases = dict.fromkeys(case for each in ids for case in claims.get(each, ()))
    return {"says": says, "where": str(where) if where else "", "clauses": ids, "cases": list(cases)}
