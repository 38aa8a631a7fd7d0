"""Members of maps: which came, went, were renamed, and which must be there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce

from conformance.changes.delta import Delta, Found, Wanted, at, below, moved, together
from conformance.changes.forms import Shape, signature
from conformance.changes.shapes import both
from conformance.validation.pattern import compiled

REQUIRED = ("required",)
OTHERS = ("additionalProperties",)


Between = Callable[[Shape, Shape], tuple[Wanted, bool]]
"""Whom it breaks that the one shape holds where the other did; whether nobody can tell."""


def members(found: Found, old: Shape, new: Shape, between: Between) -> Iterator[tuple[Shape, Shape]]:
    """The members that both maps have, as pairs; what is different beside them is told to ``found``."""
    gone = {name: each for name, each in old.properties.items() if name not in new.properties}
    come = {name: each for name, each in new.properties.items() if name not in old.properties}
    renamed = _renamed(gone, come, old, new)
    for name, other in renamed.items():
        before, after = gone.pop(name), come.pop(other)
        found.ways[before.words] = after.words
        text = f"`{_path(old, name)}` is now called `{other}`"
        _tell(found, "field-renamed", after.words, text, before, after, True, True)
    for name, each in gone.items():
        required = name in old.required
        wanted, unsure = _removed(required=required, closed=new.closed), False
        if (held := _governing(new, name, each)) is not None:
            wanted, unsure = between(_whole(old, name), held)
            loosened = moved(tight=False, loose=required and name not in new.required)
            wanted = together((wanted, loosened))
        text = f"the {_kind(name, old)} member `{_path(old, name)}` is gone"
        _tell(found, "field-gone", each.words, text, each, None, new.closed, True, wanted, unsure)
    for name, each in come.items():
        required = name in new.required and name not in old.required
        wanted, unsure = _added(required=required, closed=old.closed), False
        if (held := _governing(old, name, each)) is not None:
            wanted, unsure = between(held, _whole(new, name))
            wanted = together((wanted, moved(tight=required, loose=False)))
        text = f"the {_kind(name, new)} member `{_path(new, name)}` is new"
        _tell(found, "field-new", each.words, text, None, each, True, old.closed, wanted, unsure)
    _required(found, old, new, {*gone, *renamed}, {*come, *renamed.values()})
    _others(found, old, new)
    for name, each in old.properties.items():
        if name in new.properties:
            yield each, new.properties[name]
    for pattern in dict.fromkeys((*old.named, *new.named)):
        was, now = old.named.get(pattern), new.named.get(pattern)
        if was is not None and now is not None:
            yield was, now
            continue
        text = f"{at(new.words)}members whose name matches `{pattern}` are " + (
            "no longer described" if now is None else "now described"
        )
        known = [name for name in old.properties if name in new.properties]
        judged = [between(_rest(old) if was is None else was, _rest(new) if now is None else now)] + [
            between(_whole(old, name), _whole(new, name))
            for name in known
            if compiled(pattern, new.where).matches(name)
        ]
        wanted, unsure = together(each for each, _ in judged), any(each for _, each in judged)
        _tell(
            found, "pattern-member", new.words, text, was, now, now is not None, now is None, wanted, unsure
        )
    if old.additional is not None and new.additional is not None and not (old.closed or new.closed):
        yield old.additional, new.additional


def _required(found: Found, old: Shape, new: Shape, gone: set[str], come: set[str]) -> None:
    fewer = sorted(old.required - new.required - gone)
    more = sorted(new.required - old.required - come)
    for names, tight in ((fewer, False), (more, True)):
        if names:
            verb = "always there" if tight else "no longer always there"
            listed = ", ".join(f"`{_path(new, each)}`" for each in names)
            found.deltas.append(
                Delta("required", new.words, f"{listed}: {verb}", tight, not tight, old, new, REQUIRED)
            )
    if not fewer and not more:
        if old.required == new.required:
            found.agree(old, new, REQUIRED)
        elif old.ids(REQUIRED) or new.ids(REQUIRED):
            text = f"{at(new.words)}which members are always there follows from the members"
            found.deltas.append(Delta("rewritten", new.words, text, False, False, old, new, REQUIRED))


def _others(found: Found, old: Shape, new: Shape) -> None:
    """What undocumented members may be: nothing, something, anything."""
    was, now = ("none" if each.closed else "some" if each.additional else "any" for each in (old, new))
    if was == now:
        found.agree(old, new, OTHERS)
        return
    order = ("none", "some", "any")
    words = {"none": "no members but the documented ones", "some": "other members of one kind",
             "any": "any other members"}  # fmt: skip
    tight = order.index(now) < order.index(was)
    text = f"{at(new.words)}{words[was]} → {words[now]}"
    found.deltas.append(
        Delta("members", new.words, text, tight, not tight, old, new, OTHERS,
              more_gone=below(old.additional), more_come=below(new.additional))
    )  # fmt: skip


def _renamed(gone: dict[str, Shape], come: dict[str, Shape], old: Shape, new: Shape) -> dict[str, str]:
    """Members that only have another name: equal in shape, equally required, and the only such ones."""
    if not gone or not come:
        return {}
    texts = [
        {name: (signature(each), name in around.required) for name, each in some.items()}
        for some, around in ((gone, old), (come, new))
    ]
    before, after = (list(each.values()) for each in texts)
    return {
        name: other
        for name, text in texts[0].items()
        for other, found in texts[1].items()
        if text == found and before.count(text) == 1 and after.count(text) == 1
    }


def _governing(around: Shape, name: str, member: Shape) -> Shape | None:
    """What a map says of a member that it does not describe: None where it only says whether there is one.

    Of ``member``, which is described on the other side, that is not enough where it is never there.
    """
    known = _matching(around, name)
    if known:
        return reduce(both, known)
    described = around.additional is not None and not around.closed
    return _rest(around) if described or member.never else None


def _rest(around: Shape) -> Shape:
    """What a map says of members that it does not describe."""
    if around.additional is not None and not around.closed:
        return around.additional
    return Shape(around.where, around.words, never=around.closed)


def _whole(around: Shape, name: str) -> Shape:
    """All that a map says of a member that it describes."""
    return reduce(both, _matching(around, name), around.properties[name])


def _matching(around: Shape, name: str) -> list[Shape]:
    return [each for pattern, each in around.named.items() if compiled(pattern, around.where).matches(name)]


def _added(*, required: bool, closed: bool) -> Wanted:
    """Who has to do something: ((clients, server) when the target sends, the same when a client does)."""
    return (closed, required or not closed), (required, True)


def _removed(*, required: bool, closed: bool) -> Wanted:
    return (True, closed), (True, required)


def _tell(
    found: Found, kind: str, words: tuple[str, ...], says: str,
    before: Shape | None, after: Shape | None, tight: bool, loose: bool, wanted: Wanted | None = None,
    unsure: bool = False,
) -> None:  # fmt: skip
    found.deltas.append(Delta(kind, words, says, tight, loose, before, after, wanted=wanted, unsure=unsure))


def _kind(name: str, around: Shape) -> str:
    return "required" if name in around.required else "optional"


def _path(around: Shape, name: str) -> str:
    return "/".join((*around.words, name))
