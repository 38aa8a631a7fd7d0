"""Why a run is not green: each broken promise with its evidence, and what could not be judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.record import CaseLine, RunRecord
from conformance.reporting.excerpt import ExcerptLine, excerpt
from conformance.reporting.paper import Paper, cells, count
from conformance.reporting.pardons import excused, shut
from conformance.reporting.promises import Promise, failing
from conformance.reporting.sources import Sources

# Whoever has read as many broken promises has a picture; the others are named, all are in summary.json.
IN_FULL = 5
IN_SHORT = 20
NAMED = 3
GROUPS = 5
MOST_LINES = 15
"""Lines of a broken promise, its transcript included."""
NO_CLAUSE = "no clause of the contract"

# The blame of a broken case, in the words of a headline.
BLAMED = {
    "environment": "the environment",
    "contract": "the contract's documents",
    "suite": "this suite",
    "target": "the target",
    "nobody": "nobody",
}


def grounds(run: RunRecord, paper: Paper) -> Iterator[str]:
    """All that is not as it should be; nothing for a green run. Ends in an empty line."""
    yield from shut(run, paper)
    promises = failing(run)
    sources = Sources(run)
    for number, promise in enumerate(promises[:IN_FULL], 1):
        yield from _in_full(number, promise, paper, sources)
        yield ""
    if len(promises) > IN_FULL:
        for number, promise in enumerate(promises[IN_FULL : IN_FULL + IN_SHORT], IN_FULL + 1):
            yield from _in_short(number, promise, paper)
        left = len(promises) - IN_FULL - IN_SHORT
        if left > 0:
            yield paper.safe(f"… and {count(left, 'promise')} more in summary.json")
        yield ""
    broken = [line for line in run.cases if line.outcome == "broken"]
    if broken:
        yield from _broken(broken, paper)
        yield ""
    yield from excused(run, paper)


def _in_full(number: int, promise: Promise, paper: Paper, sources: Sources) -> Iterator[str]:
    front = f"{number}. "
    hang = len(front)
    told = [front + paper.styled(promise.clause or NO_CLAUSE, "bold", "red")]
    if promise.says:
        told += paper.wrapped(promise.says, indent=hang, most=2)
    marks = " · ".join(one for one in (promise.where, promise.level, promise.provenance) if one)
    line = sources.at(promise.where)
    if line and cells(paper.safe(f"{marks} | {line}")) <= paper.width - hang:
        marks += f" | {line}"
    told += paper.wrapped(marks, indent=hang, most=2, style=("dim",)) if marks else ()
    finding = promise.finding
    first = promise.cases[0]
    if finding is not None:
        told += paper.wrapped(finding.expected, label="expected  ", indent=hang, most=2)
        drift = f" · {finding.drift}" if finding.drift else ""
        seen = f"{finding.seen} at {finding.where}{drift}"
        told += paper.wrapped(seen, label="seen      ", indent=hang, most=2, style=("bold",))
    else:
        told += paper.wrapped(first.reason, label="reason    ", indent=hang, most=2)
    if first.repeats is not None:
        often = f"{first.repeats}: {first.repeats.means}"
        told += paper.wrapped(often, label="how often ", indent=hang, most=2)
    told += paper.wrapped(_named(promise.cases), label="seen by   ", indent=hang, most=2)
    if first.moves is not None:
        told += paper.wrapped(str(first.moves), label="moves     ", indent=hang, most=4)
        told += paper.wrapped(first.moves.history, indent=hang + 10, most=2) if first.moves.drawn else ()
    told += _repeat(first, paper, hang)
    yield from told
    if first.transcript is not None:
        shown = excerpt(first.transcript, finding, width=paper.width - hang - 2)
        for entry in _around(shown, MOST_LINES - len(told)):
            text = ("✗ " if entry.at_fault else "  ") + entry.text
            style = "red" if entry.at_fault else "dim"
            yield " " * hang + paper.styled(paper.fitted(text, paper.width - hang), style)


def _around(shown: list[ExcerptLine], room: int) -> list[ExcerptLine]:
    """As many of these as there is room for: the one at fault and one after it, the others before."""
    fault = next((number for number, one in enumerate(shown) if one.at_fault), len(shown) - 1)
    end = min(len(shown), fault + 2) if room > 1 else fault + 1
    return shown[max(0, end - room) : end]


def _in_short(number: int, promise: Promise, paper: Paper) -> Iterator[str]:
    name = f"{number}. {promise.clause or NO_CLAUSE} "
    seen = f"({count(len(promise.cases), 'case')})"
    if promise.finding is not None:
        seen += f" got {promise.finding.seen}"
    room = paper.width - cells(paper.safe(name))
    yield paper.safe(name) + paper.styled(paper.fitted(seen, max(room, len("(999 cases)"))), "dim")


def _broken(lines: Iterable[CaseLine], paper: Paper) -> Iterator[str]:
    groups: dict[tuple[str, str], list[CaseLine]] = {}
    for line in lines:
        groups.setdefault((line.blame, line.reason), []).append(line)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    for (blame, reason), cases in ordered[:GROUPS]:
        head = f"Could not be judged, because of {BLAMED.get(blame, blame)}: {count(len(cases), 'case')}"
        yield from paper.wrapped(head, style=("bold", "yellow"))
        yield from paper.wrapped(reason, indent=3, most=4)
        yield from paper.wrapped(_named(cases), label="cases     ", indent=3, most=3)
        yield from _repeat(cases[0], paper, 3)
    left = sum(len(cases) for _, cases in ordered[GROUPS:])
    if left:
        yield paper.safe(f"… and {count(left, 'case')} more for other reasons, in summary.json")


def _repeat(line: CaseLine, paper: Paper, indent: int) -> Iterator[str]:
    # Never wrapped: it is there to be copied.
    if line.repeat:
        yield " " * indent + paper.styled("repeat    ", "dim") + paper.safe(line.repeat)


def _named(cases: Iterable[CaseLine]) -> str:
    ids = [line.id for line in cases]
    front = f"{len(ids)} cases: " if len(ids) > 1 else ""
    return front + ", ".join(ids[:NAMED]) + (", …" if len(ids) > NAMED else "")
