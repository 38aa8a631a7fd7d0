"""One difference between two shapes at one use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from conformance.changes.forms import Shape

Wanted = tuple[tuple[bool, bool], tuple[bool, bool]]
"""Who breaks: (clients, server) when the target sends it, the same when a client does."""


@dataclass(frozen=True, slots=True)
class Delta:
    """One difference. ``tight`` / ``loose``: there are values that only the old / only the new lets through.

    ``keywords`` are those whose clauses of ``old`` and ``new`` it moves; none: all there and below.
    ``wanted`` overrules who breaks by it.
    """

    kind: str
    words: tuple[str, ...]
    says: str
    tight: bool
    loose: bool
    old: Shape | None
    new: Shape | None
    keywords: tuple[str, ...] = ()
    wanted: Wanted | None = None
    unsure: bool = False
    more_gone: tuple[str, ...] = ()
    more_come: tuple[str, ...] = ()

    @property
    def breaks(self) -> Wanted:
        """Whom it breaks."""
        return self.wanted or moved(tight=self.tight, loose=self.loose)

    @property
    def gone(self) -> tuple[str, ...]:
        """The clauses of the old contract that it is about."""
        return (*self._moved(self.old), *self.more_gone)

    @property
    def come(self) -> tuple[str, ...]:
        """The clauses of the new contract that it is about."""
        return (*self._moved(self.new), *self.more_come)

    def _moved(self, made: Shape | None) -> tuple[str, ...]:
        if made is None:
            return ()
        return made.ids(self.keywords) if self.keywords else below(made)


def moved(*, tight: bool, loose: bool) -> Wanted:
    """Who sends has to do something about what is tighter, who receives about what is looser."""
    return (loose, tight), (tight, loose)


def together(some: Iterable[Wanted]) -> Wanted:
    """Whom any of these breaks."""
    known = list(some)
    first, second = ([each[end] for each in known] for end in (0, 1))
    return (
        (any(each[0] for each in first), any(each[1] for each in first)),
        (any(each[0] for each in second), any(each[1] for each in second)),
    )


@dataclass(slots=True)
class Found:
    """What comparing finds. ``same``: old clause id -> new one; ``ways``: words of a use in the old -> in
    the new; ``also``: other words of a use in the new -> those of it as a whole."""

    deltas: list[Delta] = field(default_factory=list)
    same: dict[str, str] = field(default_factory=dict)
    ways: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    also: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)

    def agree(self, old: Shape, new: Shape, keywords: tuple[str, ...]) -> None:
        """These keywords say the same on both sides, be it in another way."""
        gone, come = old.ids(keywords), new.ids(keywords)
        if len(gone) == len(come):
            self.same.update(zip(gone, come, strict=True))
        known = [[key for key in keywords if key in each.clauses] for each in (old, new)]
        if known[0] != known[1] or len(gone) != len(come):
            text = f"{at(new.words)}written in another way, promises the same"
            self.deltas.append(Delta("rewritten", new.words, text, False, False, old, new, keywords))


def below(made: Shape | None) -> tuple[str, ...]:
    """All clauses of a shape and of what is inside."""
    return () if made is None else tuple(_ids(made))


def _ids(made: Shape) -> Iterator[str]:
    for each in made.clauses.values():
        yield from each
    for child in made.children():
        yield from _ids(child)


def at(words: tuple[str, ...]) -> str:
    """The beginning of a sentence about a use."""
    return f"`{'/'.join(words)}`: " if words else ""
