"""Pages of docs/ as a reader uses them: their files are written, their commands typed, what they show is held
against what comes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^(?:#|//) (\S+)\n")
"""A block's first line, where it is a file's: its name in a comment."""

PORTS = ("8765", "8766", "8767")
"""What pages write for a port; each is another one in every test."""

ANY = "…"
"""What a page leaves out of a line."""

EXIT_CODE = "echo $?"
PATIENCE = 240.0


@dataclass(frozen=True, slots=True)
class Command:
    """A line behind a prompt, and what the page shows of its output."""

    text: str
    shown: tuple[str, ...] = ()

    @property
    def background(self) -> bool:
        """Whether it goes on while the next one is typed."""
        return self.text.endswith("&")


def text_of(page: str) -> str:
    """A page as it is written."""
    return (DOCS / page).read_text("utf-8")


def blocks(text: str, *languages: str) -> list[str]:
    """The fenced blocks of some languages, in order."""
    return [block for language, block in FENCE.findall(text) if language in languages]


def files(text: str) -> dict[str, str]:
    """Name -> text of the files that a page gives: blocks whose first line names one."""
    named = [(FILE.match(block), block) for _, block in FENCE.findall(text)]
    return {match[1]: block for match, block in named if match is not None}


def commands(text: str) -> list[Command]:
    """What a page has its reader type, in order."""
    made: list[Command] = []
    for block in blocks(text, "console"):
        for line in block.splitlines():
            if line.startswith("$ "):
                made.append(Command(line[2:]))
            else:
                made[-1] = Command(made[-1].text, (*made[-1].shown, line))
    return made


def missing(shown: tuple[str, ...], told: str) -> list[str]:
    """The lines that a page shows and that did not come, or came in another order."""
    lines = iter(told.splitlines())
    return [line for line in shown if line.strip() not in ("", ANY) and not _comes(line, lines)]


def _comes(line: str, lines: Iterator[str]) -> bool:
    wanted = re.compile(".*".join(map(re.escape, line.rstrip().split(ANY))))
    return any(wanted.fullmatch(each.rstrip()) for each in lines)


@dataclass
class Desk:
    """A folder with the tools of a reader: ``omen-conformance``, ``python`` and ``pip`` of these tests.

    ``asked`` is what every ``run`` is given besides: a selection, where a page's own run takes long.
    ``pip`` installs nothing, and writes down what it was asked for.
    """

    folder: Path
    asked: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    running: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.ports = {port: str(free_port()) for port in PORTS}
        self.installed = self.folder / "installed.txt"
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        python = f'exec "{sys.executable}"'
        self._tool("python", f'{python} "$@"')
        venv = f'[ "$1 $2" = "-m venv" ] && mkdir -p "$3" && exec cp -r "{self.bin}" "$3/"'
        self._tool("python3", f'{venv}\n{python} "$@"')
        self._tool("pip", f'echo "$@" >> "{self.installed}"')
        suite = f"{python} -m conformance.cli"
        self._tool(
            "omen-conformance", f'[ "$1" = run ] && shift && set -- run {self.asked} "$@"\n{suite} "$@"'
        )
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "CI"))}
        path = f"{self.bin}{os.pathsep}{kept['PATH']}"
        self.environment = {**kept, "PATH": path, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"} | self.environment

    def _tool(self, name: str, text: str) -> None:
        (self.bin / name).write_text(f"#!/bin/sh\n{text}\n")
        (self.bin / name).chmod(0o755)

    def moved(self, text: str) -> str:
        """A text with the ports of this desk."""
        return re.sub(rf"\b({'|'.join(PORTS)})\b", lambda port: self.ports[port[0]], text)

    def put(self, name: str, text: str) -> None:
        """Writes a file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.moved(text), "utf-8")

    def lamps(self, folder: str) -> None:
        """The service of docs/adopt.md and its documents."""
        for path in (DOCS / "adopting").iterdir():
            if path.is_file():
                self.put(f"{folder}/{path.name}", path.read_text("utf-8"))

    def typed(self, text: str, *shell: str) -> subprocess.CompletedProcess[str]:
        """What a shell makes of some lines; whatever they left running is stopped."""
        shell = shell or ("bash",)
        with subprocess.Popen(
            [*shell, "-c", self.moved(text)],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as child:
            try:
                told, _ = child.communicate(timeout=PATIENCE)
            finally:
                _stop(child)
        return subprocess.CompletedProcess(text, child.returncode, told)

    def start(self, text: str) -> None:
        """Starts what a page leaves in the background, and waits for its first line."""
        served = subprocess.Popen(
            ["bash", "-c", self.moved(text)],
            cwd=self.folder,
            env={**self.environment, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.running.enter_context(served)
        self.running.callback(_stop, served)
        assert served.stdout is not None
        assert served.stdout.readline(), f"{text} says nothing"

    def follow(self, text: str) -> Iterator[tuple[Command, int, str]]:
        """Types all commands of a page; of each that ends, its exit code and what it told."""
        for name, given in files(text).items():
            self.put(name, given)
        for command in commands(text):
            if command.text == EXIT_CODE:
                continue
            if command.background:
                self.start(command.text.removesuffix("&"))
            elif command.text.startswith("export "):
                name, _, self.environment[name] = command.text.removeprefix("export ").partition("=")
            else:
                done = self.typed(command.text)
                yield command, done.returncode, done.stdout


def _stop(child: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


@contextmanager
def desk(folder: Path, asked: str = "", **environment: str) -> Iterator[Desk]:
    """A desk; what was left running on it ends with the block."""
    made = Desk(folder, asked, environment)
    with made.running:
        yield made


def promised_codes(text: str) -> list[int]:
    """The exit code that a page claims of each of its commands that ends: 0 where it shows none."""
    codes: list[int] = []
    for command in commands(text):
        if command.text == EXIT_CODE:
            codes[-1] = int(command.shown[0])
        elif not command.background and not command.text.startswith("export "):
            codes.append(0)
    return codes
