"""Two runs, and what changed from the one to the other: promises by clause, cases, response times."""

from conformance.comparison.compare import compare
from conformance.comparison.gate import closing
from conformance.comparison.model import CaseChange, ClauseChange, Comparison, Difference, Standing

__all__ = ["CaseChange", "ClauseChange", "Comparison", "Difference", "Standing", "closing", "compare"]
