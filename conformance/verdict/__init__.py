"""Case + transcript -> verdict."""

from conformance.validation import Finding
from conformance.verdict.judge import Judge
from conformance.verdict.model import Blame, Outcome, Tolerances, Verdict

__all__ = ["Blame", "Finding", "Judge", "Outcome", "Tolerances", "Verdict"]
