"""Streams judged from transcripts: ids and numbers at each message's own place, and one message for both
acknowledgement and end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.cases.case import Case, Family, Needs
from conformance.cases.steps import Connect
from conformance.contract import Contract, Level, Provenance, load
from conformance.documents.find import find
from conformance.transcript import Direction, Entry, Frame, Mark, Transcript
from conformance.verdict import Judge, Tolerances

MS = 1_000_000
DOCUMENT = """\
asyncapi: 3.0.0
info: {title: Taps, version: '1', x-conformance: {name: taps}}
channels:
  c:
    address: /
    messages:
      ask: {payload: {required: [do], properties: {do: {enum: [open, shut]}, tap: {type: string}}}}
      status:
        payload:
          type: object
          required: [status]
          properties: {status: {enum: [opened, shut, refused]}, number: {type: integer}}
      level:
        payload:
          type: object
          required: [level, of, seq]
          properties: {level: {type: string}, of: {type: integer}, seq: {type: integer}}
      drop:
        payload:
          type: array
          items: [{type: integer}, {type: integer}]
          minItems: 2
          additionalItems: false
operations:
  open:
    action: receive
    channel: {$ref: '#/channels/c'}
    messages: [{$ref: '#/channels/c/messages/ask'}]
    x-conformance: {reply: {message: status, where: {/status: opened}}}
  shut:
    action: receive
    channel: {$ref: '#/channels/c'}
    messages: [{$ref: '#/channels/c/messages/ask'}]
    x-conformance: {reply: {message: status, where: {/status: shut}}}
  flow:
    action: send
    channel: {$ref: '#/channels/c'}
    messages: [{$ref: '#/channels/c/messages/level'}, {$ref: '#/channels/c/messages/drop'},
      {$ref: '#/channels/c/messages/status'}]
x-conformance:
  streams:
    subscribe: open
    unsubscribe: shut
    acknowledged: status
    ended: status
    id: {status: /number, level: /of, drop: /0}
    sequence: {level: /seq, drop: /1}
    kinds: [{name: hot, command: {tap: hot}, snapshot: level, events: [drop]}]
"""
OPENED, SHUT = {"status": "opened", "number": 7}, {"status": "shut", "number": 7}
LEVEL = {"level": "full", "of": 7, "seq": 1}


@pytest.fixture(scope="module")
def taps(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    file: Path = tmp_path_factory.mktemp("taps") / "taps.yaml"
    file.write_text(DOCUMENT, encoding="utf-8")
    return load(find(asyncapi=[str(file)]))


@pytest.mark.parametrize(
    ("came", "clause", "words"),
    [
        ([OPENED, LEVEL, [7, 2], [7, 3], SHUT], "", ""),
        ([OPENED, LEVEL, [7, 2], SHUT, OPENED, LEVEL, [7, 2]], "", ""),
        ([OPENED, LEVEL, [7, 3]], "sequence", "expected sequence 2, one more than the event before"),
        ([OPENED, [7, 1]], "snapshot-first", "expected level as the first event of 7, got drop"),
        ([LEVEL, OPENED], "acknowledged-first", "expected the acknowledgement of 7 before its first event"),
        ([OPENED, LEVEL, [8, 1]], "acknowledged-first", "expected the acknowledgement of 8"),
        (
            [OPENED, LEVEL, SHUT, [7, 2]],
            "silent-after-unsubscribe",
            "expected no event of 7 after its end was confirmed",
        ),
        (
            [{"status": "refused", "number": 7}, LEVEL],
            "acknowledged-first",
            "expected the acknowledgement of 7 before its first event",
        ),
    ],
)
def test_a_stream_is_followed(taps: Contract, came: list[object], clause: str, words: str) -> None:
    """What its message shows tells an acknowledgement from an end, and from a refusal."""
    rule = "taps/streams/hot/" + (clause or "sequence")
    case = Case(
        id="taps/streams/test",
        family=Family.STREAMS,
        service="taps",
        says="A test.",
        clauses=(rule,),
        level=Level.MUST,
        provenance=Provenance.PUBLISHED,
        steps=(Connect("main", "taps"),),
        needs=Needs(("taps",)),
    )
    entries: list[Entry] = [
        Mark("step", 0, "main", 0, {}),
        Mark("connecting", 0, "main", -1, {}),
        Mark("connected", MS, "main", -1, {"status": 101}),
    ]
    for at, value in enumerate(came, 10):
        entries.append(Frame("main", Direction.RECEIVED, "text", json.dumps(value).encode(), at * MS))
    verdict = Judge(taps, taps.clauses, Tolerances(100)).judge(case, Transcript(case.id, tuple(entries)))
    found = {each.clause: str(each) for each in verdict.findings}
    assert set(found) == ({rule} if clause else set()), found
    assert words in found.get(rule, "")
