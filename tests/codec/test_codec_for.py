"""Which content type has which codec."""

import pytest

from conformance.codec import codec_for


@pytest.mark.parametrize(
    ("content_type", "name", "opcode"),
    [
        ("application/msgpack", "MessagePack", "binary"),
        ("application/x-msgpack", "MessagePack", "binary"),
        ("application/vnd.msgpack", "MessagePack", "binary"),
        ("application/vnd.example+msgpack", "MessagePack", "binary"),
        ("APPLICATION/MsgPack ; v=1", "MessagePack", "binary"),
        ("application/json", "JSON", "text"),
        ("application/problem+json; charset=utf-8", "JSON", "text"),
    ],
)
def test_known_content_types(content_type: str, name: str, opcode: str) -> None:
    """The usual spellings are known, parameters and case aside."""
    codec = codec_for(content_type)
    assert codec is not None
    assert (codec.name, codec.opcode) == (name, opcode)


@pytest.mark.parametrize(
    "content_type", ["", "json", "image/json", "application/xml", "application/cbor", "text/plain"]
)
def test_other_content_types_have_none(content_type: str) -> None:
    """What we do not speak is None."""
    assert codec_for(content_type) is None
