"""The pictures of the README and of gallery.md, made from real runs.

``python docs/gallery.py`` makes all of them anew: a green run of every case, a red one against a reference
with a fault, and one with three. Terminals become SVG, what a browser shows (headless Chromium) WebP.
"""

from __future__ import annotations

import base64
import os
import pty
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

from tests.reporting.html.chromium import Browser, Page  # noqa: E402

PICTURES = HERE / "pictures"
COLUMNS = 100
FAULTS = ("trade_prices_as_floats", "refusals_move_the_account", "percentiles_out_of_order")
QUALITY = 82
WIDE, NARROW = (1280, 860), (390, 844)
SEPARATOR = "\x1b[1m$ {}\x1b[0m\n"


def shown(*arguments: str) -> str:
    """What a command prints on a terminal of its own; of a live line, what was written last."""
    taken = bytearray()

    def read(file: int) -> bytes:
        data = os.read(file, 4096)
        taken.extend(data)
        return data

    pty.spawn([sys.executable, "-m", "conformance.cli", *arguments], read)
    lines = taken.decode("utf-8").replace("\r\n", "\n").split("\n")
    return "\n".join(line.rsplit("\r", 1)[-1] for line in lines)


def draw(file: Path, command: str, text: str) -> None:
    """A terminal, as SVG."""
    with open(os.devnull, "w") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere)
        console.print(Text.from_ansi(SEPARATOR.format(command) + text))
        console.save_svg(str(file), title=command, theme=MONOKAI)


@contextmanager
def opened(
    browser: Browser, file: Path, size: tuple[int, int], scheme: str, part: str = ""
) -> Iterator[Page]:
    """A page in a window of some size, light or dark, when it has come to rest."""
    with browser.page(*size) as tab:
        tab.scheme(scheme)
        tab.open(f"{file.as_uri()}{part}")
        tab.run("new Promise(rested => setTimeout(rested, 600))")
        yield tab


def take(tab: Page, name: str, selector: str = "", height: int = 0) -> None:
    """The window as WebP, or one element of the page, of at most ``height`` points."""
    asked: dict[str, object] = {"format": "webp", "quality": QUALITY}
    if selector:
        found = f"document.querySelector({selector!r})"
        box = tab.run(
            f"(() => {{ const box = {found}.getBoundingClientRect();"
            " return [box.x + scrollX, box.y + scrollY, box.width, box.height]; })()"
        )
        x, y, wide, high = box
        clip = {"x": x - 12, "y": y - 12, "width": wide + 24, "height": min(high + 24, height or high + 24)}
        asked |= {"captureBeyondViewport": True, "clip": {**clip, "scale": 1}}
    told = tab.call("Page.captureScreenshot", **asked)
    (PICTURES / name).write_bytes(base64.b64decode(told["data"]))


def terminals(folder: Path) -> None:
    """The runs, and what the terminal shows of them and of their comparison."""
    for name, faults in (("green", FAULTS[:0]), ("red", FAULTS[:1]), ("worse", FAULTS)):
        given = [word for fault in faults for word in ("--fault", fault)]
        told = shown("run", "--history", "none", "--report-dir", f"{folder}/{name}", *given)
        if name in ("green", "red"):
            command = " ".join(["omen-conformance run", *given])
            draw(HERE / f"{name}.svg", command, told.replace(f"{folder}/", "reports/"))
    told = shown("compare", f"{folder}/red", f"{folder}/worse").replace(f"{folder}/", "reports/")
    draw(PICTURES / "compare.svg", "omen-conformance compare reports/red reports/worse", told)


def history(folder: Path) -> None:
    """Runs of fourteen builds, the fault being in three of them, and what is told of all."""
    database = f"{folder}/history.sqlite"
    for build in range(14):
        faults = ["--fault", FAULTS[0]] if 5 <= build < 8 else []
        given = ["--case", "market-data/layouts/TradeEvent", "--build", f"1.4.{build}", *faults]
        shown("run", "--report-dir", f"{folder}/night{build}", "--history", database, *given)
    os.chdir(folder)
    told = shown("history", "--history", "history.sqlite")
    shown("history", "--history", "history.sqlite", "--html", "history.html")
    os.chdir(ROOT)
    draw(PICTURES / "history.svg", "omen-conformance history --history history.sqlite", told)
    with Browser() as browser, opened(browser, folder / "history.html", WIDE, "light") as tab:
        take(tab, "history.webp")


def reports(folder: Path) -> None:
    """What a browser shows of the worst run, and the first screen of the green one."""
    red, green = folder / "worse/report.html", folder / "green/report.html"
    with Browser() as browser:
        for scheme in ("light", "dark"):
            with opened(browser, red, WIDE, scheme) as tab:
                take(tab, f"report-{scheme}.webp")
        with opened(browser, green, WIDE, "light") as tab:
            take(tab, "report-green.webp")
        with opened(browser, red, WIDE, "light") as tab:
            take(tab, "promises.webp", "#heat", 1100)
            take(tab, "failure.webp", "#failure-1", 1500)
            take(tab, "latency.webp", "#latency", 900)
        with opened(browser, red, WIDE, "dark", "#case=market-data/layouts/TradeEvent/trade/price") as tab:
            take(tab, "case.webp")
        with opened(browser, red, NARROW, "light") as tab:
            take(tab, "narrow.webp")


STEPS: tuple[Callable[[Path], None], ...] = (terminals, reports, history)


def main() -> None:
    """Make every picture, in a folder that is gone afterwards."""
    os.environ |= {"COLUMNS": str(COLUMNS), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    os.chdir(ROOT)
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for step in STEPS:
            step(Path(folder))


if __name__ == "__main__":
    main()
