"""Which clauses a run enforced, and why it did not enforce the others."""

from conformance.record.enforcement import NEVER_SENT, NO_CASE, NOT_PLAYED, NOT_SELECTED, enforced, unenforced

__all__ = ["NEVER_SENT", "NOT_PLAYED", "NOT_SELECTED", "NO_CASE", "enforced", "unenforced"]
