"""Frozen dataclasses that are quick to make are like all others."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from itertools import count
from typing import Any

import pytest

from conformance.frozen import swift

NUMBERS = count()


@dataclass(frozen=True, slots=True)
class Plain:
    """Made as dataclasses does it."""

    name: str
    kind: int
    self_made: list[int] = field(default_factory=list)
    number: int = field(default_factory=lambda: next(NUMBERS))
    note: str = field(default="", compare=False)


@swift
@dataclass(frozen=True, slots=True)
class Swift:
    """The same fields."""

    name: str
    kind: int
    self_made: list[int] = field(default_factory=list)
    number: int = field(default_factory=lambda: next(NUMBERS))
    note: str = field(default="", compare=False)


@swift
@dataclass(frozen=True, slots=True, eq=False)
class Alone:
    """Equal to itself only."""

    value: object


def _values(one: Any) -> tuple[object, ...]:
    return tuple(getattr(one, each.name) for each in fields(one))


@pytest.mark.parametrize(
    ("given", "named"),
    [(("a", 1), {"number": 3}), (("a",), {"kind": 1, "self_made": [4], "number": 3}),
     ((), {"note": "x", "number": 3, "kind": 2, "name": "b"}), (("a", 1, [5], 3, "x"), {})],
)  # fmt: skip
def test_fields_and_defaults_are_those_of_dataclasses(given: Any, named: Any) -> None:
    """By position, by name, left out."""
    assert _values(Swift(*given, **named)) == _values(Plain(*given, **named))


@pytest.mark.parametrize(
    ("given", "named"), [((), {}), (("a",), {}), (("a", 1, [], 3, "x", 6), {}), (("a", 1), {"other": 1})]
)
def test_what_does_not_fit_is_refused(given: Any, named: Any) -> None:
    """In the words of dataclasses, but for the name of the class."""
    with pytest.raises(TypeError) as plain:
        Plain(*given, **named)
    with pytest.raises(TypeError) as made:
        Swift(*given, **named)
    assert str(made.value) == str(plain.value).replace("Plain", "Swift")


def test_what_a_factory_makes_is_made_each_time() -> None:
    """No two values share a list."""
    one, other = Swift("a", 1), Swift("a", 1)
    assert one.self_made is not other.self_made
    assert one.number != other.number


def test_a_value_is_frozen_and_of_its_class() -> None:
    """Nothing of the way in which it was made is left."""
    made = Swift("a", 1, number=3)
    assert type(made) is Swift
    for name in ("name", "kind", "other"):
        with pytest.raises((FrozenInstanceError, TypeError)):  # 3.11 has it stumble over a name of no field
            setattr(made, name, "b")
    with pytest.raises(FrozenInstanceError):
        delattr(made, "name")
    assert not hasattr(made, "__dict__")
    assert repr(made) == "Swift(name='a', kind=1, self_made=[], number=3, note='')"


def test_values_are_compared_copied_replaced_and_kept() -> None:
    """As those of any frozen dataclass."""
    made = Swift("a", 1, [2], 3, "x")
    assert made == Swift("a", 1, [2], 3, "y")
    assert made != Swift("b", 1, [2], 3, "x")
    assert replace(made, name="b") == Swift("b", 1, [2], 3)
    assert _values(copy.deepcopy(made)) == _values(pickle.loads(pickle.dumps(made))) == _values(made)
    match made:
        case Swift(name, kind=kind):
            assert (name, kind) == ("a", 1)
    alone = Alone(1)
    assert len({alone, Alone(1), alone}) == 2


def test_only_what_is_nothing_but_its_fields_can_be_made_so() -> None:
    """Whatever is not frozen, has no slots, or does more when it is made."""

    @dataclass(frozen=True)
    class Slotless:
        value: int

    @dataclass(slots=True)
    class Changing:
        value: int

    @dataclass(frozen=True, slots=True)
    class Checked:
        value: int

        def __post_init__(self) -> None:
            assert self.value

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Named:
        value: int

    @dataclass(frozen=True, slots=True)
    class Later:
        value: int = field(init=False, default=1)

    for each in (Slotless, Changing, Checked, Named, Later):
        with pytest.raises(TypeError, match=each.__name__):
            swift(each)
