"""Extensions become rules; a rule about nothing is an error."""

from __future__ import annotations

import pytest

from conformance.contract.model import Service
from conformance.errors import DocumentError
from tests.contract.build import CHAT, service_of

ROOT = """\
x-conformance:
  roles: {talk.say: speak, talk.text: 'say#/text', talk.listen: listen, talk.late: 'no#/code=late'}
  refusals: {message: 'no', code: /code, codes: {invalid: mute, busy: late}, order: [invalid]}
  deadlines: [{name: hello, stopped_by: said, after_ms: 50, within_ms: 10, refusal: late, close: 1008}]
  silence: {before_first_command: true}
  limits: {message_bytes: 100, idle_ms: 60}
  close: {oversize: 1009}
  sources:
    people: {operation: speak, with: {text: who}, message: said, each: /people, values: {person: ''}}
"""
RULES = """\
        x-conformance:
          rules:
            - {name: rising, says: It rises., kind: not_decreasing, at: /1, compare: integer, level: should}
"""
OPERATION = """\
    x-conformance:
      permissions: [talk]
      within_ms: 70
      changes_state: false
      reply: {message: said, where: {/kind: said}}
      correlates: {'no': {/ref: ['{/ref}', null]}}
"""
BADGE = """\
      x-conformance:
        credential: {operation: speak, location: /secret, success: said, permissions: /people, refusal: mute}
        issued: {operation: speak, location: /people}
"""
FULL = (
    CHAT.replace(
        "    badge: {type: apiKey, in: password}\n",
        "    badge:\n      type: apiKey\n      in: password\n" + BADGE,
    )
    .replace("  listen:\n", OPERATION + "  listen:\n")
    .replace("operations:\n", RULES + "operations:\n", 1)
    + ROOT
)


@pytest.fixture(scope="module")
def service() -> Service:
    return service_of(FULL)[0]


def test_the_root(service: Service) -> None:
    """Roles, refusals, deadlines, limits, sources."""
    rules = service.rules
    assert rules.roles["talk.late"] == ("no#/code=late",)
    assert rules.refusals is not None
    assert (rules.refusals.message, rules.refusals.code) == ("no", "/code")
    assert dict(rules.refusals.codes) == {"invalid": "mute", "busy": "late"}
    assert rules.refusals.of("invalid") == ("mute",)
    assert dict(rules.refusals.clauses) == {"invalid": "toy/refusals/invalid", "busy": "toy/refusals/busy"}
    deadline = rules.deadlines[0]
    assert (deadline.after_ms, deadline.within_ms, deadline.close) == (50, 10, 1008)
    assert sorted(deadline.clauses) == ["close", "early", "error"]
    assert (dict(rules.limits), dict(rules.close)) == (
        {"message_bytes": 100, "idle_ms": 60},
        {"oversize": 1009},
    )
    assert rules.silent_before_first_command
    source = rules.sources[0]
    assert (source.each, dict(source.values), dict(source.fields)) == (
        "/people",
        {"person": ""},
        {"text": "who"},
    )
    for name in ("silence/before_first_command", "limits/message_bytes", "limits/idle_ms", "close/oversize"):
        assert rules.clauses[name] == f"toy/{name}"


def test_an_operation(service: Service) -> None:
    """A narrowed reply, a deadline, permissions, templates."""
    speak = service.operations["speak"]
    assert (speak.replies, dict(speak.narrowed)) == (("said",), {"/kind": "said"})
    assert (speak.permissions, speak.within_ms, speak.changes_state) == (("talk",), 70, False)
    assert dict(speak.correlates["no"]) == {"/ref": ("{/ref}", None)}
    assert sorted(speak.clauses) == [
        "correlation",
        "permissions",
        "reply",
        "security",
        "unknown-to",
        "within",
    ]


