"""Promises of a contract that cannot be enforced, or contradict each other."""

from conformance.lint.check import in_order, lint
from conformance.lint.rule import Finding, Rule, Severity
from conformance.lint.table import GROUPS, RULES
from conformance.lint.unusable import unusable

__all__ = ["GROUPS", "RULES", "Finding", "Rule", "Severity", "in_order", "lint", "unusable"]
