"""``omen-conformance lint`` as a user starts it: what it prints, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from conformance.lint import RULES

from ..front.command import command
from ..specs.node import installed
from .build import asyncapi3, write

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "conformance/schemas/lint.schema.json").read_text("utf-8"))
SOUND = asyncapi3(
    "{type: object, required: [kind], properties: {kind: {const: said}}, additionalProperties: false}"
)
WARNED = asyncapi3("{type: string, pattern: a}")
BROKEN = asyncapi3("{type: integer, minimum: 5, maximum: 3, pattern: a}")


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        (SOUND, [], 0),
        (SOUND, ["--strict"], 0),
        (WARNED, [], 0),
        (WARNED, ["--strict"], 1),
        (WARNED.replace("pattern: a", "pattern: a, x-lint-ignore: {unanchored-pattern: r}"), ["--strict"], 0),
        (BROKEN, [], 1),
        (
            BROKEN.replace(
                "minimum: 5", "minimum: 5, x-lint-ignore: {contradictory-bounds: r, no-valid-value: r}"
            ),
            [],
            0,
        ),
        (BROKEN.replace("address:", "adress:"), [], 2),
    ],
    ids=[
        "sound",
        "sound strict",
        "warned",
        "warned strict",
        "silenced",
        "broken",
        "error silenced",
        "unusable",
    ],
)
def test_how_it_ends(tmp_path: Path, text: str, words: list[str], code: int) -> None:
    """An error is 1, with --strict a warning too; a document that cannot be used is 2; else 0."""
    write(tmp_path, text)
    ended = command("lint", "--asyncapi", "a.yaml", *words, cwd=tmp_path)
    assert (ended.code, ended.err) == (code, "")


def test_findings_are_printed_for_people(tmp_path: Path) -> None:
    """File and line first, so that editors and terminals can follow them."""
    write(tmp_path, BROKEN)
    ended = command("lint", "--asyncapi", "a.yaml", "--brief", cwd=tmp_path)
    lines = ended.out.splitlines()
    assert any(line.startswith("a.yaml:9 ") and "contradictory-bounds" in line for line in lines)
    assert lines[-1].startswith("1 error, ")
    assert "\x1b" not in ended.out


def test_json_is_one_object_of_its_schema(tmp_path: Path) -> None:
    """The findings, and the documents that they are on."""
    write(tmp_path, BROKEN)
    ended = command("lint", "--asyncapi", "a.yaml", "--format", "json", cwd=tmp_path)
    made: Any = json.loads(ended.out)
    jsonschema.Draft202012Validator(SCHEMA).validate(made)
    assert made["documents"] == ["a.yaml"]
    assert "contradictory-bounds" in {each["rule"] for each in made["findings"]}


def test_sarif_keeps_the_official_schema(tmp_path: Path) -> None:
    """OASIS SARIF 2.1.0, as code hosts check it."""
    write(tmp_path, BROKEN.replace("pattern: a", "pattern: a, x-lint-ignore: {keyword-beside-type: r}"))
    ended = command("lint", "--asyncapi", "a.yaml", "--format", "sarif", cwd=tmp_path)
    made: Any = json.loads(ended.out)
    place = installed() / "node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
    schema = json.loads(place.read_text("utf-8-sig"))
    checker = jsonschema.Draft4Validator.FORMAT_CHECKER
    jsonschema.Draft4Validator(schema, format_checker=checker).validate(made)
    (run,) = made["runs"]
    assert {len(each.get("suppressions", ())) for each in run["results"]} == {0, 1}
    del run["results"][0]["message"]
    with pytest.raises(jsonschema.ValidationError):  # the schema does look at results
        jsonschema.Draft4Validator(schema).validate(made)


def test_all_that_makes_documents_unusable_is_told(tmp_path: Path) -> None:
    """Every defect of structure of every document, and findings on those that can be read."""
    write(
        tmp_path, BROKEN.replace("action: send", "action: shout").replace("address:", "adress:"), "one.yaml"
    )
    write(tmp_path, asyncapi3("{$ref: '#/components/schemas/None'}"), "two.yaml")
    write(tmp_path, WARNED.replace("Toy", "Third"), "three.yaml")
    (tmp_path / "four.yaml").write_text("asyncapi: 3.0.0\n\t- no\n")
    names = ("one", "two", "three", "four")
    given = [word for name in names for word in ("--asyncapi", f"{name}.yaml")]
    ended = command("lint", *given, "--format", "json", cwd=tmp_path)
    assert ended.code == 2
    made: Any = json.loads(ended.out)
    jsonschema.Draft202012Validator(SCHEMA).validate(made)
    found = [(each["file"], each["rule"]) for each in made["findings"]]
    assert found.count(("one.yaml", "unusable-document")) == 2
    assert ("two.yaml", "unusable-document") in found
    assert ("four.yaml", "unusable-document") in found
    assert ("three.yaml", "unanchored-pattern") in found
    assert ("three.yaml", "unusable-document") not in found


def test_an_overlay_may_silence_and_is_told_with_its_own_line(tmp_path: Path) -> None:
    """Whoever may not edit a document keeps the reasons beside it."""
    write(tmp_path, WARNED)
    (tmp_path / "overlay.yaml").write_text(
        "overlay: 1.0.0\ninfo: {title: Ours, version: '1'}\nactions:\n"
        "  - target: $.channels.room.messages.said.payload\n"
        "    update:\n"
        "      x-lint-ignore: {unanchored-pattern: published so}\n"
        "      minLength: 9\n"
        "      maxLength: 3\n"
    )
    words = ("lint", "--asyncapi", "a.yaml", "--overlay", "overlay.yaml", "--format", "json")
    made: Any = json.loads(command(*words, cwd=tmp_path).out)
    silenced = {each["rule"]: each["silenced"] for each in made["findings"] if "silenced" in each}
    assert silenced == {"unanchored-pattern": "published so"}
    places = {each["rule"]: f"{each['file']}:{each['line']}" for each in made["findings"]}
    assert places["contradictory-bounds"] == "overlay.yaml:7"
    assert places["unanchored-pattern"] == "a.yaml:9"


def test_the_rules_are_listed(tmp_path: Path) -> None:
    """For people and for programs."""
    text = command("lint", "--rules", cwd=tmp_path)
    assert all(f"\n{rule}  " in f"\n{text.out}" for rule in RULES)
    made: Any = json.loads(command("lint", "--rules", "--format", "json", cwd=tmp_path).out)
    assert [each["id"] for each in made["rules"]] == list(RULES)


def test_the_documents_of_the_suite_are_sound(tmp_path: Path) -> None:
    """Nothing is wrong with them, and nothing that could be enforced is left to prose."""
    ended = command("lint", "--strict", "--brief", cwd=tmp_path)
    assert (ended.code, ended.err) == (0, ""), ended.out
