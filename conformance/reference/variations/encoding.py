"""The same values in other bytes: every legal MessagePack encoding."""

# The decorator above each class says what is left open, and the method that it replaces says how.
# ruff: noqa: D101, D102

import random
import struct
from typing import Any

from conformance.reference.behaviour import Behaviour
from conformance.reference.variations.variation import conforms

_FORMATS = (
    (0xCC, ">B", 0, 2**8 - 1),
    (0xCD, ">H", 0, 2**16 - 1),
    (0xCE, ">I", 0, 2**32 - 1),
    (0xCF, ">Q", 0, 2**64 - 1),
    (0xD0, ">b", -(2**7), 2**7 - 1),
    (0xD1, ">h", -(2**15), 2**15 - 1),
    (0xD2, ">i", -(2**31), 2**31 - 1),
    (0xD3, ">q", -(2**63), 2**63 - 1),
)
"""The integer formats: first byte, layout, least, most."""


def _sized(length: int, fix: int, most: int, *wide: tuple[int, str]) -> list[bytes]:
    """The headers that a length can have, the shortest one first."""
    found = [bytes([fix | length])] if length <= most else []
    for first, layout in wide:
        if length < 256 ** struct.calcsize(layout):
            found.append(bytes([first]) + struct.pack(layout, length))
    return found


class _Choosing(Behaviour):
    """Writes values with one of their encodings; the integers are offered unsigned first."""

    def choose_integer(self, forms: list[bytes], value: int) -> bytes:
        return forms[0]

    def choose_header(self, forms: list[bytes]) -> bytes:
        return forms[0]

    def choose_string(self, forms: list[bytes]) -> bytes:
        return forms[0]

    def encode(self, value: Any) -> bytes:
        if value is None or isinstance(value, bool):
            return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value]
        if isinstance(value, int):
            forms = [struct.pack(">b", value)] if -32 <= value <= 127 else []
            for first, layout, least, most in _FORMATS:
                if least <= value <= most:
                    forms.append(bytes([first]) + struct.pack(layout, value))
            return self.choose_integer(forms, value)
        if isinstance(value, str):
            text = value.encode()
            wide = ((0xD9, ">B"), (0xDA, ">H"), (0xDB, ">I"))
            return self.choose_string(_sized(len(text), 0xA0, 31, *wide)) + text
        if isinstance(value, dict):
            forms = _sized(len(value), 0x80, 15, (0xDE, ">H"), (0xDF, ">I"))
            items = (self.encode(item) for pair in value.items() for item in pair)
            return self.choose_header(forms) + b"".join(items)
        if isinstance(value, (list, tuple)):
            forms = _sized(len(value), 0x90, 15, (0xDC, ">H"), (0xDD, ">I"))
            return self.choose_header(forms) + b"".join(map(self.encode, value))
        return super().encode(value)


@conforms("An integer is promised, not its width: each is written in eight bytes.")
class WidestIntegers(_Choosing):
    def choose_integer(self, forms: list[bytes], value: int) -> bytes:
        wide = (form for form in forms if form[0] == 0xCF)
        return next(wide, forms[-1])


@conforms(
    "An integer is promised, not its format: where one fits, positive numbers are written as signed ones."
)
class SignedIntegers(_Choosing):
    def choose_integer(self, forms: list[bytes], value: int) -> bytes:
        return next((form for form in forms if 0xD0 <= form[0] <= 0xD3), forms[0])


@conforms("A str is promised, not the width of its length: str 8 for short ones, too.")
class Str8(_Choosing):
    def choose_string(self, forms: list[bytes]) -> bytes:
        return next((form for form in forms if form[0] == 0xD9), forms[0])


@conforms("A str is promised, not the width of its length: str 16 for short ones, too.")
class Str16(_Choosing):
    def choose_string(self, forms: list[bytes]) -> bytes:
        return next((form for form in forms if form[0] == 0xDA), forms[0])


@conforms("A str is promised, not the width of its length: str 32 throughout.")
class Str32(_Choosing):
    def choose_string(self, forms: list[bytes]) -> bytes:
        return forms[-1]


@conforms(
    "Maps and arrays are promised, not the width of their counts: map 16 and array 16 for small ones, too."
)
class Headers16(_Choosing):
    def choose_header(self, forms: list[bytes]) -> bytes:
        return next(form for form in forms if form[0] in (0xDC, 0xDE, 0xDD, 0xDF))


@conforms("Maps and arrays are promised, not the width of their counts: map 32 and array 32 throughout.")
class Headers32(_Choosing):
    def choose_header(self, forms: list[bytes]) -> bytes:
        return forms[-1]


@conforms("MessagePack knows several encodings of most values: each is drawn from all that there are.")
class MixedEncodings(_Choosing):
    def __init__(self) -> None:
        super().__init__()
        self._random = random.Random("mixed encodings")

    def choose_integer(self, forms: list[bytes], value: int) -> bytes:
        return self._random.choice(forms)

    def choose_header(self, forms: list[bytes]) -> bytes:
        return self._random.choice(forms)

    def choose_string(self, forms: list[bytes]) -> bytes:
        return self._random.choice(forms)


def _ordered(value: Any, order: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(value[key], order) for key in order(list(value))}
    if isinstance(value, (list, tuple)):
        return [_ordered(item, order) for item in value]
    return value


@conforms("A map has no order: its keys come backwards, those inside it, too.")
class KeysReversed(Behaviour):
    def phrase(self, service: str, value: Any) -> Any:
        return _ordered(super().phrase(service, value), lambda keys: keys[::-1])


@conforms("A map has no order: its keys are shuffled for each message.")
class KeysShuffled(Behaviour):
    def __init__(self) -> None:
        super().__init__()
        self._random = random.Random("keys")

    def phrase(self, service: str, value: Any) -> Any:
        return _ordered(super().phrase(service, value), lambda keys: self._random.sample(keys, len(keys)))