def test_a_credential(service: Service) -> None:
    """Which command carries it, what accepts it, who makes it."""
    badge = service.credentials["badge"]
    assert (badge.operation, badge.location, badge.success, badge.refusal) == (
        "speak",
        "/secret",
        "said",
        "mute",
    )
    assert (badge.permissions, badge.issued_by, badge.issued_at) == ("/people", "speak", "/people")
    assert dict(badge.clauses) == {
        "success": "toy/credentials/badge/success",
        "failure": "toy/credentials/badge/failure",
        "secret": "toy/credentials/badge/secret",
    }


def test_a_rule(service: Service) -> None:
    """A rule over the values of a message."""
    rule = service.messages["heard"].rules[0]
    assert (rule.name, rule.kind, rule.at, rule.level) == ("rising", "not_decreasing", ("/1",), "should")
    assert rule.clause == "toy/heard/rules/rising"


BROKEN = [
    ("talk.say: speak", "talk.say: speek", "there is no operation 'speek' (did you mean speak?)"),
    ("'say#/text'", "'sey#/text'", "there is no message 'sey' (did you mean say?)"),
    ("'say#/text'", "'say#/txt'", "say has nothing at /txt (at its top did you mean text?)"),
    ("{message: 'no', code: /code, codes", "{message: nope, code: /code, codes",
     "there is no message 'nope' (did you mean no?)"),
    ("code: /code, codes", "code: /cod, codes", "no has nothing at /cod (at its top did you mean code?)"),
    ("stopped_by: said", "stopped_by: sad", "there is no message 'sad' (did you mean said or say?)"),
    ("each: /people", "each: /peple", "said has nothing at /peple/* (at its top did you mean people?)"),
    ("at: /1, compare", "at: /7, compare", "heard has nothing at /7 (at its top there is 0, 1)"),
    ("{/kind: said}", "{/kin: said}", "said has nothing at /kin (at its top did you mean kind?)"),
    ("reply: {message: said", "reply: {message: heard",
     "heard is not a documented reply of speak; expected said or no"),
    ("{'no': {/ref", "{'na': {/ref", "there is no message 'na' (there is say, said, no, heard)"),
    ("['{/ref}', null]", "['{/reff}', null]", "speak has nothing at /reff (at its top did you mean ref?)"),
    ("['{/ref}', null]", "'a[:{/txt}]'", "speak has nothing at /txt (at its top did you mean text?)"),
    ("location: /secret", "location: /sekret",
     "speak has nothing at /sekret (at its top did you mean secret?)"),
    ("permissions: /people", "permissions: /crowd",
     "said has nothing at /crowd (at its top there is kind, ref, people)"),
    ("with: {text: who}", "with: {txt: who}", "speak has nothing at /txt (at its top did you mean text?)"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "sentence"), BROKEN, ids=range(len(BROKEN)))
def test_a_rule_about_nothing_is_refused(old: str, new: str, sentence: str) -> None:
    """With the line of the name that does not exist, and what exists."""
    text = FULL.replace(old, new, 1)
    assert text != FULL
    line = next(
        number
        for number, (a, b) in enumerate(zip(FULL.splitlines(), text.splitlines(), strict=True), 1)
        if a != b
    )
    with pytest.raises(DocumentError) as raised:
        service_of(text)
    assert str(raised.value) == f"a.yaml:{line}: {sentence}"


