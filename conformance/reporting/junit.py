"""``junit.xml``: the run for build servers.

It keeps the schema of Jenkins' xUnit plugin (junit-10.xsd), which refuses a file that holds anything else: so
there are no properties, file or line of a case. GitLab and Jenkins show the text of a failure, not all of
them its message: the text says all. GitLab stops reading at 250 000 objects: what is true of each case stands
in the other reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from conformance.record import OUTCOMES, CaseEntry, CaseLine, ClauseEntry, RunRecord
from conformance.reporting.excerpt import excerpt
from conformance.reporting.standing import NOT_PLAYED, concluded
from conformance.reporting.summary import seconds, write_text
from conformance.transcript.show import harmless, shortened

WIDTH = 200
# Build servers keep all of this in memory and show it on one page.
MOST_FINDINGS = 20
LONGEST = 2000
WARNED = "a warning, which fails no gate"


def junit(run: RunRecord) -> str:
    """The run as XML: a suite for each family of a service's cases; failed is ``failure``, broken ``error``.

    A failed case that does not fail the gate is ``skipped``, and says why: a build server knows no warnings.
    """
    return _Report(run).text()


def write_junit(run: RunRecord, path: Path | str) -> None:
    """Writes ``junit.xml``; ``EnvironmentFailure`` when that cannot be done."""
    write_text(path, junit(run))


def text(value: str, longest: int = LONGEST) -> str:
    """``value``, bounded, with nothing that XML 1.0 forbids (section 2.2) or that a terminal would obey."""
    return shortened("\n".join(harmless(line) for line in value.split("\n")), longest)


def one_line(value: str) -> str:
    """``text`` on one line."""
    return shortened(harmless(value), LONGEST)


class _Report:
    def __init__(self, run: RunRecord) -> None:
        self.run = run
        self.played = {line.id: line for line in run.cases}
        self.clauses = {clause.id: clause for clause in run.header.clauses}
        self.documents = {document.name: document.path for document in run.header.documents}
        self.waived = frozenset(run.end.waived) if run.end is not None else frozenset()

    def text(self) -> str:
        root = ElementTree.Element("testsuites", {"name": "conformance", "time": f"{seconds(self.run):.3f}"})
        suites: dict[tuple[str, str], list[CaseEntry]] = {}
        for entry in self.run.header.cases:
            suites.setdefault((entry.service, entry.family), []).append(entry)
        totals = dict.fromkeys(OUTCOMES, 0)
        for (service, family), entries in suites.items():
            counts = self.suite(root, service, family, entries)
            totals = {outcome: totals[outcome] + counts[outcome] for outcome in OUTCOMES}
        _count(root, totals)
        ElementTree.indent(root)
        return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"

    def suite(
        self, root: ElementTree.Element, service: str, family: str, entries: list[CaseEntry]
    ) -> dict[str, int]:
        lines = [self.played[entry.id] for entry in entries if entry.id in self.played]
        ended = max((line.ended for line in lines), default=0.0)
        took = max(0.0, ended - min((line.started for line in lines), default=0.0))
        # The class of its cases has the same name: viewers then tell it once.
        name = text(f"{service}.{family}")
        told = {
            "name": name,
            "timestamp": self.run.header.started,
            "time": f"{took / 1000:.3f}",
        }
        if service in self.documents:
            told["file"] = text(self.documents[service])
        suite = ElementTree.SubElement(root, "testsuite", told)
        target = self.run.header.target
        verdict, _ = concluded(self.run)
        about = [
            ("target", target.name),
            *((f"address.{name}", url) for name, url in target.addresses.items()),
        ]
        _properties(suite, [*about, ("seed", str(self.run.header.seed)), ("verdict", verdict)])
        counts = dict.fromkeys(OUTCOMES, 0)
        for entry in entries:
            counts[self.case(suite, name, entry)] += 1
        _count(suite, counts)
        return counts

    def case(self, suite: ElementTree.Element, name: str, entry: CaseEntry) -> str:
        """Adds a case; the outcome that it counts as."""
        line = self.played.get(entry.id)
        time = f"{line.seconds if line else 0:.3f}"
        told = {"classname": name, "name": text(entry.id), "time": time}
        node = ElementTree.SubElement(suite, "testcase", told)
        if line is None:
            return _skipped(node, NOT_PLAYED, [])
        if line.outcome == "skipped":
            return _skipped(node, line.reason, [])
        if line.outcome not in ("failed", "broken"):
            return "passed"
        first = line.findings[0] if line.findings else None
        message = str(first) if first else line.reason
        if first and line.repeats is not None:
            message = f"{line.repeats}: {message}"
        told_at_length = _story(entry, line, self.promises(line))
        if line.id in self.run.excused:
            return _skipped(node, f"{self.excuse(line.id)}: {message}", told_at_length)
        kind = first.clause if first and first.clause else line.blame
        about = {"type": one_line(kind), "message": one_line(message)}
        word = "failure" if line.outcome == "failed" else "error"
        ElementTree.SubElement(node, word, about).text = text("\n".join(told_at_length), 4 * LONGEST)
        return line.outcome

    def excuse(self, name: str) -> str:
        """Why a failed case does not fail the gate."""
        waiver = next((one for one in self.run.waivers if name in one.cases), None)
        if waiver is not None:
            return f"waived until {waiver.expires} ({waiver.ticket})"
        return "waived" if name in self.waived else WARNED

    def promises(self, line: CaseLine) -> list[ClauseEntry]:
        """The clauses that a case saw broken."""
        names = dict.fromkeys(one.clause for one in line.findings)
        return [self.clauses[name] for name in names if name in self.clauses]


def _skipped(node: ElementTree.Element, why: str, story: Sequence[str]) -> str:
    # GitLab shows the text where there is one, Jenkins and GitHub's viewers the message.
    told = ElementTree.SubElement(node, "skipped", {"message": one_line(why)})
    told.text = text("\n".join(story or [why]), 4 * LONGEST)
    return "skipped"


def _story(entry: CaseEntry, line: CaseLine, promises: Sequence[ClauseEntry]) -> list[str]:
    told = [one_line(str(one)) for one in line.findings[:MOST_FINDINGS]]
    if len(line.findings) > MOST_FINDINGS:
        told.append(f"… {len(line.findings) - MOST_FINDINGS} more findings in run.jsonl")
    if not line.findings:
        told.append(f"{line.blame}: {line.reason}")
    if line.repeats is not None:
        told += [f"{line.repeats}: {line.repeats.means}"]
    if line.moves is not None:
        told += ["", *map(text, line.moves.moves), *filter(None, [text(line.moves.history)])]
    told += ["", text(entry.says)]
    told += [
        text(f"{one.id}: {one.says} ({one.level}, {one.provenance}, {one.where})")
        for one in promises[:MOST_FINDINGS]
    ]
    if line.repeat:
        told += ["", line.repeat]
    if line.transcript is not None:
        first = line.findings[0] if line.findings else None
        shown = excerpt(line.transcript, first, width=WIDTH)
        told += ["", *(("> " if one.at_fault else "  ") + one.text for one in shown)]
    return told


def _properties(node: ElementTree.Element, pairs: list[tuple[str, str]]) -> None:
    held = ElementTree.SubElement(node, "properties")
    for name, value in pairs:
        ElementTree.SubElement(held, "property", {"name": name, "value": text(value)})


def _count(node: ElementTree.Element, counts: dict[str, int]) -> None:
    node.set("tests", str(sum(counts.values())))
    node.set("failures", str(counts["failed"]))
    node.set("errors", str(counts["broken"]))
    if node.tag == "testsuite":
        node.set("skipped", str(counts["skipped"]))
