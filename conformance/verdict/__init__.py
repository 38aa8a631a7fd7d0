"""Case + transcript -> verdict."""

from conformance.verdict.judge import Judge
from conformance.verdict.model import Blame, Outcome, Tolerances, Verdict

__all__ = ["Blame", "Judge", "Outcome", "Tolerances", "Verdict"]
