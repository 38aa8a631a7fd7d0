"""Documents laid out unlike ours: what cannot be put to a target is named with its true reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.cases.catalogue import Catalogue, catalogue
from conformance.contract import load
from conformance.documents.find import find

DOCUMENT = """\
asyncapi: 3.0.0
info: {title: Doors, version: '1'}
defaultContentType: application/json
channels:
  front:
    address: /front
    messages:
      knock: {payload: PAYLOAD}
      come: {payload: {type: object, required: [kind], properties: {kind: {const: come}}}}
  back:
    address: /back
    messages:
      ring: {payload: {type: object, required: [kind], properties: {kind: {const: ring}}}}
      wait: {payload: {type: object, required: [kind], properties: {kind: {const: wait}}}}
operations:
  knock:
    action: receive
    channel: {$ref: '#/channels/front'}
    messages: [{$ref: '#/channels/front/messages/knock'}]
    reply: {messages: [{$ref: '#/channels/front/messages/come'}]}
  ring:
    action: receive
    channel: {$ref: '#/channels/back'}
    messages: [{$ref: '#/channels/back/messages/ring'}]
    reply: {messages: [{$ref: '#/channels/back/messages/wait'}]}
"""
MAP = "{type: object, required: [kind], properties: {kind: {const: knock}}}"


def made(folder: Path, payload: str) -> Catalogue:
    path = folder / "doors.yaml"
    path.write_text(DOCUMENT.replace("PAYLOAD", payload), "utf-8")
    return catalogue(load(find(asyncapi=[str(path)])))


def test_a_command_goes_to_no_other_address_than_its_own(tmp_path: Path) -> None:
    """Each address is a service with the commands of its channels."""
    whole = made(tmp_path, MAP)
    names = [case.id for case in whole.cases]
    assert "doors.front/commands/knock/accepted" in names
    assert "doors.back/commands/ring/accepted" in names
    assert not any("ring" in name for name in names if name.startswith("doors.front"))
    assert not any("knock" in name for name in names if name.startswith("doors.back"))


@pytest.mark.parametrize("payload", ["{type: string}", "{type: array, items: [{const: knock}]}"])
def test_a_command_that_is_no_map_is_not_sent(tmp_path: Path, payload: str) -> None:
    """A reader is told that it is this, not that nothing makes the target answer."""
    whole = made(tmp_path, payload)
    reason = "no knock can be made from its schema that is valid and a map"
    assert whole.unenforced["doors.front/knock/reply"] == reason
    assert whole.unenforced["doors.front/knock/type"] == reason
