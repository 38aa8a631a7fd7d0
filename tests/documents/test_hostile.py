"""Documents that would take a reader down, or that are none: one sentence, soon, in little memory."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.documents.loader import MAX_BYTES, load_tree
from conformance.errors import DocumentError

ROOT = Path(__file__).parents[2]
HEAD = 'asyncapi: 3.0.0\ninfo: {title: t, version: "1"}\n'
MOST_SECONDS = 10
"""A processor that is busy with much else must do; on an idle one each takes less than two."""
MOST_MIB = 300


def bomb() -> str:
    lines = ["a0: &a0 [" + "x, " * 9 + "]"]
    lines += [f"a{n}: &a{n} [" + f"*a{n - 1}, " * 9 + "]" for n in range(1, 20)]
    return "\n".join(lines)


def merging() -> str:
    lines = ["a0: &a0 {k: 1}"]
    for n in range(1, 40):
        lines.append(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 50)}], x: *a{n - 1}, y: *a{n - 1}}}")
    return "\n".join(lines)


TEXTS: dict[str, tuple[str, str]] = {
    "bomb.yaml": (bomb(), r":6: the document expands to more than 500000 values \(aliases multiply"),
    "merging.yaml": (merging(), r":\d+: the document expands to more than 500000 values"),
    "wide.json": ('{"a": [' + "1,\n" * 500_000 + "1]}", r":\d+: the document expands to more than 500000"),
    "block.yaml": ("".join(" " * n + "a:\n" for n in range(999)), ":102: values are nested more than 100"),
    "flow.yaml": ("a: " + "[" * 10_000, ":1: values are nested more than 100 deep"),
    "maps.yaml": ("a: " + "{a: " * 10_000, ":1: values are nested more than 100 deep"),
    "dashes.yaml": ("- " * 10_000, ":1: values are nested more than 100 deep"),
    "keys.yaml": ("{" * 10_000, ":1: a key is not a scalar; expected keys of text"),
    "questions.yaml": ("? " * 10_000, ":1: a key is not a scalar; expected keys of text"),
    "deep.json": ('{"a":' * 10_000, ":1: values are nested more than 100 deep"),
    "lists.json": ('{"a":' + "[" * 100_000, ":1: values are nested more than 100 deep"),
    "tabs.yaml": ("a:\n\tb: 1\n", r":2: not valid YAML: .* \(YAML is indented with spaces, not with tabs\)"),
    "twice.yaml": (HEAD + "info: {}\n", ":3: the key 'info' is already on line 2; expected each key once"),
    "twice.json": ('{"a": 1,\n"a": 2}', ":2: the key 'a' is already on line 1; expected each key once"),
    "two.yaml": (HEAD + "---\n" + HEAD, ":3: a second document begins here; expected one document in a file"),
    "many.yaml": (HEAD + "x-a: 1e999\n", ":3: 1e999 is beyond a 64-bit float; expected a finite number"),
    "many.json": ('{"a": -1e999}', ":1: not valid JSON: -1e999 is beyond a 64-bit float"),
    "digits.json": ('{"a": ' + "9" * 5000 + "}", ":1: not valid JSON: a number of more than 400 digits"),
    "half.json": ('{"a": "\\ud800"}', ":1: not valid JSON: a surrogate without its other half"),
    "half-key.json": ('{\n"\\udc00": 1}', ":2: not valid JSON: a surrogate without its other half"),
    "half.yaml": ('a: "\\ud800"', ":1: not valid YAML: "),
    "list-key.yaml": (HEAD + "? [a, b]\n: 1\n", ":3: a key is not a scalar; expected keys of text"),
    "map-key.yaml": (HEAD + "? {a: b}\n: 1\n", ":3: a key is not a scalar; expected keys of text"),
    "tag.yaml": (HEAD + "x-a: !!python/object/apply:os.system [id]\n", ":3: the tag !!python/object/apply"),
    "circle.yaml": (HEAD + "x-a: &a [*a]\n", r":3: the alias \*a stands inside what it repeats"),
    "empty.yaml": ("", ":1: the document is empty; expected a map at the top"),
    "empty.json": (" \n", ":1: the document is empty; expected a map at the top"),
    "comments.yaml": ("# one\n# two\n", ":1: the document is empty; expected a map at the top"),
    "null.yaml": ("null\n", ":1: the document is empty; expected a map at the top"),
    "text.yaml": ("hello\n", ":1: the document is a single value; expected a map at the top"),
    "control.yaml": (HEAD + 'x-a: "\x07"\n', ":3: not valid YAML: control characters are not allowed"),
    "long-key.yaml": (HEAD + "k" * 5_000_000 + ": 1\n", ":3: not valid YAML: could not find expected ':'"),
    "quote.yaml": ('a: "' + "x\n" * 100_000, ":100001: not valid YAML: found unexpected end of stream"),
    "cut.json": ('{"a": {', ":1: not valid JSON: the text ends early; expected a key in double quotes"),
    "version.yaml": ("%YAML 9.9\n---\na: 1\n", ":1: not valid YAML: found incompatible YAML document"),
}  # fmt: skip


def refusal(path: Path) -> str:
    began = time.monotonic()
    with pytest.raises(DocumentError) as raised:
        load_tree(path, path.name)
    assert time.monotonic() - began < MOST_SECONDS
    return str(raised.value)


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_is_refused(tmp_path: Path, name: str) -> None:
    """What is wrong, and the line."""
    text, sentence = TEXTS[name]
    path = tmp_path / name
    path.write_text(text)
    assert re.match(re.escape(name) + sentence, refusal(path))


LEGAL = {
    "proto.yaml": (HEAD + "x-a: {__proto__: {a: 1}, new: 1}\n", {"__proto__": {"a": 1}, "new": 1}),
    "scalars.yaml": (HEAD + "x-a: {1: a, true: b, null: c}\n", {"1": "a", "true": "b", "null": "c"}),
    "long.yaml": (HEAD + "x-a: " + "y" * 5_000_000 + "\n", "y" * 5_000_000),
    "pair.json": (json.dumps({"x-a": "\N{GRINNING FACE}"}), "\N{GRINNING FACE}"),
    "integer.json": ('{"x-a": ' + "9" * 400 + "}", int("9" * 400)),
}  # fmt: skip


@pytest.mark.parametrize("name", LEGAL)
def test_what_only_looks_hostile_is_read(tmp_path: Path, name: str) -> None:
    """Keys of any scalar are text; no key means anything to the reader."""
    text, value = LEGAL[name]
    (tmp_path / name).write_text(text)
    assert load_tree(tmp_path / name).value["x-a"] == value


def test_what_is_no_file(tmp_path: Path) -> None:
    """A folder, a pipe that nobody writes into, a device without end, links in a circle."""
    (tmp_path / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "device.yaml").symlink_to("/dev/zero")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    expected = "; expected a YAML or JSON document"
    assert refusal(tmp_path / "folder.yaml") == f"folder.yaml: this is a directory{expected}"
    assert refusal(tmp_path / "pipe.yaml") == f"pipe.yaml: this is a device or a pipe{expected}"
    assert refusal(tmp_path / "device.yaml") == f"device.yaml: this is a device or a pipe{expected}"
    assert refusal(tmp_path / "loop.yaml") == "loop.yaml: cannot be read: Too many levels of symbolic links"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    """The reason is the system's."""
    (tmp_path / "a.yaml").write_text(HEAD)
    (tmp_path / "a.yaml").chmod(0)
    assert refusal(tmp_path / "a.yaml") == "a.yaml: cannot be read: Permission denied"


