"""The search for planted secrets finds each of them, however it is written and packed."""

from __future__ import annotations

import base64

import pytest

from .spelled import compressed, containers, found, octets, texts

SECRETS = ["low-water.mark~7/wx+yz==", "tide+key/42&=<é>'x'\"y\"\\z"]


@pytest.mark.parametrize("secret", SECRETS)
def test_the_search_finds_what_is_there(secret: str) -> None:
    """In every spelling, inside of everything; and nothing in what holds no secret."""
    spelled = {**{name: text.encode() for name, text in texts(secret).items()}, **octets(secret)}
    for how, data in spelled.items():
        for where, packed in containers(data).items():
            assert found(secret, packed), (how, where)
    for how, data in compressed(secret).items():
        assert found(secret, base64.b64encode(data)), how
    for where, packed in containers(b"low water, and nothing else: bG93LXdhdGVy 6c6f77 %6c").items():
        assert not found(secret, packed), where
