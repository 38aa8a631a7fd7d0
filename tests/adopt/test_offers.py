"""Offers for documents that are written in other ways: every target selects something."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from ..front.command import command

INLINE = """\
asyncapi: 2.6.0
info: {title: T, version: '1'}
channels:
  /:
    publish:
      message:
        oneOf:
          - {name: subscribe, payload: {type: object, properties: {req_id: {type: integer}}}}
          - name: login
            payload: {type: object, properties: {req_id: {type: integer}, token: {type: string}}}
    subscribe:
      message:
        oneOf:
          - {name: subscribed, payload: {type: object, properties: {req_id: {type: integer}, ok: {}}}}
          - {name: loginAck, payload: {type: object, properties: {req_id: {type: integer}, who: {}}}}
"""
STATED = """\
asyncapi: 3.0.0
info: {title: T, version: '1'}
channels:
  c:
    address: /
    messages:
      PlaceOrder:
        traits: [{correlationId: {location: $message.payload#/id}}]
        payload: {type: object, properties: {op: {const: place}, id: {type: integer}}}
      PlaceOrderAck: {payload: {type: object, properties: {op: {const: ack}, id: {type: integer}}}}
operations:
  placeOrder:
    {action: receive, channel: {$ref: '#/channels/c'}, messages: [{$ref: '#/channels/c/messages/PlaceOrder'}]}
"""
ELSEWHERE = """\
asyncapi: 3.0.0
info: {title: T, version: '1'}
channels:
  c:
    address: /
    messages:
      Place: {$ref: 'messages.yaml#/Place'}
      Placed: {$ref: 'messages.yaml#/Placed'}
operations:
  put: {action: receive, channel: {$ref: '#/channels/c'}, messages: [{$ref: '#/channels/c/messages/Place'}]}
  tell: {action: send, channel: {$ref: '#/channels/c'}, messages: [{$ref: '#/channels/c/messages/Placed'}]}
"""
MESSAGES = """\
Place: {payload: {type: object, properties: {op: {const: place}, id: {type: integer}}}}
Placed: {payload: {type: object, properties: {op: {const: placed}, id: {type: integer}}}}
"""


def adopted(text: str, folder: Path) -> tuple[list[str], str]:
    """The targets of what is offered for a document, and the overlay's text."""
    (folder / "a.yaml").write_text(text)
    assert command("adopt", "a.yaml", "--output", "offered.yaml", cwd=folder).code == 0
    offered = (folder / "offered.yaml").read_text()
    return [each["target"] for each in yaml.safe_load(offered)["actions"]], offered


@pytest.mark.parametrize("text", [INLINE, STATED, ELSEWHERE], ids=["inline", "stated", "elsewhere"])
def test_every_target_selects_something(text: str, tmp_path: Path) -> None:
    (tmp_path / "messages.yaml").write_text(MESSAGES)
    targets, _ = adopted(text, tmp_path)
    assert len(targets) > 1
    linted = command("lint", "--asyncapi=a.yaml", "--overlay=offered.yaml", "--format=json", cwd=tmp_path)
    found = json.loads(linted.out)["findings"]
    assert [each["says"] for each in found if each["rule"].startswith("overlay-")] == []


def test_elements_are_named_by_number_and_what_is_not_there_is_made(tmp_path: Path) -> None:
    """RFC 9535 has no name for an element; and a document need not have ``components``."""
    targets, offered = adopted(INLINE, tmp_path)
    assert "$['channels']['/']['publish']['message']['oneOf'][0]" in targets
    made = next(each for each in yaml.safe_load(offered)["actions"] if each["target"] == "$")
    assert list(made["update"]["components"]["securitySchemes"]) == ["credential"]


def test_only_the_side_that_states_no_correlation_is_offered_one(tmp_path: Path) -> None:
    """The field that the command states, also through a trait, is the reply's as well."""
    text = STATED + (
        "  acks: {action: send, channel: {$ref: '#/channels/c'},"
        " messages: [{$ref: '#/channels/c/messages/PlaceOrderAck'}]}\n"
    )
    _, offered = adopted(text, tmp_path)
    tied = [each for each in yaml.safe_load(offered)["actions"] if "correlationId" in each["update"]]
    assert [each["target"] for each in tied] == ["$['channels']['c']['messages']['PlaceOrderAck']"]
    assert tied[0]["update"] == {"correlationId": {"location": "$message.payload#/id"}}


def test_what_stands_in_another_file_is_a_comment(tmp_path: Path) -> None:
    """An overlay changes its own document alone: whoever reads it is told where to write instead."""
    (tmp_path / "messages.yaml").write_text(MESSAGES)
    targets, offered = adopted(ELSEWHERE, tmp_path)
    assert [each for each in targets if "Placed" in each] == []
    assert "where no overlay of this document reaches" in offered