def huge(path: Path) -> None:
    """100 MB that take no room on the disk."""
    with path.open("wb") as file:
        file.truncate(100_000_000)


def leading_out(path: Path) -> None:
    path.write_text(
        HEAD + "channels:\n  c: {address: /, messages: {m: {payload: {$ref: '/dev/zero#/a'}}}}\n"
        "operations: {o: {action: send, channel: {$ref: '#/channels/c'}}}\n"
    )


def chained(path: Path) -> None:
    """A payload at the head of 10 000 references."""
    links = "".join(f"    s{n}: {{$ref: '#/components/schemas/s{n + 1}'}}\n" for n in range(10_000))
    payload = "{$ref: '#/components/schemas/s0'}"
    path.write_text(
        f"{HEAD}channels:\n  c: {{address: /, messages: {{m: {{payload: {payload}}}}}}}\n"
        "operations: {o: {action: send, channel: {$ref: '#/channels/c'}}}\n"
        f"components:\n  schemas:\n{links}    s10000: {{type: string}}\n"
    )


COMMAND: dict[str, tuple[Callable[[Path], object], str]] = {
    "huge": (huge, f"larger than {MAX_BYTES // 1024 // 1024} MiB; expected a contract document"),
    "bomb": (lambda path: path.write_text(HEAD + bomb()), "expands to more than 500000 values"),
    "wide": (
        lambda path: path.write_text(HEAD + "x-a: [" + "1," * 500_000 + "]\n"),
        "expands to more than 500000 values",
    ),
    "deep": (lambda path: path.write_text(TEXTS["flow.yaml"][0]), "nested more than 100 deep"),
    "utf-16": (lambda path: path.write_text(HEAD, "utf-16"), "this is UTF-16; expected a text in UTF-8"),
    "pipe": (os.mkfifo, "this is a device or a pipe"),
    "reference": (leading_out, "leaves the folder of the document"),
    "chain": (chained, "goes on through more than 100 others"),
    "nothing": (lambda path: path.write_text(""), "the document is empty"),
}


@pytest.mark.parametrize("name", COMMAND)
def test_the_command_line_survives(tmp_path: Path, name: str) -> None:
    """One sentence, exit code 2, no traceback, and no more memory than any machine has."""
    make, sentence = COMMAND[name]
    make(tmp_path / "doc.yaml")

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (MOST_MIB * 1024 * 1024,) * 2)

    ended = subprocess.run(
        [sys.executable, "-m", "conformance.cli", "list", "--asyncapi", "doc.yaml"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, preexec_fn=limited,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    lines = ended.stderr.splitlines()
    assert (ended.returncode, ended.stdout, len(lines)) == (2, "", 1), ended.stderr
    assert sentence in lines[0]
