"""Arrays that are off by a position."""

import time
from itertools import combinations
from typing import Any

import pytest

from conformance.contract.schema import Dialect
from conformance.validation import judge
from conformance.validation.judge import Walk, node_of

from .build import build

DECIMAL = {"type": "string", "pattern": "^[0-9]+\\.[0-9]+$"}
TREE = {
    "type": "array",
    "minItems": 7,
    "maxItems": 7,
    "additionalItems": False,
    "items": [
        {"title": "kind", "const": "tick"},
        {"title": "stream", "type": "string", "pattern": "^[a-z]+$"},
        {"title": "time", "type": "integer"},
        {"title": "sequence", "type": "integer"},
        {"title": "price", **DECIMAL},
        {"title": "flag", "type": "boolean"},
        {"title": "note", "type": "string"},
    ],
}
GOOD: list[object] = ["tick", "abc", 10, 11, "1.5", True, "hello"]
LOOSE = {"items": TREE["items"]}
APART: dict[str, Any] = {  # no value of one position fits another
    "type": "array",
    "minItems": 7,
    "maxItems": 7,
    "items": [
        {"title": "kind", "const": "tick"},
        {"title": "flag", "type": "boolean"},
        {"title": "count", "type": "integer"},
        {"title": "price", **DECIMAL},
        {"title": "rows", "type": "array"},
        {"title": "extra", "type": "object"},
        {"title": "end", "type": "null"},
    ],
}
SOUND: list[Any] = ["tick", True, 7, "1.5", [], {}, None]
NAMES = ["0 kind", "1 flag", "2 count", "3 price", "4 rows", "5 extra", "6 end"]
PLACES = range(len(SOUND))
STRANGE = b"fits nowhere"


def told(tree: object, value: object) -> str:
    """The drift of the first finding; no other may tell one."""
    findings = judge(build(tree), value).findings
    assert findings
    assert not any(finding.drift for finding in findings[1:])
    return findings[0].drift


@pytest.mark.parametrize(
    ("value", "sentence", "clause"),
    [
        (
            [*GOOD[:5], None, *GOOD[5:]],
            "payload: expected exactly 7 items, got array of 8 items: inserted at 5",
            "m/maxItems",
        ),
        (
            [*GOOD[:4], b"", *GOOD[4:]],
            "payload: expected exactly 7 items, got array of 8 items: inserted at 4",
            "m/maxItems",
        ),
        ([*GOOD, 1], "payload: expected exactly 7 items, got array of 8 items: appended", "m/maxItems"),
        ([*GOOD, 1, 2], "payload: expected exactly 7 items, got array of 9 items: appended", "m/maxItems"),
        (
            [*GOOD[:4], *GOOD[5:]],
            "payload: expected exactly 7 items, got array of 6 items: dropped 4 price",
            "m/minItems",
        ),
        (
            [*GOOD[:2], *GOOD[3:]],
            "payload: expected exactly 7 items, got array of 6 items: dropped 2 time or 3 sequence",
            "m/minItems",
        ),
        (GOOD[:6], "payload: expected exactly 7 items, got array of 6 items: dropped 6 note", "m/minItems"),
        (
            ["tick", "abc", 10, "1.5", 11, True, "hello"],
            "[3] sequence: expected integer, got str '1.5': swapped 3 sequence and 4 price",
            "m/sequence/type",
        ),
        (
            ["tick", "abc", 10, True, "1.5", 11, "hello"],
            "[3] sequence: expected integer, got bool true: swapped 3 sequence and 5 flag",
            "m/sequence/type",
        ),
    ],
)
def test_the_edit_that_explains_comes_first(value: list[object], sentence: str, clause: str) -> None:
    """What happened to the array is the first finding; the plain reading follows."""
    findings = judge(build(TREE), value).findings
    assert str(findings[0]) == f"{sentence} (doc.yaml:1)"
    assert findings[0].clause == clause
    assert all(not finding.drift for finding in findings[1:])


