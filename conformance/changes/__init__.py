"""What changed between two contracts, by clause, and whom that breaks."""

from conformance.changes.compare import Report, Side, compare
from conformance.changes.entry import CaseChanges, Change

__all__ = ["CaseChanges", "Change", "Report", "Side", "compare"]