STREAMS = """\
asyncapi: 3.0.0
info: {title: T, version: '1'}
channels:
  c:
    messages:
      open: {payload: {type: object, required: [do], properties: {do: {const: open}, tap: {type: string}}}}
      shut: {payload: {type: object, required: [do], properties: {do: {const: shut}, tap: {type: string}}}}
      opened: {payload: {items: [{const: opened}, {type: string}]}}
      shutted: {payload: {items: [{const: shutted}, {type: string}]}}
      level: {payload: {items: [{const: level}, {type: string}, {type: integer}, {type: integer}]}}
      drop: {payload: {items: [{const: drop}, {type: string}, {type: integer}]}}
operations:
  turn: {action: receive, channel: {$ref: '#/channels/c'}, messages: [{$ref: '#/channels/c/messages/open'}]}
  close: {action: receive, channel: {$ref: '#/channels/c'}, messages: [{$ref: '#/channels/c/messages/shut'}]}
  flow:
    action: send
    channel: {$ref: '#/channels/c'}
    messages: [{$ref: '#/channels/c/messages/level'}, {$ref: '#/channels/c/messages/drop'}]
x-conformance:
  streams:
    subscribe: turn
    unsubscribe: close
    acknowledged: opened
    ended: shutted
    id: /1
    sequence: /2
    time: {level: /3}
    repeated: twice
    snapshot_within_ms: 20
    kinds:
      - {name: hot, command: {tap: hot}, snapshot: level, events: [drop]}
      - {name: cold, command: {tap: {source: tap}}, events: [drop]}
"""


def test_streams() -> None:
    """Kinds with and without a snapshot; only the codes that are named are clauses."""
    service, book = service_of(STREAMS)
    streams = service.rules.streams
    assert streams is not None
    assert (str(streams.id), str(streams.sequence), str(streams.time)) == ("/1", "/2", "level: /3")
    assert dict(streams.clauses) == {"repeated": "toy/streams/repeated"}
    begin_and_end = (service.operations[each] for each in (streams.subscribe, streams.unsubscribe))
    assert not any(each.changes_state for each in begin_and_end)  # whatever they are called
    hot, cold = streams.kinds
    assert list(hot.clauses) == [
        "acknowledged-first",
        "snapshot-first",
        "sequence",
        "silent-after-unsubscribe",
    ]
    assert list(cold.clauses) == ["acknowledged-first", "sequence", "silent-after-unsubscribe"]
    assert dict(cold.command) == {"tap": {"source": "tap"}}
    assert (
        book.clauses["toy/streams/hot/sequence"].says
        == "Sequence numbers of the stream hot rise by exactly one."
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("sequence: /2", "sequence: /9", "level has nothing at /9 (at its top there is 0, 1, 2, 3)"),
        ("{tap: hot}", "{tab: hot}", "turn has nothing at /tab (at its top did you mean tap?)"),
        ("events: [drop]", "events: [drip]", "there is no message 'drip' (did you mean drop?)"),
        ("{level: /3}", "{drop: /3}", "drop has nothing at /3 (at its top there is 0, 1, 2)"),
    ],
)
def test_streams_about_nothing_are_refused(old: str, new: str, sentence: str) -> None:
    """Every pointer of a stream leads somewhere in every message it is for."""
    with pytest.raises(DocumentError, match=r"^a\.yaml:\d+: ") as raised:
        service_of(STREAMS.replace(old, new, 1))
    assert str(raised.value).endswith(sentence)


FURTHER = STREAMS.replace(
    "    repeated: twice\n",
    "    clock: {within_ms: 30}\n    shared: true\n    lasting: false\n    undisturbed: true\n",
).replace("x-conformance:\n", "x-conformance:\n  roles: {clock.server: 'level#/3'}\n")


def test_what_else_is_promised_of_streams() -> None:
    """Only what is stated is a clause; a kind whose live events have no time is near no clock."""
    service, book = service_of(FURTHER)
    streams = service.rules.streams
    assert streams is not None
    assert streams.clock is not None
    assert (streams.clock.message, streams.clock.at, streams.clock.within_ms) == ("level", "/3", 30)
    assert list(streams.clauses) == ["clock"]
    assert all(list(kind.clauses)[-2:] == ["shared", "undisturbed"] for kind in streams.kinds)
    timed, _ = service_of(FURTHER.replace("time: {level: /3}", "time: /2"))
    assert timed.rules.streams is not None
    assert timed.rules.streams.kinds[0].clauses["clock"] == "toy/streams/hot/clock"
    assert book.clauses["toy/streams/clock"].says.endswith("counts milliseconds.")


