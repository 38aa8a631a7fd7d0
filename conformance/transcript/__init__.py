"""What went over the wire in a conversation: recorded, kept, redacted, shown."""

from conformance.transcript.model import Direction, Entry, Exchange, Frame, Mark, Transcript
from conformance.transcript.recorder import Recorder
from conformance.transcript.redact import Secrets

__all__ = ["Direction", "Entry", "Exchange", "Frame", "Mark", "Recorder", "Secrets", "Transcript"]
