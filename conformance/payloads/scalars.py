"""Valid scalars for a place: numbers at their bounds, strings that fit their patterns."""

from __future__ import annotations

import base64
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from math import ceil, floor
from typing import Any, Final

from conformance.payloads.choices import Option
from conformance.payloads.facets import Facets
from conformance.payloads.patterns import guesses
from conformance.validation.node import Node

LOWEST: Final = -(2**63)
HIGHEST: Final = 2**64 - 1
_LONGEST: Final = 65_536

ENCODERS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "base64": base64.b64encode,
    "base64url": base64.urlsafe_b64encode,
    "base32": base64.b32encode,
    "base32hex": base64.b32hexencode,
    "base16": base64.b16encode,
}

_TEXTS: Final = (
    "a",
    "1",
    "A",
    "0",
    "ab",
    "abc",
    "1.5",
    "A1",
    "a1",
    "true",
    "2026-01-02",
    "2026-01-02T03:04:05Z",
    "00000000-0000-4000-8000-000000000000",
    "a@example.com",
    "https://example.com/",
    "127.0.0.1",
    "12:00:00",
    "+1",
    "-1",
)


def keeps(node: Node, value: object, kind: str) -> bool:
    """Whether a scalar keeps every keyword of one schema, its parts aside."""
    for check in node.checks[kind]:
        if check.function(check.limit, value):
            return False
    return all(kind not in other.kinds or other.broken(value) is None for other in node.others)


def options(facets: Facets, name: str) -> list[Option]:
    """The strings, integers or numbers (``name``) for a place: worked out once for each place of a schema."""
    key = (name, *map(id, facets.nodes))
    known = _known.get(key)
    if known is None:
        found = strings(facets) if name == "string" else numbers(facets, name == "integer")
        known = _known[key] = (
            facets.nodes,
            found,
        )  # the nodes are kept, so that no other gets their identity
        if len(_known) > _KEPT:
            _known.popitem(last=False)
    return known[1]


_KEPT: Final = 1024
_known: OrderedDict[tuple[object, ...], tuple[list[Node], list[Option]]] = OrderedDict()


def numbers(facets: Facets, whole: bool) -> list[Option]:
    """Numbers: the first as small as it may be but not below 0 without need, then those at the inclusive
    bounds.
    """
    step = max(facets.numbers("multipleOf"), default=0)
    low = max(facets.numbers("minimum"), default=None)
    high = min(facets.numbers("maximum"), default=None)
    above = max(facets.numbers("exclusiveMinimum"), default=None)
    below = min(facets.numbers("exclusiveMaximum"), default=None)
    tries: list[tuple[str, Any]] = []
    if low is not None:
        tries.append(("minimum", _whole_up(low) if whole else low))
    if above is not None:
        tries.append(("lowest", floor(above) + 1))
        if not whole:
            tries.append(("lowest", (above + (below if below is not None else above + 2)) / 2))
    if low is None and above is None:
        tries.append(("zero", 0))
    if high is not None:
        tries.append(("maximum", floor(high) if whole else high))
    if below is not None:
        tries.append(("highest", ceil(below) - 1))
    if step:
        start = next((value for _, value in tries), 0)
        tries += [("multiple", ceil(start / step) * step), ("multiple", floor(start / step) * step)]
    if not whole:
        tries.append(("half", 0.5))
    found: list[Option] = []
    for words, value in tries:
        kind = "int" if isinstance(value, int) else "float"
        if kind == "int" and not LOWEST <= value <= HIGHEST:
            continue
        if all(keeps(node, value, kind) for node in facets) and value not in [
            option.value for option in found
        ]:
            found.append(Option(words, value))
    return found


def _whole_up(limit: float) -> int:
    return ceil(limit)


def strings(facets: Facets) -> list[Option]:
    """Strings (or bytes, where the document says so): a short one, then those of the least and the greatest
    length.
    """
    shortest = int(max(facets.numbers("minLength"), default=0))
    longest = int(min(facets.numbers("maxLength"), default=_LONGEST))
    raw = any(node.schema.raw for node in facets)
    found: list[Option] = []
    for words, text in _texts(facets, shortest, longest):
        value: object = text.encode() if raw else text
        fits = all(keeps(node, value, "bin" if raw else "str") for node in facets)
        if fits and value not in [option.value for option in found]:
            found.append(Option(words, value))
    return found


def _encoded(encoding: str, shortest: int) -> list[str]:
    """Texts in an encoding, the first as short as may be."""
    encode = ENCODERS[encoding]
    size = next((size for size in range(1, _LONGEST) if len(encode(b"a" * size)) >= shortest), 1)
    return [encode(b"a" * each).decode() for each in range(size, size + 3)]


def _texts(facets: Facets, shortest: int, longest: int) -> Iterator[tuple[str, str]]:
    patterns = [str(pattern) for pattern in facets.values("pattern")]
    bounded = bool(facets.numbers("minLength")), bool(facets.numbers("maxLength"))
    made = [text for pattern in patterns for text in guesses(pattern)]
    tries = made + [text for text in _TEXTS if shortest <= len(text) <= longest or not any(bounded)]
    for encoding in [] if any(node.schema.raw for node in facets) else facets.values("contentEncoding"):
        tries = [*_encoded(str(encoding), shortest), *tries]
    for text in tries or ["a"]:
        yield "plain", text
        if len(text) < shortest <= _LONGEST and text:
            yield "plain", (text * shortest)[:shortest]
            yield "plain", text + text[-1] * (shortest - len(text))
    letter = next((text[-1] for text in tries if text), "a")
    if shortest <= _LONGEST:
        yield ("shortest" if bounded[0] else "plain"), letter * shortest
    if bounded[1] and longest <= _LONGEST:
        yield "longest", letter * longest
