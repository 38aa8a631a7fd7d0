"""Waivers ready to paste: what a run saw broken, as the file that ``waivers.read_waivers`` reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.documents.references import nearest
from conformance.errors import UsageError
from conformance.gate.builds import Builds
from conformance.gate.excuses import follows
from conformance.gate.waivers import PLACEHOLDER
from conformance.record.types import CaseLine, ClauseEntry, FindingEntry, RunRecord

LONGEST = 160


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answers for the waivers; what is not said yet is a placeholder, which no gate takes."""

    reason: str = PLACEHOLDER
    owner: str = PLACEHOLDER
    ticket: str = PLACEHOLDER
    expires: str = PLACEHOLDER
    builds: Builds | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """A clause and the failed cases that saw it broken, with the first finding of each; maybe none."""

    clause: ClauseEntry
    seen: tuple[tuple[CaseLine, FindingEntry], ...]


def broken(run: RunRecord, named: Sequence[str] = ()) -> tuple[Broken, ...]:
    """The clauses that ``named`` says, or without it all that keep the gate of this run shut.

    One that was not put to the test may be named: what breaks another promise can keep it from being so.
    Raises UsageError for a clause that there is not, or that this run saw kept: such a waiver would be unused
    from its first day. And for a run file that does not say what its clauses promise.
    """
    clauses = {each.id: each for each in run.header.clauses}
    found: dict[str, list[tuple[CaseLine, FindingEntry]]] = {}
    shut: set[str] = set()
    for line in run.cases:
        for each in line.findings if line.outcome == "failed" else ():
            if each.clause not in clauses or follows(each, line.findings):
                continue
            if line.id not in run.excused:
                shut.add(each.clause)
            known = found.setdefault(each.clause, [])
            if not known or known[-1][0] is not line:
                known.append((line, each))
    judged = [line for line in run.cases if line.outcome in ("passed", "failed")] if named else []
    kept = {run.header.clauses[number].id for line in judged for number in line.exercised}
    for name in named:
        if name not in clauses:
            raise UsageError(f"there is no clause {name!r} in this run", hint=nearest(name, clauses))
        if name not in found and name in kept:
            raise UsageError(
                f"{name} was not seen broken in this run", hint="a waiver that is not needed fails the gate"
            )
        found.setdefault(name, [])
    wanted = set(named) or shut
    if any(not clauses[name].digest for name in wanted):
        raise UsageError("this run file does not say what its clauses promise", hint="run it again")
    return tuple(Broken(each, tuple(found[name])) for name, each in clauses.items() if name in wanted)


def offer(run: RunRecord, promises: Sequence[Broken], answer: Answer) -> str:
    """The text of a waiver file. What a target sent stands in comments alone, and cannot end them."""
    if not promises:
        return "waivers: []\n"
    head = f"# {run.header.target.name}, {run.header.started}: {len(promises)} to be waived"
    return (
        "\n".join([_plain(head), "waivers:", *(line for each in promises for line in _waiver(each, answer))])
        + "\n"
    )


def _waiver(promise: Broken, answer: Answer) -> Iterator[str]:
    clause = promise.clause
    more = f" and {len(promise.seen) - 1} more" if len(promise.seen) > 1 else ""
    yield f"  # {_plain(clause.says)} ({_plain(clause.where)})"
    for line, finding in promise.seen[:1]:
        yield f"  # seen: {_plain(finding.seen)} at {_plain(finding.where)}, by {_plain(line.id)}{more}"
    if not promise.seen:
        yield "  # not put to the test in that run"
    yield f"  - clause: {_quoted(clause.id)}"
    for name, value in (
        ("digest", clause.digest),
        ("reason", answer.reason),
        ("owner", answer.owner),
        ("ticket", answer.ticket),
        ("expires", answer.expires),
    ):
        yield f"    {name}: {_quoted(value)}"
    if answer.builds is not None:
        ends = (("from", answer.builds.first), ("to", answer.builds.last))
        yield "    builds: {" + ", ".join(f"{word}: {_quoted(end)}" for word, end in ends if end) + "}"


def _quoted(text: str) -> str:
    """A YAML 1.2.2 double-quoted scalar (section 7.3.1); JSON's strings are such."""
    return json.dumps(text)


def _plain(text: str) -> str:
    """On one line, with nothing that a terminal would obey."""
    made = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text[: 2 * LONGEST])
    return made if len(made) <= LONGEST else made[: LONGEST - 1] + "…"