@pytest.mark.parametrize(
    "value",
    [
        [*GOOD[:4], "abc", *GOOD[5:]],  # one wrong value, though it would fit elsewhere
        [*GOOD[:3], "x", *GOOD[4:]],
        [1, 2, 3, 4, 5, 6, 7, 8],
        [None] * 6,
        [],
        GOOD[:4],
    ],
)
def test_no_drift_is_claimed_without_need(value: list[object]) -> None:
    """A plain wrong value, or a wholly wrong array, is no drift."""
    findings = judge(build(TREE), value).findings
    assert findings
    assert not any(finding.drift for finding in findings)


def test_drift_is_found_beside_another_fault() -> None:
    """One column too many and one bad value: both are told."""
    findings = judge(build(TREE), ["tack", "abc", 10, 11, None, "1.5", True, "hello"]).findings
    assert findings[0].drift == "inserted at 4; value changed at 0 kind"
    assert "[0] kind: expected 'tick', got str 'tack' (doc.yaml:1)" in [str(finding) for finding in findings]


def test_an_open_array_does_not_drift() -> None:
    """Where the document allows more or fewer items, their number is no fault."""
    assert judge(build(LOOSE), [*GOOD, 1]).ok
    assert judge(build(LOOSE), GOOD[:3]).ok


def test_nested_rows_drift_too() -> None:
    """A row inside a list names its own drift."""
    tree = {"properties": {"rows": {"items": TREE}}}
    findings = judge(build(tree), {"rows": [GOOD, [*GOOD[:4], *GOOD[5:]]]}).findings
    assert (
        str(findings[0])
        == "rows[1]: expected exactly 7 items, got array of 6 items: dropped 4 price (doc.yaml:1)"
    )


def test_every_single_edit_is_named() -> None:
    """Where no value fits another position, it is told what happened, wherever it did."""
    for at in PLACES:
        assert told(APART, [*SOUND[:at], STRANGE, *SOUND[at:]]) == f"inserted at {at}"
        assert told(APART, [*SOUND[:at], *SOUND[at + 1 :]]) == f"dropped {NAMES[at]}"
        changed = judge(build(APART), [*SOUND[:at], STRANGE, *SOUND[at + 1 :]]).findings
        assert {finding.path for finding in changed} == {(at,)}
        assert not changed[0].drift
        for to in PLACES:
            value = [*SOUND[:at], *SOUND[at + 1 :]]
            value.insert(to, SOUND[at])
            if abs(at - to) > 1:
                assert told(APART, value) == f"moved {NAMES[at]} to {to}"
            elif at != to:
                assert told(APART, value) == f"swapped {NAMES[min(at, to)]} and {NAMES[max(at, to)]}"
    for one, other in combinations(PLACES, 2):
        value = list(SOUND)
        value[one], value[other] = value[other], value[one]
        assert told(APART, value) == f"swapped {NAMES[one]} and {NAMES[other]}"
    assert told(APART, [*SOUND, STRANGE]) == "appended"


def test_two_edits_are_named() -> None:
    """So are two at once; a value that is wrong in its place is named where another edit is."""
    for one, other in combinations(PLACES, 2):
        left = [item for at, item in enumerate(SOUND) if at not in (one, other)]
        assert told(APART, left) == f"dropped {NAMES[one]}; dropped {NAMES[other]}"
        both = [*SOUND[:one], STRANGE, *SOUND[one:other], STRANGE, *SOUND[other:]]
        assert told(APART, both) == f"inserted at {one}; inserted at {other + 1}"
        wrong = [*SOUND[:other], STRANGE, *SOUND[other + 1 :]]
        words = f"dropped {NAMES[one]}; type changed at {NAMES[other]}"
        if other == one + 1:
            words = f"dropped {NAMES[other]}; type changed at {NAMES[one]} (or in 1 other way)"
        assert told(APART, wrong[:one] + wrong[one + 1 :]) == words
        value = [*SOUND, STRANGE]
        value[one], value[other] = value[other], value[one]
        if (one, other) != (5, 6):  # there one was inserted, as well, and the last is wrong
            assert told(APART, value) == f"swapped {NAMES[one]} and {NAMES[other]}; appended"
    assert told(APART, ["tack", True, STRANGE, 7, *SOUND[3:]]) == "inserted at 2; value changed at 0 kind"
    assert told(APART, [True, "tick", 7, "1.5", [], None, {}]) == (
        "swapped 0 kind and 1 flag; swapped 5 extra and 6 end"
    )


