"""``junit.xml``: the run for build servers, in the dialect that they call xunit2."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from conformance.record import OUTCOMES, CaseEntry, CaseLine, RunRecord
from conformance.reporting.excerpt import excerpt
from conformance.reporting.standing import NOT_PLAYED, concluded
from conformance.reporting.summary import seconds, write_text
from conformance.transcript.show import harmless, shortened

WIDTH = 200
# Build servers keep all of this in memory and show it on one page.
MOST_FINDINGS = 20
LONGEST = 2000


def junit(run: RunRecord) -> str:
    """The run as XML: a suite a family, failed is ``failure``, broken ``error``, clauses are properties."""
    root = ElementTree.Element("testsuites", {"name": "conformance", "time": f"{seconds(run):.3f}"})
    played = {line.id: line for line in run.cases}
    families = dict.fromkeys(entry.family for entry in run.header.cases)
    totals = dict.fromkeys(OUTCOMES, 0)
    for family in families:
        entries = [entry for entry in run.header.cases if entry.family == family]
        counts = _suite(root, run, family, entries, played)
        totals = {outcome: totals[outcome] + counts[outcome] for outcome in OUTCOMES}
    _count(root, totals)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"


def write_junit(run: RunRecord, path: Path | str) -> None:
    """Writes ``junit.xml``; ``EnvironmentFailure`` when that cannot be done."""
    write_text(path, junit(run))


def text(value: str, longest: int = LONGEST) -> str:
    """``value``, bounded, with nothing that XML 1.0 forbids (section 2.2) or that a terminal would obey."""
    return shortened("\n".join(harmless(line) for line in value.split("\n")), longest)


def _suite(
    root: ElementTree.Element,
    run: RunRecord,
    family: str,
    entries: list[CaseEntry],
    played: dict[str, CaseLine],
) -> dict[str, int]:
    lines = [played[entry.id] for entry in entries if entry.id in played]
    took = max((line.ended for line in lines), default=0) - min((line.started for line in lines), default=0)
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        {"name": text(family), "timestamp": run.header.started, "time": f"{max(0.0, took) / 1000:.3f}"},
    )
    target = run.header.target
    verdict, _ = concluded(run)
    about = [("target", target.name), *(("address", one) for one in target.addresses.values())]
    _properties(suite, [*about, ("seed", str(run.header.seed)), ("verdict", verdict)])
    counts = dict.fromkeys(OUTCOMES, 0)
    for entry in entries:
        line = played.get(entry.id)
        counts[line.outcome if line and line.outcome in counts else "skipped"] += 1
        _case(suite, entry, line)
    _count(suite, counts)
    return counts


def _case(suite: ElementTree.Element, entry: CaseEntry, line: CaseLine | None) -> None:
    node = ElementTree.SubElement(
        suite,
        "testcase",
        {
            "classname": text(f"{entry.service}.{entry.family}"),
            "name": text(entry.id),
            "time": f"{line.seconds if line else 0:.3f}",
        },
    )
    said = [("says", entry.says), ("level", entry.level), ("provenance", entry.provenance)]
    _properties(node, [*said, *(("clause", clause) for clause in entry.clauses)])
    if line is None:
        ElementTree.SubElement(node, "skipped", {"message": NOT_PLAYED})
    elif line.outcome == "skipped":
        ElementTree.SubElement(node, "skipped", {"message": text(line.reason)})
    elif line.outcome in ("failed", "broken"):
        word = "failure" if line.outcome == "failed" else "error"
        first = line.findings[0] if line.findings else None
        kind = first.clause if first and first.clause else line.blame
        message = str(first) if first else line.reason
        told = ElementTree.SubElement(node, word, {"type": text(kind), "message": text(message)})
        told.text = text("\n".join(_story(line)), 4 * LONGEST)


def _story(line: CaseLine) -> list[str]:
    told = [text(str(one).replace("\n", "\\n")) for one in line.findings[:MOST_FINDINGS]]
    if len(line.findings) > MOST_FINDINGS:
        told.append(f"… {len(line.findings) - MOST_FINDINGS} more findings in run.jsonl")
    if not line.findings:
        told.append(f"{line.blame}: {line.reason}")
    if line.repeat:
        told += ["", line.repeat]
    if line.transcript is not None:
        first = line.findings[0] if line.findings else None
        told += ["", *(one.marked for one in excerpt(line.transcript, first, width=WIDTH))]
    return told


def _properties(node: ElementTree.Element, pairs: list[tuple[str, str]]) -> None:
    held = ElementTree.SubElement(node, "properties")
    for name, value in pairs:
        ElementTree.SubElement(held, "property", {"name": name, "value": text(value)})


def _count(node: ElementTree.Element, counts: dict[str, int]) -> None:
    node.set("tests", str(sum(counts.values())))
    node.set("failures", str(counts["failed"]))
    node.set("errors", str(counts["broken"]))
    node.set("skipped", str(counts["skipped"]))
