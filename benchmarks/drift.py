"""Whether arrays that are off by a position are told rightly: random edits of valid messages, diagnosed.

    python benchmarks/drift.py [--asyncapi FILE …] [--overlay FILE …] [--edits 10000] [--doubles 500]

Without FILE: the packaged contract. For every layout (an array with positions, at one use of it) valid
messages are edited at random: inserted, appended, dropped, swapped, moved, type changed, value changed; then
two edits at once. The words of the first finding on the array are compared with what was done.

What counts as right is decided without the code that diagnoses (``drift_truth.py``). An edit is
*identifiable* if the edited array breaks its schema, and undoing no other single edit of these kinds makes it
valid again; of two edits, if no single one explains it and no other two do. The rest is counted by its
reason.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from drift_made import KINDS, Made, Values, edited
from drift_truth import Layout, explanations

from conformance.contract import Schema, load
from conformance.documents.find import find
from conformance.validation import judge

Path_ = tuple[str | int, ...]
EACH = "*"
SHOW = [0]  # so many wrong answers are yet shown
REASONS = (
    "still valid",
    "as well one edit",
    "same kind elsewhere",
    "another kind",
    "another alternative",
    "could not be made",
)
ARITY = ("minItems", "maxItems", "items", "additionalItems")


class Told(NamedTuple):
    """What the findings say of the array at a path: the words of the first, and which elements are wrong."""

    words: str
    wrong: frozenset[object]


def layouts(schema: Schema, path: Path_ = ()) -> Iterator[tuple[Schema, Path_]]:
    """Every array with positions, and where it stands; ``EACH`` for any item of a list."""
    if schema.prefix:
        yield schema, path
    for name, child in schema.properties.items():
        yield from layouts(child, (*path, name))
    for index, child in enumerate(schema.prefix):
        yield from layouts(child, (*path, index))
    if schema.rest is not None and not schema.prefix:
        yield from layouts(schema.rest, (*path, EACH))
    for child in (*schema.all_of, *schema.any_of, *schema.one_of):
        yield from layouts(child, path)


class Stage:
    """Valid messages with an array of one layout in them."""

    def __init__(self, root: Schema, schema: Schema, path: Path_, rng: random.Random) -> None:
        self.root, self.schema, self.path, self.rng = root, schema, path, rng
        self.layout = Layout(schema)
        self.values = Values(self.layout, rng)
        self.others: list[Layout] = []  # alternatives in its place
        self.bases = [base for base in Values.of(root) if self._place(base) is not None]

    def _place(self, base: object) -> Path_ | None:
        """Where in a message the array may stand: the first item of a list, put there if need be."""
        value, place = base, list[str | int]()
        for step in self.path:
            if step == EACH:
                if not isinstance(value, list):
                    return None
                place.append(0)
                value = value[0] if value else None
            elif isinstance(value, dict) and step in value:
                place.append(step)
                value = value[str(step)]
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                place.append(step)
                value = value[step]
            else:
                return None
        there = isinstance(value, list) and self.layout.keeps(value)
        return tuple(place) if there or (EACH in self.path and value is None) else None

    def told(self, array: list[object]) -> Told:
        """The findings on a message with this array in it."""
        base = self.rng.choice(self.bases)
        place = self._place(base)
        assert place is not None
        findings = judge(self.root, put(base, place, array)).findings
        size = len(place)
        own = [each for each in findings if each.path[:size] == place]
        wrong = frozenset(each.path[size] for each in own if len(each.path) > size)
        first = own[0] if own else None
        if first is None or len(first.path) > size + 1:
            return Told("", wrong)
        keyword = first.clause.rpartition("/")[2]
        of_its_item = len(first.path) > size and (keyword in ARITY or first.drift.startswith("as "))
        return Told("" if of_its_item else first.drift, wrong)


def put(base: object, path: Path_, value: object) -> object:
    """A copy of the base with the value at a path."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(base, dict):
        return {**base, str(head): put(base[str(head)], rest, value)}
    assert isinstance(base, list)
    items = base or [None]
    index = int(head)
    return [*items[:index], put(items[index], rest, value), *items[index + 1 :]]


