"""The verdict on a run in one sentence."""

from __future__ import annotations

from conformance.record import RunRecord
from conformance.reporting.paper import count
from conformance.reporting.promises import failing
from conformance.reporting.standing import concluded


def sentence(run: RunRecord) -> str:
    """What the verdict means, without a full stop."""
    verdict, _ = concluded(run)
    outcomes = {line.outcome for line in run.cases}
    match verdict:
        case "conformant":
            return "Every promise that was put to the test was kept"
        case "not conformant":
            return f"{count(len(failing(run)), 'promise')} broken"
        case "gate failed":
            return "The target keeps its promises, and the gate does not pass for another reason"
        case "inconclusive" if not outcomes & {"passed", "failed"}:
            return "Nothing was enforced"
        case "inconclusive" if "broken" not in outcomes:
            return "No message came that could be judged"
        case "inconclusive":
            return "Some cases could not be judged"
        case "broken suite":
            return "A fault of this suite, not of the target"
        case "unusable contract":
            return "A document of the contract cannot be used"
        case _:
            return "Stopped before its end" if run.complete else "Killed before its end"
