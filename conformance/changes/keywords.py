"""Keyword by keyword: which values only the old, and which only the new lets through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from conformance.changes.forms import LEAST, MOST, NUMBER, Bound, Shape, every

UNITS = {"Length": "character", "Items": "element", "Properties": "member"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A group of keywords; neither tight nor loose: they say the same. ``unsure``: nobody can tell which."""

    kind: str
    keywords: tuple[str, ...]
    says: str
    tight: bool
    loose: bool
    unsure: bool = False


def differences(old: Shape, new: Shape) -> Iterator[Difference]:
    """All groups of keywords at one place but members, positions, counts of elements and choices."""
    yield _sets("false", ("false",), old.never, new.never, "is never there")
    yield from _values_and_types(old, new)
    yield _bounds(old, new, upwards=True)
    yield _bounds(old, new, upwards=False)
    yield _multiples(old, new)
    for key in (*LEAST, *MOST):
        if not key.endswith("Items"):
            yield from counted(old, new, key)
    yield _sets("uniqueItems", ("uniqueItems",), old.unique, new.unique, "repeats no element")
    yield _all_hold("pattern", ("pattern",), old.patterns, new.patterns)
    if old.binary != new.binary:
        was, now = ("binary" if each.binary else "not binary" for each in (old, new))
        yield Difference("format", ("format",), f"{was} → {now}", True, True)
    else:
        yield Difference("format", ("format",), "", False, False)
    for key in sorted({key for key, _ in old.others | new.others}):
        texts = [frozenset(text for name, text in each.others if name == key) for each in (old, new)]
        yield _all_hold(key, (key,), texts[0], texts[1])


def counted(old: Shape, new: Shape, key: str) -> Iterator[Difference]:
    """A count: of characters, elements or members."""
    upwards, unit = key in LEAST, UNITS[key[3:]]
    was, now = ((each.least if upwards else each.most).get(key) for each in (old, new))
    if was == now:
        yield Difference(key, (key,), "", False, False)
        return
    least, free = "at least" if upwards else "at most", f"any number of {unit}s"
    words = (
        free if each is None else f"{least} {each} {unit}{'' if each == 1 else 's'}" for each in (was, now)
    )
    fewer = was is None or (now is not None and now < was)
    tight = (now or 0) > (was or 0) if upwards else fewer
    yield Difference(key, (key,), " → ".join(words), tight, not tight)


def _values_and_types(old: Shape, new: Shape) -> Iterator[Difference]:
    """Listed values and types, of which the one may say what the other does."""
    names = ("enum", "const")
    shared = names if ("type" in old.clauses) == ("type" in new.clauses) else (*names, "type")
    listed = old.values is not None or new.values is not None
    was, now = (_listed(each) if listed else None for each in (old, new))
    if was == now and old.types == new.types:
        yield Difference("enum", (*names, "type"), "", False, False)
    elif was is not None and now is not None:
        gone, come = sorted(was - now), sorted(now - was)
        parts = [("no longer ", gone), ("now also ", come)]
        says = "; ".join(word + ", ".join(f"`{each}`" for each in some[:6]) for word, some in parts if some)
        yield Difference("enum", shared, says, bool(gone), bool(come))
        if "type" not in shared:
            yield Difference("type", ("type",), "", False, False)
    else:
        if listed:
            what = "only " + ", ".join(f"`{each}`" for each in sorted(was or now or ())[:6])
            says = f"any value → {what}" if was is None else f"{what} → any value"
            moved = (*names, "type") if old.types == new.types else names
            yield Difference("enum", moved, says, was is None, now is None)
        else:
            yield Difference("enum", names, "", False, False)
        if old.types != new.types:
            says = f"{_named(old.types)} → {_named(new.types)}"
            tight, loose = not old.types <= new.types, not new.types <= old.types
            yield Difference("type", ("type",), says, tight, loose)


def _listed(made: Shape) -> frozenset[str] | None:
    return every(made.types) if made.values is None else made.values


def _named(types: frozenset[str]) -> str:
    if types >= NUMBER:
        types = types - NUMBER | {"number"}
    if len(types) == 6:
        return "anything"
    return " or ".join(sorted(types)).replace("null", "nil") or "nothing"


def _bounds(old: Shape, new: Shape, *, upwards: bool) -> Difference:
    whole = _whole(old, new)
    was, now = (_bound(each, upwards=upwards, whole=whole) for each in (old, new))
    names = ("minimum", "exclusiveMinimum") if upwards else ("maximum", "exclusiveMaximum")
    if was == now:
        return Difference(names[0], names, "", False, False)
    words = {(True, False): "at least", (True, True): "more than", (False, False): "at most",
             (False, True): "less than"}  # fmt: skip
    free = "no lower bound" if upwards else "no upper bound"
    shown = (free if each is None else f"{words[upwards, each[1]]} {number(each[0])}" for each in (was, now))
    if upwards:
        tight = was is None or (now is not None and now > was)
    else:
        tight = was is None or (now is not None and (now[0], not now[1]) < (was[0], not was[1]))
    return Difference(names[0], names, " → ".join(shown), tight, not tight)


def _whole(old: Shape, new: Shape) -> bool:
    """Whether all numbers of both are integers."""
    return "fraction" not in old.types | new.types


def _bound(made: Shape, *, upwards: bool, whole: bool) -> Bound | None:
    """A bound; of integers the last one inside: ``exclusiveMinimum: 0`` is ``minimum: 1``."""
    bound = made.lower if upwards else made.upper
    if bound is None or not whole:
        return bound
    limit, outside = bound
    last = ceil(limit) if upwards else floor(limit)
    if outside and last == limit:
        last += 1 if upwards else -1
    return Fraction(last), False


def _multiples(old: Shape, new: Shape) -> Difference:
    names = ("multipleOf",)
    if old.multiples == new.multiples:
        return Difference("multipleOf", names, "", False, False)
    units = {Fraction(1)} if _whole(old, new) else set()
    tight = not _follow(new.multiples, old.multiples | units)
    loose = not _follow(old.multiples, new.multiples | units)
    shown = (", ".join(map(number, sorted(each.multiples))) or "any" for each in (old, new))
    return Difference("multipleOf", names, "a multiple of " + " → ".join(shown), tight, loose)


def _follow(wanted: Iterable[Fraction], given: Iterable[Fraction]) -> bool:
    """Whether every multiple of all that is ``given`` is one of each that is ``wanted``."""
    known = list(given)
    return all(any((each / step).denominator == 1 for each in known) for step in wanted)


def _all_hold(kind: str, names: tuple[str, ...], was: frozenset[str], now: frozenset[str]) -> Difference:
    """Texts that all have to hold; where one was replaced by another nobody can tell."""
    gone, come = was - now, now - was
    unsure = bool(gone and come)
    verb = "changed, direction not known" if unsure else "is new" if come else "is gone"
    return Difference(kind, names, f"`{kind}` {verb}", bool(come), bool(gone), unsure)


def _sets(kind: str, names: tuple[str, ...], was: bool, now: bool, what: str) -> Difference:
    says = f"now {what}" if now else f"no longer {what}"
    return Difference(kind, names, says, now and not was, was and not now)


def number(value: Fraction) -> str:
    """A limit as a reader would write it."""
    return str(value.numerator) if value.denominator == 1 else str(float(value))
