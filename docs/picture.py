"""The README's pictures: what a terminal of 100 columns shows of a real run, as SVG.

``python docs/picture.py`` makes both anew: a green run, and a red one against a reference with a fault.
"""

from __future__ import annotations

import os
import pty
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

WIDTH = 100
HERE = Path(__file__).parent
PICTURES = {
    "green.svg": ("omen-conformance run", []),
    "red.svg": (
        "omen-conformance run --fault trade_prices_as_floats",
        ["--fault", "trade_prices_as_floats"],
    ),
}


def shown(arguments: list[str]) -> str:
    """What a run prints on a terminal of its own, its last live line replaced by what follows it."""
    taken = bytearray()

    def read(file: int) -> bytes:
        data = os.read(file, 4096)
        taken.extend(data)
        return data

    os.environ |= {"COLUMNS": str(WIDTH), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(HERE.parent)
        pty.spawn(
            [sys.executable, "-m", "conformance.cli", "run", "--report-dir", f"{folder}/report", *arguments],
            read,
        )
        text = taken.decode("utf-8").replace(f"{folder}/report", "reports/2026-11-22T02-00-00Z-reference")
    # A live line ends with a carriage return: of each line only what was written last stays on the screen.
    lines = [line.rsplit("\r", 1)[-1] for line in text.replace("\r\n", "\n").split("\n")]
    return "\n".join(lines)


def main() -> None:
    """Make every picture."""
    for name, (command, arguments) in PICTURES.items():
        console = Console(record=True, width=WIDTH, file=open(os.devnull, "w"))  # noqa: SIM115
        console.print(Text.from_ansi(f"\x1b[1m$ {command}\x1b[0m\n" + shown(arguments)))
        console.save_svg(str(HERE / name), title=command, theme=MONOKAI)


if __name__ == "__main__":
    main()
