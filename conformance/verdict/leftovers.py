"""What a case left at the target, as it was found behind it: the target's fault, or ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from conformance.contract import Clause
from conformance.transcript import Transcript
from conformance.validation import Finding
from conformance.verdict.model import Blame, Outcome, Verdict
from conformance.verdict.places import place_of


def left(verdict: Verdict, transcript: Transcript, clauses: Mapping[str, Clause]) -> Verdict:
    """The verdict, with the orders that were still open when the case was over.

    One that the target had said is over, or would not cancel, breaks the promise that the mark names; one
    that nobody ended is ours: a case that passed otherwise is broken.
    """
    for mark in transcript.marks("strayed"):
        # Anybody may have traded with it, and what follows in such a case is no news of the target.
        reason = str(mark.data.get("says"))
        return replace(
            verdict,
            outcome=Outcome.BROKEN,
            blame=Blame.ENVIRONMENT,
            reason=reason,
            findings=(),
            overtaken=False,
        )
    findings: list[Finding] = []
    ours: list[str] = []
    for mark in transcript.marks("left"):
        known = clauses.get(str(mark.data.get("clause")))
        if known is None:
            ours.append(str(mark.data.get("says")))
            continue
        findings.append(
            Finding(
                clause=known.id,
                where="the open orders behind the case",
                expected=f"no order {mark.data.get('order')}",
                seen=str(mark.data.get("says")),
                path=(),
                document=str(known.where),
                entry=place_of(transcript, mark),
            )
        )
    if findings:
        every = (*verdict.findings, *findings)
        exercised = verdict.exercised | {each.clause for each in findings}
        return replace(
            verdict,
            outcome=Outcome.FAILED,
            blame=Blame.TARGET,
            reason=str(every[0]),
            findings=every,
            exercised=exercised,
        )
    if ours and verdict.outcome is Outcome.PASSED:
        return replace(verdict, outcome=Outcome.BROKEN, blame=Blame.SUITE, reason=ours[0])
    return verdict