def measured(stage: Stage, number: int, at_once: int) -> Counter[str]:
    """How many edits were told rightly, told wrongly, and were not identifiable, by reason."""
    count: Counter[str] = Counter()
    layout = stage.layout
    for _ in range(number):
        made = edited(layout, stage.values, at_once, stage.rng)
        if made is None:
            count["could not be made"] += 1
            continue
        array, truth, kind = made.array, made.truth, made.kinds
        count[f"made {kind}"] += 1
        if layout.keeps(array):
            count["still valid"] += 1
            continue
        found = explanations(layout, array, 1)
        reason = ""
        if any(other.keeps(array) or explanations(other, array, 1) for other in stage.others):
            reason = "another alternative"
        if at_once == 2:
            reason = reason or ("as well one edit" if found else "")
            found = found or explanations(layout, array, 2)
        if len(found) > 1 and not reason:
            kinds = {tuple(sorted(label[0] for label in each)) for each in found}
            reason = "same kind elsewhere" if len(kinds) == 1 else "another kind"
        told = stage.told(array)
        right = is_right(told, made)
        if reason:
            count[reason] += 1
            count["tied, told alone"] += right
            count["tied, told among others"] += not right and is_among(told, made)
            continue
        assert found == {truth}, (array, truth, found)
        count["identifiable"] += 1
        count["right" if right else "wrong"] += 1
        count[f"identifiable {kind}"] += 1
        count[f"right {kind}"] += right
        if not right and SHOW[0] > 0:
            SHOW[0] -= 1
            print("   ", array, "| did:", made.words, "| told:", told, file=sys.stderr)
    return count


def is_right(told: Told, made: Made) -> bool:
    """Whether the words say what was done, no more and no less; a value wrong in its place needs none."""
    if all(label[0] == "changed" for label in made.truth):
        return not told.words and told.wrong == {label[1] for label in made.truth}
    return sorted(told.words.split("; ")) == sorted(made.words)


def is_among(told: Told, made: Made) -> bool:
    """Whether the words name what was done beside what it may have been else."""
    for words in made.words:
        verb, _, place = words.partition(" ")
        place = place.removeprefix("at ")
        if verb not in told.words or not (place in told.words or "…" in told.words):
            return False
    return True


def main() -> None:
    """Measure every layout, and print a line for each and one for all."""
    parser = argparse.ArgumentParser(
        description="Whether arrays that are off by a position are told rightly."
    )
    parser.add_argument("--asyncapi", nargs="*", default=[])
    parser.add_argument("--overlay", nargs="*", default=[])
    parser.add_argument("--edits", type=int, default=10_000)
    parser.add_argument("--doubles", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=0, help="so many wrong answers are shown")
    given = parser.parse_args()
    SHOW[0] = given.show
    sources = find(asyncapi=given.asyncapi, overlays=given.overlay) if given.asyncapi else find()
    rng = random.Random(given.seed)
    single: Counter[str] = Counter()
    double: Counter[str] = Counter()
    seen: set[object] = set()
    print(f"{'layout':58} {'edits':>6} {'ident.':>6} {'right':>7}   {'two':>5} {'ident.':>6} {'right':>7}")
    for service in load(sources).services.values():
        for message in service.messages.values():
            found = list(layouts(message.payload))
            for schema, path in found:
                stage = Stage(message.payload, schema, path, rng)
                stage.others = [Layout(each) for each, at in found if at == path and each is not schema]
                if not stage.bases or stage.values.poor or (given.asyncapi and schema.where in seen):
                    continue
                seen.add(schema.where)
                one = measured(stage, given.edits, 1)
                two = measured(stage, given.doubles, 2)
                single += one
                double += two
                name = "/".join((service.name, message.name, *map(str, path)))
                print(f"{name[:58]:58} {row(one)}   {row(two)}", flush=True)
    print(f"{'all':58} {row(single)}   {row(double)}")
    for title, count in (("single edits", single), ("two edits", double)):
        print(f"\n{title}")
        for key in REASONS:
            print(f"  {key:24} {count[key]:8}")
        print(
            f"  of those tied: told alone {count['tied, told alone']}, "
            f"told among others {count['tied, told among others']}"
        )
        for key in sorted(each for each in count if each.startswith("made ")):
            kind = key.removeprefix("made ")
            known, right = count[f"identifiable {kind}"], count[f"right {kind}"]
            part = f"{100 * right / known:6.2f} %" if known else "     –"
            print(f"  {kind:24} made {count[key]:7}  identifiable {known:7}  right {part}")


def row(count: Counter[str]) -> str:
    """Edits made, identifiable, and the part of these that was told rightly."""
    made = sum(number for key, number in count.items() if key.startswith("made "))
    known = count["identifiable"]
    right = f"{100 * count['right'] / known:.2f} %" if known else "–"
    return f"{made:6} {known:6} {right:>9}"


if __name__ == "__main__":
    began = time.perf_counter()
    main()
    print(f"\n{time.perf_counter() - began:.0f} s, kinds {', '.join(KINDS)}")
