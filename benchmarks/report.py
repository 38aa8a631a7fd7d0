"""What ``report.html`` of a large run costs: to make, to hold, and to open.

``python benchmarks/report.py [CASES [MEGABYTES]]`` prints the seconds to make it out of a run that is in
memory, as `run` does at its end (the best of five, and all), the size of the page with and without
transcripts, and, where there is a Chromium, when its first words and its tables are on the screen.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from conformance.record import read
from conformance.reporting.html import write_html
from tests.reporting.html import chromium, large

CASES, MEGABYTES = 5_000, 50.0
TRIES = 5


def measure(folder: Path, cases: int, megabytes: float) -> Path:
    """Prints what a page of so much costs to make; its path."""
    source, page = folder / "run.jsonl", folder / "report.html"
    large.write(source, cases, megabytes)
    run = read(source)
    # The transcripts of passed cases are not in memory when a run ends.
    kept = tuple(replace(one, transcript=None) if one.outcome == "passed" else one for one in run.cases)
    run = replace(run, cases=kept)
    took = []
    for _ in range(TRIES):
        began = time.perf_counter()
        write_html(run, page, source)
        took.append(time.perf_counter() - began)
    size = source.stat().st_size / 1e6
    print(f"{cases} cases, {size:.1f} MB of run file: {min(took):.2f} s", [f"{one:.2f}" for one in took])
    print(f"report.html: {page.stat().st_size / 1e6:.2f} MB")
    return page


def shown(page: Path) -> None:
    """Prints when the browser shows it."""
    with chromium.Browser() as browser:
        for _ in range(TRIES):
            with browser.page() as tab:
                tab.open(page.as_uri())
                paint = tab.run("performance.getEntriesByName('first-contentful-paint')[0].startTime")
                done = tab.run("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
                print(f"first paint {paint:.0f} ms, all of it read {done:.0f} ms")


if __name__ == "__main__":
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    megabytes = float(sys.argv[2]) if len(sys.argv) > 2 else MEGABYTES
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), cases, 0.0)
        page = measure(Path(folder), cases, megabytes)
        if chromium.program():
            shown(page)
