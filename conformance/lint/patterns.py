"""Patterns: half anchored, or understood differently by different engines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from conformance.contract.schema import Dialect
from conformance.documents.references import is_reference
from conformance.documents.regex import foreign, outside_sets, strict, unusable
from conformance.documents.tree import Node
from conformance.lint.desk import Desk
from conformance.lint.rule import Finding, Rule, Severity, at, shown

UNANCHORED = Rule(
    "unanchored-pattern",
    Severity.WARNING,
    "a pattern that is not anchored on both sides",
    "A pattern is searched for (JSON Schema Validation, section 6.3.3): anything may stand around the match.",
    "Put ^ before and $ behind it, around a group where there are alternatives: ^(?:a|b)$.",
)
PORTABLE = Rule(
    "pattern-not-portable",
    Severity.WARNING,
    "a pattern that engines read differently",
    "Client and target may use different engines; what one accepts the other refuses, or cannot compile.",
    "Keep to what RFC 9485 (I-Regexp) and ECMA-262 share: [0-9] for \\d, no look-around, no flags inside.",
)
UNUSABLE = Rule(
    "pattern-unusable",
    Severity.ERROR,
    "a pattern that cannot be compiled",
    "A validator that cannot compile it refuses the schema, or checks nothing.",
    "Write it as ECMA-262 has it.",
)
RULES = (UNANCHORED, PORTABLE, UNUSABLE)

LONGEST = 2_000
NESTED = 8

ODD: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\(\?<?[=!]"), "look-around, which RFC 9485 and linear-time engines (Rust, RE2) lack"),
    (re.compile(r"\\[1-9]"), "a back reference, which RFC 9485 and linear-time engines lack"),
    (re.compile(r"\\k<"), "a back reference, which RFC 9485 and linear-time engines lack"),
    (re.compile(r"\\[pP]"), "\\p, which ECMA-262 knows under the flag u alone"),
    (re.compile(r"\\[dDwWsS]"), "{0}, which is ASCII in ECMA-262 and Unicode in others"),
    (re.compile(r"\\[bB]"), "a word boundary, whose words are ASCII in ECMA-262 and Unicode in others"),
)
"""What a pattern of ECMA-262 holds, and who reads it otherwise. ``{0}`` is the text found."""
BRACE = "an unescaped brace, which stands for itself without the flag u alone"


def check(desk: Desk) -> Iterator[Finding]:
    """The patterns of every schema; names that patternProperties matches need no anchor."""
    for site in desk.sites():
        raw = site.node.value
        if not isinstance(raw, dict):
            continue
        if is_reference(site.node) and not site.flavour.since(Dialect.DRAFT2019):
            continue
        pattern = site.node.get("pattern")
        if pattern is not None and isinstance(pattern.value, str):
            yield from _pattern(pattern, pattern.value, anchored=True)
        names = site.node.get("patternProperties")
        if names is not None:
            for text, node in names.items():
                yield from _pattern(node, text, anchored=False)


def _pattern(node: Node, text: str, *, anchored: bool) -> Iterator[Finding]:
    if why := unusable(text):
        yield at(node, UNUSABLE, f"{shown(text)} cannot be compiled: {why}")
        return
    if len(text) > LONGEST:
        return
    odd = list(dict.fromkeys(_odd(text)))
    if odd:
        yield at(node, PORTABLE, f"{shown(text)} has {'; '.join(odd)}")
    if anchored and (missing := unanchored(text)):
        yield at(node, UNANCHORED, f"{shown(text)} {missing}")


def _odd(text: str) -> Iterator[str]:
    if strict(text) != text:
        yield BRACE
    yield from foreign(text)
    plain = re.sub(r"\\\\", "  ", text)  # an escaped backslash escapes nothing
    for pattern, says in ODD:
        if found := pattern.search(plain):
            yield says.format(found[0])


def unanchored(text: str) -> str:
    """What an anchor is missing on, or ''. Every alternative at the top must have both."""
    branches = _alternatives(outside_sets(text))
    begins = [_begins(each) for each in branches]
    ends = [_ends(each) for each in branches]
    if all(begins) and all(ends):
        return ""
    if len(branches) > 1 and any(begins + ends):
        return "has alternatives that its anchors do not cover: ^ and $ belong to one alternative each"
    if not any(begins) and not any(ends):
        return "has neither ^ nor $"
    return "has no $ at its end" if all(begins) else "has no ^ at its beginning"


def _begins(branch: str, depth: int = NESTED) -> bool:
    return branch.startswith(("^", ".*")) or _grouped(branch, _begins, depth)


def _ends(branch: str, depth: int = NESTED) -> bool:
    return branch.endswith(("$", ".*")) or _grouped(branch, _ends, depth)


def _grouped(branch: str, judged: Callable[[str, int], bool], depth: int) -> bool:
    """Whether the branch is one group whose alternatives are all anchored."""
    inner = re.fullmatch(r"\((?:\?:)?(.*)\)", branch, re.DOTALL) if depth else None
    if inner is None or not _balanced(inner[1]):
        return False
    return all(judged(each, depth - 1) for each in _alternatives(inner[1]))


def _balanced(text: str) -> bool:
    depth = 0
    for letter in text:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth < 0:
            return False
    return depth == 0


def _alternatives(text: str) -> list[str]:
    """The parts between the bars that stand in no group."""
    parts, depth, start = [], 0, 0
    for index, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "|" and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]
