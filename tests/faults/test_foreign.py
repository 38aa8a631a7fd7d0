"""Faults of a document that the suite was not made for: JSON in text frames, nested ids, numeric codes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from conformance.cases.correlation import correlation, echoed
from conformance.cases.reading import codec_of
from conformance.contract import Contract, Message, Service, find, identify, load
from conformance.documents.find import find as found
from conformance.faults import Fault
from conformance.faults.altered import put_pointer
from conformance.faults.catalogue import derived
from conformance.faults.fault import Derived
from conformance.payloads import exemplified, mutants
from conformance.reference.behaviour import Behaviour, HttpAnswer, OutFrame
from conformance.validation import judge
from conformance.verdict.ruling import judge_succession
from tests.faults.stage import behaviour, message_of, smallest, values
from tests.foreign.harbour import ASYNCAPI, OPENAPI

NAME = "harbour-gauges"


class Texts(Behaviour):
    """Speaks JSON in text frames."""

    def outgoing(self, service: str, value: Any) -> list[OutFrame]:
        """One text frame a message."""
        return [OutFrame(json.dumps(value).encode(), is_text=True)]


@cache
def harbour() -> Contract:
    """The documents of the hub."""
    return load(found(asyncapi=[str(ASYNCAPI)], openapi=[str(OPENAPI)]))


@cache
def made() -> Mapping[str, Fault]:
    """The faults that the rules make of them."""
    return {fault.name: fault for fault in derived(harbour())}


def hub() -> Service:
    return harbour().services[NAME]


def of(word: str) -> list[Fault]:
    return [each for each in made().values() if each.family == word]


def fresh(name: str) -> Derived:
    return behaviour(made()[name], Texts)


def read(frames: list[OutFrame]) -> list[Any]:
    assert all(frame.is_text for frame in frames)
    return [json.loads(frame.payload) for frame in frames]


def command(name: str) -> tuple[Any, bytes]:
    """A valid command and its bytes."""
    value = smallest(hub(), hub().operations[name].message)
    return value, json.dumps(value).encode()


def test_every_rule_that_has_something_to_break_makes_faults() -> None:
    """No close code is promised here; all else is there, and names clauses of the document."""
    families = Counter(fault.family for fault in made().values())
    assert set(families) == {"value", "relation", "wire", "reply", "refusal", "accepted", "http"}
    assert families["value"] > 200
    for fault in made().values():
        assert fault.shadow is not None
        assert {*fault.clauses, *fault.besides, *fault.shadow} <= set(harbour().clauses), fault.name


def test_values_are_broken() -> None:
    """Each breaks its clause first, in any value of its message, and stays JSON text."""
    for fault in of("value"):
        if not fault.name.startswith(f"{NAME}/"):
            continue
        service, message = message_of(harbour(), fault)
        for value in values(message)[:4]:
            one = behaviour(fault, Texts)
            (broken,) = read(one.outgoing(NAME, value))
            assert one.applied == 1, (fault.name, value)
            assert judge(message.payload, broken).findings[0].clause == fault.clauses[0], fault.name
        assert service.name == NAME


def test_bodies_are_broken() -> None:
    """A field that may be null, and one that may not."""
    health = harbour().services[f"{NAME}-health"]
    (operation,) = health.http
    body = {"status": "ok", "gauges": 2, "note": None}
    whole = HttpAnswer(200, json.dumps(body).encode())
    schema = operation.responses[0].content["application/json"]
    bodies = [each for each in of("value") if each.name.startswith(health.name)]
    assert bodies
    for fault in bodies:
        one = behaviour(fault)
        answer = one.answer("any", operation.method, operation.path, whole)
        assert judge(schema, json.loads(answer.body)).findings[0].clause == fault.clauses[0], fault.name


def test_what_may_not_run_back_runs_back() -> None:
    """The one rule between successive messages, whose value stands in an array in a map."""
    (fault,) = of("relation")
    (rule,) = hub().messages["level"].rules
    one = behaviour(fault, Texts)
    base = {"kind": "level", "feed": "north-quay", "n": 2}
    sent = [read(one.outgoing(NAME, {**base, "sample": [100 + at, 1.5]}))[0] for at in range(3)]
    for before, after in pairwise(sent):
        assert [each.clause for each in judge_succession(rule, "level", before, after)[1]] == [rule.clause]


LOADED = {"two-objects", "trailing-byte", "cut-short", "no-object", "empty", "invalid-utf8"}


@pytest.mark.parametrize("word", sorted(LOADED))
def test_texts_are_no_json(word: str) -> None:
    """What another library cannot load."""
    for message in hub().from_target():
        (frame,) = fresh(f"{NAME}/wire/{word}").outgoing(NAME, smallest(hub(), message.name))
        with pytest.raises(ValueError, match=r"."):
            json.loads(frame.payload)


def test_frames_are_others() -> None:
    """Spread over two, followed by a stranger, binary, or with a key that repeats."""
    for message in hub().from_target():
        value = smallest(hub(), message.name)
        first, second = fresh(f"{NAME}/wire/in-two-frames").outgoing(NAME, value)
        assert json.loads(first.payload + second.payload) == value
        first, second = fresh(f"{NAME}/wire/and-another").outgoing(NAME, value)
        assert json.loads(first.payload) == value
        assert not identify(hub(), json.loads(second.payload))
        (frame,) = fresh(f"{NAME}/wire/binary-frames").outgoing(NAME, value)
        assert (frame.is_text, json.loads(frame.payload)) == (False, value)
        (frame,) = fresh(f"{NAME}/wire/repeated-key").outgoing(NAME, value)
        pairs = json.loads(frame.payload, object_pairs_hook=list)
        assert pairs[0] == pairs[-1]
    assert f"{NAME}/wire/text-frames" not in made()


def spoilt(operation: str, word: str, reply: str) -> tuple[Any, list[Any], list[OutFrame]]:
    """Command, what came instead of its reply, and the frames of that; an event between them stays."""
    sent, payload = command(operation)
    one = fresh(f"{NAME}/{operation}/{word}")
    assert one.incoming(NAME, payload, True) == (payload, True)
    event = smallest(hub(), "level")
    assert read(one.outgoing(NAME, event)) == [event]
    frames = one.outgoing(NAME, answering(operation, reply, sent))
    assert one.applied == 1
    return sent, read(frames), frames


def answering(operation: str, reply: str, sent: object) -> object:
    value = smallest(hub(), reply)
    for pointer, allowed in correlation(hub(), hub().operations[operation], reply, sent).items():
        value = put_pointer(value, pointer, allowed[0])
    return value


def test_replies_are_spoilt() -> None:
    """Ids in a map in the message are echoed, or not, where the document has them."""
    calibrate = hub().operations["calibrate"]
    _, never, _ = spoilt("calibrate", "is-never-answered", "calibrated")
    assert never == []
    _, twice, _ = spoilt("calibrate", "is-answered-twice", "calibrated")
    assert len(twice) == 2
    assert twice[0] == twice[1]
    _, _, (late,) = spoilt("calibrate", "is-answered-late", "calibrated")
    assert late.delay_secs == pytest.approx((calibrate.within_ms + 700) / 1000)
    sent, (another,), _ = spoilt("calibrate", "is-answered-by-another-kind", "calibrated")
    assert another["kind"] not in ("calibrated", "trouble")
    assert another["meta"] == sent["meta"]
    sent, (strange,), _ = spoilt("calibrate", "is-answered-to-another", "calibrated")
    assert strange["kind"] == "calibrated"
    assert strange["meta"]["ref"] != sent["meta"]["ref"]
    sent, (refusal,), _ = spoilt("calibrate", "is-always-refused", "calibrated")
    assert refusal["kind"] == "trouble"
    assert refusal["meta"] == sent["meta"]
    assert judge(hub().messages["trouble"].payload, refusal).ok


def test_refusals_have_another_number() -> None:
    """Codes are integers in a map in the message, and stay integers."""
    refusals = hub().rules.refusals
    assert refusals is not None
    for fault in of("refusal"):
        role = fault.name.rpartition("/")[2].removesuffix("-as-another")
        value = put_pointer(smallest(hub(), "trouble"), "/why/reason", refusals.codes[role])
        (changed,) = read(behaviour(fault, Texts).outgoing(NAME, value))
        assert changed["why"]["reason"] in set(refusals.codes.values()) - {refusals.codes[role]}
        assert type(changed["why"]["reason"]) is int


def test_broken_commands_are_mended() -> None:
    """In text frames, which are the service's own; the answer is no refusal, and echoes what was sent."""
    number = 0
    for name, operation in hub().operations.items():
        message = hub().messages[operation.message]
        refusal = smallest(hub(), "trouble")
        for mutant in mutants(message.payload):
            fault = made().get(f"{NAME}/{name}/accepts/{word_of(message, mutant.clause)}")
            try:
                sent = exemplified(mutant.value)
                payload = codec_of(hub()).encode(sent)
            except ValueError:
                continue
            assert fault is not None, mutant.clause
            one = behaviour(fault, Texts)
            arrived, is_text = one.incoming(NAME, payload, True)
            number += 1
            assert is_text
            assert judge(message.payload, json.loads(arrived)).ok, (fault.name, sent)
            (answer,) = read(one.outgoing(NAME, refusal))
            assert answer["kind"] != "trouble", fault.name
            assert one.applied == 1
            (reply,) = identify(hub(), answer)
            if reply.name in operation.replies:
                assert echoed(answer, correlation(hub(), operation, reply.name, sent)), (fault.name, answer)
    assert number > 100


def word_of(message: Message, clause: str) -> str:
    return clause.removeprefix(f"{NAME}/{message.name}/")


def test_pointers_lead_into_maps_and_arrays() -> None:
    """Where a pointer leads nowhere, or through a name with a slash, nothing else is touched."""
    value = {"a/b": [{"c~": 1}]}
    assert put_pointer(value, "/a~1b/0/c~0", 2) == {"a/b": [{"c~": 2}]}
    assert find(value, "/a~1b/0/c~0") == [("/a~1b/0/c~0", 1)]
    for nowhere in ("/x", "/a~1b/1", "/a~1b/0/c~0/d", "/a~1b/-"):
        assert not find(put_pointer(value, nowhere, 2), nowhere)
    assert value == {"a/b": [{"c~": 1}]}
