"""The page about waivers: every command of it, as a reader would type it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/waive.md"
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMANDS = [line[2:] for block in BLOCK.findall(PAGE.read_text("utf-8")) for line in block.splitlines()]
TOOLS = {"omen-conformance": [sys.executable, "-m", "conformance.cli"], "python": [sys.executable]}
PORTS = ("8765", "8766")
CLAUSE = "lamps/LampList/lamps/each/watts/type"


def argv(text: str) -> tuple[list[str], dict[str, str]]:
    """The words of a command, and the environment that is set before it."""
    words, given = shlex.split(text), {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    while words[0] not in TOOLS:
        name, _, given[name] = words.pop(0).partition("=")
    return [*TOOLS[words[0]], *words[1:]], {**os.environ, **given}


def started(stack: ExitStack, text: str, folder: Path) -> None:
    words, environment = argv(text)
    served = stack.enter_context(
        subprocess.Popen(words, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    )
    stack.callback(served.kill)
    assert served.stdout is not None
    assert served.stdout.readline().startswith("lamps at ")


def test_every_command_of_the_page_does_what_it_says(tmp_path: Path) -> None:
    """Red, a waiver, green with it, and a gate that does not pass when the waiver is no longer needed."""
    shutil.copytree(ROOT / "docs/adopting", tmp_path / "docs/adopting")
    ports = {port: str(free_port()) for port in PORTS}
    soon = f"{datetime.now(UTC).date() + timedelta(days=30)}"
    codes, told = [], []
    with ExitStack() as stack:
        for line in COMMANDS:
            line = re.sub("|".join(PORTS), lambda port: ports[port[0]], line.replace("2027-01-31", soon))
            if line.endswith("&"):
                started(stack, line.removesuffix("&"), tmp_path)
                continue
            command, _, file = line.partition(" > ")
            words, environment = argv(command)
            done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True)
            if file:
                (tmp_path / file).write_text(done.stdout, "utf-8")
            codes.append(done.returncode)
            told.append(done.stdout + done.stderr)
    assert codes == [1, 0, 0, 0, 1], "\n".join(told)
    red, offered, _written, waived, unused = told
    assert CLAUSE in red
    assert f'clause: "{CLAUSE}"' in offered
    assert offered.count('"TODO"') == 4
    assert f"waived    {CLAUSE} (until {soon}, Ada, lamp team," in waived
    assert "GATE FAILED" in unused
    assert "no longer needed" in unused
    assert f"`{CLAUSE}`" in PAGE.read_text("utf-8")


def test_the_file_that_the_page_shows_is_the_one_that_is_printed() -> None:
    """Field by field, in the same order."""
    (shown,) = re.findall(r"^```yaml\nwaivers:\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    names = [line.strip(" -").partition(":")[0] for line in shown.splitlines()]
    assert names == ["clause", "digest", "reason", "owner", "ticket", "expires"]
