"""Plays a case over sessions."""

from conformance.conversation.around import Around, Unavailable
from conformance.conversation.play import Conversation

__all__ = ["Around", "Conversation", "Unavailable"]
