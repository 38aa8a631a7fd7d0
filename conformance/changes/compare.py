"""Two contracts -> every change between them, each told once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from conformance.cases.case import Case
from conformance.changes.addresses import addresses
from conformance.changes.entry import CaseChanges, Change
from conformance.changes.ground import Ground, Side
from conformance.changes.http import http_operations
from conformance.changes.leftovers import leftovers
from conformance.changes.messages import messages_and_operations
from conformance.changes.rules import rules
from conformance.changes.schemes import schemes
from conformance.contract.clauses import slug
from conformance.contract.model import Protocol, Service

__all__ = ["Report", "Side", "compare"]


@dataclass(frozen=True, slots=True)
class Report:
    """All changes, those that break clients first, then those that break the server, then harmless ones.

    ``renamed``: clauses that say the same under another id, (old, new).
    """

    changes: tuple[Change, ...]
    renamed: tuple[tuple[str, str], ...]
    cases: CaseChanges
    old: Side
    new: Side

    def breaking(self, whom: str) -> bool:
        """Whether a gate for ``clients``, ``server`` or ``any`` of them closes; ``none`` never does."""
        found = {"clients": any(each.clients for each in self.changes),
                 "server": any(each.server for each in self.changes)}  # fmt: skip
        return any(found.values()) if whom == "any" else found.get(whom, False)


def compare(old: Side, new: Side) -> Report:
    """What changed from one contract to the other. Pure."""
    ground = Ground(old, new)
    pairs = _services(ground)
    for was, after in pairs:
        before = schemes(ground, was, after)
        if before.protocol is Protocol.HTTP:
            http_operations(ground, before, after)
        else:
            messages_and_operations(ground, before, after)
        rules(ground, before, after)
        addresses(ground, before, after)
    _merge_moved(ground)
    leftovers(ground)
    order = sorted(ground.changes, key=lambda each: (not each.clients, not each.server))
    renamed = tuple((before, after) for before, after in ground.same.items() if before != after)
    return Report(tuple(order), renamed, _cases(ground), old, new)


def _services(ground: Ground) -> list[tuple[Service, Service]]:
    """Services that belong together: by name, else the ones of a protocol that have most in common."""
    old, new = ground.old.contract.services, ground.new.contract.services
    pairs = [(each, new[name]) for name, each in old.items() if name in new]
    left = [each for name, each in old.items() if name not in new]
    right = [each for name, each in new.items() if name not in old]
    while True:
        likely = max(
            (
                (_alike(one, other), one, other)
                for one in left
                for other in right
                if one.protocol is other.protocol
            ),
            key=lambda each: each[0],
            default=None,
        )  # fmt: skip
        if likely is None or (likely[0] == 0 and (len(left), len(right)) != (1, 1)):
            break
        pairs.append((likely[1], likely[2]))
        left.remove(likely[1])
        right.remove(likely[2])
    for before, after in pairs:
        ground.services[before.name] = after.name
        if before.name != after.name:
            says = f"the document {before.name} is called {after.name}: every clause and case by its name"
            ground.tell("service-renamed", after.name, "", says, old=before.where, new=after.where)
    for each in left:
        ids = [clause.id for clause in ground.old.catalogue.clauses.values() if clause.service == each.name]
        says = f"the service {each.name} is gone"
        ground.tell("service-gone", each.name, "", says, clients=True, old=each.where, gone=ids)
    for each in right:
        ids = [clause.id for clause in ground.new.catalogue.clauses.values() if clause.service == each.name]
        says = f"the service {each.name} is new"
        ground.tell("service-new", each.name, "", says, server=True, new=each.where, come=ids)
    return pairs


def _alike(old: Service, new: Service) -> float:
    """How much two services have in common: names of messages and of requests."""
    before, after = (
        {*one.messages, *(f"{each.method} {each.path}" for each in one.http)} for one in (old, new)
    )
    return len(before & after) / max(1, len(before | after))


def _merge_moved(ground: Ground) -> None:
    """A member that went from one map and came to another of the same message, in the same shape, moved."""
    for came in [each for each in ground.changes if each.kind == "field-new"]:
        for went in ground.changes:
            place = (went.service, went.subject, went.path[-1:])
            if went.kind != "field-gone" or place != (came.service, came.subject, came.path[-1:]):
                continue
            if went.path == came.path or not _same_promises(ground, went, came):
                continue
            said = " moved to ".join(f"`{'/'.join(each.path)}`" for each in (went, came))
            moved = replace(
                came,
                kind="field-moved",
                says=f"{came.subject} {said}",
                clients=True,
                server=True,
                before=went.before,
                old=went.old,
                gone=went.gone,
            )
            ground.changes[ground.changes.index(went)] = moved
            ground.changes.remove(came)
            break


def _same_promises(ground: Ground, went: Change, came: Change) -> bool:
    """Whether the clauses of two members say the same of a value."""
    texts = []
    for side, ids in ((ground.old, went.gone), (ground.new, came.come)):
        texts.append(sorted(_demand(side.catalogue.clauses[each].says) for each in ids))
    return texts[0] == texts[1]


def _demand(says: str) -> str:
    return says.partition(" of ")[2].partition(" ")[2] or says


def _cases(ground: Ground) -> CaseChanges:
    """Which questions appear, vanish and change; names that are new are followed."""
    old = {each.id: each for each in ground.old.catalogue.cases}
    new = {each.id: each for each in ground.new.catalogue.cases}
    words = _words(ground)
    known = {name: name if name in new else _renamed(name, words) for name in old}
    renamed = {
        name: other for name, other in known.items() if other != name and other in new and other not in old
    }
    reached = {*(name for name in old if name in new), *renamed.values()}
    changed = [
        other
        for name, other in known.items()
        if other in reached and _differs(ground, old[name], new[other], exact=not words)
    ]
    return CaseChanges(
        appear=tuple(name for name in new if name not in reached),
        vanish=tuple(name for name in old if name not in new and name not in renamed),
        changed=tuple(changed),
        renamed=tuple(renamed.items()),
    )


def _words(ground: Ground) -> dict[str, str]:
    """Words of ids that have others now."""
    services = {slug(old): slug(new) for old, new in ground.services.items() if old != new}
    services |= {slug(old): slug(new) for (_, old), new in ground.called.items()}
    return services | {slug(old[1]): slug(new[1]) for old, new in ground.subjects.items() if old[1] != new[1]}


def _renamed(name: str, words: dict[str, str]) -> str:
    return "/".join(words.get(each, each) for each in name.split("/"))


def _differs(ground: Ground, old: Case, new: Case, *, exact: bool) -> bool:
    """Whether a case asks something else. Where names changed its steps hold them, and its clauses decide."""
    if {ground.same.get(each, each) for each in old.clauses} != set(new.clauses):
        return True
    if not exact:
        return False
    return (old.steps, old.cleanup, old.level, old.needs) != (new.steps, new.cleanup, new.level, new.needs)
