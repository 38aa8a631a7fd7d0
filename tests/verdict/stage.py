"""Hand-made transcripts of an invented library desk, for verdicts without a wire."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from conformance.cases.case import Case, Family, Needs
from conformance.cases.reading import codec_of
from conformance.cases.steps import Connect, Expect, Send, Step
from conformance.contract import Contract, Level, Provenance, load
from conformance.documents.find import find
from conformance.transcript import Direction, Entry, Frame, Mark, Transcript
from conformance.verdict import Judge, Tolerances, Verdict

MS = 1_000_000
DOCUMENT = Path(__file__).parent / "library.asyncapi.yaml"


@cache
def library() -> Contract:
    """The contract of the library desk."""
    return load(find(asyncapi=[str(DOCUMENT)]))


@cache
def judge() -> Judge:
    """Its judge, with a tolerance of 100 ms."""
    return Judge(library(), library().clauses, Tolerances(100))


class Story:
    """A transcript in the making; times in milliseconds."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def mark(self, at: float, kind: str, step: int = -1, session: str = "main", **data: object) -> Story:
        self.entries.append(Mark(kind, int(at * MS), session, step, data))
        return self

    def connected(self, ms: float = 0, step: int = 0) -> Story:
        self.mark(ms, "step", step)
        self.mark(ms, "connecting")
        return self.mark(ms + 1, "connected", status=101)

    def sent(self, ms: float, value: object) -> Story:
        return self._frame(ms, Direction.SENT, "binary", self._bytes(value))

    def got(self, ms: float, value: object, opcode: str = "binary") -> Story:
        return self._frame(ms, Direction.RECEIVED, opcode, self._bytes(value))

    def raw(self, ms: float, data: bytes, opcode: str = "binary") -> Story:
        return self._frame(ms, Direction.RECEIVED, opcode, data)

    def closed(self, ms: float, code: int) -> Story:
        return self.mark(ms, "closed", code=code, reason="", by="peer")

    def _bytes(self, value: object) -> bytes:
        return codec_of(library().services["library"]).encode(value)

    def _frame(self, ms: float, direction: Direction, opcode: str, data: bytes) -> Story:
        self.entries.append(Frame("main", direction, opcode, data, int(ms * MS)))
        return self


def case(*steps: Step, clauses: tuple[str, ...], focused: bool = False) -> Case:
    """A case of these steps."""
    return Case(
        id="library/commands/test",
        family=Family.COMMANDS,
        service="library",
        says="A test.",
        clauses=clauses,
        level=Level.MUST,
        provenance=Provenance.PUBLISHED,
        steps=steps,
        needs=Needs(("library",)),
        focused=focused,
    )


def verdict(one: Case, story: Story) -> Verdict:
    """The verdict on a case and a story."""
    return judge().judge(one, Transcript(one.id, tuple(story.entries)))


LENT = "library/lend/reply"
LEND_STEPS: tuple[Step, ...] = (
    Connect("main", "library"),
    Send("main", "lend", {}),
    Expect(
        "main",
        ("lent",),
        LENT,
        reply_to=1,
        within_ms=1000,
        within_clause="library/lend/within",
        correlation_clause="library/lend/correlation",
    ),
)
LEND = {"type": "lend", "id": 7, "book": "b"}
LENT_REPLY = {"type": "lent", "id": 7, "fee": "10"}


def lending(reply: object = LENT_REPLY, at: float = 20, opcode: str = "binary", lag_ms: float = 0) -> Story:
    """A book is asked for, and answered so."""
    story = Story().connected().mark(10, "step", 1).sent(11, LEND).mark(12, "step", 2)
    if isinstance(reply, bytes):
        story.raw(at, reply, opcode)
    else:
        story.got(at, reply, opcode)
    return story.mark(at + 1, "satisfied", 2, lag_ms=lag_ms)
