"""A large run, made by rule: so many cases, so many bytes of transcripts, and the same ones each time."""

from __future__ import annotations

import base64
import json
import random
from pathlib import Path

import msgpack

MS = 1_000_000
FAMILIES = ("transport", "auth", "commands", "layouts", "streams", "health")
SERVICES = ("harbour", "tide", "lighthouse")
MESSAGES, FIELDS = 40, 36
LINE = "    height: {type: string}  # of message %d, field %d"
BROKEN = 12
"""So many clauses are broken, each in several cases."""


def clauses() -> list[dict[str, str]]:
    """The clauses: of each message so many."""
    made = []
    for message in range(MESSAGES):
        service = SERVICES[message % len(SERVICES)]
        for field in range(FIELDS):
            name = f"{service}/Message{message}/field{field}/type"
            made.append(
                {
                    "id": name, "says": f"`field{field}` of Message{message} is a string.",
                    "service": service,
                    "kind": "schema" if field else "rule", "subject": f"Message{message}", "level": "must",
                    "provenance": "assumed" if field % 3 else "published", "binds": "target",
                    "where": f"{service}/asyncapi.yaml:{1 + message * FIELDS + field}", "digest": "0" * 16,
                }
            )  # fmt: skip
    return made


def write(path: Path, cases: int = 5_000, megabytes: float = 0.0, seed: int = 1) -> None:
    """Writes a run file of so many cases whose transcripts take so many million bytes of it."""
    chance = random.Random(seed)
    promised = clauses()
    entries = [_entry(number, promised) for number in range(cases)]
    with path.open("w", encoding="ascii", newline="\n") as file:
        for line in (_header(promised, entries), *_sources()):
            file.write(json.dumps(line, separators=(",", ":")) + "\n")
        room = megabytes * 1e6 / cases
        for number, entry in enumerate(entries):
            file.write(json.dumps(_line(number, entry, promised, chance, room), separators=(",", ":")) + "\n")
        end = {
            "line": "end",
            "seconds": 61.5,
            "interrupted": False,
            "verdict": "not conformant",
            "exit_code": 1,
        }
        file.write(json.dumps(end) + "\n")


def _header(promised: list[dict[str, str]], entries: list[dict[str, object]]) -> dict[str, object]:
    return {
        "line": "header", "suite": "0.1.0", "started": "2026-01-02T03:04:05.678Z",
        "target": {
            "name": "staging", "addresses": {one: f"wss://{one}.example/" for one in SERVICES},
            "exclusive": False, "trading": False, "embedded": False, "tolerance_ms": 250, "deadlines": {},
        },
        "documents": [
            {"name": one, "path": f"{one}/asyncapi.yaml", "version": "1.2.3", "sha256": "ab" * 32}
            for one in SERVICES
        ],
        "seed": 7, "jobs": 32, "clauses": promised, "cases": entries,
        "unenforceable": {one["id"]: "the document names no close code" for one in promised[5::97]},
        "selection": [], "overlays": [], "notes": [], "format": 1,
    }  # fmt: skip


def _sources() -> list[dict[str, str]]:
    text = "\n".join(LINE % (message, field) for message in range(MESSAGES) for field in range(FIELDS))
    return [
        {"line": "source", "path": f"{one}/asyncapi.yaml", "sha256": "ab" * 32, "text": text}
        for one in SERVICES
    ]


def _entry(number: int, promised: list[dict[str, str]]) -> dict[str, object]:
    clause = promised[number * 7 % len(promised)]
    family = FAMILIES[number % len(FAMILIES)]
    return {
        "id": f"{clause['service']}/{family}/{clause['subject']}/case-{number}", "family": family,
        "service": clause["service"], "says": f"Is what {clause['subject']} promises kept, time {number}?",
        "level": "must", "provenance": "published", "clauses": [clause["id"]],
    }  # fmt: skip


def _line(
    number: int, entry: dict[str, object], promised: list[dict[str, str]], chance: random.Random, room: float
) -> dict[str, object]:
    at = number * 7 % len(promised)
    outcome = "failed" if number % 23 == 0 else "skipped" if number % 19 == 0 else "passed"
    findings = []
    if outcome == "failed":
        clause = promised[number % BROKEN * 41]
        findings = [
            {
                "clause": clause["id"], "where": "[3] trade[1] price", "expected": "DecimalString, a string",
                "seen": "float 1.5", "path": [3, 1], "document": clause["where"], "drift": "", "entry": 3,
            }
        ]  # fmt: skip
    began = number * 11.0
    line: dict[str, object] = {
        "line": "case", "id": entry["id"], "outcome": outcome,
        "blame": "target" if outcome == "failed" else "nobody",
        "reason": "may change state at the target: needs --allow-trading" if outcome == "skipped" else "",
        "findings": findings, "exercised": sorted({at, *range(number % 40, number % 40 + 45)}), "messages": 3,
        "started": began, "ended": began + chance.lognormvariate(3, 1),
        "repeat": f"omen-conformance run staging --case {entry['id']}", "left_out": "",
        "timings": [{"what": f"{entry['service']} upgrade", "ms": chance.lognormvariate(1, 0.7)}],
    }  # fmt: skip
    if outcome != "skipped":
        line["transcript"] = {"case": entry["id"], "entries": _entries(chance, room)}
    return line


def _entries(chance: random.Random, room: float) -> list[dict[str, object]]:
    at = 9_000_000 * MS
    made: list[dict[str, object]] = [
        {"type": "mark", "kind": "connecting", "at": at, "session": "main"},
        {"type": "mark", "kind": "connected", "at": at + 2 * MS, "session": "main", "data": {"status": 101}},
        _frame("sent", {"type": "subscribe", "channel": "trades"}, at + 3 * MS),
    ]
    size = 0
    while len(made) < 4 or size < room - 600:
        trades = [
            [f"tr-{chance.randrange(10**9)}", chance.random(), "0.3", "buy", chance.randrange(10**13)]
            for _ in range(4)
        ]
        frame = _frame("received", ["trade", "trades:X", len(made), trades[0], trades], at + len(made) * MS)
        size += len(str(frame["data"])) + 90
        made.append(frame)
    return made


def _frame(direction: str, value: object, at: int) -> dict[str, object]:
    data = base64.b64encode(msgpack.packb(value)).decode("ascii")
    return {
        "type": "frame", "session": "main", "direction": direction, "opcode": "binary", "data": data,
        "at": at,
    }  # fmt: skip
