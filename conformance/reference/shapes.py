"""Command schemas as tables, and their judgement: which field is wrong, and in which way."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from conformance.reference import decimals
from conformance.reference.frames import MAX_UINT

Kind = Literal["unknown", "missing", "type", "bounds", "pattern", "enum", "rule"]


@dataclass(frozen=True)
class Problem:
    """One way in which a command breaks its schema."""

    kind: Kind
    field: str
    sentence: str
    stand_in: Any = None
    """A value that would have been right."""


@dataclass(frozen=True)
class Check:
    """Judges one value: None when it is right, else the kind of problem and what was promised."""

    judge: Callable[[Any], tuple[Kind, str] | None]
    stand_in: Any


def unsigned(low: int = 0, high: int = MAX_UINT) -> Check:
    """An integer on the wire; a float or a bool is never one."""

    def judge(value: Any) -> tuple[Kind, str] | None:
        if type(value) is not int:
            return "type", "an integer"
        return None if low <= value <= high else ("bounds", f"between {low} and {high}")

    return Check(judge, low)


def text(pattern: str | None = None, stand_in: str = "a") -> Check:
    """A str on the wire; bin is never one."""
    compiled = re.compile(pattern, re.ASCII) if pattern else None

    def judge(value: Any) -> tuple[Kind, str] | None:
        if not isinstance(value, str):
            return "type", "a string"
        return None if compiled is None or compiled.fullmatch(value) else ("pattern", f"like {pattern}")

    return Check(judge, stand_in)


def one_of(*words: str) -> Check:
    """One of a few words."""

    def judge(value: Any) -> tuple[Kind, str] | None:
        if not isinstance(value, str):
            return "type", "a string"
        return None if value in words else ("enum", "one of " + ", ".join(words))

    return Check(judge, words[0])


def positive_decimal(stand_in: str) -> Check:
    """A plain decimal string above zero."""

    def judge(value: Any) -> tuple[Kind, str] | None:
        if not isinstance(value, str):
            return "type", "a decimal string"
        number = decimals.parse(value)
        if number is None:
            return "pattern", "a plain decimal"
        return None if number > 0 else ("bounds", "above zero")

    return Check(judge, stand_in)


def boolean() -> Check:
    """true or false."""
    return Check(lambda value: None if isinstance(value, bool) else ("type", "true or false"), False)


def array(item: Check, low: int, high: int, unique: bool = False) -> Check:
    """A list of values that all pass one check."""

    def judge(value: Any) -> tuple[Kind, str] | None:
        if not isinstance(value, list):
            return "type", "an array"
        for index, element in enumerate(value):
            if (found := item.judge(element)) is not None:
                return found[0], f"an array whose element {index} is {found[1]}"
        if not low <= len(value) <= high:
            return "bounds", f"an array of {low} to {high}"
        if unique and any(element in value[:index] for index, element in enumerate(value)):
            return "bounds", "an array without repetition"
        return None

    return Check(judge, [item.stand_in] * low)


@dataclass(frozen=True)
class Shape:
    """A closed map: what must be there, what may be, and what JSON Schema would say with oneOf."""

    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    rule: Callable[[Mapping[str, Any]], Problem | None] = lambda command: None

    def problems(self, command: Mapping[str, Any]) -> list[Problem]:
        """All that is wrong with a command, fields first, in a stable order."""
        found = []
        for name, check in {**self.required, **self.optional}.items():
            if name not in command:
                if name in self.required:
                    found.append(Problem("missing", name, f"{name} is missing", check.stand_in))
            elif (wrong := check.judge(command[name])) is not None:
                found.append(Problem(wrong[0], name, f"{name} must be {wrong[1]}", check.stand_in))
        for name in command:
            if name not in self.required and name not in self.optional:
                shown = name if len(name) <= 64 else name[:64] + "…"
                found.append(Problem("unknown", name, f"unknown field {shown!r}"))
        if not found and (broken := self.rule(command)) is not None:
            found.append(broken)
        return found


def shape_check(shape: Shape, stand_in: dict[str, Any]) -> Check:
    """A map inside a command, judged by a shape of its own."""

    def judge(value: Any) -> tuple[Kind, str] | None:
        if not isinstance(value, dict):
            return "type", "a map"
        problems = shape.problems(value)
        return (problems[0].kind, f"a map in which {problems[0].sentence}") if problems else None

    return Check(judge, stand_in)


def exactly_one(*names: str) -> Callable[[Mapping[str, Any]], Problem | None]:
    """The rule that one of several fields is there, and no more."""

    def rule(command: Mapping[str, Any]) -> Problem | None:
        if sum(name in command for name in names) == 1:
            return None
        return Problem("rule", names[0], "exactly one of " + ", ".join(names) + " is needed")

    return rule


def at_least_one(*names: str) -> Callable[[Mapping[str, Any]], Problem | None]:
    """The rule that one of several fields is there, or more."""

    def rule(command: Mapping[str, Any]) -> Problem | None:
        if any(name in command for name in names):
            return None
        return Problem("rule", names[0], "at least one of " + ", ".join(names) + " is needed")

    return rule
