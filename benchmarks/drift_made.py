"""Valid arrays, and edits made to them at random: what ``drift.py`` has told."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from drift_truth import STRICT, Label, Labels, Layout

from conformance.contract import Schema
from conformance.errors import DocumentError
from conformance.payloads import exemplified, valid, variants

KINDS = ("inserted", "appended", "dropped", "swapped", "moved", "type", "value")
WORDS = ("alpha", "ALPHA-1", "alpha_7", "a b c", "x", "0.5", "12.75", "-3.25", "7", "Zürich", "2026-11-23")
STRANGERS: tuple[object, ...] = (
    None,
    True,
    0,
    7,
    -1,
    1.5,
    1_760_000_000_000,
    "",
    *WORDS,
    b"ab",
    [],
    {},
    [1, "a"],
)


class Values:
    """Values for each position: those of the payload generator, and others that the schema takes."""

    def __init__(self, layout: Layout, rng: random.Random) -> None:
        self.layout, self.rng = layout, rng
        self.pools = [
            [value for value in (*self.of(child), *STRANGERS) if layout.fits(number, value)]
            for number, child in enumerate(layout.schemas)
        ]
        self.poor = not all(self.pools)

    @staticmethod
    def of(schema: Schema) -> list[object]:
        """What the payload generator makes of a schema."""
        try:
            made = [valid(schema), *(each.value for each in variants(schema))]
        except DocumentError:
            return []
        return [exemplified(value) for value in made]

    def array(self) -> list[object]:
        """A valid array."""
        array = [self.rng.choice(pool) for pool in self.pools]
        for index, item in enumerate(array):
            if type(item) is int:
                other = self.rng.randrange(1 << self.rng.randrange(1, 45))
                array[index] = other if self.layout.fits(index, other) else item
        return array


@dataclass
class Token:
    """An element on its way: the position that it had (-1: none), its value, and what was done to it."""

    origin: int
    value: object
    done: str = ""


@dataclass
class Made:
    """An edited array, the edits as labels, their kinds, and how they should be told."""

    array: list[object]
    truth: Labels
    kinds: str
    words: list[str]


def edited(layout: Layout, values: Values, at_once: int, rng: random.Random) -> Made | None:
    """A valid array with so many edits on different elements; None where that could not be made."""
    for _ in range(20):
        tokens = [Token(origin, value) for origin, value in enumerate(values.array())]
        assert layout.keeps([each.value for each in tokens])
        kinds = [rng.choice(KINDS) for _ in range(at_once)]
        if not all(_apply(kind, tokens, layout, values, rng) for kind in kinds):
            continue
        truth = _labels(tokens, layout.size)
        if len(truth) == at_once:
            sort = {each.origin: each.done for each in tokens if each.done in ("type", "value")}
            told = "+".join(sorted(sort[each[1]] if each[0] == "changed" else each[0] for each in truth))
            words = [_told(each, layout, sort) for each in truth]
            return Made([each.value for each in tokens], truth, told, words)
    return None


def _apply(kind: str, tokens: list[Token], layout: Layout, values: Values, rng: random.Random) -> bool:
    """One edit of tokens that nothing was done to; False where there are none for it."""
    intact = [index for index, each in enumerate(tokens) if not each.done]
    if kind in ("inserted", "appended"):
        new = Token(-1, rng.choice([*STRANGERS, *rng.choice(values.pools)]), "inserted")
        tokens.insert(rng.randrange(len(tokens)) if kind == "inserted" and tokens else len(tokens), new)
        return True
    if not intact:
        return False
    chosen = rng.choice(intact)
    token = tokens[chosen]
    if kind == "dropped":
        tokens.pop(chosen)
    elif kind == "moved":
        goals = [goal for goal in range(len(tokens)) if abs(goal - chosen) > 1]
        if not goals:
            return False
        tokens.insert(rng.choice(goals), tokens.pop(chosen))
        token.done = "moved"
    elif kind == "swapped":
        if len(intact) < 2:
            return False
        one, other = sorted(rng.sample(intact, 2))
        tokens[one], tokens[other] = tokens[other], tokens[one]
        for each, partner in ((one, other), (other, one)):
            tokens[each].done = f"swapped {tokens[partner].origin}"
    else:
        same = kind == "value"
        pool = [*STRANGERS, *(item for each in values.pools for item in each)]
        wrong = [item for item in pool if not layout.fits(token.origin, item)]
        wrong = [item for item in wrong if _may_be(layout.trees[token.origin], item) is same]
        if not wrong:
            return False
        token.value, token.done = rng.choice(wrong), kind
    return True


def _may_be(tree: dict[str, Any], value: object) -> bool:
    """Whether a value is of a type that a schema takes, whatever else it asks."""
    kinds = tree.get("type")
    if kinds is not None and not any(
        STRICT.is_type(value, each) for each in ([kinds] if isinstance(kinds, str) else kinds)
    ):
        return False
    if "const" in tree and type(tree["const"]) is not type(value):
        return False
    if "enum" in tree and type(value) not in map(type, tree["enum"]):
        return False
    if not all(_may_be(part, value) for part in tree.get("allOf", ())):
        return False
    return all(any(_may_be(part, value) for part in tree[key]) for key in ("anyOf", "oneOf") if key in tree)


def _labels(tokens: list[Token], size: int) -> Labels:
    """The edits that lead to these tokens."""
    labels: set[Label] = {
        ("dropped", each) for each in range(size) if each not in {token.origin for token in tokens}
    }
    for index, token in enumerate(tokens):
        verb, _, partner = token.done.partition(" ")
        if verb == "inserted":
            behind = all(each.done == "inserted" for each in tokens[index:])
            labels.add(("appended",) if behind else ("inserted", index))
        elif verb in ("type", "value"):
            labels.add(("changed", token.origin))
        elif verb == "swapped":
            labels.add(("swapped", *sorted((token.origin, int(partner)))))
        elif verb == "moved":
            ahead = [each for each in tokens[:index] if each.origin > token.origin]
            passed = ahead + [each for each in tokens[index:] if -1 < each.origin < token.origin]
            if len(passed) == 1:
                labels.add(("swapped", *sorted((token.origin, passed[0].origin))))
            else:
                labels.add(("moved", token.origin, index))
    return frozenset(labels)


def _told(label: Label, layout: Layout, sort: dict[int, str]) -> str:
    """How a label should be told."""
    kind, *at = label
    if kind == "appended":
        return "appended"
    if kind == "inserted":
        return f"inserted at {at[0]}"
    if kind == "changed":
        return f"{sort[at[0]]} changed at {layout.names[at[0]]}"
    if kind == "swapped":
        return f"swapped {layout.names[at[0]]} and {layout.names[at[1]]}"
    return f"{kind} {layout.names[at[0]]}" + (f" to {at[1]}" if kind == "moved" else "")
