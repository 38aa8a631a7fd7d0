"""YAML as YAML 1.2 means it, with lines."""

from __future__ import annotations

import pytest

from conformance.errors import DocumentError
from tests.documents.build import tree_of

CORE = [
    ("on", "on"),
    ("yes", "yes"),
    ("No", "No"),
    ("true", True),
    ("False", False),
    ("null", None),
    ("~", None),
    ("", None),
    ("010", 10),
    ("0o10", 8),
    ("0x1F", 31),
    ("+7", 7),
    ("-0", 0),
    ("18446744073709551615", 18446744073709551615),
    ("1e3", 1000.0),
    ("1.5", 1.5),
    (".5", 0.5),
    ("1:30", "1:30"),
    ("1_000", "1_000"),
    ("2020-01-01", "2020-01-01"),
    ("'10'", "10"),
    ('"true"', "true"),
    ("!!str 10", "10"),
    ("! 10", "10"),
    ("!!int 10", 10),
    ("!!float 1", 1.0),
    ("=", "="),
    ("|\n  two\n  lines", "two\nlines\n"),
]


@pytest.mark.parametrize(
    ("text", "value"), CORE, ids=[text.replace("\n", " ") or "empty" for text, _ in CORE]
)
def test_scalars_follow_the_core_schema(text: str, value: object) -> None:
    """A plain scalar means what YAML 1.2 says, not what YAML 1.1 said."""
    found = tree_of(f"a: {text}\n").value["a"]
    assert (found, type(found)) == (value, type(value))


def test_keys_are_text() -> None:
    """A status code and a word like `on` are keys as they are written."""
    assert list(tree_of("200: a\non: b\nnull: c\n").value) == ["200", "on", "null"]


def test_values_know_their_lines() -> None:
    """A member is where its key stands, an element where it stands itself, in flow and block style."""
    tree = tree_of("a:\n  b:\n    - x\n    - {c: 1,\n       d: 2}\ne: >-\n  long\n  text\nf: 1\n")
    lines = {
        pointer: tree.where(pointer).line for pointer in ("", "/a", "/a/b", "/a/b/1", "/a/b/1/d", "/e", "/f")
    }
    assert lines == {"": 1, "/a": 1, "/a/b": 2, "/a/b/1": 4, "/a/b/1/d": 5, "/e": 6, "/f": 9}


def test_an_alias_repeats_its_anchor() -> None:
    """What an alias repeats keeps the lines of the anchor; the alias has its own."""
    tree = tree_of("a: &x\n  k: 1\nb: *x\n")
    assert tree.value["b"] == {"k": 1}
    assert (tree.where("/b").line, tree.where("/b/k").line) == (3, 2)


def test_a_merge_key_merges() -> None:
    """Own keys win over merged ones, earlier merged maps over later ones."""
    tree = tree_of("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 3\n")
    assert tree.value["c"] == {"x": 3, "y": 1, "z": 2}
    assert tree.where("/c/z").line == 2


BAD = {
    "a: 1\nb: 2\na: 3\n": "a.yaml:3: the key 'a' is already on line 1; expected each key once",
    "a: [1\nb: 2\n": "a.yaml:2: not valid YAML: did not find expected ',' or ']'",
    "a: \x01\n": "a.yaml:1: not valid YAML: control characters are not allowed",
    "a: .inf\n": "a.yaml:1: .inf is not a JSON number; expected a finite number",
    "a: 1e999\n": "a.yaml:1: 1e999 is beyond a 64-bit float; expected a finite number",
    "a: !thing x\n": "a.yaml:1: the tag !thing is not supported; expected plain YAML without tags of its own",
    "a: !!binary aGk=\n": (
        "a.yaml:1: the tag !!binary is not supported; expected plain YAML without tags of its own"
    ),
    "a: !!set {x}\n": "a.yaml:1: the tag !!set is not supported; expected plain YAML without tags of its own",
    "a: !!int x\n": "a.yaml:1: 'x' is not what its tag !!int says",
    "a: &a\n  b: *a\n": "a.yaml:2: the alias *a stands inside what it repeats; expected no circle",
    "a: *b\n": "a.yaml:1: the alias *b has no anchor; expected &b earlier in the document",
    "a: {<<: 3}\n": "a.yaml:1: the merge key << has no map to merge; expected a map, or a list of maps",
    "{[a]: 1}\n": "a.yaml:1: a key is not a scalar; expected keys of text",
    "---\na: 1\n---\nb: 2\n": "a.yaml:3: a second document begins here; expected one document in a file",
    "": "a.yaml:1: the document is empty; expected a map at the top",
    "# nothing\n": "a.yaml:1: the document is empty; expected a map at the top",
    "- a\n": "a.yaml:1: the document is a list; expected a map at the top",
    "just text\n": "a.yaml:1: the document is a single value; expected a map at the top",
    "[" * 100_000: "a.yaml:1: values are nested more than 100 deep",
}


@pytest.mark.parametrize(("text", "sentence"), BAD.items(), ids=range(len(BAD)))
def test_what_cannot_be_read_is_refused_with_its_line(text: str, sentence: str) -> None:
    """Each failure says where, what, and what was expected."""
    with pytest.raises(DocumentError) as raised:
        tree_of(text)
    assert str(raised.value) == sentence


def test_aliases_that_multiply_are_refused() -> None:
    """A billion laughs end as a sentence, in no time."""
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(DocumentError, match="expands to more than 500000 values"):
        tree_of("\n".join(lines))
