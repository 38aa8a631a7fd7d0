"""Waiver files: what is read, and that everything else is refused in one sentence with its line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from conformance.documents.loader import parse_tree
from conformance.errors import DocumentError
from conformance.gate.builds import Builds
from conformance.gate.waivers import read_waivers
from tests.gate.build import PRICE, SIZE, waiver, waivers

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "conformance/schemas/waivers.schema.json").read_text("utf-8")
)
VALID = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
GOOD = [
    waiver(),
    waiver(SIZE, builds='{from: "1.4", to: "1.4.9"}', expires='"2026-11-30"'),
    waiver(builds="{to: v1.10.0-rc.1}", reason='"first line\\nsecond"'),
]
BAD = {
    "clause: ''": (waiver(clause="''"), "clause is no text"),
    "digest: 12": (waiver(digest="1234567890123456"), "digest is a number to YAML"),
    "digest: short": (waiver(digest="abc"), "the digest is 'abc'"),
    "no digest": (waiver(digest=""), "a waiver without digest"),
    "no owner": (waiver(owner=""), "a waiver without owner"),
    "reason: TODO": (waiver(reason="TODO"), "reason is still TODO"),
    "owner: todo": (waiver(owner="' todo: ask Ada'"), "owner is still TODO"),
    "ticket: TODO": (waiver(ticket="TODO"), "ticket is still TODO"),
    "expires: TODO": (waiver(expires="TODO"), "expires is still TODO"),
    "reason: 7": (waiver(reason="7"), "reason is a number to YAML"),
    "reason: null": (waiver(reason="null"), "reason is no text"),
    "reason: [..]": (waiver(reason="[a]"), "reason is no text"),
    "reason: long": (waiver(reason="x" * 3000), "reason is no text"),
    "expires: 30 Feb": (waiver(expires="2026-02-30"), "expires is '2026-02-30'"),
    "expires: week": (waiver(expires="2026-W48-1"), "expires is '2026-W48-1'"),
    "expires: time": (waiver(expires="2026-11-30T00:00:00Z"), "expires is '2026-11-30T00:00:00Z'"),
    "builds: text": (waiver(builds="'1.4'"), "builds is no range"),
    "builds: {}": (waiver(builds="{}"), "builds is no range"),
    "builds: number": (waiver(builds="{from: 1.10}"), "from is a number to YAML"),
    "builds: name": (waiver(builds="{from: latest}"), "'latest' is no version"),
    "builds: more": (waiver(builds="{until: '1.4'}"), "has no field 'until'"),
    "more": (waiver(severity="low"), "a waiver has no field 'severity'"),
    "a text": ("  - tide\n", "a waiver is no map"),
}
UNKNOWN_TO_THE_SCHEMA = {
    "builds: turned": (waiver(builds="{from: '2', to: '1'}"), "no build is in the range"),
    "unknown clause": (waiver("tide/Level/prise/type"), "there is no clause 'tide/Level/prise/type'"),
    "twice": (waiver() + waiver(ticket="TIDE-2"), "is waived at"),
    "twice, once for some": (waiver(builds="{to: '1'}") + waiver(), "is waived at"),
}


def test_a_waiver_is_read_with_its_line(tmp_path: Path) -> None:
    first, second = waivers(tmp_path, GOOD[0], GOOD[1])
    assert (first.clause, first.expires, first.builds) == (PRICE, date(2026, 11, 30), None)
    assert (first.reason, first.owner, first.ticket) == ("the feed is being rewritten", "Ada", "TIDE-1")
    assert first.where == f"{tmp_path / 'waivers.yaml'}:2"
    assert second.builds == Builds("1.4", "1.4.9")


def test_several_files_are_one_set(tmp_path: Path) -> None:
    """A clause that two of them waive is refused; an empty list is a file."""
    paths = [tmp_path / name for name in ("a.yaml", "b.json", "none.yaml")]
    paths[0].write_text("waivers:\n" + waiver(), "utf-8")
    paths[1].write_text(json.dumps(as_json(waiver(SIZE))), "utf-8")
    paths[2].write_text("waivers: []\n", "utf-8")
    assert [each.clause for each in read_waivers(paths, [PRICE, SIZE])] == [PRICE, SIZE]
    with pytest.raises(DocumentError, match="is waived at"):
        read_waivers([paths[0], paths[0]], [PRICE, SIZE])


def test_a_clause_may_be_waived_for_several_ranges_of_builds(tmp_path: Path) -> None:
    texts = [waiver(builds=f"{{from: '{each}', to: '{each}'}}") for each in ("1.1", "1.3")]
    assert [str(each.builds) for each in waivers(tmp_path, *texts)] == ["1.1", "1.3"]


@pytest.mark.parametrize("name", [*BAD, *UNKNOWN_TO_THE_SCHEMA])
def test_what_is_wrong_is_said_with_its_line(name: str, tmp_path: Path) -> None:
    """One sentence, at the file and a line of the waiver."""
    text, said = {**BAD, **UNKNOWN_TO_THE_SCHEMA}[name]
    with pytest.raises(DocumentError) as refused:
        waivers(tmp_path, text)
    assert said in str(refused.value)
    file, _, line = refused.value.where.rpartition(":")
    assert file == str(tmp_path / "waivers.yaml")
    assert 2 <= int(line) <= 1 + text.count("\n")
    assert len(str(refused.value)) < 500


def test_an_unknown_clause_is_told_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=f"did you mean {PRICE}"):
        waivers(tmp_path, waiver("tide/Level/prise/type"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("- clause: x\n", "a list"),
        ("waivers: {}\n", "not a waiver file"),
        ("waiver: []\n", "has no field 'waiver'"),
        ("waivers: []\nwaivers: []\n", "waivers"),
        ("waivers:\n\t- x\n", "tab"),
        ("waivers: &a [*a]\n", ""),
        ("a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nwaivers: [*b,*b,*b]\n", ""),
        ("waivers: " + "[" * 5000 + "]" * 5000, ""),
        ("waivers: !!python/object/apply:os.system ['false']\n", ""),
        ("waivers: [", ""),
    ],
)
def test_hostile_files_are_one_sentence(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "waivers.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(DocumentError) as refused:
        read_waivers([file], [PRICE])
    sentence = str(refused.value)
    assert sentence.startswith(str(file))
    assert said in sentence
    assert len(sentence) < 500


@pytest.mark.parametrize("name", ["gone.yaml", "."])
def test_no_file_is_one_sentence(name: str, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"no such file|is a directory"):
        read_waivers([tmp_path / name], [PRICE])


@pytest.mark.parametrize("text", GOOD)
def test_the_schema_takes_what_is_read(text: str, tmp_path: Path) -> None:
    assert waivers(tmp_path, text)
    VALID.validate(as_json(text))


@pytest.mark.parametrize("name", BAD)
def test_the_schema_refuses_what_is_refused(name: str) -> None:
    assert not VALID.is_valid(as_json(BAD[name][0]))


def as_json(text: str) -> object:
    """Waivers as a reader of YAML 1.2 sees them: a date is a text."""
    return parse_tree(f"waivers:\n{text}".encode(), Path("waivers.yaml"), "waivers.yaml").value
