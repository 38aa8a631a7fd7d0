"""``summary.md``: the run on one page of GitHub-flavoured Markdown, for a step's summary or a merge request.

What a target, or a document, says stands in code spans and fences alone, or is escaped: it makes no link,
no image, no mention and no markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from conformance.record import OUTCOMES, RunRecord
from conformance.reporting.endpoints import in_markdown
from conformance.reporting.excerpt import excerpt
from conformance.reporting.inert import cell, code, fenced, prose
from conformance.reporting.paper import count
from conformance.reporting.promises import WAIVED, Promise, broken_promises
from conformance.reporting.sources import Sources
from conformance.reporting.standing import concluded
from conformance.reporting.summary import summary, write_text
from conformance.reporting.words import sentence

ROOM: Final = 1024 * 1024
"""Bytes that GitHub takes of one step's summary; of a longer one it shows nothing at all."""
PROMISES: Final = 20
EXCERPTS: Final = 10
GROUPS: Final = 10
REASONS: Final = 10
NAMED: Final = 5
WIDTH: Final = 140
SENTENCE: Final = 600
MARKS: Final = {"conformant": "✅", "not conformant": "❌", "gate failed": "❌"}
CUT: Final = "\n_The rest did not fit: it is in the other reports of this run._\n"


def markdown(run: RunRecord, room: int = ROOM) -> str:
    """The summary, in at most ``room`` bytes of UTF-8: what does not fit is left out, and said to be."""
    made: list[str] = []
    left = room - len(CUT.encode())
    for block in _blocks(run):
        left -= len(block.encode("utf-8", "replace")) + 1
        if left < 0:
            return "\n".join([*made, CUT]) if made else ""
        made.append(block)
    return "\n".join(made)


def write_markdown(run: RunRecord, path: Path | str) -> None:
    """Writes ``summary.md``; ``EnvironmentFailure`` when that cannot be done."""
    write_text(path, markdown(run))


def _blocks(run: RunRecord) -> Iterator[str]:
    told = summary(run)
    yield from _head(run, told)
    if run.end is not None and run.end.gate:
        yield "### The gate\n"
        yield from (f"- {code(reason, SENTENCE)}" for reason in run.end.gate[:REASONS])
        left = len(run.end.gate) - REASONS
        yield f"- and {count(left, 'reason')} more\n" if left > 0 else ""
    promises = broken_promises(run)
    yield from _promises([each for each in promises if not each.excuse], run)
    yield from _excused([each for each in promises if each.excuse])
    yield from _broken(run)
    yield from in_markdown(run)
    yield from _table(told)
    yield from _unchecked(told)


def _head(run: RunRecord, told: dict[str, Any]) -> Iterator[str]:
    verdict, exit_code = concluded(run)
    mark = MARKS.get(verdict, "⚠️")
    yield f"## {mark} {verdict.capitalize()}: {code(run.header.target.name)}\n"
    cases = told["cases"]
    parts = [f"{cases[outcome]} {outcome}" for outcome in OUTCOMES if cases[outcome]]
    of = ", ".join(parts) or "none played"
    yield f"**{prose(sentence(run))}.** {count(cases['total'], 'case')}: {of}. Exit code {exit_code}.\n"
    addresses = ", ".join(code(f"{name} {url}") for name, url in run.header.target.addresses.items())
    yield f"- **Target:** {code(run.header.target.name)}" + (f" at {addresses}" if addresses else "")
    documents = [
        f"{code(f'{one.name} {one.version}'.strip())} (SHA-256 {code(one.sha256[:12])})"
        for one in run.header.documents
    ]
    documents += [f"overlaid by {code(one.path)}" for one in run.header.overlays]
    yield f"- **Contract:** {', '.join(documents) or 'none could be read'}"
    clauses = told["clauses"]
    missing = clauses["total"] - clauses["enforced"]
    skipped = f", {count(cases['skipped'], 'case')} skipped" if cases["skipped"] else ""
    yield f"- **Not checked:** {missing} of {count(clauses['total'], 'promise')}{skipped}"
    for notice in run.notices:
        yield f"- **Notice:** {code(notice.text)}"
    when = f"{code(run.header.started)}, {told['seconds']:.1f} s, seed {run.header.seed}"
    yield f"- **Run:** {when}, suite {code(run.header.suite)}\n"


def _promises(promises: list[Promise], run: RunRecord) -> Iterator[str]:
    if not promises:
        return
    yield "### Broken promises\n"
    sources = Sources(run)
    for number, promise in enumerate(promises[:PROMISES], 1):
        yield _promise(number, promise, sources)
    if len(promises) > PROMISES:
        rest = promises[PROMISES:]
        named = ", ".join(code(each.clause) for each in rest[:PROMISES] if each.clause)
        more = ", …" if len(rest) > PROMISES else ""
        yield f"And {count(len(rest), 'promise')} more: {named}{more}\n"


