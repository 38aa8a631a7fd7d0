"""Rules on messages, commands and security: what leads nowhere, and what cannot be told apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.codec import same
from conformance.contract import load
from conformance.contract.loading import read
from conformance.lint import Finding, lint
from conformance.lint.messages import EFFECTS
from conformance.validation import judge

from .build import asyncapi3, lint_text, of_rule, openapi31, sources_of, write

HEAD = """\
asyncapi: 3.0.0
info: {title: Toy, version: '1'}
channels:
  room:
    address: /room
    messages:
"""
ASK = """\
      ask:
        payload: {type: object, required: [ask], properties: {ask: {const: 1}}}
"""
TAIL = """\
operations:
  ask:
    action: receive
    channel: {$ref: '#/channels/room'}
    messages: [{$ref: '#/channels/room/messages/ask'}]
"""


def told(messages: dict[str, str]) -> str:
    """A document whose target sends these messages."""
    listed = "".join(f"      {name}: {{payload: {payload}}}\n" for name, payload in messages.items())
    hear = "operations: {hear: {action: send, channel: {$ref: '#/channels/room'}}}\n"
    return HEAD + listed + hear


def instance(finding: Finding) -> object:
    """The value that a finding shows."""
    return json.loads(finding.says.partition(": ")[2])


def test_a_message_that_nobody_sends(tmp_path: Path) -> None:
    """It is in the channel, and in no operation."""
    text = HEAD + ASK + "      lost: {payload: {type: string}}\n" + TAIL
    (found,) = of_rule(lint_text(tmp_path, text), "unsent-message")
    assert "lost" in found.says
    assert "lost:" in text.splitlines()[found.where.line - 1]


def test_a_reply_at_another_address_is_somebodys_message(tmp_path: Path) -> None:
    """It is no part of this service, and not forgotten either."""
    text = HEAD + ASK + ("  answers:\n    address: /answers\n    messages: {done: {payload: {const: 2}}}\n")
    text += TAIL + "    reply: {channel: {$ref: '#/channels/answers'}}\n"
    assert of_rule(lint_text(tmp_path, text), "unsent-message") == []


def test_a_command_without_a_documented_reply(tmp_path: Path) -> None:
    """And with one, nothing is said."""
    found = of_rule(lint_text(tmp_path, HEAD + ASK + TAIL), "command-without-reply")
    assert [each.says for each in found] == ["ask has no documented reply"]
    reply = "    reply: {messages: [{$ref: '#/channels/room/messages/done'}]}\n"
    text = HEAD + ASK + "      done: {payload: {const: 2}}\n" + TAIL + reply
    assert of_rule(lint_text(tmp_path, text), "command-without-reply") == []


def test_a_command_of_which_nobody_says_what_it_changes(tmp_path: Path) -> None:
    """One finding for all that are put with permission alone, one for the others; none where it is said."""
    both = HEAD + ASK + "      sell: {payload: {const: sell}}\n" + TAIL
    listed = "messages: [{$ref: '#/channels/room/messages/sell'}]"
    both += f"  sell: {{action: receive, channel: {{$ref: '#/channels/room'}}, {listed}}}\n"
    found = of_rule(lint_text(tmp_path, both), "unstated-effects")
    assert [each.says for each in found] == [
        "nobody says whether anything is changed by ask: put to any target, as security and names say",
        "nobody says whether anything is changed by sell: put only with --allow-trading",
    ]
    said = HEAD + ASK + TAIL + "    x-conformance: {changes_state: false}\n"
    assert of_rule(lint_text(tmp_path, said), "unstated-effects") == []
    assert not [each for each in lint(*read(None)) if each.rule is EFFECTS]


def test_many_commands_without_any_reply_are_one_finding(tmp_path: Path) -> None:
    """A document that knows no replies is told so once."""
    names = [f"do{number}" for number in range(6)]
    messages = "".join(f"      {name}: {{payload: {{const: {name}}}}}\n" for name in names)
    operations = "operations:\n" + "".join(
        f"  {name}: {{action: receive, channel: {{$ref: '#/channels/room'}}, "
        f"messages: [{{$ref: '#/channels/room/messages/{name}'}}]}}\n"
        for name in names
    )
    (found,) = of_rule(lint_text(tmp_path, HEAD + messages + operations), "command-without-reply")
    assert "none of the 6 commands" in found.says


def test_a_component_that_nothing_refers_to(tmp_path: Path) -> None:
    """One that is referred to, also from inside a response called default, is used."""
    text = asyncapi3("{$ref: '#/components/schemas/Used'}")
    text += "components: {schemas: {Used: {type: string}, Idle: {type: string}}}\n"
    found = of_rule(lint_text(tmp_path, text), "unused-component")
    assert [each.says for each in found] == ["nothing refers to components.schemas.Idle"]
    above = "Pet: {type: object, discriminator: kind, required: [kind], properties: {kind: {type: string}}}"
    below = "Dog: {allOf: [{$ref: '#/components/schemas/Pet'}]}"
    pets = asyncapi3("{$ref: '#/components/schemas/Pet'}")
    pets += f"components: {{schemas: {{{above}, {below}}}}}\n"
    assert of_rule(lint_text(tmp_path, pets), "unused-component") == []
    http = """\
