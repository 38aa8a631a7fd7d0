"""A clause's digest: changes when what is promised does, and for nothing else."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from conformance.cases.catalogue import catalogue
from conformance.contract.digest import digest, unordered
from conformance.contract.loading import load
from conformance.documents.find import find
from conformance.documents.loader import parse_tree
from tests.contract.build import CHAT, service_of

SPECS = Path(__file__).parents[2] / "specs"
EXTENDED = """\
x-conformance:
  deadlines:
    - {name: greet, stopped_by: say, after_ms: 500, within_ms: 100, refusal: late, close: 4001}
  refusals: {message: 'no', code: /code, codes: {unauthenticated: mute, invalid: [late, nobody]}}
  close: {oversize: 1009}
"""


def digests(text: str) -> dict[str, str]:
    """Clause id -> digest of a document."""
    _, book = service_of(text)
    return {each.id: each.digest for each in book.clauses.values()}


def everything(folder: Path) -> dict[str, str]:
    """The same of a folder's documents and scenarios."""
    sources = find(folder)
    made = catalogue(load(sources), sources.scenarios)
    return {each.id: each.digest for each in made.clauses.values()}


def differing(old: str, new: str) -> set[str]:
    """The clauses of two documents whose digests differ, or that only one of them has."""
    before, after = digests(old), digests(new)
    return {each for each in {*before, *after} if before.get(each) != after.get(each)}


def shuffled(value: object, chance: random.Random) -> object:
    """The same document with its maps, and the lists that are sets, in another order."""
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        made = {key: shuffled(value[key], chance) for key in keys}
        for key in ("required", "enum", "type"):
            members = made.get(key)
            if isinstance(members, list):
                made[key] = chance.sample(members, len(members))
        return made
    return [shuffled(each, chance) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("seed", range(3))
def test_another_order_and_another_writing_keep_every_digest(seed: int) -> None:
    """Reordered keys, JSON for YAML, other lines: not one digest is another."""
    document = CHAT + EXTENDED
    read = parse_tree(document.encode(), Path("a.yaml"), "a.yaml").value
    other = json.dumps(shuffled(read, random.Random(seed)), indent=seed)
    assert len(digests(document)) > 35
    assert differing(document, other) == set()


def test_the_shipped_documents_keep_every_digest_when_they_are_written_otherwise(tmp_path: Path) -> None:
    """All clauses of the real documents, the scenarios' too."""
    for path in SPECS.rglob("*.yaml"):
        copy = tmp_path / path.relative_to(SPECS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump(
            shuffled(yaml.safe_load(path.read_text("utf-8")), random.Random(7)), sort_keys=False
        )
        copy.write_text("# moved\n" + text, "utf-8")
    before, after = everything(SPECS), everything(tmp_path)
    assert len(before) > 1000
    assert {each for each in before if after.get(each) != before[each]} == set()


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (("minItems: 2", "minItems: 1"), {"toy/heard/minItems"}),
        (("kind: {const: say}", "kind: {const: speak}"), {"toy/say/kind/const"}),
        (("required: [kind, ref, text]", "required: [kind, ref]"), {"toy/say/required"}),
        (("enum: [nobody, late, mute]", "enum: [nobody, late, mute, deaf]"), {"toy/no/code/enum"}),
        (("unknown: nobody", "unknown: late"), {"toy/speak/unknown-to"}),
        (("close: 4001", "close: 4002"), {"toy/deadlines/greet/close"}),
        (
            ("within_ms: 100", "within_ms: 200"),
            {"toy/deadlines/greet/close", "toy/deadlines/greet/error"},
        ),
        (("oversize: 1009", "oversize: 1008"), {"toy/close/oversize"}),
        (("invalid: [late, nobody]", "invalid: [late]"), {"toy/refusals/invalid"}),
    ],
)
def test_a_value_changes_the_clauses_concerned_and_no_other(
    change: tuple[str, str], changed: set[str]
) -> None:
    """One edit, one promise."""
    document = CHAT + EXTENDED
    assert document.count(change[0]) == 1
    assert differing(document, document.replace(*change)) == changed


def test_documented_members_are_part_of_allowing_no_others() -> None:
    """``additionalProperties: false`` promises something else when a member is documented."""
    closed = CHAT.replace("properties: {kind: {const: 'no'}", "additionalProperties: false\n          \\g<0>")
    closed = closed.replace("\\g<0>", "properties: {kind: {const: 'no'}")
    grown = closed.replace("properties: {kind: {const: 'no'},", "properties: {kind: {const: 'no'}, at: {},")
    assert "toy/no/additionalProperties" in digests(closed)
    assert differing(closed, grown) == {"toy/no/additionalProperties"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"a": 1, "b": 2.0}, {"b": 2, "a": 1}, True),
        ((1, 2), [1, 2], True),
        ([1, 2], [2, 1], False),
        (1, True, False),
        (1, "1", False),
        (1.5, 1, False),
        (None, "null", False),
    ],
)
def test_values_are_told_apart_as_json_is(one: object, other: object, same: bool) -> None:
    """Numbers by their value, maps whatever their order, and nothing taken for what it is not."""
    assert (digest(one) == digest(other)) is same


def test_a_set_has_no_order_and_no_repetition() -> None:
    """Its members may be of different types."""
    made: Callable[[object], list[str]] = unordered
    assert made(["b", 1, None]) == made((None, "b", 1.0, 1))
    assert made("a") == made(["a"])
