"""What a comparison stands on: the two contracts, what corresponds to what, and the changes told so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from conformance.cases.catalogue import Catalogue
from conformance.changes.delta import Delta
from conformance.changes.entry import Change, Ends
from conformance.changes.schemas import Comparison
from conformance.changes.shapes import shape
from conformance.contract.clause import Binds
from conformance.contract.model import Contract
from conformance.contract.schema import Schema
from conformance.documents.where import Where

Subject = tuple[str, str]  # service, subject
MORE = "; and in "


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two contracts, with its cases."""

    contract: Contract
    catalogue: Catalogue


@dataclass(slots=True)
class Ground:
    """``services``: old name -> new one; ``subjects``: an old subject -> the new one where it has another
    name; ``called``: what else of an old service has another name in sentences; ``same``: old clause -> the
    new one that says the same; ``ways``: of each subject, words of a use in the old -> in the new; ``also``:
    of each new subject, other words of a use -> those of it as a whole; ``causes``: what was edited in one
    place -> the number of the change that tells of it, wherever it is used; ``indexes``: clauses by their
    subjects, of each side."""

    old: Side
    new: Side
    changes: list[Change] = field(default_factory=list)
    services: dict[str, str] = field(default_factory=dict)
    subjects: dict[Subject, Subject] = field(default_factory=dict)
    called: dict[Subject, str] = field(default_factory=dict)
    same: dict[str, str] = field(default_factory=dict)
    ways: dict[Subject, dict[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    also: dict[Subject, dict[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    causes: dict[tuple[object, ...], int] = field(default_factory=dict)
    indexes: dict[int, defaultdict[Subject, list[str]]] = field(default_factory=dict)

    def subject(self, service: str, name: str) -> Subject:
        """What an old subject is called in the new contract."""
        return self.subjects.get((service, name), (self.services.get(service, service), name))

    def tell(
        self, kind: str, service: str, subject: str, says: str, *, clients: bool = False,
        server: bool = False, unsure: bool = False, old: Where | None = None, new: Where | None = None,
        gone: Iterable[str] = (), come: Iterable[str] = (), path: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        """Enter a change. Clauses that the contracts do not know (already told of, or made by hand) fall
        away."""
        before = _known(gone, self.old.catalogue)
        after = _known(come, self.new.catalogue)
        self.changes.append(
            Change(
                kind, service, subject, says, clients, server, unsure,
                _sentence(before, after, self.old.catalogue), _sentence(after, before, self.new.catalogue),
                old or _place(before, self.old.catalogue), new or _place(after, self.new.catalogue),
                before, after, path,
            )
        )  # fmt: skip

    def told(self) -> tuple[set[str], set[str]]:
        """The old and the new clauses that some change is about."""
        return (
            {each for change in self.changes for each in change.gone},
            {each for change in self.changes for each in change.come},
        )

    def schemas(
        self, old: Schema, new: Schema, sent_by: Ends, before: Subject, after: Subject, name: str
    ) -> None:
        """Compare two schemas that these ends send. ``name`` is how sentences call what they describe."""
        comparison = Comparison()
        comparison.pair(shape(old), shape(new))
        self.same.update(comparison.same)
        self.ways.setdefault(before, {}).update(comparison.ways)
        self.also.setdefault(after, {}).update(comparison.also)
        for delta in comparison.deltas:
            clients, server = _breaks(delta, sent_by)
            place = self._places(delta)
            cause = (delta.kind, *place, delta.tight, delta.loose)
            if cause in self.causes:
                self._again(self.causes[cause], clients, server, delta)
                continue
            self.causes[cause] = len(self.changes)
            self.tell(
                delta.kind, after[0], after[1], f"{name} {delta.says}", clients=clients, server=server,
                unsure=delta.unsure, gone=delta.gone, come=delta.come, path=delta.words,
                old=place[0], new=place[1],
            )  # fmt: skip

    def _places(self, delta: Delta) -> tuple[Where | None, Where | None]:
        """Where the edit was made: where its keyword stands, else its schema."""
        old = delta.old.where if delta.old is not None else None
        new = delta.new.where if delta.new is not None else None
        if not delta.keywords:
            return old, new
        gone, come = _known(delta.gone, self.old.catalogue), _known(delta.come, self.new.catalogue)
        keyword = delta.keywords[0] != "$nothing"
        return (
            (_place(gone, self.old.catalogue) if keyword else None) or old,
            (_place(come, self.new.catalogue) if keyword else None) or new,
        )

    def _again(self, number: int, clients: bool, server: bool, delta: Delta) -> None:
        """One more use of a schema that changed once."""
        known = self.changes[number]
        says, mark, more = known.says.partition(MORE)
        uses = int(more.split()[0]) + 1 if mark else 1
        self.changes[number] = replace(
            known,
            says=f"{says}{MORE}{uses} more {'use' if uses == 1 else 'uses'} of the same schema",
            clients=known.clients or clients,
            server=known.server or server,
            gone=(*known.gone, *_known(delta.gone, self.old.catalogue)),
            come=(*known.come, *_known(delta.come, self.new.catalogue)),
        )

    def of(self, side: Side, service: str, *subjects: str) -> tuple[str, ...]:
        """All clauses of these subjects of a service."""
        known = self.indexes.get(id(side))
        if known is None:
            known = self.indexes[id(side)] = defaultdict(list)
            for each in side.catalogue.clauses.values():
                known[each.service, each.subject].append(each.id)
        return tuple(each for name in dict.fromkeys(subjects) for each in known.get((service, name), ()))


def _breaks(delta: Delta, sent_by: Ends) -> tuple[bool, bool]:
    by_target, by_client = delta.breaks
    some = [each for end, each in ((Binds.TARGET, by_target), (Binds.CLIENT, by_client)) if end in sent_by]
    return any(each[0] for each in some), any(each[1] for each in some)


def _known(ids: Iterable[str], catalogue: Catalogue) -> tuple[str, ...]:
    return tuple(each for each in dict.fromkeys(ids) if each in catalogue.clauses)


def _sentence(mine: tuple[str, ...], others: tuple[str, ...], catalogue: Catalogue) -> str:
    """The sentence that shows the change best: of a clause that only this side has, else of the first."""
    alone = [each for each in mine if each not in others]
    if not alone and any(each not in mine for each in others):
        return ""  # the other side tells all there is to tell
    shown = (alone or list(mine))[:1]
    return catalogue.clauses[shown[0]].says if shown else ""


def _place(ids: tuple[str, ...], catalogue: Catalogue) -> Where | None:
    return catalogue.clauses[ids[0]].where if ids else None


def ends(*, by_target: bool, by_client: bool) -> Ends:
    """Who sends a message; nobody: what binds the target is the safer reading."""
    made = {end for end, sends in ((Binds.TARGET, by_target), (Binds.CLIENT, by_client)) if sends}
    return frozenset(made or {Binds.TARGET})


def matched(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    """Keys that both have, in the old order."""
    return [key for key in old if key in new]


def only(old: Mapping[str, object], new: Mapping[str, object]) -> list[tuple[str, str]]:
    """Pairs of equal values that stand once on each side."""
    before, after = list(old.values()), list(new.values())
    return [
        (name, other)
        for name, value in old.items()
        for other, found in new.items()
        if value == found and before.count(value) == 1 and after.count(value) == 1
    ]