openapi: 3.0.3
info: {title: Toy, version: '1'}
paths:
  /a:
    get:
      responses:
        default: {description: any, content: {application/json: {schema: {$ref: '#/components/schemas/E'}}}}
components: {schemas: {E: {type: string}}}
"""
    assert of_rule(lint_text(tmp_path, http), "unused-component") == []


def test_a_message_that_says_nothing(tmp_path: Path) -> None:
    """Any value is one."""
    (found,) = of_rule(lint_text(tmp_path, told({"any": "{}", "some": "{type: string}"})), "empty-payload")
    assert "any valid" in found.says.replace("any value is a valid any", "any valid")


def test_a_correlation_id_that_is_not_in_the_payload(tmp_path: Path) -> None:
    """Matching by it can never work."""
    schema = "{type: object, properties: {id: {type: string}}, additionalProperties: false}"
    wrong = asyncapi3(schema, "correlationId: {location: '$message.payload#/idd'}")
    (found,) = of_rule(lint_text(tmp_path, wrong), "correlation-nowhere")
    assert "id" in found.says
    right = asyncapi3(schema, "correlationId: {location: '$message.payload#/id'}")
    assert of_rule(lint_text(tmp_path, right), "correlation-nowhere") == []


AMBIGUOUS = {
    "same shape": {"a": "{type: object}", "b": "{type: object}"},
    "wider": {
        "a": "{type: object, required: [x], properties: {x: {type: integer}}}",
        "b": "{type: object, required: [x], properties: {x: {type: [integer, string]}}}",
    },
    "shared constant": {
        "a": "{type: object, required: [k], properties: {k: {const: 1}}}",
        "b": "{type: object, required: [k], properties: {k: {enum: [1, 2]}}}",
        "c": "{type: object, required: [k], properties: {k: {const: 3}}}",
    },
}


@pytest.mark.parametrize("messages", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_messages_that_one_value_can_be(tmp_path: Path, messages: dict[str, str]) -> None:
    """The value that is shown really is valid for both, and only that pair is told."""
    path = write(tmp_path, told(messages))
    (found,) = of_rule(lint_text(tmp_path, told(messages)), "ambiguous-messages")
    assert "can be a and b" in found.says
    (service,) = load(sources_of(path)).services.values()
    value = instance(found)
    assert judge(service.messages["a"].payload, value).ok
    assert judge(service.messages["b"].payload, value).ok


def test_messages_with_constants_are_told_apart(tmp_path: Path) -> None:
    """Of each other, and of those without."""
    messages = {
        "a": "{type: object, required: [k], properties: {k: {const: 1}}}",
        "b": "{type: object, required: [k], properties: {k: {const: 2}}}",
        "c": "{type: array, minItems: 1, items: [{const: 1}]}",
    }
    findings = lint_text(tmp_path, told(messages))
    assert of_rule(findings, "ambiguous-messages") == []
    assert of_rule(findings, "unsure-messages") == []


def test_messages_that_required_members_tell_apart(tmp_path: Path) -> None:
    """Each has a member of its own, which the other does not know."""
    messages = {
        "a": "{type: object, required: [x], properties: {x: {type: integer}}}",
        "b": "{type: object, required: [y], properties: {y: {type: integer}}}",
    }
    findings = lint_text(tmp_path, told(messages))
    assert of_rule(findings, "ambiguous-messages") == []
    assert of_rule(findings, "unsure-messages") == []


def test_messages_that_nothing_tells_apart_for_sure(tmp_path: Path) -> None:
    """Patterns exclude each other: no value is both, and a broken one may have been meant to be either."""
    messages = {
        "a": "{type: object, required: [x], properties: {x: {type: string, pattern: '^a$'}}}",
        "b": "{type: object, required: [x], properties: {x: {type: string, pattern: '^b$'}}}",
    }
    findings = lint_text(tmp_path, told(messages))
    assert of_rule(findings, "ambiguous-messages") == []
    (found,) = of_rule(findings, "unsure-messages")
    assert "a, b" in found.says


WITHIN = {
    "member": {
        "a": "{type: object, required: [id, s], properties: {id: {type: integer}, s: {enum: [open]}}}",
        "b": "{type: object, required: [id], properties: {id: {type: integer}}}",
    },
    "constant": {
        "a": "{type: object, required: [id, e], properties: {id: {type: integer}, e: {const: done}}}",
        "b": "{type: object, required: [id], properties: {id: {type: integer}}}",
    },
    "tuple": {
        "a": "{type: array, minItems: 2, items: [{type: string}, {type: string}]}",
        "b": "{type: array, minItems: 1, items: [{type: string}]}",
    },
}


@pytest.mark.parametrize("messages", WITHIN.values(), ids=WITHIN.keys())
def test_a_message_whose_values_are_all_another(tmp_path: Path, messages: dict[str, str]) -> None:
    """One of it that loses what the other does not know is the other, whole: nobody would tell the loss."""
    findings = lint_text(tmp_path, told(messages))
    assert of_rule(findings, "ambiguous-messages") == []
    (found,) = of_rule(findings, "unsure-messages")
    assert found.says.startswith("a value of a fits b, too")
    (service,) = load(sources_of(tmp_path / "a.yaml")).services.values()
    assert judge(service.messages["b"].payload, instance(found)).ok
    shut = {**messages, "b": messages["b"][:-1] + ", additionalProperties: false, additionalItems: false}"}
    assert of_rule(lint_text(tmp_path, told(shut)), "unsure-messages") == []


def test_a_message_that_no_value_can_be(tmp_path: Path) -> None:
    """Keywords that exclude each other, each in a schema of its own."""
    payload = "{allOf: [{type: integer, minimum: 5}, {type: integer, maximum: 3}]}"
    (found,) = of_rule(lint_text(tmp_path, told({"never": payload})), "no-valid-value")
    assert "never" in found.says
    (found,) = of_rule(lint_text(tmp_path, openapi31(payload)), "no-valid-value")
    assert "body of state 200" in found.says
    assert of_rule(lint_text(tmp_path, openapi31("{type: integer}")), "no-valid-value") == []


IDLE = "    idle: {type: http, scheme: basic}\n"
SECURED = """\
asyncapi: 3.0.0
info: {title: Toy, version: '1'}
channels:
  room:
    address: /room
    messages: {ask: {payload: {const: ask}}}
