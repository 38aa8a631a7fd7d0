"""The page that walks through adopting a foreign document: every command of it, as a reader would type it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conformance.documents.loader import load_tree
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/adopt.md"
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMANDS = [line[2:] for block in BLOCK.findall(PAGE.read_text("utf-8")) for line in block.splitlines()]
CLI = (sys.executable, "-m", "conformance.cli")
GREEN, RED = 0, 1


def argv(text: str) -> tuple[list[str], dict[str, str]]:
    """The words of a command, and the environment that is set before it."""
    words = shlex.split(text)
    given = {}
    while "=" in words[0] and not words[0].startswith("-"):
        name, _, value = words.pop(0).partition("=")
        given[name] = value
    tools = {"omen-conformance": [*CLI], "python": [sys.executable]}
    return [*tools[words[0]], *words[1:]], {**os.environ, **given}


@contextmanager
def in_background(text: str, folder: Path) -> Iterator[None]:
    words, environment = argv(text.removesuffix("&"))
    with subprocess.Popen(words, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        assert served.stdout.readline().startswith("lamps at ")
        try:
            yield
        finally:
            served.kill()


def test_every_command_of_the_page_does_what_it_says(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs/adopting", tmp_path / "docs/adopting")
    ports = {"8765": str(free_port()), "8766": str(free_port())}
    codes, told = [], []
    served: list[str] = []
    for line in COMMANDS:
        for port, free in ports.items():
            line = line.replace(port, free)
        if line.endswith("&"):
            served.append(line)
            continue
        words, environment = argv(line)
        if not served:
            done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True)
        else:
            with in_background(served[-1], tmp_path):
                done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True)
        codes.append(done.returncode)
        told.append(done.stdout + done.stderr)
    assert codes == [GREEN, GREEN, GREEN, GREEN, RED], "\n".join(told)
    _listed, linted, adopted, green, red = told
    assert "command-without-reply" in linted
    assert "promise-in-prose" in linted
    assert "lamps.overlay.yaml" in adopted
    assert "CONFORMANT" in green
    assert "lamps/LampList/lamps/each/watts/type" in red
    assert "dusk" not in "".join(told)


def test_what_is_offered_can_be_given_as_it_is(tmp_path: Path) -> None:
    """The offered overlay is valid, matches at each of its actions, and turns few cases into many."""
    shutil.copy(ROOT / "docs/adopting/lamps.asyncapi.yaml", tmp_path)
    offer, listed = "adopt lamps.asyncapi.yaml --output offered.yaml", "list --asyncapi lamps.asyncapi.yaml"
    counts = []
    for line in (listed, offer, f"{listed} --overlay offered.yaml"):
        words, environment = argv(f"omen-conformance {line}")
        done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "note:" not in done.stderr
        counts.append(len(done.stdout.splitlines()))
    assert counts[2] > 3 * counts[0]


def test_nothing_is_written_over_a_file(tmp_path: Path) -> None:
    shutil.copy(ROOT / "docs/adopting/lamps.asyncapi.yaml", tmp_path)
    (tmp_path / "mine.yaml").write_text("mine")
    words, environment = argv("omen-conformance adopt lamps.asyncapi.yaml --output mine.yaml")
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode, (tmp_path / "mine.yaml").read_text()) == (2, "mine")
    assert "mine.yaml is there already" in done.stderr


def test_the_finished_overlay_holds_what_was_offered() -> None:
    """The page's overlay speaks about the messages of the page's document."""
    document = load_tree(ROOT / "docs/adopting/lamps.asyncapi.yaml")
    overlay = (ROOT / "docs/adopting/lamps.overlay.yaml").read_text("utf-8")
    named = [name for name, _ in document.root.named("components", "messages")]
    assert len(named) == 9
    assert [name for name in named if name not in overlay] == []


def test_a_document_without_websocket_is_refused(tmp_path: Path) -> None:
    words, environment = argv(f"omen-conformance adopt {ROOT / 'tests/foreign/harbour.openapi.yaml'}")
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "describes no WebSocket service" in done.stderr
