"""Where in a transcript a broken promise shows: the frame, the answer or the mark that a finding is about."""

from __future__ import annotations

from dataclasses import replace

from conformance.transcript import Entry, Transcript
from conformance.validation import Finding


def place_of(transcript: Transcript, entry: Entry) -> int | None:
    """The place of this very entry: others may be equal to it."""
    return next((place for place, each in enumerate(transcript.entries) if each is entry), None)


def put(findings: list[Finding], since: int, entry: int | None) -> None:
    """Findings from number ``since`` on are about this entry, those apart that say which they are about."""
    if len(findings) == since:
        return
    findings[since:] = [
        each if entry is None or each.entry is not None else replace(each, entry=entry)
        for each in findings[since:]
    ]
