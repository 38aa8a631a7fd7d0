"""Every conforming variation by its name, family by family."""

from conformance.reference.variations import encoding, framing, health, timing, wording, world
from conformance.reference.variations.variation import REGISTERED, Variation

FAMILIES = {
    "encoding": encoding,
    "framing": framing,
    "wording": wording,
    "timing": timing,
    "world": world,
    "health": health,
}

VARIATIONS: dict[str, Variation] = {
    name: variation
    for module in FAMILIES.values()
    for name, variation in REGISTERED.items()
    if variation.behaviour.__module__ == module.__name__
}
