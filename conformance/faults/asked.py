"""A behaviour that knows which command is being answered.

The reference answers a command while it handles it: what it says between one command and the next, and is no
event, is the answer. Nothing of the exchange has to be known for that.
"""

from __future__ import annotations

from conformance.cases.reading import codec_of
from conformance.codec import MISSING
from conformance.contract import Operation, Service, identify
from conformance.faults.fault import Derived
from conformance.reference.behaviour import OutFrame


class Asked(Derived):
    """Tells ``reply`` of each answer to a command of one service."""

    service: Service
    asking: Operation | None = None
    sent: object = None

    def incoming(self, service: str, payload: bytes, is_text: bool) -> tuple[bytes, bool]:
        """Takes note of the command."""
        if service == self.service.name:
            self.sent = codec_of(self.service).decode(payload).value
            self.asking = operation_of(self.service, self.sent)
        return super().incoming(service, payload, is_text)

    def outgoing(self, service: str, value: object) -> list[OutFrame]:
        """Hands an answer to ``reply``."""
        if service == self.service.name and self.asking is not None and not self._is_event(value):
            asked, self.asking = self.asking, None
            answered = self.reply(asked, self.sent, value)
            if answered is not None:
                self.applied += 1
                return [frame for each, delay in answered for frame in self._framed(service, each, delay)]
        return super().outgoing(service, value)

    def reply(self, asked: Operation, sent: object, value: object) -> list[tuple[object, float]] | None:
        """What is sent instead of an answer, each with its delay (seconds); None: the answer itself."""
        return None

    def _framed(self, service: str, value: object, delay: float) -> list[OutFrame]:
        return [
            OutFrame(frame.payload, frame.is_text, frame.delay_secs + delay)
            for frame in super().outgoing(service, value)
        ]

    def _is_event(self, value: object) -> bool:
        named = identify(self.service, value)
        refusals = self.service.rules.refusals
        refusal = refusals.message if refusals else ""
        return bool(named) and all(each.event and each.name != refusal for each in named)


def operation_of(service: Service, value: object) -> Operation | None:
    """The operation that a command asks for, or None."""
    if value is MISSING:
        return None
    named = {message.name for message in identify(service, value, "client")}
    return next((each for each in service.operations.values() if each.message in named), None)
