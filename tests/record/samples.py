"""Small runs made by hand, of a contract that no exchange has."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import MappingProxyType

import msgpack

from conformance.record import (
    CaseEntry,
    ClauseEntry,
    DocumentEntry,
    Header,
    RunRecord,
    TargetEntry,
    Writer,
    conclude,
    read,
)
from conformance.transcript import Direction, Entry, Exchange, Frame, Mark, Secrets, Transcript
from conformance.validation import Finding
from conformance.verdict import Blame, Outcome, Verdict

MS = 1_000_000
PRICE = "tide/Level/price/pattern"
LATE = "tide/ask/within"
UNSEEN = "tide/Wave/height/type"
HTTP = "tide-health/health/status"
HOLE = "tide/close/code"


def clause(name: str, says: str, provenance: str = "published", level: str = "must") -> ClauseEntry:
    """One clause; its line is the length of its id."""
    service, subject, *_ = name.split("/")
    return ClauseEntry(
        name, says, service, "schema", subject, level, provenance, "target", f"tide/asyncapi.yaml:{len(name)}"
    )


CLAUSES = (
    clause(PRICE, "The price of a Level matches `^[0-9]+$`."),
    clause(LATE, "An ask is answered within 2000 ms.", "assumed"),
    clause(UNSEEN, "The height of a Wave is a string.", "assumed"),
    clause(HTTP, "GET /health answers 200.", "assumed", "should"),
    clause(HOLE, "A close has a code.", "assumed"),
)


def case(name: str, *clauses: str) -> CaseEntry:
    """One case; its family is the second word of its id."""
    service, family, *_ = name.split("/")
    return CaseEntry(name, family, service, f"Is {name} kept?", "must", "published", clauses)


CASES = (
    case("tide/layouts/level-price", PRICE),
    case("tide/layouts/wave-height", UNSEEN),
    case("tide/commands/ask", LATE),
    case("tide/streams/levels", PRICE, LATE),
    case("tide-health/health/status", HTTP),
)


def header(
    cases: Iterable[CaseEntry] = CASES, *, target: str = "local", selection: tuple[str, ...] = ()
) -> Header:
    """A header of the sample contract."""
    return Header(
        suite="0.1.0",
        started="2026-01-02T03:04:05.678Z",
        target=TargetEntry(target, MappingProxyType({"tide": "ws://127.0.0.1:4001/"}), tolerance_ms=250),
        documents=(
            DocumentEntry("tide", "tide/asyncapi.yaml", "1.2.3", "ab" * 32),
            DocumentEntry("tide-health", "tide/health.openapi.yaml", "", "cd" * 32),
        ),
        seed=7,
        jobs=32,
        clauses=CLAUSES,
        cases=tuple(cases),
        unenforceable=MappingProxyType({HOLE: "the document names no close code"}),
        selection=selection,
    )


def sent(value: object, at_ms: float, session: str = "main") -> Frame:
    """A command."""
    return Frame(session, Direction.SENT, "binary", msgpack.packb(value), int(at_ms * MS))


def received(value: object, at_ms: float, session: str = "main") -> Frame:
    """A message of the target."""
    return Frame(session, Direction.RECEIVED, "binary", msgpack.packb(value), int(at_ms * MS))


def mark(kind: str, at_ms: float, **data: object) -> Mark:
    """A mark of the conversation."""
    return Mark(kind, int(at_ms * MS), "main", data=MappingProxyType(data))


def conversation(name: str, price: object = "12") -> Transcript:
    """One command, its reply, one event."""
    entries: tuple[Entry, ...] = (
        mark("connecting", 1000),
        mark("connected", 1001.5, status=101),
        sent({"type": "follow", "channel": "levels"}, 1002),
        received({"type": "following", "channel": "levels"}, 1002.4),
        received(["level", 1, price, "3"], 1009.75),
        mark("satisfied", 1010),
        received({"type": "heartbeat"}, 1011),
        mark("closed", 1020, code=1000, by="us", reason=""),
    )
    return Transcript(name, entries)


def health(name: str) -> Transcript:
    """One HTTP exchange."""
    url = "http://127.0.0.1:4002/health"
    exchange = Exchange(
        "http", "GET", url, 5 * MS, 9 * MS, status=503, headers=(("content-type", "application/json"),),
        body=b'{"status": "down"}',
    )  # fmt: skip
    return Transcript(name, (exchange,))


def price_finding(seen: str = "float 1.5") -> Finding:
    """A wrong price in the third position."""
    return Finding(PRICE, "[2] price", "a string that matches `^[0-9]+$`", seen, (2,), CLAUSES[0].where)


def passed(name: str, *clauses: str) -> Verdict:
    """A case that passed."""
    return Verdict(name, Outcome.PASSED, exercised=frozenset(clauses), messages=3)


def failed(name: str, *findings: Finding) -> Verdict:
    """A case that failed."""
    exercised = frozenset(one.clause for one in findings)
    return Verdict(name, Outcome.FAILED, Blame.TARGET, str(findings[0]), findings, exercised, 3)


def skipped(name: str, reason: str) -> Verdict:
    """A case that was not put to the target."""
    return Verdict(name, Outcome.SKIPPED, reason=reason)


def broken(name: str, blame: Blame, reason: str) -> Verdict:
    """A case that could not be judged."""
    return Verdict(name, Outcome.BROKEN, blame, reason)


Played = tuple[Verdict, Transcript | None]


def green() -> list[Played]:
    """All is well; one case is skipped."""
    return [
        (passed("tide/layouts/level-price", PRICE), conversation("tide/layouts/level-price")),
        (
            skipped("tide/layouts/wave-height", "the target sent nothing that these clauses speak about"),
            None,
        ),
        (passed("tide/commands/ask", LATE), conversation("tide/commands/ask")),
        (passed("tide/streams/levels", PRICE, LATE), conversation("tide/streams/levels")),
        (passed("tide-health/health/status", HTTP), health("tide-health/health/status")),
    ]


def red() -> list[Played]:
    """A wrong price, seen twice, and a health that is down."""
    status = Finding(HTTP, "GET /health", "status 200", "status 503", (), "tide/health.openapi.yaml:12")
    late = Finding(LATE, "reply", "an answer within 2000 ms", "nothing", (), "tide/asyncapi.yaml:15")
    return [
        (failed("tide/layouts/level-price", price_finding()), conversation("tide/layouts/level-price", 1.5)),
        (skipped("tide/layouts/wave-height", "may change state at the target: needs --allow-trading"), None),
        (passed("tide/commands/ask", LATE), conversation("tide/commands/ask")),
        (failed("tide/streams/levels", price_finding(), late), conversation("tide/streams/levels", 1.5)),
        (failed("tide-health/health/status", status), health("tide-health/health/status")),
    ]


def inconclusive() -> list[Played]:
    """Nobody is there."""
    reason = "tide at ws://127.0.0.1:4001/: connection refused"
    down = [entry.id for entry in CASES if entry.service == "tide"]
    played: list[Played] = [(broken(name, Blame.ENVIRONMENT, reason), None) for name in down]
    return [*played, (skipped("tide-health/health/status", "no address for tide-health"), None)]


def repeat(name: str) -> str:
    """The command that puts a case again."""
    return f"omen-conformance run local --case {name}"


def record(
    folder: Path,
    played: Iterable[Played],
    *,
    secrets: Secrets | None = None,
    head: Header | None = None,
    interrupted: bool = False,
    notices: Iterable[str] = (),
    end: bool = True,
) -> RunRecord:
    """Writes a run file into ``folder`` and reads it back."""
    path = folder / "run.jsonl"
    lines = []
    with Writer(path, secrets or Secrets()) as writer:
        writer.header(head or header())
        start = writer.zero
        for number, (verdict, transcript) in enumerate(played):
            began = start + number * 10 * MS
            lines.append(
                writer.case(
                    verdict, transcript, started=began, ended=began + 25 * MS, repeat=repeat(verdict.case)
                )
            )
        for text in notices:
            writer.notice(text)
        if end:
            writer.end(*conclude(lines, interrupted), interrupted=interrupted)
    return read(path)
