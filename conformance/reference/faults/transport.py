"""Faults of frames, limits and close codes."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

import json
from collections.abc import Sequence
from typing import Any

from conformance.reference import frames
from conformance.reference.behaviour import Behaviour, OutFrame, Speaker
from conformance.reference.faults.fault import breaks

_MALFORMED = "…→ error `malformed_message`, connection open"


def _both(promise: str) -> tuple[str, str]:
    """The clauses of what both services promise of their connections."""
    return f"gateway/{promise}", f"market-data/{promise}"


@breaks(f"bytes that are not exactly one map {_MALFORMED}", "gateway/refusals/malformed")
class ClosesOnMalformedFrames(Behaviour):
    def refuse_frame(self, speaker: Speaker, code: str, error: Any) -> None:
        if code == "malformed_message":
            speaker.close(1008, code)
        else:
            super().refuse_frame(speaker, code, error)


@breaks(f"bytes that are not exactly one map {_MALFORMED}", "gateway/refusals/malformed")
class LeavesMalformedFramesUnanswered(Behaviour):
    def refuse_frame(self, speaker: Speaker, code: str, error: Any) -> None:
        if code != "malformed_message":
            super().refuse_frame(speaker, code, error)


@breaks("unknown `type`: `unknown_command`", "gateway/refusals/unknown_operation")
class IgnoresUnknownCommands(Behaviour):
    def refuse_frame(self, speaker: Speaker, code: str, error: Any) -> None:
        if code != "unknown_command":
            super().refuse_frame(speaker, code, error)


@breaks("unknown `type`: `unknown_command`", "gateway/refusals/unknown_operation")
class ClosesOnUnknownCommands(Behaviour):
    def refuse_frame(self, speaker: Speaker, code: str, error: Any) -> None:
        if code == "unknown_command":
            speaker.close(1008, code)
        else:
            super().refuse_frame(speaker, code, error)


@breaks(f"trailing bytes {_MALFORMED}", "gateway/refusals/malformed")
class AcceptsTrailingBytes(Behaviour):
    def tolerates(self, flaw: str) -> bool:
        return flaw == "trailing" or super().tolerates(flaw)

    def judge(self, payload: bytes, is_text: bool) -> frames.Judged:
        found = super().judge(payload, is_text)
        asked = found.command.get("request_id") if found.command is not None else None
        echo = asked if frames.is_request_id(asked) else found.request_id
        return frames.Judged(found.command, echo, found.flaws)


@breaks(f"duplicate keys {_MALFORMED}", "gateway/refusals/malformed")
class AcceptsDuplicateKeys(Behaviour):
    def tolerates(self, flaw: str) -> bool:
        return flaw == "duplicate" or super().tolerates(flaw)


@breaks(f"non-string keys {_MALFORMED}", "gateway/refusals/malformed")
class AcceptsNonStringKeys(Behaviour):
    def tolerates(self, flaw: str) -> bool:
        return flaw == "key" or super().tolerates(flaw)


@breaks(f"ext types {_MALFORMED}", "gateway/refusals/malformed")
class TakesExtensionTypesForInvalidFields(Behaviour):
    def tolerates(self, flaw: str) -> bool:
        return flaw == "ext" or super().tolerates(flaw)


@breaks(f"invalid UTF-8 in a str {_MALFORMED}", "gateway/refusals/malformed")
class AcceptsInvalidUtf8InStrings(Behaviour):
    def tolerates(self, flaw: str) -> bool:
        return flaw == "utf8" or super().tolerates(flaw)


@breaks(f"valid UTF-8 in a text frame {_MALFORMED}", "gateway/refusals/malformed")
class AcceptsJsonInTextFrames(Behaviour):
    def judge(self, payload: bytes, is_text: bool) -> frames.Judged:
        if is_text:
            try:
                value = json.loads(payload)
            except ValueError:
                value = None
            return super().judge(frames.encode(value), False)
        return super().judge(payload, is_text)


@breaks("binary frames only", "market-data/wire/binary")
class AnswersInTextFrames(Behaviour):
    def outgoing(self, service: str, value: Any) -> list[OutFrame]:
        return [OutFrame(json.dumps(value).encode(), is_text=True)]


@breaks("65 537 → close 1009, no error message", *_both("close/oversize"))
class ClosesOversizeWith1008(Behaviour):
    def close_code(self, code: int) -> int | None:
        return 1008 if code == 1009 else super().close_code(code)


@breaks("65 537 → close 1009, no error message", *_both("close/oversize"))
class AcceptsOversizeMessages(Behaviour):
    def message_limit(self) -> int:
        return 1 << 24


@breaks("65 536 bytes accepted", *_both("limits/message_bytes"))
class RefusesMessagesBelowTheLimit(Behaviour):
    def message_limit(self) -> int:
        return 32_768


@breaks("a text frame of invalid UTF-8 → close 1007", *_both("close/invalid_text"))
class ClosesInvalidTextWith1002(Behaviour):
    def close_code(self, code: int) -> int | None:
        return 1002 if code == 1007 else super().close_code(code)


@breaks("shutdown closes with 1001")
class ShutsDownWith1000(Behaviour):
    def close_code(self, code: int) -> int | None:
        return 1000 if code == 1001 else super().close_code(code)


@breaks("a reader that stops reading is closed with 1013", *_both("limits/unread_ms"))
class KeepsSlowReaders(Behaviour):
    def slow_reader(self, speaker: Speaker) -> None:
        return


@breaks("a reader that stops reading is closed with 1013", *_both("close/slow_reader"))
class ClosesSlowReadersWith1011(Behaviour):
    def close_code(self, code: int) -> int | None:
        return 1011 if code == 1013 else super().close_code(code)


@breaks("RFC 6455, 5.5.2: an endpoint MUST send a Pong frame in response", *_both("transport/ping"))
class WithholdsPongs(Behaviour):
    def pong(self, payload: bytes) -> bytes | None:
        return None


@breaks("RFC 6455, 5.5.3: a Pong frame must have identical application data", *_both("transport/ping"))
class AnswersPingsWithEmptyPongs(Behaviour):
    def pong(self, payload: bytes) -> bytes | None:
        return b""


@breaks(
    "no application message from the server before the client's first command",
    *_both("silence/before_first_command"),
)
class SpeaksFirst(Behaviour):
    def greet(self, speaker: Speaker) -> None:
        speaker.say({"type": "error", "request_id": None, "code": "rate_limited", "message": "welcome"})


@breaks("idle connections that answer pings live at least 60 s", *_both("limits/idle_ms"))
class ClosesConnectionsAfterThreeSeconds(Behaviour):
    def greet(self, speaker: Speaker) -> None:
        speaker.later(3.0, lambda: speaker.close(1000, "idle"))


@breaks("one MessagePack map each: exactly one message a frame", "gateway/wire/one-object")
class SendsTrailingBytes(Behaviour):
    def outgoing(self, service: str, value: Any) -> list[OutFrame]:
        made = super().outgoing(service, value)
        return [OutFrame(frame.payload + b"\xc0", frame.is_text) for frame in made]


@breaks("one MessagePack map each: exactly one message a frame", "market-data/wire/decodable")
class SplitsMessagesIntoTwo(Behaviour):
    def outgoing(self, service: str, value: Any) -> list[OutFrame]:
        return [
            OutFrame(part, frame.is_text)
            for frame in super().outgoing(service, value)
            for part in (frame.payload[: len(frame.payload) // 2], frame.payload[len(frame.payload) // 2 :])
        ]


@breaks(
    "RFC 6455, 5.5.1: the endpoint MUST send a Close frame in response",
    *_both("transport/upgrade"),
)
class LeavesClosesUnanswered(Behaviour):
    def answers_closes(self) -> bool:
        return False


_KEY = "RFC 6455, 4.2.2: Sec-WebSocket-Accept is made of the client's key"


@breaks("RFC 6455, 5.1: a server MUST NOT mask any frames", "market-data/transport/upgrade")
class MasksItsFrames(Behaviour):
    def masks(self) -> bool:
        return True


class _WithoutLooking(Behaviour):
    """Shakes hands as if every client sent the same key; a fault says which service does."""

    careless = ""

    def handshake(self, service: str, headers: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
        always = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        return [
            (name, always if self.careless == service and name.lower() == "sec-websocket-accept" else value)
            for name, value in super().handshake(service, headers)
        ]


@breaks(_KEY, "gateway/transport/upgrade")
class GatewayShakesHandsWithoutLooking(_WithoutLooking):
    careless = "gateway"


@breaks(_KEY, "market-data/transport/upgrade")
class MarketDataShakesHandsWithoutLooking(_WithoutLooking):
    careless = "market-data"
