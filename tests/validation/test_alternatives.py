"""oneOf and anyOf: findings name the field, clauses the branch."""

from conformance.validation import judge

from .build import build

ORDER = {
    "type": "object",
    "required": ["style"],
    "oneOf": [
        {
            "title": "fixed",
            "properties": {"style": {"const": "fixed"}, "limit": {"type": "string"}},
            "required": ["limit"],
        },
        {"title": "free", "properties": {"style": {"const": "free"}, "limit": False}},
    ],
}
EITHER = {"oneOf": [{"title": "By a", "required": ["a"]}, {"title": "By b", "required": ["b"]}]}


def words(tree: object, value: object) -> list[str]:
    return [str(finding).removesuffix(" (doc.yaml:1)") for finding in judge(build(tree), value).findings]


def test_a_constant_selects_its_branch() -> None:
    """The finding names the field that is wrong in the branch that the value was meant for."""
    assert words(ORDER, {"style": "fixed"})[0] == "limit: expected string, got nothing"
    assert words(ORDER, {"style": "fixed", "limit": 1})[0] == "limit: expected string, got int 1"
    assert words(ORDER, {"style": "free", "limit": 1})[0] == "limit: expected nothing here, got int 1"


def test_the_alternatives_clause_is_broken_too() -> None:
    """The clause of the oneOf itself stands last."""
    findings = judge(build(ORDER), {"style": "fixed"}).findings
    assert [finding.clause for finding in findings] == ["m/fixed/required", "m/oneOf"]


def test_no_branch_is_guessed() -> None:
    """Where no branch is closer than another, the alternatives are named, and what each misses."""
    assert words(EITHER, {}) == [
        "payload: expected By a or By b, got map of 0 entries: as By a: a missing; as By b: b missing"
    ]


def test_what_each_alternative_misses() -> None:
    """The first thing of each, of three at the most; where the types differ, the names have said it."""
    kinds = [
        {"title": f"kind {name}", "properties": {name: {"type": "integer"}}, "required": [name]}
        for name in "abcd"
    ]
    last = "as kind a: a missing; as kind b: b missing; as kind c: c missing; …"
    assert words({"anyOf": kinds}, {}) == [
        f"payload: expected kind a or kind b or kind c or kind d, got map of 0 entries: {last}"
    ]
    deep = {
        "oneOf": [
            {"title": "one", "properties": {"x": {"items": {"type": "string"}}}},
            {"title": "two", "properties": {"x": {"items": {"type": "boolean"}}}},
            {"title": "three", "properties": {"x": False}},
        ]
    }
    assert words(deep, {"x": [1]})[-1].endswith(
        "got map of 1 entry: as one: x[0] is int 1, not string; as two: x[0] is int 1, not boolean; "
        "as three: x may not be there"
    )
    assert words({"oneOf": [{"type": "string"}, {"type": "integer"}]}, None) == [
        "payload: expected string or integer, got nil"
    ]


def test_what_is_missed_is_shown_escaped_and_bounded() -> None:
    """Values and keys are the target's."""
    tree = {
        "oneOf": [{"title": each, "additionalProperties": {"type": each}} for each in ("integer", "boolean")]
    }
    told = words(tree, {"a\x1b[31m": "b" * 10_000})[-1]
    assert told.isprintable()
    assert len(told) < 400


def test_two_matching_branches_are_one_too_many() -> None:
    """oneOf is exactly one."""
    assert words(EITHER, {"a": 1, "b": 2}) == [
        "payload: expected exactly one alternative to match, not By a and By b, got map of 2 entries"
    ]


def test_only_the_branch_that_matched_is_exercised() -> None:
    """Clauses of the other branches were not put to the test."""
    assert judge(build(ORDER), {"style": "free"}).exercised == {
        "m/type", "m/required", "m/oneOf", "m/free/style/const",
    }  # fmt: skip
    either = {"anyOf": [{"type": "string", "minLength": 1}, {"type": "integer"}, {"minimum": 0}]}
    assert judge(build(either), 3).exercised == {"m/anyOf", "m/1/type", "m/2/minimum"}


def test_a_position_selects_its_branch() -> None:
    """The constant at the head of an array tells layouts apart."""
    tree = {
        "oneOf": [
            {"items": [{"const": "a"}, {"type": "integer"}, {"type": "integer"}], "minItems": 3},
            {"items": [{"const": "b"}, {"type": "string"}], "minItems": 2},
        ]
    }
    assert words(tree, ["a", "x", "y"])[0] == "[1]: expected integer, got str 'x'"


def test_a_field_that_one_branch_alone_speaks_of_selects_it() -> None:
    """Both branches miss one field; the value has a number, which the error knows nothing of."""
    tree = {
        "oneOf": [
            {"title": "error", "properties": {"message": {"type": "string"}}, "required": ["message"]},
            {
                "title": "success",
                "allOf": [
                    {
                        "properties": {"number": {"type": "integer"}, "name": {"type": "string"}},
                        "required": ["number", "name"],
                    }
                ],
            },
        ]
    }
    assert words(tree, {"number": 1})[0] == "name: expected string, got nothing"
    assert words(tree, {})[0] == "message: expected string, got nothing"
