"""Waiver files: a broken promise that somebody answers for, until a day.

The format is that of ``schemas/waivers.schema.json``. Whatever is wrong is one DocumentError with the
``file:line`` of the waiver: a gate that guesses what was meant is none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from conformance.documents.loader import load_tree
from conformance.documents.references import nearest
from conformance.documents.tree import Node
from conformance.errors import DocumentError
from conformance.gate.builds import EXPECTED, Builds, order

NEEDED = ("clause", "digest", "reason", "owner", "ticket", "expires")
KNOWN = (*NEEDED, "builds")
DIGEST = re.compile(r"[0-9a-f]{16}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PLACEHOLDER = "TODO"
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Waiver:
    """One waiver: the clause and its digest when it was waived, who answers for it, and its last day (UTC).

    ``where`` is its ``file:line``; ``builds`` None: it is for all.
    """

    clause: str
    digest: str
    reason: str
    owner: str
    ticket: str
    expires: date
    where: str
    builds: Builds | None = None


def read_waivers(paths: Iterable[Path], clauses: Collection[str]) -> tuple[Waiver, ...]:
    """The waivers of these files, for a contract of these clauses.

    Raises DocumentError for a file or a waiver that cannot be used: a clause that there is not, a
    placeholder that nobody filled in, one clause waived twice.
    """
    made: list[Waiver] = []
    for path in paths:
        root = load_tree(path).root
        _only(root, ("waivers",), "a waiver file")
        listed = root.get("waivers")
        if listed is None or not isinstance(listed.value, list):
            raise (listed or root).refuse("not a waiver file that we can read", expected="waivers: a list")
        made += (_waiver(node, clauses) for node in listed.elements())
    _once(made)
    return tuple(made)


def _waiver(node: Node, clauses: Collection[str]) -> Waiver:
    if not isinstance(node.value, dict):
        raise node.refuse("a waiver is no map", expected="a map with " + ", ".join(NEEDED))
    _only(node, KNOWN, "a waiver")
    clause, digest, reason, owner, ticket, expires = (_text(node, name) for name in NEEDED)
    if clause not in clauses:
        raise node.refuse(f"there is no clause {clause[:200]!r}", hint=nearest(clause, clauses))
    if not DIGEST.fullmatch(digest):
        expected = "the 16 hexadecimal digits that omen-conformance waive prints, in quotes"
        raise _at(node, "digest").refuse(f"the digest is {digest[:40]!r}", expected=expected)
    return Waiver(clause, digest, reason, owner, ticket, _day(node, expires), str(node.where), _builds(node))


def _day(node: Node, text: str) -> date:
    try:
        if DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    expected = "the last day of the waiver (UTC), such as 2027-01-31"
    raise _at(node, "expires").refuse(f"expires is {text[:40]!r}", expected=expected)


def _builds(node: Node) -> Builds | None:
    given = node.get("builds")
    if given is None:
        return None
    if not isinstance(given.value, dict) or not given.value:
        raise given.refuse("builds is no range", expected="from, to or both")
    _only(given, ("from", "to"), "a range of builds")
    ends = {name: _version(given, name) for name, _ in given.items()}
    made = Builds(ends.get("from", ""), ends.get("to", ""))
    if made.first and made.last and order(made.last) < order(made.first):
        raise given.refuse(f"no build is in the range {made}", expected="from not after to")
    return made


def _version(node: Node, name: str) -> str:
    text = _text(node, name)
    try:
        order(text)
    except ValueError as wrong:
        raise _at(node, name).refuse(str(wrong), expected=EXPECTED) from None
    return text


def _text(node: Node, name: str) -> str:
    """A field's text; what YAML takes for a number has lost its zeros, so it is refused."""
    given = node.get(name)
    if given is None:
        raise node.refuse(f"a waiver without {name}", expected=", ".join(NEEDED))
    if isinstance(given.value, (int, float)) and not isinstance(given.value, bool):
        raise given.refuse(f"{name} is a number to YAML", expected="a text, in quotes")
    if not isinstance(given.value, str) or not given.value.strip() or len(given.value) > LONGEST:
        raise given.refuse(f"{name} is no text", expected=f"a string of 1 to {LONGEST} characters")
    text = given.value.strip()
    if text.upper().startswith(PLACEHOLDER):
        raise given.refuse(f"{name} is still {PLACEHOLDER}", expected=_wanted(name))
    return text


def _wanted(name: str) -> str:
    return {
        "reason": "why it may be broken for now",
        "owner": "who answers for it",
        "ticket": "where it is being mended",
        "expires": "its last day, such as 2027-01-31",
    }.get(name, f"the {name}")


def _at(node: Node, name: str) -> Node:
    return node.get(name) or node


def _only(node: Node, known: tuple[str, ...], what: str) -> None:
    for name, child in node.items():
        if name not in known:
            raise child.refuse(f"{what} has no field {name[:80]!r}", expected=" or ".join(known))


def _once(waivers: Iterable[Waiver]) -> None:
    """A clause is waived once, unless each of its waivers is for other builds."""
    first: dict[str, Waiver] = {}
    for each in sorted(waivers, key=lambda waiver: waiver.builds is not None):  # those for all come first
        other = first.setdefault(each.clause, each)
        if other is not each and other.builds is None:
            raise DocumentError(
                each.where,
                f"{each.clause} is waived at {other.where} already",
                expected="one waiver a clause",
                hint="several, where each of them says its builds",
            )
