"""Positions of arrays: which one was inserted, taken out, moved or put behind the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from conformance.changes.delta import Wanted
from conformance.changes.forms import Shape, signature


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of the positions; ``grows`` is by how many positions it lengthens the array."""

    kind: str
    says: str
    tight: bool
    loose: bool
    old: Shape | None = None
    new: Shape | None = None
    wanted: Wanted | None = None
    grows: int = 0
    unsure: bool = False


def edits(old: Shape, new: Shape) -> tuple[list[tuple[Shape, Shape]], list[Edit]]:
    """The positions that belong together, and the edits between the two arrays."""
    was, now = old.prefix, new.prefix
    if len(was) == len(now) and all(signature(a) == signature(b) for a, b in zip(was, now, strict=True)):
        pairs = list(zip(was, now, strict=True))
        if {each.title for each in was} != {each.title for each in now} or not _moved(was, now):
            return pairs, [_called(index, a, b) for index, (a, b) in enumerate(pairs) if _other_name(a, b)]
    left, right = _keys(was, now)
    pairs = []
    gone: list[int] = []
    come: list[int] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        shared = min(i2 - i1, j2 - j1) if kind in ("equal", "replace") else 0
        if kind == "replace" and i2 - i1 != j2 - j1 and not _ends(was, now, i2, j2):
            shared = 0
        pairs += [(was[i1 + n], now[j1 + n]) for n in range(shared)]
        gone += range(i1 + shared, i2)
        come += range(j1 + shared, j2)
    made = [_called(was.index(a), a, b) for a, b in pairs if _other_name(a, b)]
    for index in list(gone):
        target = next((each for each in come if _name(now[each]) == _name(was[index]) != ""), None)
        if target is not None:
            pairs.append((was[index], now[target]))
            gone.remove(index)
            come.remove(target)
            says = f"position {index} `{_name(was[index])}` moved to {target}: those between move"
            made.append(Edit("position-moved", says, True, True))
    made += [_gone(old, new, index, gone) for index in gone]
    made += [_come(old, new, index, come) for index in come]
    return pairs, made


def _keys(was: Sequence[Shape], now: Sequence[Shape]) -> tuple[list[str], list[str]]:
    """What positions are recognised by: their names where both arrays have names, else their shapes."""
    named = all(_name(each) for each in (*was, *now))
    return ([_name(each) if named else signature(each) for each in some] for some in (was, now))  # type: ignore[return-value]


def _name(made: Shape) -> str:
    word = made.words[-1] if made.words else ""
    return "" if word.isdecimal() else word


def _other_name(old: Shape, new: Shape) -> bool:
    return bool(old.title and new.title) and old.title != new.title


def _moved(was: Sequence[Shape], now: Sequence[Shape]) -> bool:
    return [each.title for each in was] != [each.title for each in now]


def _ends(was: Sequence[Shape], now: Sequence[Shape], left: int, right: int) -> bool:
    return left == len(was) and right == len(now)


def _called(index: int, old: Shape, new: Shape) -> Edit:
    says = f"position {index} was `{old.title}` and is called `{new.title}` now: whether it means the same,"
    return Edit("position-renamed", f"{says} nobody can tell", True, True, unsure=True)


def _gone(old: Shape, new: Shape, index: int, all_gone: Sequence[int]) -> Edit:
    each = old.prefix[index]
    last = all(n in all_gone for n in range(index, len(old.prefix)))
    label = f"position {index} `{_name(each) or index}`"
    if not last:
        return Edit(
            "position-gone", f"{label} taken out: every later position moves", True, True, each, grows=-1
        )
    required = old.least.get("minItems", 0) > index
    ended = new.ended or new.most.get("maxItems", len(old.prefix)) <= index
    wanted = (True, ended), (True, required)
    return Edit("position-gone", f"{label} taken off the end", ended, True, each, None, wanted, -1)


def _come(old: Shape, new: Shape, index: int, all_come: Sequence[int]) -> Edit:
    each = new.prefix[index]
    last = all(n in all_come for n in range(index, len(new.prefix)))
    label = f"position {index} `{_name(each) or index}`"
    if not last:
        says = f"{label} inserted: every later position moves"
        return Edit("position-inserted", says, True, True, None, each, grows=1)
    required = new.least.get("minItems", 0) > index
    ended = old.ended or old.most.get("maxItems", index + 1) <= index
    wanted = (ended, required or not ended), (required, True)
    return Edit("position-appended", f"{label} put behind the others", True, ended, None, each, wanted, 1)
