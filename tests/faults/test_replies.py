"""Faults of replies, refusals, closes and HTTP answers, in little conversations without a wire."""

from __future__ import annotations

from functools import cache

import pytest

from conformance.cases.correlation import correlation, echoed
from conformance.cases.reading import codec_of
from conformance.codec import JSON
from conformance.contract import Operation, Schema, Service, find, identify
from conformance.faults import Fault
from conformance.faults.altered import put_pointer
from conformance.faults.bodies import RULES as ANSWERS
from conformance.faults.closing import CODES
from conformance.faults.fault import Derived
from conformance.faults.replies import LATE_MS
from conformance.faults.replies import RULES as REPLIES
from conformance.payloads import exemplified, valid
from conformance.reference.behaviour import HttpAnswer
from tests.faults.stage import behaviour, contract, family, faults, operations, smallest, unpacked

REFUSED = "is-always-refused"


@cache
def commands() -> dict[str, tuple[Service, Operation]]:
    """All commands that get an answer, by ``service/name``."""
    return {
        f"{service.name}/{operation.name}": (service, operation)
        for service, operation in operations(contract())
        if operation.replies
    }


def reply_to(service: Service, operation: Operation, name: str, sent: object) -> object:
    """A message that answers a command."""
    made = smallest(service, name)
    for pointer, allowed in correlation(service, operation, name, sent).items():
        made = put_pointer(made, pointer, allowed[0])
    return made


def events(service: Service) -> list[object]:
    """One of each message that the service may send unasked."""
    refusals = service.rules.refusals
    refusal = refusals.message if refusals else ""
    return [
        smallest(service, each.name) for each in service.from_target() if each.event and each.name != refusal
    ]


class Talk:
    """A command, events around its reply, and what comes out in its place."""

    def __init__(self, fault: Fault, service: Service, operation: Operation) -> None:
        self.service, self.operation = service, operation
        self.one: Derived = behaviour(fault)
        self.sent = smallest(service, operation.message)
        refusals = service.rules.refusals
        name = next(
            (each for each in operation.replies if refusals is None or each != refusals.message),
            operation.replies[0],
        )
        self.reply = reply_to(service, operation, name, self.sent)

    def command(self, service: Service, operation: Operation) -> None:
        """A command comes in as it was sent."""
        payload = codec_of(service).encode(smallest(service, operation.message))
        assert self.one.incoming(service.name, payload, False) == (payload, False)

    def events(self) -> None:
        """Events go out as they are."""
        for event in events(self.service):
            assert unpacked(self.one.outgoing(self.service.name, event)) == [event]

    def spoilt(self) -> list[tuple[object, float]]:
        """What is sent instead of the reply, with its delays."""
        self.command(self.service, self.operation)
        self.events()
        frames = self.one.outgoing(self.service.name, self.reply)
        assert self.one.applied == 1
        self.events()
        made = list(zip(unpacked(frames), [each.delay_secs for each in frames], strict=True))
        # Nothing was asked any more: whatever comes now is no answer.
        assert unpacked(self.one.outgoing(self.service.name, self.reply)) == [self.reply]
        assert self.one.applied == 1
        return made


@pytest.mark.parametrize("word", [word for word, *_ in REPLIES])
def test_replies_are_spoilt(word: str) -> None:
    """For each command of the documents; events before and behind the reply stay as they are."""
    found = family("reply")
    assert len(found) > 60
    for fault in (each for each in found if each.name.endswith("/" + word)):
        service, operation = commands()[fault.name.removesuffix("/" + word)]
        talk = Talk(fault, service, operation)
        if not correlation(service, operation, identify(service, talk.reply)[0].name, talk.sent):
            assert word != "is-answered-to-another"
        made = talk.spoilt()
        match word:
            case "is-never-answered":
                assert made == []
            case "is-answered-twice":
                assert made == [(talk.reply, 0.0)] * 2
            case "is-answered-late":
                assert made == [(talk.reply, (operation.within_ms + LATE_MS) / 1000)]
            case "is-answered-to-another":
                assert named(service, made) == named(service, [(talk.reply, 0.0)])
                assert not answers(service, operation, talk.sent, made[0][0])
            case "is-answered-by-another-kind":
                assert not set(named(service, made)) & set(operation.replies)
            case _:
                assert service.rules.refusals is not None
                assert named(service, made) == [service.rules.refusals.message]
                assert answers(service, operation, talk.sent, made[0][0])


