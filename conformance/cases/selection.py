"""Choosing cases by the patterns of ``--case`` and ``--clause``."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from conformance.cases.case import Case
from conformance.errors import UsageError

WILD = frozenset("*?[")


def matches(pattern: str, name: str) -> bool:
    """Whether a pattern means an id: the id itself, whole leading segments of it, or a shell pattern."""
    if not WILD & set(pattern):
        return name == pattern or name.startswith(pattern.rstrip("/") + "/")
    return fnmatchcase(name, pattern) or fnmatchcase(name, pattern.rstrip("/") + "/*")


def choose(option: str, patterns: Iterable[str], known: Sequence[str]) -> tuple[str, ...]:
    """The ids that one of these patterns means. Raises UsageError for a pattern that means nothing."""
    wanted = tuple(patterns)
    _complain(option, wanted, known)
    return tuple(name for name in known if any(matches(each, name) for each in wanted))


def select(
    cases: Sequence[Case], patterns: Iterable[str] = (), clauses: Iterable[str] = ()
) -> tuple[Case, ...]:
    """The cases whose id one of ``patterns`` means and that enforce a clause which one of ``clauses`` means.

    No patterns: all. Order stays. Raises UsageError for a pattern that means nothing.
    """
    chosen = list(cases)
    wanted = tuple(patterns)
    if wanted:
        _complain("--case", wanted, [case.id for case in cases])
        chosen = [case for case in chosen if any(matches(each, case.id) for each in wanted)]
    wanted = tuple(clauses)
    if wanted:
        _complain(
            "--clause", wanted, list(dict.fromkeys(clause for case in cases for clause in case.clauses))
        )
        chosen = [
            case
            for case in chosen
            if any(matches(each, clause) for each in wanted for clause in case.clauses)
        ]
    return tuple(chosen)


def _complain(option: str, patterns: Sequence[str], known: Sequence[str]) -> None:
    for pattern in patterns:
        if not any(matches(pattern, name) for name in known):
            hint = "near: " + ", ".join(_near(pattern, known)) if known else "there are none"
            raise UsageError(f"{option} {pattern} matches nothing", hint=hint)


def _near(pattern: str, known: Sequence[str]) -> list[str]:
    """Up to three ids that someone may have meant."""
    plain = "".join(character for character in pattern if character not in WILD)
    words = [word for word in plain.split("/") if word]
    close = difflib.get_close_matches(plain, known, n=3, cutoff=0.6)
    holding = (name for name in known if words and all(word.lower() in name.lower() for word in words))
    starting = (name for name in known if words and name.startswith(words[0]))
    found: dict[str, None] = dict.fromkeys(close)
    for name in (*holding, *starting, *known):
        if len(found) >= 3:
            break
        found[name] = None
    return list(found)
