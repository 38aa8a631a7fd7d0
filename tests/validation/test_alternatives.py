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
    """Where no branch is closer than another, the alternatives are named."""
    assert words(EITHER, {}) == ["payload: expected By a or By b, got map of 0 entries"]


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
