"""Two shapes at one use -> what was tightened and what was loosened, a cause at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType

from conformance.changes import keywords
from conformance.changes.delta import Delta, Found, Wanted, at, below, moved, together
from conformance.changes.forms import ANYTHING, Choice, Shape, signature
from conformance.changes.members import members
from conformance.changes.positions import Edit, edits

KINDS = ("anyOf", "oneOf")
NOTHING = ("$nothing",)
"""No keyword: the clauses are told one by one."""


@dataclass(slots=True)
class Comparison(Found):
    """Compares two shapes with all that is inside; ``doing``: pairs that have been begun."""

    doing: set[tuple[int, int]] = field(default_factory=set)

    def pair(
        self, old: Shape, new: Shape, above: tuple[Shape, ...] = (), beneath: tuple[Shape, ...] = ()
    ) -> None:
        """Compare two shapes and all below; ``above`` and ``beneath`` are the old and new shapes around."""
        old, new = _resolved(old, above), _resolved(new, beneath)
        if (id(old), id(new)) in self.doing:
            return
        self.doing.add((id(old), id(new)))
        for words in (old.words, *old.ways):
            self.ways.setdefault(words, new.words)
        for words in new.ways:
            self.also.setdefault(words, new.words)
        one, other = _aligned(old, new)
        above, beneath = (*above, old), (*beneath, new)
        bare = one is not old or other is not new
        for found in [] if bare else keywords.differences(old, new):
            self._keyword(old, new, found)
        if not bare:
            between = partial(self._between, above=above, beneath=beneath)
            for before, after in members(self, old, new, between):
                self.pair(before, after, above, beneath)
            self._positions(old, new, above, beneath)
        self._choices(one, other, above, beneath)

    def _between(
        self, old: Shape, new: Shape, above: tuple[Shape, ...], beneath: tuple[Shape, ...]
    ) -> tuple[Wanted, bool]:
        if old.never or new.never:
            return moved(tight=not old.never, loose=not new.never), False
        found = Comparison(doing=set(self.doing))
        found.pair(old, new, above, beneath)
        return together(each.breaks for each in found.deltas), any(each.unsure for each in found.deltas)

    def _keyword(self, old: Shape, new: Shape, found: keywords.Difference) -> None:
        if found.tight or found.loose:
            text = f"{at(new.words)}{found.says}"
            self.deltas.append(
                Delta(found.kind, new.words, text, found.tight, found.loose, old, new, found.keywords,
                      unsure=found.unsure)
            )  # fmt: skip
        else:
            self.agree(old, new, found.keywords)

    def _positions(
        self, old: Shape, new: Shape, above: tuple[Shape, ...], beneath: tuple[Shape, ...]
    ) -> None:
        """Positions, what may stand behind them, and how many there are."""
        pairs, found = edits(old, new)
        for before, after in pairs:
            self.pair(before, after, above, beneath)
        for number, edit in enumerate(found):
            self.deltas.append(_edited(edit, old, new, first=number == 0))
        length = _longest(old)
        if length is not None and length == _longest(new):
            self._counts(old, new, found, ("minItems",))
            self.agree(old, new, ("items", "additionalItems", "maxItems"))
            return
        self._counts(old, new, found, ("minItems", "maxItems"))
        policies = [(each.ended, each.rest) for each in (old, new)]
        (was_ended, was), (is_ended, now) = policies
        if was is not None and now is not None and not (was_ended or is_ended):
            self.pair(was, now, above, beneath)
        elif (was_ended, was is None) != (is_ended, now is None) and not (was_ended and is_ended):
            tight = is_ended or (was is None and now is not None)
            loose = was_ended or (was is not None and now is None)
            what = "elements behind the documented ones are " + ("no longer" if tight else "now") + " free"
            self.deltas.append(
                Delta("more-elements", new.words, at(new.words) + what, tight, loose and not tight,
                      old, new, ("items", "additionalItems"), more_gone=below(was), more_come=below(now))
            )  # fmt: skip
        else:
            self.agree(old, new, ("items", "additionalItems"))

    def _counts(self, old: Shape, new: Shape, found: Sequence[Edit], keys: Sequence[str]) -> None:
        """Counts of elements that follow from positions that came or went are no cause of their own."""
        moved = sum(edit.grows for edit in found)
        for key in keys:
            was, now = (each.least.get(key, each.most.get(key)) for each in (old, new))
            if not moved or was is None or now is None or now - was != moved:
                for each in keywords.counted(old, new, key):
                    self._keyword(old, new, each)

    def _choices(self, old: Shape, new: Shape, above: tuple[Shape, ...], beneath: tuple[Shape, ...]) -> None:
        if not old.choices and not new.choices:
            self.agree(old, new, KINDS)
        for index in range(max(len(old.choices), len(new.choices))):
            was = old.choices[index] if index < len(old.choices) else None
            now = new.choices[index] if index < len(new.choices) else None
            if was is None or now is None:
                kind = (was or now or Choice("", ())).kind
                verb = "gone" if now is None else "new"
                some = [below(each) for choice in (was, now) for each in (choice.branches if choice else ())]
                ids = tuple(each for group in some for each in group)
                self.deltas.append(
                    Delta("choice", new.words, f"{at(new.words)}a choice among alternatives is {verb}",
                          now is not None, now is None, old, new, (kind,),
                          more_gone=ids if now is None else (), more_come=ids if was is None else ())
                )  # fmt: skip
                continue
            pairs, gone, come = _branches(was, now)
            for before, after in pairs:
                self.pair(before, after, above, beneath)
            kinds = tuple(dict.fromkeys((was.kind, now.kind)))
            for each, verb in [*((each, "gone") for each in gone), *((each, "new") for each in come)]:
                text = f"{at(new.words)}the alternative `{_name(each)}` is {verb}"
                is_new = verb == "new"
                self.deltas.append(
                    Delta(
                        f"alternative-{verb}", new.words, text, not is_new, is_new,
                        None if is_new else each, each if is_new else None, NOTHING,
                        more_gone=(*old.ids(kinds), *(() if is_new else below(each))),
                        more_come=(*new.ids(kinds), *(below(each) if is_new else ())),
                    )
                )  # fmt: skip
            if not gone and not come:
                self.agree(old, new, kinds)


def _longest(made: Shape) -> int | None:
    """How many elements there may be, where each of them has a position of its own."""
    length = len(made.prefix)
    most = made.most.get("maxItems", length if made.ended else None)
    return None if most is None or (most > length and not made.ended) else min(most, length)


def _edited(edit: Edit, old: Shape, new: Shape, *, first: bool) -> Delta:
    """A position that came or went. Of counts the first tells."""
    counts = ("minItems", "maxItems") if first and edit.grows else ()
    where = (edit.old, edit.new) if edit.old is not None or edit.new is not None else (old, new)
    return Delta(
        edit.kind, new.words, at(new.words) + edit.says, edit.tight, edit.loose, *where, NOTHING, edit.wanted,
        unsure=edit.unsure,
        more_gone=(*below(edit.old), *old.ids(counts)),
        more_come=(*below(edit.new), *new.ids(counts)),
    )  # fmt: skip


def _branches(was: Choice, now: Choice) -> tuple[list[tuple[Shape, Shape]], list[Shape], list[Shape]]:
    """Branches that belong together: equal ones, then those of one name, then the only ones left over."""
    pairs: list[tuple[Shape, Shape]] = []
    left, right = list(was.branches), list(now.branches)
    for key in (signature, _name):
        for before in list(left):
            same = next((each for each in right if key(each) == key(before)), None)
            if same is not None:
                pairs.append((before, same))
                left.remove(before)
                right.remove(same)
    if len(left) == len(right):
        pairs += zip(left, right, strict=True)
        left, right = [], []
    return pairs, left, right


def _aligned(old: Shape, new: Shape) -> tuple[Shape, Shape]:
    """Where one side became an alternative of the other, both as choices: ``S`` against ``oneOf: [S, T]``."""
    if len(old.choices) == len(new.choices):
        return old, new
    if len(new.choices) == 1 and not old.choices and _is_choice_alone(new):
        return _as_choice(old, new.choices[0]), new
    if len(old.choices) == 1 and not new.choices and _is_choice_alone(old):
        return old, _as_choice(new, old.choices[0])
    return old, new


def _is_choice_alone(made: Shape) -> bool:
    return signature(replace(made, choices=())) == ANYTHING


def _as_choice(made: Shape, like: Choice) -> Shape:
    fit = any(signature(each) == signature(made) for each in like.branches)
    if not fit:
        return made
    clauses = {key: each for key, each in made.clauses.items() if key in KINDS}
    return Shape(
        made.where, made.words, clauses=MappingProxyType(clauses), choices=(Choice(like.kind, (made,)),)
    )


def _resolved(made: Shape, above: Sequence[Shape]) -> Shape:
    if made.again is None:
        return made
    return next((each for each in reversed(above) if made.again in each.places), made)


def _name(made: Shape) -> str:
    return made.words[-1] if made.words else made.title
