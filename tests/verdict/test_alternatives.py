"""A value that keeps none of its alternatives: the case about them says which promise it broke."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from conformance.cases.case import Case
from conformance.cases.steps import Connect, Expect
from conformance.contract import Contract, load
from conformance.documents.find import find
from conformance.transcript import Transcript
from conformance.verdict import Judge, Outcome, Tolerances, Verdict
from tests.verdict.stage import Story, case

TIDE = """\
asyncapi: 3.0.0
info: {title: Tide, version: '1', x-conformance: {name: tide}}
defaultContentType: application/msgpack
servers: {here: {host: 'localhost:9', protocol: ws}}
channels:
  c:
    address: /
    messages:
      level:
        payload:
          type: object
          required: [kind, what]
          properties:
            kind: {const: level}
            what:
              oneOf:
                - {title: High, required: [at], properties: {is: {const: high}, at: {type: integer}}}
                - {title: Low, required: [at], properties: {is: {const: low}, at: {type: string}}}
            more: {type: integer}
operations:
  tell: {action: send, channel: {$ref: '#/channels/c'}}
"""
ONE_OF = "tide/level/what/oneOf"


@cache
def tide() -> Contract:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tide.yaml"
        path.write_text(TIDE)
        return load(find(asyncapi=[str(path)]))


def told(*events: object) -> Verdict:
    """The verdict of a focused case about the alternatives alone."""
    steps = (Connect("main", "tide"), Expect("main", ("level",), "", within_ms=1000))
    one: Case = replace(case(*steps, clauses=(ONE_OF,), focused=True), service="tide")
    story = Story().connected().mark(10, "step", 1)
    for event in events:
        story.got(20, event)
    story.mark(30, "satisfied", 1, lag_ms=0)
    judge = Judge(tide(), tide().clauses, Tolerances(100))
    return judge.judge(one, Transcript(one.id, tuple(story.entries)))


def level(what: object, **more: object) -> dict[str, object]:
    return {"kind": "level", "what": what, **more}


def clauses(made: Verdict) -> list[str]:
    return [finding.clause for finding in made.findings]


def test_what_is_wrong_in_the_alternative_that_was_meant_is_kept() -> None:
    """The case's own promise stands first, its cause behind it; what is no part of it is left out."""
    made = told(level({"is": "high", "at": "x"}, more="x"))
    assert made.outcome is Outcome.FAILED
    first, *deeper = clauses(made)
    assert first == ONE_OF
    assert [each for each in deeper if each.endswith("/at/type")] == deeper != []


def test_what_is_wrong_beside_the_alternatives_is_left_to_others() -> None:
    """Of a message in which another thing is wrong nothing is told here."""
    made = told(level({"is": "high", "at": 1}, more="x"), level(True))
    assert clauses(made) == [ONE_OF]
