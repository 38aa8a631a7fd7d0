"""The run file: the JSON Lines record of a run. Every report is a view of it."""

from conformance.record.conclusion import EXIT_CODES, conclude
from conformance.record.describe import header
from conformance.record.intents import Intent, IntentEnd
from conformance.record.reader import Unbegun, read
from conformance.record.repeats import Repeats
from conformance.record.types import (
    FORMAT,
    OUTCOMES,
    CaseEntry,
    CaseLine,
    ClauseEntry,
    DocumentEntry,
    End,
    FindingEntry,
    Header,
    Notice,
    RunRecord,
    SourceLine,
    TargetEntry,
    WaiverLine,
)
from conformance.record.writer import Writer

__all__ = [
    "EXIT_CODES", "FORMAT", "OUTCOMES", "CaseEntry", "CaseLine", "ClauseEntry", "DocumentEntry", "End",
    "FindingEntry", "Header", "Intent", "IntentEnd", "Notice", "Repeats", "RunRecord", "SourceLine",
    "TargetEntry", "Unbegun", "WaiverLine", "Writer", "conclude", "header", "read",
]  # fmt: skip
