"""A verdict that is not green, as a report tells it: findings, how to see it again, the transcript."""

from __future__ import annotations

from conformance.record import FindingEntry, Repeats
from conformance.reporting.excerpt import excerpt
from conformance.reporting.paper import Paper, is_obeyed
from conformance.run import Result
from conformance.transcript.redact import Secrets
from conformance.verdict import Outcome, Verdict

WIDTH = 160
MOST_FINDINGS = 10


def plain(text: str) -> str:
    """``text`` in one line that neither a terminal nor a build server obeys."""
    return Paper(obeyed=is_obeyed()).safe(text)


def sentence(verdict: Verdict, repeats: Repeats | None = None) -> str:
    """The one sentence: the first finding, or who is to blame for there being none; how often, if known."""
    if verdict.outcome is Outcome.FAILED and verdict.findings:
        often = f"{repeats}: " if repeats is not None else ""
        return plain(f"{often}{verdict.findings[0]}")
    return plain(f"{verdict.blame}: {verdict.reason}")


def story(result: Result, repeat: str, secrets: Secrets) -> str:
    """All that a reader needs to judge the verdict and to see it again; secrets are starred out."""
    verdict = result.verdict
    told = [result.case.says, ""]
    if result.repeats is not None:
        told += [str(result.repeats), f"    {result.repeats.means}"]
    for finding in verdict.findings[:MOST_FINDINGS]:
        told += [plain(str(finding)), f"    {finding.clause}"]
    if len(verdict.findings) > MOST_FINDINGS:
        told.append(f"… and {len(verdict.findings) - MOST_FINDINGS} more findings")
    if not verdict.findings:
        told.append(sentence(verdict))
    if result.moves is not None:
        told += ["", *result.moves.moves, *filter(None, [result.moves.history])]
    told += ["", repeat, ""]
    first = FindingEntry.of(verdict.findings[0]) if verdict.findings else None
    transcript = secrets.redact_transcript(result.transcript)
    told += [line.marked for line in excerpt(transcript, first, width=WIDTH)]
    redacted = secrets.redact_text("\n".join(told))
    return "\n".join(map(plain, redacted.split("\n")))
