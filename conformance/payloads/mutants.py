"""One-fault mutants: a valid value broken in one place, each naming the clause that it breaks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Final

from conformance.codec import MISSING
from conformance.contract.marks import wire_key
from conformance.contract.schema import Schema
from conformance.payloads.choices import Path, Point
from conformance.payloads.holes import shown
from conformance.payloads.labels import Labels, place_words, slug
from conformance.payloads.places import Place, places
from conformance.payloads.rules import RULES
from conformance.payloads.valid import all_made
from conformance.validation.changed import Good
from conformance.validation.finding import Finding
from conformance.validation.judge import node_of


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
    node, positions = node_of(schema), any(each.prefix for each in schema.walk())
    labels = Labels()
    known: set[tuple[str, str, Path]] = set()
    broken: set[Hashable] = set()
    told: defaultdict[Hashable, list[frozenset[str]]] = defaultdict(list)
    for variant, base in bases:
        whole = shown(base)
        good: Good | None = None
        form: Hashable | None = None
        rest: Hashable = None
        taken, own = -1, frozenset[str]()
        loose: set[Path] = set()
        for place in places(node, base):
            if (place.path and place.path[:-1] in loose) or _decides_otherwise(place):
                loose.add(place.path)
                good = good or Good(node, whole, positions)
                if form is None and (form := good.form()) is not None:
                    taken, own = good.taken()
                    rest = taken, good.form(own)
            nodes = tuple(map(id, place.facets))
            sure: Hashable | None = "" if place.path[:-1] not in loose or not place.path else None
            if place.path and sure is None and form is not None:
                sure = form, wire_key(whole[place.path[0]])  # type: ignore[index]
            seen = place.seen()
            if sure is not None:
                key = (sure, place.path, seen)
                if key in broken:
                    continue  # a fault here is the same in each form of the value
                broken.add(key)
            good = good or Good(node, whole, positions)
            # No alternative, drift or rule on the whole above: what stands there now is judged, and no more.
            alone = place.nodes[0] if sure == "" and place.path and len(place.nodes) == 1 else None
            plain = "" if _is_plain_map(place) else form if not place.path else None
            member = wire_key(whole[place.path[0]]) if form is not None and place.path else None  # type: ignore[index]
            alike = rest, place.path, member, seen if place.path else nodes
            for number, (word, faulty) in enumerate(fault for rule in RULES for fault in rule(place)):
                if plain is not None:
                    fault = (plain, place.path, nodes, word)
                    if fault in broken:
                        continue  # nor does it ask what other members the map has
                    broken.add(fault)
                if alone is not None:
                    findings = good.findings_at(place.path, alone, shown(faulty))
                else:
                    way = (alike, word, number if place.path else 0) if form is not None else None
                    if way is not None and any(each <= own for each in told[way]):
                        continue  # told as one of this alternative with fewer of its own members
                    findings = good.findings(put(whole, place.path, shown(faulty)))
                    if way is not None and good.meant == taken:
                        told[way].append(own)
                if not findings or not findings[0].clause:
                    continue
                kept = (word, findings[0].clause, place.path)
                if kept not in known:
                    known.add(kept)
                    mutated = put(base, place.path, faulty)
                    yield _mutant(labels, variant, place, word, mutated, findings, base)


def _decides_otherwise(place: Place) -> bool:
    """Whether what is wrong below may be told otherwise here: alternatives, drift, the value as a whole."""
    for node in place.facets:
        if node.any_of or node.one_of or node.others or node.prefix or node.recursive:
            return True
        checks = (check.keyword for kind in ("map", "array") for check in node.checks.get(kind, ()))
        if any(keyword in ("const", "enum", "uniqueItems") for keyword in checks):
            return True
    return False


def _is_plain_map(place: Place) -> bool:
    """Whether each member of a map is judged by itself, and each has a word of its own."""
    if not isinstance(place.value, dict) or _decides_otherwise(place):
        return False
    if any(node.kinds != _MAP or node.checks.get("map") for node in place.facets):
        return False
    names = {*place.value, *(name for node in place.facets for name in node.properties)}
    return len({slug(name) for name in names}) == len(names)


_MAP: Final = frozenset({"map"})


def _mutant(
    labels: Labels,
    variant: str,
    place: Place,
    word: str,
    mutated: object,
    findings: tuple[Finding, ...],
    base: object,
) -> Mutant:
    where = place_words(place.names)
    verb, _, name = word.partition("-")
    if not where:
        label = word
    else:
        label = f"{verb}-{where}.{name}" if verb in ("missing", "also") else f"{where}-{word}"
    if label in labels and variant:
        label = f"{variant}/{label}"
    first = findings[0]
    also = tuple(dict.fromkeys(each.clause for each in findings[1:] if each.clause not in ("", first.clause)))
    says = f"{first.where} is {first.seen}" + (
        f" ({first.drift})" if first.drift else f", not {first.expected}"
    )
    if first.seen == "nothing":
        says = f"{first.where} is missing"
    elif first.expected == "no such field":
        says = f"{first.where} is a field that there is not"
    return Mutant(labels.fresh(label), place.path, first.clause, mutated, says, also, word, base)


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
