"""What lint says: a rule, and a finding of it in a document."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from conformance.documents.tree import Node
from conformance.documents.where import Where

LONGEST: Final = 80
"""Characters of a text out of a document that are shown."""
LONGEST_SENTENCE: Final = 600
"""Characters of a finding's sentence, whatever a document holds."""


class Severity(StrEnum):
    """How bad it is: a promise is wrong; it cannot be enforced, or misleads; it is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of defect: why it matters, and how to mend it, a sentence each."""

    id: str
    severity: Severity
    what: str
    why: str
    mend: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect at one place.

    ``where`` is the line for a reader, ``document`` the file whose pointer ``where.pointer`` is (another one
    when an overlay brought the line), ``reason`` why the document silences it, '' when it does not.
    """

    rule: Rule
    where: Where
    says: str
    document: str
    reason: str = ""


def at(node: Node, rule: Rule, says: str) -> Finding:
    """A finding at a node."""
    return Finding(rule, node.where, sentence(says), node.tree.file)


def place(where: Where, rule: Rule, says: str) -> Finding:
    """A finding at a place of the contract."""
    return Finding(rule, where, sentence(says), where.file)


def shown(text: object) -> str:
    """A text out of a document: unprintable characters escaped, bounded."""
    whole = harmless(str(text)[: LONGEST + 1])
    return whole if len(whole) <= LONGEST else whole[:LONGEST] + "…"


def named(texts: list[str], most: int = 4) -> str:
    """A few names, and how many more there are."""
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(shown(each) for each in texts[:most]) + more


def sentence(text: str) -> str:
    """A sentence on one line, harmless to a terminal, and bounded."""
    text = harmless(" ".join(text[: 2 * LONGEST_SENTENCE].split()))
    return text if len(text) <= LONGEST_SENTENCE else text[:LONGEST_SENTENCE] + "…"


def harmless(text: str) -> str:
    """The text with everything that a terminal would not print as itself escaped."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
