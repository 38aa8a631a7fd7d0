"""The project's own files agree with each other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_lowest_versions_are_those_that_are_promised() -> None:
    """`tox -e lowest` tests exactly the lower bounds of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    promised = {re.sub(r">=", "==", one) for one in project["dependencies"]}
    assert set((ROOT / "tests/lowest.txt").read_text("utf-8").split()) == promised


def test_the_readme_holds_the_two_commands() -> None:
    """One for the main job, one for the tests, each complete."""
    text = (ROOT / "README.md").read_text("utf-8")
    start = re.escape("python3 -m venv .venv && .venv/bin/pip install -q -e ")
    assert re.search(rf"^{start}\. && \.venv/bin/omen-conformance run$", text, re.MULTILINE)
    assert re.search(rf"^{start}'\.\[test\]' && \.venv/bin/python -m pytest -n auto$", text, re.MULTILINE)