def test_a_clock_that_nothing_tells_is_refused() -> None:
    """Events are held against the target's own clock: something has to tell it."""
    with pytest.raises(DocumentError, match=r"roles: \{clock\.server"):
        service_of(FURTHER.replace("  roles: {clock.server: 'level#/3'}\n", ""))


PLACES = STREAMS.replace(
    "    id: /1\n    sequence: /2\n",
    "    id: {opened: /1, shutted: /1, level: /1, drop: /1}\n    sequence: {level: /2}\n",
)


def test_each_message_of_a_stream_may_have_its_own_places() -> None:
    """A kind none of whose messages has a number promises no sequence."""
    service, _ = service_of(PLACES)
    streams = service.rules.streams
    assert streams is not None
    assert [streams.id.of(name) for name in ("opened", "drop")] == ["/1", "/1"]
    assert [streams.sequence.of(name) for name in ("level", "drop")] == ["/2", ""]
    hot, cold = streams.kinds
    assert "sequence" in hot.clauses
    assert "sequence" not in cold.clauses


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("opened: /1, ", "", "id does not say where it stands in opened; expected opened: a pointer into it"),
        ("{level: /2}", "{levels: /2}", "there is no message 'levels' in the streams (did you mean level?)"),
        ("{level: /2}", "{level: /9}", "level has nothing at /9 (at its top there is 0, 1, 2, 3)"),
        (
            "{level: /2}",
            "{opened: /1}",
            "there is no message 'opened' in the streams (there is level, drop)",
        ),
        (
            "repeated: twice",
            "unsubscribe_with: {tap: {saved: tap}}",
            "nothing is saved as 'tap'; expected saved: stream",
        ),
        (
            "repeated: twice",
            "unsubscribe_with: {tab: a}",
            "close has nothing at /tab (at its top did you mean tap?)",
        ),
        (
            "ended: shutted",
            "ended: opened",
            "opened is both the acknowledgement and the end, and nothing tells which; "
            "expected reply: {message: opened, where: …} at turn and close",
        ),
    ],
)
def test_places_that_say_too_little_or_nothing_are_refused(old: str, new: str, sentence: str) -> None:
    """Whoever reads an event has to know which stream it is of."""
    assert old in PLACES
    with pytest.raises(DocumentError, match=r"^a\.yaml:\d+: ") as raised:
        service_of(PLACES.replace(old, new, 1))
    assert str(raised.value).endswith(sentence)


def test_pointers_follow_recursion() -> None:
    """A pointer may lead as deep into a recursive schema as it likes."""
    text = CHAT.replace("people: {$ref", "tree: {$ref: '#/components/schemas/T'}\n            people: {$ref")
    loop = "{type: object, properties: {down: {$ref: '#/components/schemas/T'}, n: {type: integer}}}"
    text = text.replace("schemas: {People", f"schemas: {{T: {loop}, People")
    service_of(text + "x-conformance: {roles: {a.b: 'said#/tree/down/down/n'}}\n")
    with pytest.raises(DocumentError, match="said has nothing at /tree/down/down/m"):
        service_of(text + "x-conformance: {roles: {a.b: 'said#/tree/down/down/m'}}\n")


def test_a_role_of_refusals_may_have_several_codes() -> None:
    """Any of them says so; the sentence names all, and the first stands at the list's line."""
    service, book = service_of(FULL.replace("invalid: mute", "invalid: [mute, nobody]"))
    refusals = service.rules.refusals
    assert refusals is not None
    assert (refusals.codes["invalid"], refusals.of("invalid")) == ("mute", ("mute", "nobody"))
    assert (refusals.of("busy"), refusals.of("forbidden")) == (("late",), ())
    says = "What is invalid is refused with `mute` or `nobody`."
    assert book.clauses["toy/refusals/invalid"].says == says


def test_an_empty_list_of_codes_is_refused() -> None:
    with pytest.raises(DocumentError, match="invalid"):
        service_of(FULL.replace("invalid: mute", "invalid: []"))
