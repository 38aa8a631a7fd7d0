"""Arrays that are off by a position."""

import pytest

from conformance.validation import judge

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
            "[3] sequence: expected integer, got str '1.5': swapped 3 and 4",
            "m/sequence/type",
        ),
        (
            ["tick", "abc", 10, True, "1.5", 11, "hello"],
            "[3] sequence: expected integer, got bool true: swapped 3 and 5",
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
    assert findings[0].drift == "inserted at 4"
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
