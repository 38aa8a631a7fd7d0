"""Silence in place: ``x-lint-ignore: {rule-id: reason}`` covers its object and everything below it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from conformance.documents.pointers import join, split
from conformance.documents.structure import NAMES
from conformance.documents.structure import SILENCE as KEY
from conformance.documents.tree import Node, Tree
from conformance.lint.places import VALUES
from conformance.lint.rule import Finding, Rule, Severity, at, sentence, shown

NO_REASON = Rule(
    "silence-without-reason",
    Severity.WARNING,
    "a silence without a reason",
    "Whoever reads it later cannot know whether it still holds; it silences nothing.",
    "Write why the finding is right to be left: x-lint-ignore: {rule-id: reason}.",
)
UNKNOWN = Rule(
    "silence-unknown-rule",
    Severity.WARNING,
    "a silence of a rule that there is not",
    "It silences nothing, and looks as if it did.",
    "Mend the rule id (`lint --rules` lists them), or take it out.",
)
UNUSED = Rule(
    "silence-unused",
    Severity.WARNING,
    "a silence that silences nothing",
    "The defect is gone: what is left would hide the next one.",
    "Take it out.",
)
RULES = (NO_REASON, UNKNOWN, UNUSED)


@dataclass(slots=True)
class Silence:
    """The reason for leaving one rule's findings at a place alone."""

    node: Node
    rule: str
    reason: str
    used: bool = field(default=False)


def silenced(
    findings: Iterable[Finding], trees: Iterable[Tree], known: Mapping[str, Rule]
) -> tuple[list[Finding], list[Finding]]:
    """The findings, those that a document silences with their reason; and findings on the silences.

    A silence that aliases repeat is used when it is at one of its places.
    """
    given: dict[tuple[str, str, str], Silence] = {}
    complaints: list[Finding] = []
    for tree in trees:
        for node in _marked(tree.root):
            for silence in _silences(node, complaints, known):
                given[tree.file, node.pointer.removesuffix(join(KEY)), silence.rule] = silence
    made = [_covered(finding, given) for finding in findings] if given else list(findings)
    used = {id(silence.node.spot) for silence in given.values() if silence.used}
    for silence in given.values():
        if id(silence.node.spot) not in used:
            complaints.append(at(silence.node, UNUSED, f"{silence.rule} finds nothing here or below"))
    return made, complaints


def _silences(node: Node, complaints: list[Finding], known: Mapping[str, Rule]) -> Iterator[Silence]:
    if not isinstance(node.value, dict):
        complaints.append(at(node, NO_REASON, f"{KEY} is not a map of rule ids to reasons"))
        return
    for rule, each in node.items():
        if rule not in known:
            close = difflib.get_close_matches(rule[:60], known, n=1, cutoff=0.6)
            hint = f": is it {close[0]}?" if close else ""
            complaints.append(at(each, UNKNOWN, f"there is no rule {shown(rule)!r}{hint}"))
        elif not isinstance(each.value, str) or not each.value.strip():
            complaints.append(at(each, NO_REASON, f"{rule} is silenced without a reason"))
        else:
            yield Silence(each, rule, sentence(each.value))


def _covered(finding: Finding, given: Mapping[tuple[str, str, str], Silence]) -> Finding:
    """The finding, with the reason of the nearest silence around it."""
    segments = split(finding.where.pointer)
    for end in range(len(segments), -1, -1):
        silence = given.get((finding.document, join(*segments[:end]), finding.rule.id))
        if silence is not None:
            silence.used = True
            return replace(finding, reason=silence.reason)
    return finding


def _marked(root: Node) -> Iterator[Node]:
    """Every ``x-lint-ignore`` of a document; one that is data, or the name of a property, is none."""
    todo = [(root, False)]
    while todo:
        node, names = todo.pop()
        for key, child in node.items():
            if key == KEY and not names:
                yield child
            elif isinstance(child.value, dict | list) and (names or key not in VALUES):
                todo.append((child, not names and key in NAMES and key != "schemas"))
        todo += [(each, False) for each in node.elements() if isinstance(each.value, dict | list)]