@pytest.mark.parametrize(
    ("value", "drift"),
    [
        (["abc", "tick", *GOOD[2:]], "swapped 0 kind and 1 stream"),  # a stream may be called tick
        (["abc", "abc", *GOOD[2:]], ""),
        ([*GOOD[:6], "new", "hello"], "appended or inserted at 6"),
        ([*GOOD[:2], 5, *GOOD[2:]], "inserted at 2 or 3 or 4"),
        (["tick", "abc", 11, "1.5", 10, True, "hello"], "swapped 3 sequence and 4 price"),
        ([*GOOD[:4], True, "hello", "1.5"], "moved 4 price to 6"),
        (["1.5", *GOOD[:4], *GOOD[5:]], "moved 4 price to 0"),
        ([*GOOD[:2], *GOOD[3:], None], "dropped 2 time or 3 sequence; appended"),
        (["tack", *GOOD[1:], None, None], "appended; value changed at 0 kind"),
    ],
)
def test_the_likeliest_is_named(value: list[object], drift: str) -> None:
    """Of explanations that are as good all are named; the simpler kind goes before the other."""
    assert told(TREE, value) == drift


def test_many_places_are_told_as_a_range() -> None:
    """Where it may have been anywhere, not each place is named."""
    same = {
        "minItems": 6,
        "maxItems": 6,
        "items": [{"title": f"p{at}", "type": "integer"} for at in range(6)],
    }
    assert told(same, [1] * 5) == "dropped one of 0 p0 … 5 p5"


def test_positions_that_have_no_number_of_items_drift_too() -> None:
    """Where the document allows any number of items, the wrong values tell what happened."""
    findings = judge(build(LOOSE), ["tick", "abc", 10, "1.5", True, "hello"]).findings
    assert str(findings[0]) == (
        "[3] sequence: expected integer, got str '1.5': dropped 2 time or 3 sequence (doc.yaml:1)"
    )
    assert told(LOOSE, [*GOOD[:4], None, *GOOD[4:]]) == "inserted at 4"
    assert told(LOOSE, [*GOOD[:5], "hello"]) == ""  # a wrong flag and no note, as likely


@pytest.mark.parametrize("rest", [False, {"not": {}}])
def test_prefix_items_drift(rest: object) -> None:
    """Positions of 2020-12 do as those of draft-07; a schema that nothing fits ends them, too."""
    tree = {"prefixItems": APART["items"], "items": rest, "minItems": 7}
    findings = judge(build(tree, Dialect.DRAFT2020), [*SOUND[:2], STRANGE, *SOUND[2:]]).findings
    assert findings[0].drift == "inserted at 2"
    findings = judge(build(tree, Dialect.DRAFT2020), [*SOUND, 1]).findings
    assert findings[0].drift == "appended"


def test_arrays_in_maps_and_in_arrays_drift() -> None:
    """An array tells its own drift, wherever it stands; what it stands in has none."""
    tree = {
        "properties": {
            "book": {
                "minItems": 3,
                "maxItems": 3,
                "items": [
                    {"title": "id", "type": "integer"},
                    {"title": "bids", "type": "array", "items": APART},
                    {"title": "last", "additionalProperties": APART},
                ],
            }
        }
    }
    dropped = SOUND[:3] + SOUND[4:]
    for value, where in (
        ([1, [SOUND, SOUND, dropped], {}], "book[1] bids[2]"),
        ([1, [SOUND], {"best": dropped, "worst": SOUND}], "book[2] last.best"),
    ):
        first, *others = judge(build(tree), {"book": value}).findings
        assert (first.where, first.drift) == (where, "dropped 3 price")
        assert not any(finding.drift for finding in others)
    findings = judge(build(tree), {"book": [[SOUND, dropped], 1, {}]}).findings
    assert findings[0].drift == "swapped 0 id and 1 bids"


