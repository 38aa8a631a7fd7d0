"""A transcript, read once: its marks by step, what the target sent by session."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.cases.reading import Seen
from conformance.cases.steps import Send
from conformance.contract import Service
from conformance.transcript import Direction, Frame, Mark, Transcript
from conformance.verdict.bench import Bench

DATA = ("text", "binary")


class Entries:
    """The entries of one transcript. ``marks``: step -> kind -> the last mark of that kind; ``seen``: the
    data messages of the target, by session."""

    def __init__(self, bench: Bench, transcript: Transcript, services: Mapping[str, Service]) -> None:
        self.transcript = transcript
        self.marks: dict[int, dict[str, Mark]] = {}
        self.seen: dict[str, list[Seen]] = {}
        self._positions: dict[tuple[int, str], int] = {}
        for position, entry in enumerate(transcript.entries):
            if isinstance(entry, Mark):
                if entry.step >= 0:
                    self.marks.setdefault(entry.step, {})[entry.kind] = entry
                    self._positions[entry.step, entry.kind] = position
            elif (
                entry.session in services
                and isinstance(entry, Frame)
                and entry.opcode in DATA
                and entry.direction is Direction.RECEIVED
            ):
                reader = bench.reader_of(services[entry.session].name)
                seen = reader.read(position, entry.at, entry.opcode, entry.data)
                self.seen.setdefault(entry.session, []).append(seen)

    def position(self, step: int, kind: str, otherwise: int = 0) -> int:
        """Where the mark of that kind stands."""
        return self._positions.get((step, kind), otherwise)

    def behind(self, step: int) -> int:
        """Where the next step begins that was played behind this one, whichever that is; else the end."""
        begun = (at for (each, kind), at in self._positions.items() if kind == "step" and each > step)
        return min(begun, default=len(self.transcript.entries))

    def withheld(self, index: int) -> tuple[str, bytes] | None:
        """Kind and bytes of the message of which a step sent only a part; None for all other steps."""
        for entry in self.transcript.entries[self.position(index, "step") + 1 :]:
            if isinstance(entry, Mark) and entry.kind in ("step", "unsent"):
                return None
            if isinstance(entry, Mark) and entry.kind == "withheld":
                data = entry.data.get("data")
                return str(entry.data.get("opcode")), data if isinstance(data, bytes) else b""
        return None

    def sent(self, index: int, step: Send, kind: str = "step") -> Frame | None:
        """The first data frame that we sent behind a step's mark; None when nothing went out."""
        for entry in self.transcript.entries[self.position(index, kind) + 1 :]:
            if isinstance(entry, Mark) and entry.kind in ("step", "unsent"):
                return None  # what comes now is another step's
            if (
                isinstance(entry, Frame)
                and entry.session == step.session
                and entry.direction is Direction.SENT
                and entry.opcode in DATA
            ):
                return entry
        return None
