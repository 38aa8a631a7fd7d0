"""What the gate says beside the failed cases: why it stays shut, and what it lets pass, until when."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.record import RunRecord
from conformance.record.types import WaiverLine
from conformance.reporting.paper import Paper, count
from conformance.reporting.promises import WARNING, broken_promises

MOST = 20

UNDECIDED = {
    "untested": "was not put to the test: this run says nothing of its waiver",
    "elsewhere": "is waived for other builds",
}
"""Waivers that did nothing, and are not dead for that."""


def shut(run: RunRecord, paper: Paper) -> Iterator[str]:
    """Why the gate does not pass, beside broken promises; ends in an empty line."""
    reasons = run.end.gate if run.end is not None else ()
    if not reasons:
        return
    yield paper.styled(f"The gate does not pass: {count(len(reasons), 'reason')}", "bold", "red")
    for reason in reasons[:MOST]:
        yield from paper.wrapped(reason, label="✗ ", indent=3, most=4)
    if len(reasons) > MOST:
        yield paper.safe(f"   … and {count(len(reasons) - MOST, 'reason')} more in summary.json")
    yield ""


def excused(run: RunRecord, paper: Paper) -> Iterator[str]:
    """What was broken and does not fail the gate, a line each, and waivers that did nothing."""
    told = [
        *(
            ("warning   ", f"{each.clause} should be kept: {each.finding or each.cases[0].reason}", "yellow")
            for each in broken_promises(run)
            if each.excuse == WARNING
        ),
        *(("waived    ", _told(each), "yellow") for each in run.waivers if each.state == "used"),
        *(
            ("waiver    ", f"{each.clause} {UNDECIDED[each.state]} ({each.where})", "dim")
            for each in run.waivers
            if each.state in UNDECIDED
        ),
    ]
    for label, text, style in told[:MOST]:
        yield from paper.wrapped(text, label=label, most=2, style=(style,))
    if len(told) > MOST:
        yield paper.safe(f"… and {len(told) - MOST} more in summary.json")
    if told:
        yield ""


def _told(waiver: WaiverLine) -> str:
    until = f"until {waiver.expires}, {waiver.owner}, {waiver.ticket}"
    return f"{waiver.clause} ({until}; {count(len(waiver.cases), 'case')})"
