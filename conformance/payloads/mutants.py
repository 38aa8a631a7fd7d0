"""One-fault mutants: a valid value broken in one place, each naming the clause that it breaks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from conformance.codec import MISSING
from conformance.contract.schema import Schema
from conformance.frozen import swift
from conformance.payloads.breaking import Judged, Whole, put
from conformance.payloads.choices import Path, Point
from conformance.payloads.faults import ScalarFault, scalar_faults
from conformance.payloads.labels import Labels, place_words, slug
from conformance.payloads.places import Place, places
from conformance.payloads.rules import RULES
from conformance.payloads.valid import all_made
from conformance.validation.finding import Finding
from conformance.validation.judge import node_of
from conformance.validation.show import place as shown_place


@swift
@dataclass(frozen=True, slots=True)
class Mutant:
    """A value with one fault.

    ``clause`` is the clause of the first finding on it, ``also`` the other clauses that it breaks.
    ``label`` is the fault in words, unique for the schema (``missing-price``, ``order.price-as-float``);
    ``path`` the place; ``says`` one sentence. Places that were holes are holes still, unless the fault
    stands there. ``rule`` and ``base`` tell how it was made: the rule's word, and the valid value that was
    broken.
    """

    label: str
    path: Path
    clause: str
    value: object
    says: str
    also: tuple[str, ...] = ()
    rule: str = ""
    base: object = MISSING


def mutants(
    schema: Schema, value: object = MISSING, wished: frozenset[Point] = frozenset()
) -> Iterator[Mutant]:
    """Every one-fault mutant of a valid value; without a value, of the smallest one and of all its variants.

    Mutants of variants are given where they break a clause, by a rule or at a place, that no earlier one
    does. Values that are still valid, and those that break nothing that has a clause, are no mutants.
    Raises ``DocumentError`` as ``valid``.
    """
    bases = (
        [("", value)]
        if value is not MISSING
        else [(name, made.value) for name, made in all_made(schema, wished)]
    )
    breaker = _Breaker(schema)
    for variant, base in bases:
        yield from breaker.mutants(variant, base)


@swift
@dataclass(frozen=True, slots=True)
class _Told:
    """A fault that breaks a clause as nothing before it, and how that is told."""

    word: str
    faulty: object
    clause: str
    also: tuple[str, ...]
    says: str


class _Breaker:
    """Breaks valid values of one schema; what was broken in one of them is not broken again."""

    def __init__(self, schema: Schema) -> None:
        self._node, self._positions = node_of(schema), any(each.prefix for each in schema.walk())
        self._labels = Labels()
        self._known: set[tuple[str, str, Path]] = set()
        self._broken: set[Hashable] = set()
        self._members: dict[Hashable, set[str]] = {}
        self._taken: defaultdict[Hashable, list[frozenset[str]]] = defaultdict(list)

    def mutants(self, variant: str, base: object) -> Iterator[Mutant]:
        """Those of one value."""
        whole = Whole(self._node, base, self._positions)
        done: set[Path] = set()
        for place in places(self._node, base, done):
            judged = whole.judged(place)
            if place.path and (alike := whole.alike(place)) is not None:
                key = (alike, place.path, place.seen())
                if key in self._broken:
                    done.add(place.path)
                    continue  # a fault here, or below, is the same in each form of the value
                self._broken.add(key)
            scalars = scalar_faults(place) if judged is not Judged.WHOLE else None
            found = (
                self._others(whole, place, judged)
                if scalars is None
                else self._scalars(whole, place, judged, scalars)
            )
            where = place_words(place.names)
            for each in found:
                mutated = put(base, place.path, each.faulty)
                label = self._label(variant, where, each.word)
                yield Mutant(label, place.path, each.clause, mutated, each.says, each.also, each.word, base)

    def _scalars(
        self, whole: Whole, place: Place, judged: Judged, faults: Sequence[ScalarFault]
    ) -> Iterator[_Told]:
        """Faults of a scalar that its schema decides about."""
        clauses, where = place.nodes[0].schema.clauses, ""
        above = self._node.clause("oneOf") if judged is Judged.APART else ""
        for fault in faults:
            if judged is Judged.APART and not whole.keeps(place, fault.value, len(fault.keywords), here=True):
                findings, _ = whole.findings(place, fault.value)
                yield from self._told(place, fault.word, fault.value, findings)
            elif fault.keywords and self._is_new(
                fault.word, clause := clauses.get(fault.keywords[0], ""), place
            ):
                where = where or shown_place((segment, "") for segment in place.path)
                also = [clauses.get(each, "") for each in fault.keywords[1:]]
                says = f"{where} is {fault.seen}, not {fault.expected}"
                yield _Told(fault.word, fault.value, clause, _others_than(clause, [*also, above]), says)

    def _others(self, whole: Whole, place: Place, judged: Judged) -> Iterator[_Told]:
        """Faults of arrays and maps, and of whatever more than one schema decides about."""
        nodes = tuple(map(id, place.facets))
        plain = whole.form if not place.path else None
        if isinstance(place.value, dict) and _is_plain_map(place, place.value):
            plain = ""
            members = self._members.get((place.path, nodes))
            if members is not None and members.issuperset(place.value):
                return  # each was left out before, and what is done to any map was done
            self._members.setdefault((place.path, nodes), set()).update(place.value)
        rest = whole.rest(place) if judged is Judged.WHOLE and whole.form is not None else None
        for number, (word, faulty) in enumerate(fault for rule in RULES for fault in rule(place)):
            if plain is not None:
                key = (plain, place.path, nodes, word)
                if key in self._broken:
                    continue  # nor does it ask what other members the map has
                self._broken.add(key)
            if judged is not Judged.WHOLE:
                findings, above = self._there(whole, place, judged, whole.shown(faulty))
                yield from self._told(place, word, faulty, findings, above)
                continue
            way = (rest, word, number if place.path else 0)
            if rest is not None and any(each <= whole.own for each in self._taken[way]):
                continue  # told as one of this alternative with fewer of its own members
            findings, as_taken = whole.findings(place, whole.shown(faulty))
            if as_taken:
                self._taken[way].append(whole.own)
            yield from self._told(place, word, faulty, findings)

    def _there(
        self, whole: Whole, place: Place, judged: Judged, faulty: object
    ) -> tuple[tuple[Finding, ...], str]:
        """What is wrong when this stands at a place, and the clause above that it breaks, too."""
        findings = whole.findings_there(place, faulty)
        if judged is Judged.ALONE:
            return findings, ""
        here = any(len(finding.path) == len(place.path) for finding in findings)
        if whole.keeps(place, faulty, len(findings), here=here):
            return findings, self._node.clause("oneOf")
        return whole.findings(place, faulty)[0], ""

    def _told(
        self, place: Place, word: str, faulty: object, findings: Sequence[Finding], above: str = ""
    ) -> Iterator[_Told]:
        if not findings or not self._is_new(word, findings[0].clause, place):
            return
        first = findings[0]
        also = _others_than(first.clause, [*(each.clause for each in findings[1:]), above])
        says = f"{first.where} is {first.seen}" + (
            f" ({first.drift})" if first.drift else f", not {first.expected}"
        )
        if first.seen == "nothing":
            says = f"{first.where} is missing"
        elif first.expected == "no such field":
            says = f"{first.where} is a field that there is not"
        yield _Told(word, faulty, first.clause, also, says)

    def _is_new(self, word: str, clause: str, place: Place) -> bool:
        """Whether a clause was not yet broken by this rule at this place."""
        kept = (word, clause, place.path)
        if not clause or kept in self._known:
            return False
        self._known.add(kept)
        return True

    def _label(self, variant: str, where: str, word: str) -> str:
        verb, _, name = word.partition("-")
        if not where:
            label = word
        else:
            label = f"{verb}-{where}.{name}" if verb in ("missing", "also") else f"{where}-{word}"
        if label in self._labels and variant:
            label = f"{variant}/{label}"
        return self._labels.fresh(label)


def _others_than(clause: str, others: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in others if each not in ("", clause)))


def _is_plain_map(place: Place, value: Mapping[str, object]) -> bool:
    """Whether each member of a map is judged by itself, and each has a word of its own."""
    if place.facets.decide() or any(node.kinds != _MAP or node.checks.get("map") for node in place.facets):
        return False
    names = {*value, *(name for node in place.facets for name in node.properties)}
    return len({slug(name) for name in names}) == len(names)


_MAP: Final = frozenset({"map"})
