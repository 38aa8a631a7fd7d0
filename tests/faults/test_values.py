"""Faults in values: each breaks its clause first, in every value of its message, and touches nothing else."""

from __future__ import annotations

import json
from itertools import islice

from conformance.contract import Protocol, Response, Schema
from conformance.faults import Fault
from conformance.faults.altered import documented
from conformance.payloads import exemplified, valid, variants
from conformance.reference.behaviour import HttpAnswer
from conformance.validation import judge
from tests.faults.stage import behaviour, contract, family, message_of, smallest, unpacked, values


def messages() -> list[Fault]:
    """The faults in WebSocket messages."""
    services = contract().services
    return [
        each for each in family("value") if services[each.name.split("/")[0]].protocol is Protocol.WEBSOCKET
    ]


def bodies() -> list[tuple[Fault, str, str, Response, Schema]]:
    """The faults in HTTP bodies, with method, path, response and schema."""
    made = []
    for service in contract().services.values():
        for operation in service.http:
            for response in operation.responses:
                for schema in response.content.values():
                    prefix = f"{service.name}/{operation.name}/{response.status}/"
                    for fault in family("value", prefix):
                        made.append((fault, operation.method, operation.path, response, schema))
    return made


def test_each_breaks_its_clause_in_every_value() -> None:
    """The smallest value, the document's examples, and some that lack a field or are another alternative."""
    assert len(messages()) > 2500
    for number, fault in enumerate(messages()):
        service, message = message_of(contract(), fault)
        known = values(message)
        more = known[1 + len(message.examples) + number % 5 :]
        for value in (*known[: 1 + len(message.examples)], *more[:1]):
            one = behaviour(fault)
            (broken,) = unpacked(one.outgoing(service.name, value))
            findings = judge(message.payload, broken).findings
            assert [each.clause for each in findings[:1]] == list(fault.clauses), (fault.name, value, broken)
            assert one.applied == 1


def test_other_messages_pass_as_they_are() -> None:
    """Those of the same service, and all of the other one."""
    everything = [
        (service, message.name, smallest(service, message.name))
        for service in contract().services.values()
        for message in service.from_target()
    ]
    for fault in messages()[::20]:
        one = behaviour(fault)
        _, own = message_of(contract(), fault)
        for service, name, value in everything:
            if (service.name, name) != (own.service, own.name):
                assert unpacked(one.outgoing(service.name, value)) == [value], (fault.name, name)
        assert one.applied == 0


def test_applications_are_counted() -> None:
    """Each time, in each behaviour for itself."""
    fault = messages()[0]
    service, message = message_of(contract(), fault)
    one, other = behaviour(fault), behaviour(fault)
    for _ in range(3):
        one.outgoing(service.name, smallest(service, message.name))
    assert (one.applied, other.applied) == (3, 0)


def test_each_breaks_its_clause_in_a_body() -> None:
    """HTTP answers likewise; answers on other paths, and undocumented ones, stay as they are."""
    assert len(bodies()) > 100
    for number, (fault, method, path, response, schema) in enumerate(bodies()):
        other = islice(variants(schema), number % 3, number % 3 + 1)
        for value in [exemplified(valid(schema)), *(exemplified(each.value) for each in other)]:
            whole = HttpAnswer(int(response.status), json.dumps(value).encode())
            assert documented(response, whole)
            one = behaviour(fault)
            broken = one.answer("any", method, path, whole)
            findings = judge(schema, json.loads(broken.body)).findings
            assert findings[0].clause == fault.clauses[0], (fault.name, value, broken.body)
            assert (broken.status, broken.content_type, one.applied) == (whole.status, "application/json", 1)
            for asked, at, answer in (
                ("DELETE", path, whole),
                (method, path + "/more", whole),
                (method, path, HttpAnswer(418, whole.body)),
                (method, path, HttpAnswer(whole.status, whole.body, "text/plain")),
                (method, path, HttpAnswer(whole.status, b"{")),
            ):
                assert one.answer("any", asked, at, answer) is answer
            assert one.applied == 1
