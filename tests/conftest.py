"""What all tests share: the same generated examples in every run, and how several workers share the tests.

`pytest -n auto` gives each worker a file after the other, so that what a file sets up once is set up once.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import settings

# The command line that a test starts asks how wide its terminal is; a worker, unlike pytest itself, is told.
os.environ.pop("COLUMNS", None)

settings.register_profile("same", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile("explore" if os.environ.get("CONFORMANCE_EXPLORE") else "same")

MOST_WORKERS = 8
"""More would only collect all tests once more each: what is left to share is shorter than that."""

LIVE = (
    "tests/hostile/test_hostile.py",
    "tests/variations/test_never_alarmed.py",
    "tests/front/test_run_local.py",
    "tests/front/test_same_verdicts.py",
    "tests/front/test_interrupted.py",
    "tests/proof/test_end_to_end.py",
)
"""Whole runs, and many runs at once, with real deadlines. They occupy a machine: one worker has them all."""

LONG = (
    "tests/front/",
    "tests/docs/",
    "tests/reporting/html/",
    "tests/faults/",
    "tests/proof/",
    "tests/validation/",
)
"""What takes long, and begins early, so that no worker is left with it in the end."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """For several workers, the longest first; alone, the tests keep their order."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: (not item.nodeid.startswith(LIVE), not item.nodeid.startswith(LONG)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """`-n auto`: half as many again as there are processors for us, as many tests wait for a deadline.

    But for what the environment asks for.
    """
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None
    ours = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(ours + (ours + 1) // 2, MOST_WORKERS)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file is one worker's, and so are all of ``LIVE``, in the order in which they were collected."""
    from xdist.scheduler import LoadFileScheduling

    config.option.loadscopereorder = False
    made = LoadFileScheduling(config, log)
    made._split_scope = lambda name: "live" if name.startswith(LIVE) else name.partition("::")[0]
    return made
