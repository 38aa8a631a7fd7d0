"""The catalogue of faults: names, clauses, and the fault of a name."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import pytest

from conformance.faults import Fault, Kind, named
from conformance.faults.catalogue import of_the_reference
from tests.faults.stage import behaviour, contract, faults, message_of, smallest, unpacked

DERIVED = 2000
SAME = ("name", "kind", "family", "says", "clauses", "shadow", "besides")
RULES = {"value", "relation", "wire", "reply", "refusal", "close", "accepted", "session", "http"}


@cache
def made() -> tuple[Fault, ...]:
    """What the rules derive."""
    return tuple(each for each in faults().values() if each.kind is Kind.DERIVED)


def test_faults_have_names_of_their_own() -> None:
    """Unique, and safe in a shell, a path and a URL; there are many of them."""
    assert list(faults()) == [each.name for each in faults().values()]  # of two it would have complained
    assert not [name for name in faults() if not re.fullmatch(r"[A-Za-z0-9._/-]+", name)]
    assert len({name.casefold() for name in faults()}) == len(faults())
    assert len(made()) >= DERIVED
    assert len(made()) + len(list(of_the_reference())) == len(faults())


def test_every_rule_derives_faults() -> None:
    """Each family is there; what it breaks, and what breaks besides, are clauses of the documents."""
    families = Counter(each.family for each in made())
    assert set(families) == RULES
    known = set(contract().clauses)
    for fault in made():
        assert fault.clauses, fault.name
        assert set(fault.clauses) <= known, fault.name
        assert fault.shadow is not None
        assert fault.shadow <= known, fault.name
        assert set(fault.besides) <= known, fault.name
        assert fault.says
        assert "\n" not in fault.says


def test_most_clauses_of_the_target_have_a_fault() -> None:
    """Of the schema's promises about what the target sends, few have no fault of their own."""
    broken = {clause for each in faults().values() for clause in (*each.clauses, *each.besides)}
    promised = [each.id for each in contract().clauses.values() if each.kind == "schema"]
    assert len(set(promised) & broken) > 0.8 * len(promised)


@pytest.mark.parametrize("word", sorted(RULES))
def test_a_fault_has_by_name_what_it_has_in_the_catalogue(word: str) -> None:
    """A process that is given a name makes the very same fault, and does not make all the others."""
    found = [each for each in faults().values() if each.family == word]
    for fault in found[:: max(1, len(found) // 5)]:
        again = named(contract(), fault.name)
        assert again is not None
        assert [getattr(again, each) for each in SAME] == [getattr(fault, each) for each in SAME]
        if word == "value" and fault.name.split("/")[0] in ("gateway", "market-data"):
            service, message = message_of(contract(), fault)
            value = smallest(service, message.name)
            out = [behaviour(each).outgoing(service.name, value) for each in (fault, again)]
            assert unpacked(out[0]) == unpacked(out[1])


def test_a_behavioural_fault_has_its_name_too() -> None:
    """The class is the same one."""
    for fault in of_the_reference():
        again = named(contract(), fault.name)
        assert again is not None
        assert again.make() is fault.make()


@pytest.mark.parametrize("name", ["no-such-fault", "gateway/order/", "gateway/order/no-such", "\n"])
def test_nothing_has_an_unknown_name(name: str) -> None:
    """None, and no exception."""
    assert named(contract(), name) is None
