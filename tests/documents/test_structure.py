"""Documents that are not built as their specification says are refused with file and line."""

from __future__ import annotations

import pytest

from conformance.documents.structure import check, defects
from conformance.documents.versions import family
from conformance.errors import DocumentError
from tests.documents.build import tree_of

ASYNCAPI = """\
asyncapi: 3.0.0
info: {title: Toy, version: '1'}
channels:
  room:
    messages:
      hello:
        payload: {type: string}
operations:
  greet:
    action: receive
    channel: {$ref: '#/channels/room'}
components:
  schemas:
    Word: {type: string}
"""
OPENAPI = """\
openapi: 3.1.0
info: {title: Toy, version: '1'}
paths:
  /things:
    get:
      responses:
        '200': {description: ok}
"""


@pytest.mark.parametrize("text", [ASYNCAPI, OPENAPI], ids=["asyncapi", "openapi"])
def test_a_sound_document_passes(text: str) -> None:
    """The smallest documents of each family are right."""
    tree = tree_of(text)
    check(tree, family(tree))


BROKEN = [
    (ASYNCAPI, "title: Toy, ", "", "a.yaml:2: /info has no 'title' (it is required here)"),
    (ASYNCAPI, "version: '1'", "version: []",
     "a.yaml:2: /info/version is a list; expected a value of type string"),
    (ASYNCAPI, "action: receive", "action: publish",
     'a.yaml:10: /operations/greet/action is "publish"; expected one of send, receive'),
    (ASYNCAPI, "    channel: {$ref: '#/channels/room'}\n", "",
     "a.yaml:9: /operations/greet has no 'channel' (it is required here)"),
    (ASYNCAPI, "channel: {$ref: '#/channels/room'}", "channel: room",
     'a.yaml:11: /operations/greet/channel is "room"; expected a value of type object'),
    (ASYNCAPI, "Word: {type: string}", "Word: {type: text}",
     'a.yaml:14: /components/schemas/Word/type is "text"; '
     "expected one of null, boolean, object, array, number, string, integer"),
    (ASYNCAPI, "Word: {type: string}", "Word: {minLength: -1}",
     "a.yaml:14: /components/schemas/Word/minLength is -1; expected at least 0"),
    (ASYNCAPI, "operations:", "operatoins: {}\noperations:",
     "a.yaml:8: unknown key 'operatoins' in the document; "
     "expected only documented keys (did you mean operations?)"),
    (ASYNCAPI, "operations:", "x-provenance: guessed\noperations:",
     'a.yaml:8: x-provenance is "guessed"; expected published or assumed'),
    (ASYNCAPI, "operations:", "x-conformance: {role: {}}\noperations:",
     "a.yaml:8: unknown key 'role' in /x-conformance; expected only documented keys"),
    (ASYNCAPI, "    messages:\n", "    x-conformance: {}\n    messages:\n",
     "a.yaml:5: x-conformance has no meaning here; expected one of the documented places"),
    (OPENAPI, "'200'", "2000",
     "a.yaml:7: unknown key '2000' in /paths/~1things/get/responses; expected only documented keys"),
    (OPENAPI, "/things", "things", "a.yaml:4: unknown key 'things' in /paths; expected only documented keys"),
    (OPENAPI, "{description: ok}", "{}",
     "a.yaml:7: /paths/~1things/get/responses/200 has no 'description' (it is required here)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "old", "new", "sentence"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_document_is_refused(text: str, old: str, new: str, sentence: str) -> None:
    """The sentence names the place, what stands there, and what was expected."""
    assert old in text
    tree = tree_of(text.replace(old, new, 1))
    with pytest.raises(DocumentError) as raised:
        check(tree, family(tree))
    assert str(raised.value) == sentence


def test_the_first_of_several_is_told_with_their_number() -> None:
    """One sentence, the first line, and how many more there are."""
    tree = tree_of(
        ASYNCAPI.replace("title: Toy, ", "")
        .replace("receive", "get")
        .replace("Word: {", "Word: {minLength: -1, ")
    )
    with pytest.raises(DocumentError) as raised:
        check(tree, family(tree))
    assert str(raised.value) == "a.yaml:2: /info has no 'title' (it is required here; and 2 more)"


def test_an_enum_may_be_empty() -> None:
    """JSON Schema says that it should have an element (2020-12 Validation, 6.1.2), no more."""
    tree = tree_of(ASYNCAPI.replace("Word: {type: string}", "Word: {type: string, enum: []}"))
    check(tree, family(tree))


def test_data_is_no_place_for_extensions() -> None:
    """Whatever stands in an example is data."""
    text = ASYNCAPI.replace(
        "Word: {type: string}", "Word: {examples: [{x-conformance: {a: 1}, x-provenance: b}]}"
    )
    tree = tree_of(text)
    check(tree, family(tree))


ASYNCAPI2 = """\
asyncapi: 2.6.0
info: {title: Toy, version: '1'}
channels:
  /room:
    publish:
      message: {oneOf: [{name: a}, {traits: [{name: b}]}]}
    subscribe: {traits: [{summary: s}], message: {name: c}}
components:
  messages: {d: {oneOf: [{name: e}]}}
  channels: {f: {publish: {message: {name: g}}}}
"""


@pytest.mark.parametrize(
    ("old", "new", "right"),
    [
        ("{name: a}", "{name: a, x-conformance: {operation: {within_ms: 1}}}", True),
        ("{name: a}", "{name: a, x-conformance: {within_ms: 1}}", False),
        ("{name: b}", "{name: b, x-conformance: {operation: {within_ms: 1}}}", True),
        ("{name: c}", "{name: c, x-conformance: {operation: {within_ms: 1}}}", True),
        ("{name: e}", "{name: e, x-conformance: {operation: {within_ms: 1}}}", True),
        ("{name: g}", "{name: g, x-conformance: {operation: {within_ms: 1}}}", True),
        ("{summary: s}", "{summary: s, x-conformance: {within_ms: 1}}", True),
        ("    publish:\n", "    publish:\n      x-conformance: {within_ms: 1}\n", True),
        ("    publish:\n", "    publish:\n      x-conformance: {operation: {}}\n", False),
        ("  /room:\n", "  /room:\n    x-conformance: {within_ms: 1}\n", False),
        ("title: Toy", "title: Toy, x-conformance: {perspective: client}", True),
        ("title: Toy", "title: Toy, x-conformance: {perspective: mine}", False),
        ("channels:\n", "x-conformance: {address: /ws}\nchannels:\n", True),
        ("channels:\n", "x-conformance: {address: ws}\nchannels:\n", False),
    ],
)
def test_places_of_extensions_in_version_2(old: str, new: str, right: bool) -> None:
    """Operations and messages stand in channels, messages in oneOf, too."""
    assert ASYNCAPI2.count(old) == 1
    tree = tree_of(ASYNCAPI2.replace(old, new))
    assert (defects(tree, family(tree)) == []) is right
