"""A valid value that is broken in one place after the other, and who decides how each fault is told."""

from __future__ import annotations

from collections.abc import Hashable
from enum import Enum

from conformance.contract.marks import wire_key
from conformance.payloads.choices import Path
from conformance.payloads.holes import shown
from conformance.payloads.places import Place
from conformance.validation.changed import Good
from conformance.validation.finding import Finding
from conformance.validation.node import Node
from conformance.validation.standing import Standing


class Judged(Enum):
    """Who decides about a fault at a place."""

    ALONE = "the schemas that stand there"
    APART = "those, while the whole is still told as the alternative that it takes"
    WHOLE = "the whole: alternatives, drift or a rule above"


class Whole:
    """One valid value. ``form`` is the same for values that take the same alternative in the same way; None
    where the schema has no alternatives, or such as cannot be told one by one.
    """

    def __init__(self, node: Node, base: object, positions: bool) -> None:
        self.node, self.value, self._positions = node, shown(base), positions
        self._literal = self.value is base
        self.form: Hashable | None = None
        self.own: frozenset[str] = frozenset()
        self._standing: Standing | None = None
        self._taken = -1
        self._rest: Hashable | None = None
        self._loose: set[Path] = set()
        self._good: Good | None = None

    @property
    def good(self) -> Good:
        """The value judged: once, when a fault of it has to be."""
        if self._good is None:
            self._good = Good(self.node, self.value, self._positions)
        return self._good

    def judged(self, place: Place) -> Judged:
        """Who decides about faults at a place; places are asked for in their order."""
        path, decides = place.path, place.facets.decide()
        if not path:
            if decides:
                self._take_form()
            return Judged.WHOLE
        loose = path[:-1] in self._loose
        if self._standing is not None and len(path) == 1:
            loose = loose or not self._standing.own(str(path[0]), place.nodes)
        if loose or decides:
            self._loose.add(path)
        if loose or len(place.nodes) != 1:
            return Judged.WHOLE
        return Judged.ALONE if self._standing is None else Judged.APART

    def _take_form(self) -> None:
        self.form = self.good.form()
        if self.form is not None:
            self._taken, self.own = self.good.taken()
            self._rest = self._taken, self.good.form(self.own)
            self._standing = self.good.standing()
        if self._standing is None:
            self._loose.add(())

    def alike(self, place: Place) -> Hashable | None:
        """The same for places of other values at which the same faults are told in the same way; None where
        that cannot be told."""
        if self.form is None:
            return None if place.path[:-1] in self._loose else ""
        return self.form, self._member(place)

    def rest(self, place: Place) -> Hashable:
        """As ``alike``, whatever members no other alternative knows."""
        if not place.path:
            return self._rest, (), None, tuple(map(id, place.facets))
        return self._rest, place.path, self._member(place), place.seen()

    def _member(self, place: Place) -> Hashable:
        assert isinstance(self.value, dict), "a value that has a form is a map"
        return wire_key(self.value[place.path[0]])

    def shown(self, faulty: object) -> object:
        """A fault with an example in each hole: it has those of the value, if any."""
        return faulty if self._literal else shown(faulty)

    def findings_there(self, place: Place, faulty: object) -> tuple[Finding, ...]:
        """What the one schema of a place finds wrong with a value there."""
        return self.good.findings_at(place.path, place.nodes[0], faulty)

    def findings(self, place: Place, faulty: object) -> tuple[tuple[Finding, ...], bool]:
        """All that is wrong with the whole when this stands at a place, and whether it is told as the
        alternative that the value takes."""
        found = self.good.findings(put(self.value, place.path, faulty))
        return found, self.form is not None and self.good.meant == self._taken

    def keeps(self, place: Place, faulty: object, count: int, *, here: bool) -> bool:
        """Whether a fault with so many findings, one of them ``here``, leaves the alternative that the value
        takes the closest: it is then told as those findings, and that no alternative matches."""
        assert self._standing is not None, "it is judged apart"
        assert isinstance(self.value, dict), "a value that has a form is a map"
        name = str(place.path[0])
        if not count:
            return not self._standing.others_know(name)
        member = put(self.value[name], place.path[1:], faulty)
        return self._standing.keeps(name, member, (count, here and len(place.path) == 1))


def put(base: object, path: Path, faulty: object) -> object:
    """A copy of the base with the fault at a path."""
    if not path:
        return faulty
    head, rest = path[0], path[1:]
    if isinstance(base, dict):
        return {**base, head: put(base[head], rest, faulty)}
    assert isinstance(base, list)
    index = int(head)
    return [*base[:index], put(base[index], rest, faulty), *base[index + 1 :]]