operations:
  ask:
    action: receive
    channel: {$ref: '#/channels/room'}
    security: [{$ref: '#/components/securitySchemes/badge'}]
components:
  securitySchemes:
    badge: SCHEME
"""


def test_a_scheme_that_nobody_can_use(tmp_path: Path) -> None:
    """A key in a user or password field of nothing; a bearer token goes with the handshake."""
    inside = SECURED.replace("SCHEME", "{type: apiKey, in: password}")
    (found,) = of_rule(lint_text(tmp_path, inside), "unusable-scheme")
    assert "ask asks for badge" in found.says
    bearer = SECURED.replace("SCHEME", "{type: http, scheme: bearer}")
    assert of_rule(lint_text(tmp_path, bearer), "unusable-scheme") == []


def test_a_scheme_that_nothing_asks_for(tmp_path: Path) -> None:
    """Asked for by reference, or by name (OpenAPI)."""
    text = SECURED.replace("SCHEME", "{type: http, scheme: bearer}") + IDLE
    found = of_rule(lint_text(tmp_path, text), "unused-scheme")
    assert [each.says for each in found] == ["nothing asks for the scheme idle"]
    http = """\
openapi: 3.0.3
info: {title: Toy, version: '1'}
security: [{token: []}]
paths: {/a: {get: {responses: {'200': {description: fine}}}}}
components: {securitySchemes: {token: {type: http, scheme: bearer}}}
"""
    assert of_rule(lint_text(tmp_path, http), "unused-scheme") == []


def test_promises_that_no_case_enforces_are_counted(tmp_path: Path) -> None:
    """One finding a document."""
    found = of_rule(lint_text(tmp_path, HEAD + ASK + TAIL), "unenforced-promises")
    assert len(found) == 1
    assert "promises are enforced by no case: " in found[0].says


def test_ids_that_had_to_be_numbered_are_told(tmp_path: Path) -> None:
    """Two branches of one name promise the same thing of the same place."""
    payload = "{type: string, allOf: [{maxLength: 3}, {maxLength: 4}]}"
    (found,) = of_rule(lint_text(tmp_path, told({"said": payload})), "numbered-id")
    assert "numbered: 1, such as " in found.says
    assert "maxLength-2" in found.says
    assert of_rule(lint_text(tmp_path, told({"said": "{maxLength: 3}"})), "numbered-id") == []


def test_prose_that_a_rule_states_is_no_finding(tmp_path: Path) -> None:
    """The number in the description is one of x-conformance."""
    prose = "    description: The reply comes within 2 seconds.\n"
    assert len(of_rule(lint_text(tmp_path, HEAD + ASK + TAIL + prose), "promise-in-prose")) == 1
    stated = prose + "    x-conformance: {within_ms: 2000}\n"
    assert of_rule(lint_text(tmp_path, HEAD + ASK + TAIL + stated), "promise-in-prose") == []


def test_values_are_shown_as_they_are(tmp_path: Path) -> None:
    """1 and true are two values: messages with these constants are told apart."""
    assert not same(1, True)
    messages = {"a": "{const: 1}", "b": "{const: true}"}
    assert of_rule(lint_text(tmp_path, told(messages)), "ambiguous-messages") == []


def test_of_very_many_promises_it_is_said_where_they_are_told(tmp_path: Path) -> None:
    """Without cases nothing is known of what no case enforces, and nothing is claimed."""
    contract, loaded = read(sources_of(write(tmp_path, HEAD + ASK + TAIL)))
    found = of_rule(list(lint(contract, loaded)), "unenforced-promises")
    assert [each.says for each in found] == [
        f"{len(contract.clauses)} promises, too many to make their cases here: which of them no case "
        "enforces is told by `list --clauses`"
    ]