def test_an_array_in_itself_drifts_at_its_own_depth() -> None:
    """Elements that are such arrays themselves are judged as such, not taken for granted."""
    tree = {
        "type": "array",
        "minItems": 2,
        "maxItems": 2,
        "items": [{"title": "size", "type": "integer"}, {"anyOf": [{"type": "null"}, {"$ref": "#"}]}],
    }
    findings = judge(build(tree), [1, [2, [None, 3]]]).findings
    assert (findings[0].where, findings[0].drift) == ("[1][1][0] size", "swapped 0 size and 1")


def test_one_item_too_many_in_a_list_is_named() -> None:
    """In a list of a fixed length it is the one that does not belong there."""
    tree = {"items": {"type": "integer"}, "maxItems": 3}
    assert told(tree, [1, "x", 2, 3]) == "inserted at 1"
    assert told(tree, [1, 2, 3, 4]) == ""
    assert told(tree, [1, "x", 3]) == ""


def test_what_is_compared_is_bounded() -> None:
    """A message that is hostile is judged in full; edits are told of its first arrays, then no more."""
    rows = [SOUND[:3] + SOUND[4:]] * 200
    walk = Walk()
    walk.allowance = 1_000
    walk.visit(node_of(build({"items": APART})), rows)
    drifted = [finding.path[0] for finding in walk.findings if finding.drift]
    assert drifted == list(range(len(drifted)))
    assert 0 < len(drifted) < 50
    assert {finding.path[0] for finding in walk.findings} == set(range(200))
    assert walk.allowance < 1


@pytest.mark.parametrize("long", [[1] * 100_000, [[1] * 100_000], [{"a": [1] * 100_000}]])
def test_long_arrays_are_told_in_no_time(long: list[object]) -> None:
    """However many elements came, few are compared."""
    node = node_of(build(APART))
    began = time.process_time()
    walk = Walk()
    walk.visit(node, [*SOUND[:6], *long])
    assert walk.findings
    assert time.process_time() - began < 1


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
def test_of_several_layouts_the_one_is_meant_that_the_fewest_edits_lead_to(keyword: str) -> None:
    """Where positions have moved, no constant stands at its place to tell the alternatives apart."""
    sides = [{"title": "kind", "const": "side"}, {"type": "integer"}, {"title": "side", "type": "string"}]
    sums = [{"title": "kind", "const": "sum"}, {"title": "sum", "type": "string"}, {"type": "integer"}]
    both = [
        {"title": items[0]["const"], "minItems": 3, "maxItems": 3, "items": items} for items in (sides, sums)
    ]
    for value, drift in (
        ([1, "x"], "dropped 0 kind"),
        (["x", 1], "dropped 0 kind"),
        ([None, "sum", "x", 1], "inserted at 0"),
        ([1, "side", "x"], "swapped 0 kind and 1"),
    ):
        findings = judge(build({keyword: both}), value).findings
        assert findings[0].drift == drift
        assert findings[-1].clause == f"m/{keyword}"
    tied = judge(build({keyword: both}), [None, None]).findings
    assert [finding.clause for finding in tied] == [f"m/{keyword}"]


def test_what_is_wrong_inside_tells_layouts_apart() -> None:
    """Of two layouts that one edit leads to, that is meant in which what came fits better."""
    first = {"title": "first", "items": [{"const": "first"}, {"type": "array"}], "minItems": 2, "maxItems": 2}
    texts = {"type": "array", "items": {"type": "string"}}
    other = {"title": "other", "items": [{"const": "other"}, {}, texts], "minItems": 3, "maxItems": 3}
    findings = judge(build({"oneOf": [other, first]}), [7, "first", [1, "a", "b", "c"]]).findings
    assert (findings[0].clause, findings[0].drift) == ("m/first/maxItems", "inserted at 0")
