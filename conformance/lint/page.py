"""The table of rules as Markdown, for docs/lint.md."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.lint.rule import Rule
from conformance.lint.table import GROUPS

BEGIN, END = "<!-- rules: made from the table of rules -->", "<!-- end of rules -->"


def table() -> str:
    """A table for each group of rules."""
    return "\n".join(line for group in GROUPS for line in _group(group, GROUPS[group]))


def _group(name: str, rules: tuple[Rule, ...]) -> Iterator[str]:
    yield from (
        "",
        f"### {name}",
        "",
        "| rule | | finds | why it matters | how to mend it |",
        "|---|---|---|---|---|",
    )
    for rule in rules:
        cells = (f"`{rule.id}`", str(rule.severity), *map(_cell, (rule.what, rule.why, rule.mend)))
        yield f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
