"""Frozen dataclasses that are made by the hundred thousand: as others, and made in a third of the time."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from typing import Any, TypeVar

Value = TypeVar("Value")
_TURN = object.__setattr__
_LEFT_OUT = object()


def swift(kind: type[Value]) -> type[Value]:
    """The same class: to be written above ``@dataclass(frozen=True, slots=True)``.

    ``dataclasses`` sets each field of a frozen class by a call, looked up by name. Here an object is of a
    twin class, of the same slots and not frozen, until all its fields are set: nobody sees it before.
    Raises ``TypeError`` for a class that is made in another way.
    """
    known = fields(kind)  # type: ignore[arg-type]
    slots = getattr(kind, "__slots__", None)
    if slots is None or not kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        raise TypeError(f"{kind.__name__} is no frozen dataclass with slots")
    if hasattr(kind, "__post_init__") or any(not each.init or each.kw_only for each in known):
        raise TypeError(f"{kind.__name__} is more than its fields")
    twin = type(kind.__name__, (), {"__slots__": slots})
    names: dict[str, Any] = {"_kind": kind, "_twin": twin, "_turn": _TURN, "_left_out": _LEFT_OUT}
    heads, lines = ["self"], ["_turn(self, '__class__', _twin)"]
    for number, each in enumerate(known):
        heads.append(_head(each, number, names))
        if each.default_factory is not MISSING:
            names[f"_make{number}"] = each.default_factory
            lines.append(f"self.{each.name} = _make{number}() if {each.name} is _left_out else {each.name}")
        else:
            lines.append(f"self.{each.name} = {each.name}")
    lines.append("self.__class__ = _kind")
    text = f"def __init__({', '.join(heads)}):\n " + "\n ".join(lines)
    exec(text, names)  # made of the names of the fields alone, as dataclasses does it
    made = names["__init__"]
    made.__qualname__ = f"{kind.__qualname__}.__init__"
    made.__module__ = kind.__module__
    setattr(kind, "__init__", made)  # noqa: B010 - a type checker lets no other way pass
    return kind


def _head(each: Field[Any], number: int, names: dict[str, Any]) -> str:
    """A parameter; its default, if any, becomes one of the names."""
    if each.default is not MISSING:
        names[f"_default{number}"] = each.default
    elif each.default_factory is not MISSING:
        names[f"_default{number}"] = _LEFT_OUT
    else:
        return each.name
    return f"{each.name}=_default{number}"
