"""The table of all rules."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from conformance.lint import (
    ambiguous,
    arrays,
    bounds,
    examples,
    keywords,
    messages,
    money,
    notes,
    patterns,
    promises,
    remarks,
    security,
    silence,
)
from conformance.lint.rule import Rule, Severity

UNUSABLE = Rule(
    "unusable-document",
    Severity.ERROR,
    "a document that cannot be used",
    "Nothing of the contract can be tested before it is mended.",
    "Do what the sentence asks for. Every other command stops at the first of them.",
)

GROUPS: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        "Documents": (UNUSABLE, *notes.RULES),
        "Values": (*bounds.RULES, *examples.RULES),
        "Keywords": (*keywords.RULES, *arrays.RULES),
        "Texts and numbers": (*patterns.RULES, *money.RULES, *remarks.RULES),
        "Messages": (*messages.RULES, *ambiguous.RULES),
        "Security": security.RULES,
        "Enforcement": promises.RULES,
        "Silences": silence.RULES,
    }
)
RULES: Mapping[str, Rule] = MappingProxyType({rule.id: rule for group in GROUPS.values() for rule in group})
"""Every rule by its id."""
