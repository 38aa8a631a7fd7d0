"""Messages are told apart by their constants."""

from __future__ import annotations

from conformance.contract.discriminators import closest, identify, same
from tests.contract.build import chat, service_of

SERVICE = chat()


def names(value: object, sender: str = "target") -> list[str]:
    return [message.name for message in identify(SERVICE, value, sender)]


def test_marks_are_what_tells_messages_apart() -> None:
    """Only the constants that are needed: a wrong code is a finding, not an unknown message."""
    marks = {name: dict(message.marks) for name, message in SERVICE.messages.items()}
    assert marks == {
        "say": {"/kind": ("say",)},
        "said": {"/kind": ("said",)},
        "no": {"/kind": ("no",)},
        "heard": {"/0": ("heard",)},
    }


def test_a_value_is_named_by_its_marks() -> None:
    """Maps and arrays alike, whatever else is wrong with them."""
    assert names({"kind": "said"}) == ["said"]
    assert names({"kind": "no", "code": 17}) == ["no"]
    assert names({"kind": "say"}) == []
    assert names({"kind": "say"}, "client") == ["say"]


def test_equality_is_the_wires() -> None:
    """Type and value: 1, 1.0 and true are three things; nil equals nil alone."""
    assert not same(1, 1.0)
    assert not same(1, True)
    assert not same("a", b"a")
    assert same({"a": [1, None]}, {"a": [1, None]})
    assert not same({"a": [1]}, {"a": [1.0]})
    assert not same([1], [1, 2])


def test_the_closest_message_explains() -> None:
    """What has most of a message's shape is told, what has none is not."""
    found = closest(SERVICE, {"kind": "saidd", "ref": 1, "people": []})
    assert found is not None
    assert found.name == "said"
    found = closest(SERVICE, ["herd", 4])
    assert found is not None
    assert found.name == "heard"
    assert closest(SERVICE, 17) is None


def test_alternatives_share_their_constants() -> None:
    """A payload of several forms is known by what all of them fix."""
    service, _ = service_of(
        """
        asyncapi: 3.0.0
        info: {title: Toy, version: '1'}
        channels:
          c:
            messages:
              a:
                payload:
                  oneOf:
                    - {required: [t, x], properties: {t: {const: a}, x: {const: 1}}}
                    - {required: [t], properties: {t: {const: a}}}
              b: {payload: {allOf: [{required: [t], properties: {t: {enum: [b, c]}}}]}}
              free: {payload: {type: object}}
        operations:
          o: {action: send, channel: {$ref: '#/channels/c'}}
        """
    )
    assert dict(service.messages["a"].marks) == {"/t": ("a",)}
    assert dict(service.messages["b"].marks) == {"/t": ("b", "c")}
    assert [each.name for each in identify(service, {"t": "c"})] == ["b"]
    assert [each.name for each in identify(service, {"t": "other"})] == ["free"]


def test_optional_constants_settle_what_marks_cannot() -> None:
    """Foreign documents often forget ``required``: a constant that is there still tells messages apart."""
    service, _ = service_of(
        """
        asyncapi: 3.0.0
        info: {title: Toy, version: '1'}
        channels:
          c:
            messages:
              a: {payload: {type: object, properties: {t: {const: a}}}}
              b: {payload: {type: object, properties: {t: {const: b}}}}
              row: {payload: {type: array}}
        operations:
          o: {action: send, channel: {$ref: '#/channels/c'}}
        """
    )

    def found(value: object) -> list[str]:
        return [each.name for each in identify(service, value)]

    assert (found({"t": "a"}), found({}), found({"t": "c"}), found([])) == (["a"], ["a", "b"], [], ["row"])
    assert (dict(service.messages["a"].marks), dict(service.messages["a"].likely)) == ({}, {"/t": ("a",)})


def test_what_an_optional_map_requires_may_be_absent_with_it() -> None:
    """A member that is required inside an optional map tells nothing: the map need not be there."""
    service, _ = service_of(
        """
        asyncapi: 3.0.0
        info: {title: Toy, version: '1'}
        channels:
          c:
            messages:
              status:
                payload:
                  type: object
                  required: [t]
                  properties:
                    t: {const: status}
                    what: {type: object, required: [name], properties: {name: {type: string}}}
              beat: {payload: {type: object, properties: {t: {const: beat}}}}
              news: {payload: {type: object, properties: {t: {const: news}, text: {type: string}}}}
        operations:
          o: {action: send, channel: {$ref: '#/channels/c'}}
        """
    )
    assert [each.name for each in identify(service, {"t": "status"})] == ["status"]
    assert [each.name for each in identify(service, {"t": "status", "what": {"name": "x"}})] == ["status"]
