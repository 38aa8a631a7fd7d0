"""Messages that no mark names: told as unknown, or as a known one gone wrong?"""

from __future__ import annotations

import pytest

from conformance.cases.reading import Reader
from conformance.codec import JSON
from conformance.verdict.frames import FrameJudge
from tests.contract.build import service_of

NEWS = """\
asyncapi: 3.0.0
info: {title: News, version: '1'}
defaultContentType: application/json
channels:
  c:
    messages:
      beat: {payload: {type: object, required: [kind], properties: {kind: {const: beat}}}}
      tick:
        payload:
          type: object
          required: [kind, n]
          properties: {kind: {const: tick}, n: {type: integer}, tag: {type: string}}
operations:
  tell: {action: send, channel: {$ref: '#/channels/c'}}
"""


def findings(value: object, *expected: str) -> list[str]:
    """The clauses that an event breaks, as it is told."""
    service, book = service_of(NEWS, "news")
    judge = FrameJudge(service, book.clauses)
    seen = Reader(service).read(0, 0, "text", JSON.encode(value))
    return [finding.clause for finding in judge.judge(seen, expected)[0]]


@pytest.mark.parametrize(
    ("value", "clause"),
    [
        ({"kind": "tack", "n": 1}, "news/tick/kind/const"),
        ({"n": 1}, "news/tick/required"),
        ({"kind": "tack", "n": 1, "tag": "x"}, "news/tick/kind/const"),
        ({"kind": "gold", "sid": 1, "msg": {}}, "news/wire/known-message"),
        ({"kind": "tack", "n": "1"}, "news/wire/known-message"),
        ({"kind": "tick", "n": "1"}, "news/tick/n/type"),
    ],
)
def test_an_event_with_but_its_marks_wrong_is_explained_and_any_other_is_unknown(
    value: object, clause: str
) -> None:
    assert findings(value) == [clause]
    assert findings(value, "tick") == [clause]


LAYOUTS = """\
asyncapi: 3.0.0
info: {title: News, version: '1'}
defaultContentType: application/json
channels:
  c:
    messages:
      beat:
        payload:
          type: array
          items: [{title: kind, const: beat}, {title: n, type: integer}]
          minItems: 2
          additionalItems: false
      line:
        payload:
          type: array
          items: [{title: kind, const: line}, {title: id, type: string}, {title: words, type: array}]
          minItems: 3
          additionalItems: false
      lines:
        payload:
          type: array
          items: [{title: kind, const: lines}, {title: id, type: string}, {title: words, type: array}]
          minItems: 3
          additionalItems: false
operations:
  tell: {action: send, channel: {$ref: '#/channels/c'}}
"""


@pytest.mark.parametrize(
    ("value", "expected", "clause", "drift"),
    [
        (["x", []], "beat", "news/line/minItems", "dropped 0 kind"),
        (["x", []], "lines", "news/lines/minItems", "dropped 0 kind"),
        (["row", "x", []], "beat", "news/line/kind/const", ""),
        (["row", "x", []], "lines", "news/lines/kind/const", ""),
        (["new", "line", "x", []], "beat", "news/line/additionalItems", "inserted at 0"),
        (["row", 1], "line", "news/beat/kind/const", ""),
        ([None, None, None, None, None, None], "beat", "news/beat/additionalItems", ""),
    ],
)
def test_an_array_without_its_mark_is_the_message_with_the_fewest_edits(
    value: list[object], expected: str, clause: str, drift: str
) -> None:
    """Of those that are as near it is the one that was waited for; where none is near it is that, too."""
    service, book = service_of(LAYOUTS, "news")
    seen = Reader(service).read(0, 0, "text", JSON.encode(value))
    found = FrameJudge(service, book.clauses).judge(seen, (expected,))[0]
    assert found[0].clause == clause
    assert (found[0].drift or "").startswith(drift)
    assert bool(found[0].drift) == bool(drift)