def _excused(promises: list[Promise]) -> Iterator[str]:
    if not promises:
        return
    yield "### Broken, and yet the gate may pass\n"
    for each in promises[:PROMISES]:
        told = f"expected {each.finding.expected}, seen {each.finding.seen}" if each.finding else ""
        why = "a warning: a target should keep it"
        if each.excuse == WAIVED:
            why = "waived"
        if each.waiver is not None:
            one = each.waiver
            until = f"waived until {code(one.expires)} by {code(one.owner)}"
            why = f"{until} ({code(one.ticket)}: {code(one.reason)})"
        yield f"- {code(each.clause)} {code(told)}: {why}"
    if len(promises) > PROMISES:
        yield f"- and {count(len(promises) - PROMISES, 'promise')} more"
    yield ""


def _promise(number: int, promise: Promise, sources: Sources) -> str:
    lines = [f"#### {number}. {code(promise.clause or 'no clause of the contract')}\n"]
    if promise.says:
        lines.append(f"{prose(promise.says)}\n")
    where = [one for one in (promise.level, promise.provenance) if one]
    line = sources.at(promise.where)
    where += [code(promise.where) + (f": {code(line)}" if line else "")] if promise.where else []
    if where:
        lines.append(f"- {' · '.join(where)}")
    finding, first = promise.finding, promise.cases[0]
    if finding is not None:
        lines.append(f"- **expected** {code(finding.expected)}")
        drift = f", {code(finding.drift)}" if finding.drift else ""
        lines.append(f"- **seen** {code(finding.seen)} at {code(finding.where)}{drift}")
    else:
        lines.append(f"- **reason** {code(first.reason)}")
    lines.append(f"- **seen by** {_named([each.id for each in promise.cases])}\n")
    if first.moves is not None:
        lines.append(fenced([*first.moves.moves, *filter(None, [first.moves.history])], "text"))
    if first.repeat:
        lines.append(fenced([first.repeat], "console"))
    if first.transcript is not None and number <= EXCERPTS:
        shown = excerpt(first.transcript, finding, width=WIDTH)
        lines.append(fenced([("> " if one.at_fault else "  ") + one.text for one in shown], "text"))
    return "\n".join(lines)


def _broken(run: RunRecord) -> Iterator[str]:
    groups: dict[tuple[str, str], list[str]] = {}
    for line in run.cases:
        if line.outcome == "broken":
            groups.setdefault((line.blame, line.reason), []).append(line.id)
    if not groups:
        return
    yield "### Could not be judged\n"
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    for (blame, reason), ids in ordered[:GROUPS]:
        yield f"- because of {prose(blame)}: {code(reason)} ({_named(ids)})"
    if len(ordered) > GROUPS:
        left = sum(len(ids) for _, ids in ordered[GROUPS:])
        yield f"- {count(left, 'case')} for other reasons"
    yield ""


def _table(told: dict[str, Any]) -> Iterator[str]:
    rows = [*told["families"].items(), ("all", told["cases"])]
    lines = [f"| family | {' | '.join(OUTCOMES)} |", "|---|" + "---:|" * len(OUTCOMES)]
    for family, counts in rows:
        name = "**all**" if counts is told["cases"] else cell(family)
        lines.append(f"| {name} | {' | '.join(str(counts[outcome]) for outcome in OUTCOMES)} |")
    yield "### Cases\n\n" + "\n".join(lines) + "\n"


def _unchecked(told: dict[str, Any]) -> Iterator[str]:
    reasons: dict[str, list[str]] = {}
    for one in told["clauses"]["unenforced"]:
        reasons.setdefault(one["why"], []).append(one["id"])
    if reasons or told["skipped"]:
        yield "### Not checked\n"
    ordered = sorted(reasons.items(), key=lambda each: -len(each[1]))
    for why, ids in ordered[:REASONS]:
        yield f"- {count(len(ids), 'promise')}: {code(why)} ({_ids(ids)})"
    if len(ordered) > REASONS:
        left = sum(len(ids) for _, ids in ordered[REASONS:])
        yield f"- {count(left, 'promise')} for {count(len(ordered) - REASONS, 'other reason')}"
    skipped = list(told["skipped"].items())
    for reason, cases in skipped[:REASONS]:
        yield f"- {count(cases, 'case')} skipped: {code(reason)}"
    if len(skipped) > REASONS:
        yield f"- {count(sum(cases for _, cases in skipped[REASONS:]), 'case')} skipped for other reasons"
    yield ""


def _named(ids: list[str]) -> str:
    return (f"{len(ids)} cases: " if len(ids) > 1 else "") + _ids(ids)


def _ids(ids: list[str]) -> str:
    return ", ".join(code(one) for one in ids[:NAMED]) + (", …" if len(ids) > NAMED else "")
