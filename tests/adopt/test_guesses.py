"""What names say of a document that says too little."""

from __future__ import annotations

import pytest

from conformance.adopt.guesses import changing, correlations, credentials, probes, refusal, replies
from conformance.contract import Service

from ..contract.build import chat, service_of


def talk(commands: dict[str, str], answers: dict[str, str]) -> Service:
    """A service with these messages (name -> properties as flow YAML) and an operation for each command."""
    messages = {**commands, **answers}
    made = ["asyncapi: 3.0.0", "info: {title: Talk, version: '1'}", "channels:", "  c:", "    messages:"]
    for name, properties in messages.items():
        required = ", ".join(part.split(":")[0].strip() for part in properties.split(";") if part)
        body = properties.replace(";", ",")
        made.append(
            f"      {name}: {{payload: {{type: object, required: [{required}], properties: {{{body}}}}}}}"
        )
    made.append("operations:")
    for name in commands:
        reference = f"{{$ref: '#/channels/c/messages/{name}'}}"
        made.append(
            f"  do{name}: {{action: receive, channel: {{$ref: '#/channels/c'}}, messages: [{reference}]}}"
        )
    listed = ", ".join(f"{{$ref: '#/channels/c/messages/{name}'}}" for name in answers)
    made.append(f"  tell: {{action: send, channel: {{$ref: '#/channels/c'}}, messages: [{listed}]}}")
    return service_of("\n".join(made) + "\n")[0]


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("FooCommand", "FooReply"),
        ("FooCommand", "FooAck"),
        ("FooRequest", "FooResult"),
        ("foo_request", "foo_response"),
        ("Ping", "Pong"),
        ("ListLamps", "LampList"),
        ("Subscribe", "Subscribed"),
        ("CancelOrder", "OrderCancelled"),
        ("CancelOrder", "OrderCanceled"),
        ("PlaceOrder", "OrderPlaced"),
        ("Login", "LoggedIn"),
        ("GetBalances", "Balances"),
        ("Authenticate", "Authenticated"),
        ("subscribe", "subscriptionStatus"),
    ],
)
def test_a_reply_is_known_by_its_name(command: str, reply: str) -> None:
    service = talk({command: "a: {const: 1}"}, {reply: "b: {const: 1}", "Weather": "b: {const: 2}"})
    (guess,) = replies(service)
    assert (guess.value, guess.others, guess.why) == (reply, (), "by their names")


@pytest.mark.parametrize(
    ("command", "other"),
    [("PlaceOrder", "OrderBook"), ("Ping", "Error"), ("Foo", "FooError"), ("FooCommand", "BarReply")],
)
def test_what_no_name_says_is_not_guessed(command: str, other: str) -> None:
    assert not list(replies(talk({command: "a: {const: 1}"}, {other: "b: {const: 2}"})))


def test_two_that_fit_alike_are_alternatives() -> None:
    service = talk({"Foo": "a: {const: 1}"}, {"FooAck": "b: {const: 1}", "FooResult": "b: {const: 2}"})
    (guess,) = replies(service)
    assert {guess.value, *guess.others} == {"FooAck", "FooResult"}


def test_the_same_constant_at_the_same_place_speaks_for_a_reply() -> None:
    service = talk(
        {"In": "m: {const: hey}", "Other": "m: {const: ho}"}, {"X": "m: {const: hey}", "Y": "m: {const: 0}"}
    )
    assert [(guess.value, guess.why) for guess in replies(service)] == [("X", "by a constant")]


def test_documented_replies_are_left_alone() -> None:
    assert not list(replies(chat()))


@pytest.mark.parametrize(
    ("field", "found"),
    [("reqid: {type: integer}", ["reqid"]), ("requestId: {type: string}", ["requestId"]),
     ("id: {const: 5}", []), ("id: {type: object}", []), ("price: {type: string}", [])],
)  # fmt: skip
def test_a_field_that_both_have_may_tie_them(field: str, found: list[str]) -> None:
    service = talk({"Foo": field}, {"FooAck": field})
    messages = service.messages
    assert list(correlations(service, messages["Foo"], messages["FooAck"])) == found


def test_a_field_of_the_command_alone_ties_nothing() -> None:
    service = talk({"Foo": "id: {type: integer}"}, {"FooAck": "x: {type: integer}"})
    assert not list(correlations(service, service.messages["Foo"], service.messages["FooAck"]))


STATED = """
asyncapi: 3.0.0
info: {title: Talk, version: '1'}
channels:
  c:
    messages:
      Foo:
        correlationId: {location: $message.payload#/meta/tag}
        payload: {properties: {id: {type: integer}, meta: {properties: {tag: {type: integer}}}}}
      FooAck: {payload: {properties: {id: {type: integer}, meta: {properties: {tag: {type: integer}}}}}}
      FooError: {payload: {properties: {id: {type: integer}}}}
operations:
  foo: {action: receive, channel: {$ref: '#/channels/c'}, messages: [{$ref: '#/channels/c/messages/Foo'}]}
"""


@pytest.mark.parametrize(("reply", "found"), [("FooAck", ["meta/tag"]), ("FooError", [])])
def test_what_a_command_states_ties_its_replies_to_it(reply: str, found: list[str]) -> None:
    """Wherever it stands; another field that is called as such does not come before it."""
    service, _ = service_of(STATED)
    assert list(correlations(service, service.messages["Foo"], service.messages[reply])) == found


def test_the_refusal_its_code_and_its_codes() -> None:
    service = talk(
        {"Foo": "a: {const: 1}"},
        {"FooAck": "b: {const: 1}", "ErrorMsg": "code: {enum: [x, y]}; b: {const: 2}"},
    )
    found = refusal(service)
    assert found is not None
    assert (found[0].name, *found[1:]) == ("ErrorMsg", "/code", ("x", "y"))


def test_without_such_a_name_there_is_no_refusal() -> None:
    assert refusal(talk({"Foo": "a: {const: 1}"}, {"FooAck": "code: {enum: [x]}"})) is None


@pytest.mark.parametrize(
    ("name", "field", "found"),
    [
        ("Login", "apiKey: {type: string}", ["/apiKey"]),
        ("Auth", "jwt: {type: string}", ["/jwt"]),
        ("Other", "x: {type: string, format: password}", ["/x"]),
        ("Other", "token: {type: string}", []),
        ("Login", "name: {type: string}", []),
    ],
)
def test_where_a_credential_stands(name: str, field: str, found: list[str]) -> None:
    service = talk({name: field}, {"FooAck": "b: {const: 1}"})
    assert [pointer for _, pointer in credentials(service)] == found


def test_what_is_not_plainly_harmless_is_taken_to_change_something() -> None:
    names = ["Ping", "GetBook", "Subscribe", "Place", "RequestWithdrawal", "Frobnicate", "Login"]
    service = talk({name: f"a: {{const: {name}}}" for name in names}, {"FooAck": "b: {const: 1}"})
    assert [each.message for each in changing(service)] == ["Place", "RequestWithdrawal", "Frobnicate"]
    assert [each.message for each in probes(service)] == ["Ping"]
