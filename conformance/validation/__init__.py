"""Contract to findings: decoded values judged against schemas, wire-strict, with named positions."""

from conformance.validation.finding import Finding, Judgement
from conformance.validation.judge import judge, nearest
from conformance.validation.show import show

__all__ = ["Finding", "Judgement", "judge", "nearest", "show"]
