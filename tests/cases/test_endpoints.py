"""Cases about the addresses of one environment: what is compared, what is moved, what is left alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.cases.conditions import unmet
from conformance.cases.elsewhere import AS_ELSEWHERE
from conformance.cases.moved import everywhere
from conformance.cases.steps import Condition, Connect, Saved
from conformance.cases.terms import Elsewhere
from conformance.codec import MISSING

from .library import Document, Library

HELD = Condition("", AS_ELSEWHERE, Elsewhere(Saved("there"), Saved("before"), ("/ref", "/rows/*/at")))


def differs(there: object, here: object, before: object) -> tuple[str, object, object] | None:
    """Where, and what is there and here."""
    found = unmet((HELD,), here, {"there": there, "before": before})
    return (found[0].pointer, found[1], found[2]) if found is not None else None


def test_what_is_the_same_is() -> None:
    """Equal values, in maps and lists, whatever stands in the places that are left out."""
    there = {"ref": 1, "rows": [{"at": 1, "of": ["a"]}], "name": None}
    here = {"ref": 2, "rows": [{"at": 9, "of": ["a"]}], "name": None}
    assert differs(there, here, here) is None


@pytest.mark.parametrize(
    ("there", "here", "where"),
    [
        ({"a": 1}, {"a": 2}, "/a"),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, "/a/b/1"),
        ({"a": [1]}, {"a": [1, 1]}, "/a"),
        ({"a": {}}, {"a": {"b": 1}}, "/a"),
        ({"a": 1}, {"a": 1.0}, "/a"),
        ({"a": "1"}, {"a": "1.0"}, "/a"),
        ({"a/b": 1}, {"a/b": 2}, "/a~1b"),
        ([1], {"0": 1}, ""),
    ],
)
def test_what_is_other_is_told_by_its_place(there: object, here: object, where: str) -> None:
    """Types, spellings and lengths count: the answers are to be the same, not only alike."""
    found = differs(there, here, here)
    assert found is not None
    assert found[0] == where


def test_a_member_too_many_and_one_too_few() -> None:
    """What only one of them has is nothing at the other."""
    assert differs({"a": 1}, {}, {}) == ("", {"a": 1}, {})
    assert differs({"a": 1, "b": 1}, {"b": 1}, {"b": 1}) == ("/a", 1, MISSING)
    assert differs({"b": 1}, {"a": 1, "b": 1}, {"a": 1, "b": 1}) == ("/a", MISSING, 1)


def test_what_moves_is_not_held_against_anybody() -> None:
    """A value that was another one before the other address was asked says nothing; its neighbours do."""
    assert differs({"a": 1, "b": 1}, {"a": 3, "b": 1}, {"a": 2, "b": 1}) is None
    found = differs({"a": 1, "b": 1}, {"a": 3, "b": 2}, {"a": 2, "b": 2})
    assert found == ("/b", 1, 2)
    assert differs({"rows": [1]}, {"rows": [1, 2]}, {"rows": [1]}) is None


def test_nothing_is_compared_with_an_answer_that_never_came() -> None:
    """What the other address never said is nobody's difference."""
    assert unmet((HELD,), {"a": 1}, {"before": {"a": 1}}) is None


def servers(**more: str) -> Callable[[Document], None]:
    """Servers: name -> what each is an alias of, '' for nothing."""

    def change(made: Document) -> None:
        for name, of in more.items():
            stated = {"x-conformance": {"alias_of": of}} if of else {}
            made["servers"][name] = {"host": f"{name}.example", "protocol": "wss", **stated}

    return change


def about(library: Library) -> list[str]:
    """The cases about addresses."""
    return [name.split("/", 1)[1] for name in library.ids() if "/endpoints" in name]


def test_one_address_no_cases(tmp_path: Path) -> None:
    """Two servers that are nobody's alias promise nothing of each other."""
    assert about(Library(tmp_path, servers(first="", second=""))) == []


def test_an_alias_has_cases(tmp_path: Path) -> None:
    """The harmless commands, refusals, limits, the upgrade; streams where the document has them."""
    library = Library(tmp_path, servers(first="", second="first"))
    assert {"transport/endpoints/upgrade", "transport/endpoints/limits", "commands/endpoints/look"} <= set(
        about(library)
    )
    assert "commands/endpoints/refusals" in about(library)
    assert not {"commands/endpoints/borrow", "commands/endpoints/enter"} & set(about(library))
    case = library.case("library/commands/endpoints/look")
    assert case.needs.aliases == (("library", 1),)
    assert not case.needs.trading


def test_a_second_alias_has_cases_of_its_own(tmp_path: Path) -> None:
    """As many as the largest environment has."""
    library = Library(tmp_path, servers(first="", second="first", third="first", fourth=""))
    assert library.case("library/transport/endpoints-2/upgrade").needs.aliases == (("library", 2),)
    assert not [name for name in about(library) if "endpoints-3" in name]


def test_moved_cases(tmp_path: Path) -> None:
    """Each case behind itself at the alias; what is about both stays where it is."""
    library = Library(tmp_path, servers(first="", second="first"))
    moved = list(everywhere(library.catalogue.cases, {"library": ["second"]}))
    names = [case.id for case in moved]
    assert len(set(names)) == len(names)
    at = names.index("library/transport/upgrade/at-second")
    assert names[at - 1] == "library/transport/upgrade"
    assert {step.alias for step in moved[at].steps if isinstance(step, Connect)} == {1}
    assert {step.alias for step in moved[at - 1].steps if isinstance(step, Connect)} == {0}
    assert moved[at].needs.aliases == (("library", 1),)
    assert not [name for name in names if "/endpoints" in name and "/at-" in name]
    assert [case.id for case in everywhere(library.catalogue.cases, {})] == library.ids()
