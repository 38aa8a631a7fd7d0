"""What no comparison of structure has told: clause by clause, so that nothing is left out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from conformance.changes.entry import clause_ends, whom
from conformance.changes.ground import Ground, Side
from conformance.contract.clause import Clause, Level
from conformance.contract.requests import GENERATED, UNREAD
from conformance.documents.structure import PROVENANCE

Words = tuple[str, ...]
Key = tuple[str, str, tuple[str, ...], str]
UNHEARD = ("/headers/", "/bindings/", "/links/", "/callbacks/", "/parameters/")
READ = frozenset(
    {"format", "contentEncoding", "contentMediaType", "contentSchema", "readOnly", "writeOnly", "nullable"}
)
"""Keywords that nobody enforces, and that a reader takes for a promise all the same."""


def leftovers(ground: Ground) -> None:
    """Tell of every clause that came, went or says something else, and of those whose standing changed."""
    told_old, told_new = ground.told()
    waiting: defaultdict[Key, list[Clause]] = defaultdict(list)
    known = ground.new.catalogue.clauses
    reached = set(ground.same.values())
    for clause in known.values():
        if clause.id not in told_new and clause.id not in reached:
            path = _led(clause.path, ground.also.get((clause.service, clause.subject), {}))
            waiting[clause.service, clause.subject, path, clause.keyword].append(clause)
    lost: list[Clause] = []
    for clause in ground.old.catalogue.clauses.values():
        if clause.id in ground.same:
            if ground.same[clause.id] in known and clause.id not in told_old:
                _standing(ground, clause, known[ground.same[clause.id]])
        elif clause.id not in told_old:
            same = waiting.get(_key(ground, clause))
            if same:
                _changed(ground, clause, same.pop(0))
            else:
                lost.append(clause)
    for clause in lost:
        clients, server = _breaks(clause, tightened=False, loosened=True)
        ground.tell(
            "clause-gone", ground.services.get(clause.service, clause.service), clause.subject,
            f"no longer promised: {clause.says}", clients=clients, server=server, gone=[clause.id],
        )  # fmt: skip
    for group in waiting.values():
        for clause in group:
            clients, server = _breaks(clause, tightened=True, loosened=False)
            ground.tell(
                "clause-new", clause.service, clause.subject, f"promised now: {clause.says}", clients=clients,
                server=server, come=[clause.id],
            )  # fmt: skip


def _key(ground: Ground, clause: Clause) -> Key:
    """Where the old clause is looked for in the new contract."""
    service, subject = ground.subject(clause.service, clause.subject)
    path = _led(clause.path, ground.ways.get((clause.service, clause.subject), {}))
    path = _led(path, ground.also.get((service, subject), {}))
    if path[:1] == ("credentials",):
        path = tuple(ground.called.get((clause.service, each), each) for each in path)
    path = tuple(ground.subjects.get((clause.service, each), ("", each))[1] for each in path)
    return service, subject, path, clause.keyword


def _led(path: Words, ways: Mapping[Words, Words]) -> Words:
    """A path whose beginning has other words."""
    for length in range(len(path), -1, -1):
        if path[:length] in ways:
            return (*ways[path[:length]], *path[length:])
    return path


def _breaks(clause: Clause, *, tightened: bool, loosened: bool) -> tuple[bool, bool]:
    """Who breaks by one clause; what says nothing breaks nobody, unless a reader hears a promise in it."""
    unheard = clause.unenforceable and clause.unenforceable not in (GENERATED, UNREAD)
    if unheard and clause.kind == "schema" and clause.keyword not in READ:
        return False, False
    if unheard and clause.kind == "rule" and any(each in clause.id for each in UNHEARD):
        return False, False
    return whom(clause_ends(clause), tightened=tightened, loosened=loosened)


def _changed(ground: Ground, old: Clause, new: Clause) -> None:
    """The same promise with other words."""
    ground.same[old.id] = new.id
    other_words = (
        new.demand != old.demand
        if new.kind == "schema"
        else new.says not in (old.says, _renamed(ground, old))
    )
    if other_words and not (old.path[:1] == ("scenarios",) and not _other_story(ground, old, new)):
        clients, server = _breaks(old, tightened=True, loosened=True)
        unsure = clients or server
        ground.tell(
            "clause-changed", new.service, new.subject, "says something else"
            + (", direction not known" if unsure else ""), clients=clients, server=server, unsure=unsure,
            gone=[old.id], come=[new.id],
        )  # fmt: skip
    elif old.path[:1] == ("scenarios",) and _other_story(ground, old, new):
        ground.tell(
            "scenario", new.service, new.subject, f"the scenario {new.keyword} is told in another way",
            clients=True, server=True, unsure=True, gone=[old.id], come=[new.id],
        )  # fmt: skip
    else:
        _standing(ground, old, new)


def _renamed(ground: Ground, clause: Clause) -> str:
    """The sentence of an old clause with the names of today."""
    names = {
        name: other
        for (service, name), (_, other) in ground.subjects.items()
        if service == clause.service and name and " " not in name
    } | {name: other for (service, name), other in ground.called.items() if service == clause.service}
    if not names:
        return clause.says
    words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"(?<![\w/])(?:{words})(?![\w/])", lambda found: names[found[0]], clause.says)


def _other_story(ground: Ground, old: Clause, new: Clause) -> bool:
    """Whether an authored promise is tried in another way, as its author wrote it."""
    return _story(ground.old, old) != _story(ground.new, new)


def _story(side: Side, clause: Clause) -> object:
    for tree in side.contract.scenarios:
        node = tree.node(clause.where.pointer) if tree.file == clause.where.file else None
        if node is not None and isinstance(node.value, dict):
            return {key: each for key, each in node.value.items() if key not in ("says", "level", PROVENANCE)}
    return None


def _standing(ground: Ground, old: Clause, new: Clause) -> None:
    """The level and the provenance of a promise that says the same."""
    if old.level is not new.level:
        clients, server = whom(
            clause_ends(new), tightened=new.level is Level.MUST, loosened=new.level is Level.SHOULD
        )
        ground.tell(
            "level", new.service, new.subject, f"{old.level} → {new.level}: {new.says}", clients=clients,
            server=server, gone=[old.id], come=[new.id],
        )  # fmt: skip
    if old.provenance is not new.provenance:
        ground.tell(
            "provenance", new.service, new.subject, f"{old.provenance} → {new.provenance}: {new.says}",
            gone=[old.id], come=[new.id],
        )  # fmt: skip
