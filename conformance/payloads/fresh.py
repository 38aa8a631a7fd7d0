"""Values that nobody used before, as a schema allows them: a number in its bounds, a text in its pattern."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

_SPECIMENS: Final = (1, 4242, 99_999)
_TAG: Final = "oc0000000000"
_WIDEST: Final = 10**9
_UUID: Final = "00000000-0000-4000-8000-{number:012x}"


@dataclass(frozen=True, slots=True)
class Fresh:
    """How to make them. ``text`` is a template for strings, '' for integers from ``least`` to ``most``.

    With ``letters`` a text is that many letters of this alphabet. Beyond ``most`` they begin again.
    """

    text: str = ""
    least: int = 1
    most: int | None = None
    letters: tuple[str, int] | None = None

    def value(self, tag: str, number: int) -> int | str:
        """The value for a number (from 1 on) that is given once in a run; ``tag`` begins texts of ours."""
        if self.letters is not None:
            alphabet, size = self.letters
            digits = [number // len(alphabet) ** place % len(alphabet) for place in reversed(range(size))]
            return "".join(alphabet[each] for each in digits)
        if self.text:
            return self.text.format(tag=tag, number=number)
        span = None if self.most is None else self.most - self.least + 1
        return self.least + (number - 1 if span is None else (number - 1) % span)


def fresh(example: object, accepts: Callable[[object], bool], *, uuid: bool = False) -> Fresh | None:
    """How to make values like the example that are accepted; None when the schema allows no others.

    Integers are above 0. ``uuid``: the schema names the format of texts, which ``accepts`` does not judge.
    """
    if isinstance(example, int) and not isinstance(example, bool):
        return _integers(example, accepts)
    if not isinstance(example, str):
        return None
    ways = (Fresh(_UUID),) if uuid else _texts(len(example))
    return next((way for way in ways if all(accepts(way.value(_TAG, each)) for each in _SPECIMENS)), None)


def _integers(example: int, accepts: Callable[[object], bool]) -> Fresh | None:
    least = next((each for each in (1, example) if each > 0 and accepts(each)), 0)
    if not least:
        return None
    if accepts(least + _WIDEST):
        return Fresh(least=least)
    most, beyond = least, least + _WIDEST
    while beyond - most > 1:
        middle = (most + beyond) // 2
        most, beyond = (middle, beyond) if accepts(middle) else (most, middle)
    return Fresh(least=least, most=most)


def _texts(size: int) -> Iterator[Fresh]:
    yield Fresh("{tag}-{number}")
    yield Fresh("{tag}{number}")
    yield Fresh("{number}")
    yield Fresh("{number:x}")
    yield Fresh(_UUID)
    if size:
        yield Fresh(f"{{number:0{size}}}")
        yield Fresh(f"{{number:0{size}x}}")
        yield Fresh(f"{{number:0{size}X}}")
        yield from (Fresh(letters=(each, size)) for each in (string.ascii_uppercase, string.ascii_lowercase))
