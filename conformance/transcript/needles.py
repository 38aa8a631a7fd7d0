"""Finds thousands of words in bytes or text in time that grows with the text, hardly with their number."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import AnyStr, Generic

# Words are told apart by so many first letters, or all of a shorter word.
START = 4
# From here on, the beginning of a secret is treated as the secret.
LONGISH = 12
# Longer words are looked for in pieces, each of which runs into the next as far as a beginning reaches:
# where a word comes over and over, how long it is does not count twice.
PIECE = 256
# So many different starts are looked for one by one, and more all at once by one expression. Making it takes
# as long as to look through much text: it is made anew when there are many more than it knows, and not at all
# for very many, which are looked up at each place.
FEW = 8
SHARE = 4
MANY = 1000
# So much is looked through one by one before an expression is made of even a few more.
MUCH = 4 * 1024 * 1024


class Needles(Generic[AnyStr]):
    """A set of words to look for."""

    def __init__(self) -> None:
        # The start of words -> how many letters the beginnings have that start so.
        self._starts: dict[AnyStr, tuple[int, ...]] = {}
        self._sizes: set[int] = set()
        # An expression for most starts, and those that it does not know.
        self._pattern: re.Pattern[AnyStr] | None = None
        self._fresh: list[AnyStr] = []
        # How many letters have been looked through for each of those by itself.
        self._spent = 0
        # A beginning (LONGISH letters, or a whole shorter word) -> the words that have it, sorted.
        self._words: dict[AnyStr, list[AnyStr]] = {}

    def __len__(self) -> int:
        return sum(len(words) for words in self._words.values())

    def add(self, word: AnyStr) -> None:
        """Adds a word of at least one letter."""
        ends = [*range(0, max(1, len(word) - PIECE), PIECE), len(word)]
        for start, end in pairwise(ends):
            self._add(word[start : end + LONGISH])

    def _add(self, piece: AnyStr) -> None:
        beginning = piece[:LONGISH]
        words = self._words.setdefault(beginning, [])
        at = bisect_left(words, piece)
        if words[at : at + 1] != [piece]:
            insort(words, piece)
        sizes: tuple[int, ...] = self._starts.get(piece[:START], ())
        if not sizes:
            self._fresh.append(piece[:START])
        if len(beginning) not in sizes:
            self._starts[piece[:START]] = (*sizes, len(beginning))
            self._sizes.add(len(piece[:START]))

    def spans(self, data: AnyStr) -> Iterator[tuple[int, int]]:
        """Where one of the words, or a longish beginning of one, stands: they may overlap.

        Sentences quote long values cut short: the beginning of a secret is to be found as well.
        """
        for at, start in self._candidates(data):
            for size in self._starts[start]:
                words = self._words.get(data[at : at + size])
                if words:
                    yield at, at + _common(words, data[at : at + PIECE + PIECE + LONGISH])

    def _candidates(self, data: AnyStr) -> Iterator[tuple[int, AnyStr]]:
        """Where a word may begin, and how it starts there."""
        if len(self._starts) > MANY:
            for size in self._sizes:
                last = len(data) - size + 1
                yield from (
                    (at, here) for at in range(last) if (here := data[at : at + size]) in self._starts
                )
            return
        self._spent += len(data) * len(self._fresh)
        if len(self._fresh) > FEW + len(self._starts) // SHARE or self._spent > MUCH:
            self._pattern, self._fresh, self._spent = _any_of(list(self._starts)), [], 0
        if self._pattern is not None:
            known, search, sizes = self._starts, self._pattern.search, self._sizes
            found = search(data)
            while found is not None:
                at = found.start()
                yield from ((at, here) for size in sizes if (here := data[at : at + size]) in known)
                found = search(data, at + 1)
        for start in self._fresh:
            at = data.find(start)
            while at != -1:
                yield at, start
                at = data.find(start, at + 1)


def _any_of(words: list[AnyStr]) -> re.Pattern[AnyStr]:
    """Finds where one of the words begins: a letter at a time, so that their number matters little."""
    if isinstance(words[0], str):
        return re.compile(_letters(words))
    return re.compile(_letters([word.decode("latin-1") for word in words]).encode("latin-1"))


def _letters(words: Iterable[str]) -> str:
    nexts: dict[str, set[str]] = {}
    for word in words:
        nexts.setdefault(word[0], set()).add(word[1:])
    parts = [
        re.escape(letter) + ("" if "" in rests else _letters(rests))
        for letter, rests in sorted(nexts.items())
    ]
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def _common(words: list[AnyStr], here: AnyStr) -> int:
    """How many letters the place has in common with the word that fits best: a neighbour in their order."""
    at = bisect_left(words, here)
    return max(_agree(word, here) for word in words[max(0, at - 1) : at + 1])


def _agree(word: AnyStr, here: AnyStr) -> int:
    """How many letters are the same from the beginning on."""
    if here.startswith(word):
        return len(word)
    low, high = 0, len(word) - 1  # so many agree, so many may
    while low < high:
        middle = (low + high + 1) // 2
        if here[:middle] == word[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
