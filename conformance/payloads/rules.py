"""The rules by which a valid value is broken at one place: each gives a word for the fault and the value to
put there.

A rule need not know whether the document forbids what it makes: each mutant is judged, and those that are
still valid are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from conformance.payloads.choices import Choices
from conformance.payloads.facets import Facets
from conformance.payloads.generate import CannotMakeError, Maker
from conformance.payloads.labels import slug
from conformance.payloads.places import Place
from conformance.payloads.scalars import HIGHEST, LOWEST

Fault = tuple[str, object]
"""A word, and the value in place of the valid one."""

_DECIMAL: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_UNKNOWN: Final = "no-such-value"
_VERY_LONG: Final = 4_096
_MOST_ITEMS: Final = 1_024


def wrong_types(place: Place) -> Iterator[Fault]:
    """Each wire type that a sloppy encoder confuses with the right one, holding the same value where it
    can.
    """
    value = place.value
    if isinstance(value, bool):
        yield from (("as-int", int(value)), ("as-str", "true" if value else "false"))
    elif isinstance(value, int):
        yield from (("as-float", float(value)), ("as-str", str(value)), ("as-bool", bool(value)))
    elif isinstance(value, float):
        yield from (("as-int", int(value)), ("as-str", repr(value)))
    elif isinstance(value, str):
        yield "as-bin", value.encode("utf-8")
        decimal = _DECIMAL.fullmatch(value)
        yield "as-int", int(float(value)) if decimal and len(value) < 19 else 1
        yield "as-float", float(value) if decimal else 1.5
    elif isinstance(value, bytes):
        yield "as-str", value.decode("utf-8", "replace")
    elif isinstance(value, list):
        yield "as-map", {str(index): item for index, item in enumerate(value)}
        yield "as-str", ""
    elif isinstance(value, dict):
        yield "as-array", list(value.values())
        yield "as-str", ""
    if value is None:
        yield from (("as-str", ""), ("as-bool", False), ("as-int", 0))
    else:
        yield "as-nil", None


def wrong_values(place: Place) -> Iterator[Fault]:
    """Beside ``const`` and ``enum``: an unknown value, another case of a known one."""
    listed = place.facets.listed()
    if listed is None:
        return
    if isinstance(place.value, str):
        yield "unknown", _UNKNOWN
        yield "wrong-case", place.value.swapcase()
        yield "trailing-space", place.value + " "
    elif isinstance(place.value, int) and not isinstance(place.value, bool):
        whole = [value for value in listed if isinstance(value, int)]
        yield "unknown", max(whole) + 1


def wrong_numbers(place: Place) -> Iterator[Fault]:
    """Just outside each bound, up to one beyond 64 bits (JSON can write that, MessagePack cannot); and what a
    signed reader makes of a great unsigned number.
    """
    value = place.value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return
    facets = place.facets
    outside = [("below-minimum", low - 1) for low in facets.numbers("minimum")]
    outside += [("above-maximum", high + 1) for high in facets.numbers("maximum")]
    outside += [("at-lower-bound", low) for low in facets.numbers("exclusiveMinimum")]
    outside += [("at-upper-bound", high) for high in facets.numbers("exclusiveMaximum")]
    outside += [("off-step", value + step / 2) for step in facets.numbers("multipleOf")]
    outside += [("off-step", value + 1) for _ in facets.numbers("multipleOf")]
    for word, number in outside:
        if isinstance(value, int) and isinstance(number, float):
            number = int(number)
        if isinstance(number, float) or LOWEST <= number <= HIGHEST + 1:
            yield word, number
    if any(high >= 2**63 for high in facets.numbers("maximum")):
        yield "wrapped", -(2**63)


def wrong_strings(place: Place) -> Iterator[Fault]:
    """Lengths just outside, and what patterns are there to keep out."""
    value = place.value
    if isinstance(value, bytes):
        yield from (
            (word, text.encode()) for word, text in _lengths(place.facets, value.decode("utf-8", "replace"))
        )
    if not isinstance(value, str) or place.facets.listed() is not None:
        return
    yield from _lengths(place.facets, value)
    if place.facets.values("contentEncoding"):
        yield "not-encoded", "%" + value[1:]
    yield "empty", ""
    yield "trailing-newline", value + "\n"
    yield "wrong-case", value.swapcase()
    yield "trailing-space", value + " "
    yield "very-long", value + (value[-1:] or "a") * _VERY_LONG
    if _DECIMAL.fullmatch(value):
        digits = value.removeprefix("-")
        yield "exponent", value + "e0"
        yield "leading-zero", "0" + digits
        yield "trailing-zero", f"{value}.0" if "." not in value else value + "0"
        yield "negative", "-" + (digits if digits.strip("0.") else "1")
        yield "minus-zero", "-0"
        yield "zero", "0"
        yield "plus-sign", "+" + digits
        yield "not-a-number", "NaN"


def _lengths(facets: Facets, value: str) -> Iterator[tuple[str, str]]:
    for least in facets.numbers("minLength"):
        if least > 0:
            yield "too-short", (value + "a" * int(least))[: int(least) - 1]
    for most in facets.numbers("maxLength"):
        if most < 65_536:
            yield "too-long", value + (value[-1:] or "a") * (int(most) + 1 - len(value))


def wrong_arrays(place: Place) -> Iterator[Fault]:
    """Positions dropped, inserted, swapped, appended; too few, too many, repeated elements."""
    value = place.value
    if not isinstance(value, list):
        return
    facets, size = place.facets, place.facets.prefix()
    for index in range(min(size, len(value))):
        name = slug(facets.position_name(index) or str(index))
        yield f"dropped-{name}", value[:index] + value[index + 1 :]
    for index in range(min(size, len(value))):
        yield f"inserted-at-{index}", [*value[:index], None, *value[index:]]
    for index in range(min(size, len(value)) - 1):
        yield (
            f"swapped-{index}-{index + 1}",
            [*value[:index], value[index + 1], value[index], *value[index + 2 :]],
        )
    if size and len(value) >= size:
        yield "appended", [*value, None]
    for least in facets.numbers("minItems"):
        if 0 < least <= len(value) and not size:
            yield "too-few", value[: int(least) - 1]
    for most in facets.numbers("maxItems"):
        if value and most < _MOST_ITEMS and not size:
            yield "too-many", (value * (int(most) + 1))[: int(most) + 1]
    if value and not size:
        yield "repeated-item", [*value, value[-1]]


def wrong_maps(place: Place) -> Iterator[Fault]:
    """Each field left out, an unknown one added, one of another alternative added."""
    value = place.value
    if not isinstance(value, dict):
        return
    for name in value:
        yield f"missing-{slug(name)}", {key: item for key, item in value.items() if key != name}
    yield "unknown-field", {**value, "unknown_field": 1}
    for branch in place.branches:
        for name in branch.required:
            if name in value or name not in branch.properties:
                continue
            try:
                more = Maker(Choices(holes=False)).make([branch.properties[name]])
            except CannotMakeError:
                continue
            yield f"also-{slug(name)}", {**value, name: more}


RULES: Final = (wrong_maps, wrong_types, wrong_values, wrong_numbers, wrong_strings, wrong_arrays)
"""All rules, in the order in which their mutants are given."""
