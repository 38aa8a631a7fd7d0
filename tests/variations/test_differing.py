"""Every variation starts, and is other on the wire than the plain reference: none changes nothing."""

from __future__ import annotations

import pytest

from conformance.reference.behaviour import Behaviour
from conformance.reference.variations.catalogue import FAMILIES, VARIATIONS
from conformance.reference.variations.variation import vary
from tests.variations import bytes_and_frames, times_and_worlds, words_and_health
from tests.variations.differences import SCENES
from tests.variations.wiretap import Scene, play

assert bytes_and_frames
assert times_and_worlds
assert words_and_health


@pytest.mark.parametrize("name", VARIATIONS)
def test_it_is_other_on_the_wire(name: str) -> None:
    """The scene that shows the difference."""
    play(SCENES[name], name, auth_secs=times_and_worlds.AUTH_SECS)


def test_every_scene_is_of_a_variation_that_is() -> None:
    """No scene is left over."""
    assert set(SCENES) == set(VARIATIONS)
    assert len(VARIATIONS) >= 30
    assert {variation.behaviour.__module__ for variation in VARIATIONS.values()} == {
        module.__name__ for module in FAMILIES.values()
    }


def test_each_says_what_the_contract_leaves_open() -> None:
    """The sentence is there to be read by whoever doubts that it conforms."""
    for variation in VARIATIONS.values():
        assert variation.keeps.endswith("."), variation.name
        assert issubclass(variation.behaviour, Behaviour)


def test_variations_combine() -> None:
    """Several of them at once show each of their differences; all of them together are a behaviour."""
    names = ("widest_integers", "two_fragments", "clock_ahead", "no_compression")

    async def scene(scene: Scene) -> None:
        for name in ("widest_integers", "clock_ahead", "two_fragments"):
            await SCENES[name](scene)

    play(scene, *names)
    for order in (list(VARIATIONS), list(VARIATIONS)[::-1]):
        assert isinstance(vary(VARIATIONS[name] for name in order)(), Behaviour)