def named(service: Service, made: list[tuple[object, float]]) -> list[str]:
    return [each.name for value, _ in made for each in identify(service, value)]


def answers(service: Service, operation: Operation, sent: object, value: object) -> bool:
    """Whether a message carries what the reply to a command must echo."""
    return all(
        echoed(value, correlation(service, operation, each.name, sent)) for each in identify(service, value)
    )


def test_replies_to_other_commands_stay_as_they_are() -> None:
    """A fault of one command leaves each other one's reply alone."""
    for fault in family("reply")[::4]:
        place, _, _word = fault.name.rpartition("/")
        _, operation = commands()[place]
        for name, (other_service, other) in commands().items():
            if name != place and other.message != operation.message:
                talk = Talk(fault, other_service, other)
                talk.command(other_service, other)
                assert unpacked(talk.one.outgoing(other_service.name, talk.reply)) == [talk.reply], name
                assert talk.one.applied == 0


def test_what_is_refused_anyway_is_no_refusal_by_fault() -> None:
    """A refusal stays what it is, and a command that is only ever refused has no such fault."""
    for fault in family("reply"):
        if fault.name.endswith(REFUSED):
            service, operation = commands()[fault.name.removesuffix("/" + REFUSED)]
            assert service.rules.refusals is not None
            assert set(operation.replies) != {service.rules.refusals.message}
            talk = Talk(fault, service, operation)
            talk.command(service, operation)
            refusal = reply_to(service, operation, service.rules.refusals.message, talk.sent)
            assert unpacked(talk.one.outgoing(service.name, refusal)) == [refusal]
            assert talk.one.applied == 0


def test_refusals_name_another_reason() -> None:
    """One code becomes another documented one; other codes stay, and other messages."""
    assert family("refusal")
    for fault in family("refusal"):
        service = contract().services[fault.name.split("/")[0]]
        refusals = service.rules.refusals
        assert refusals is not None
        role = fault.name.split("/")[-1].removesuffix("-as-another")
        assert fault.clauses == (refusals.clauses[role],)
        base = smallest(service, refusals.message)
        for code in dict.fromkeys(refusals.codes.values()):
            one = behaviour(fault)
            value = put_pointer(base, refusals.code, code)
            (made,) = unpacked(one.outgoing(service.name, value))
            ((_, seen),) = find(made, refusals.code)
            assert (seen != code) == (code == refusals.codes[role]) == bool(one.applied)
            assert seen in refusals.codes.values()
            assert put_pointer(made, refusals.code, code) == value
        one = behaviour(fault)
        for event in events(service):
            assert unpacked(one.outgoing(service.name, event)) == [event]


def test_closes_have_another_code_or_never_come() -> None:
    """Each promised code; the others stay as they are."""
    promised = {int(each.name.split("/")[1].split("-")[0]) for each in family("close")}
    assert len(promised) > 1
    for fault in family("close"):
        code, _, word = fault.name.removeprefix("close/").partition("-")
        expected = None if word == "never" else int(word.removeprefix("as-"))
        one = behaviour(fault)
        assert one.close_code(int(code)) == expected != int(code)
        assert one.applied == 1
        for other in {*promised, *CODES, 4999} - {int(code)}:
            assert one.close_code(other) == other
        assert one.applied == 1
    assert f"close/{min(promised)}-never" in faults()


def body(schema: Schema) -> bytes:
    """A valid body."""
    return JSON.encode(exemplified(valid(schema)))


@pytest.mark.parametrize("word", [word for word, *_ in ANSWERS])
def test_answers_are_spoilt(word: str) -> None:
    """Each HTTP operation's documented answer; what the fault does not speak of stays."""
    found = [each for each in family("http") if each.name.endswith("/" + word)]
    assert found
    services = contract().services
    for fault in found:
        service, name = fault.name.split("/")[:2]
        (operation,) = (each for each in services[service].http if each.name == name)
        response = next(each for each in operation.responses if each.content)
        whole = HttpAnswer(int(response.status), body(response.content["application/json"]))
        one = behaviour(fault)
        made = one.answer(service, operation.method, operation.path, whole)
        assert one.applied == 1
        changed = [whole.status != made.status, whole.body != made.body, whole.headers != made.headers]
        changed.append(whole.content_type != made.content_type)
        assert sum(changed) == 1, (word, made)
        if word.removeprefix("as-").isdecimal():
            assert made.status == int(word.removeprefix("as-"))
            assert str(made.status) not in {each.status for each in operation.responses}
        assert one.answer(service, "POST", operation.path, whole) is whole
