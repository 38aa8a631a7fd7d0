"""The verdict on a run in one sentence."""

from __future__ import annotations

from conformance.record import RunRecord
from conformance.reporting.paper import count
from conformance.reporting.promises import WAIVED, broken_promises, failing
from conformance.reporting.standing import concluded


def sentence(run: RunRecord) -> str:
    """What the verdict means, without a full stop."""
    verdict, _ = concluded(run)
    outcomes = {line.outcome for line in run.cases}
    match verdict:
        case "conformant":
            return "Every promise that was put to the test was kept" + _but(run)
        case "not conformant":
            return f"{count(len(failing(run)), 'promise')} broken{_beside(run)}"
        case "gate failed":
            return f"The gate does not pass, though no promise is broken that fails it{_beside(run)}"
        case "inconclusive" if not outcomes & {"passed", "failed"}:
            return "Nothing was enforced"
        case "inconclusive" if "broken" not in outcomes:
            return "No message came that could be judged"
        case "inconclusive":
            return "Some cases could not be judged"
        case "broken suite":
            return "A fault of this suite, not of the target"
        case "unusable contract":
            return "A document or an option of the run cannot be used"
        case _:
            return "Stopped before its end" if run.complete else "Killed before its end"


def _but(run: RunRecord) -> str:
    beside = _excused(run)
    return f", but for {beside}" if beside else ""


def _beside(run: RunRecord) -> str:
    beside = _excused(run)
    return f"; {beside}" if beside else ""


def _excused(run: RunRecord) -> str:
    """How many broken promises do not fail the gate: ``1 waived and 2 warnings``."""
    kinds = [each.excuse for each in broken_promises(run) if each.excuse]
    waived = kinds.count(WAIVED)
    parts = [f"{waived} waived"] if waived else []
    parts += [count(len(kinds) - waived, "warning")] if len(kinds) > waived else []
    return " and ".join(parts)
