"""The pytest front: the same cases as on the command line, each a test, with the same verdicts.

This module is loaded with every pytest of whoever installed the suite, so it imports pytest alone until the
suite itself is collected, and its options cannot be in the way of anybody else's.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.fronts.options import ALL

if TYPE_CHECKING:
    from conformance.fronts.tests import Tests

FRONT = "conformance-tests"
SUITE = Path(__file__).parent / "suite"
TARGET_HELP = "where the cases are put to: reference (embedded, the default), or a server of the documents"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the ``--conformance-…`` options, which mirror those of the command line."""
    group = parser.getgroup("conformance", "conformance of a target to its contract documents")
    group.addoption(
        "--conformance-target", dest="conformance_target", default="", metavar="TARGET", help=TARGET_HELP
    )
    for option in ALL:
        name, dest = f"--conformance-{option.name}", f"conformance_{option.key}"
        if option.flag:
            group.addoption(name, dest=dest, action="store_true", default=None, help=option.says)
        else:
            action = "append" if option.many else "store"
            group.addoption(name, dest=dest, action=action, metavar=option.metavar, help=option.says)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(parser: pytest.Parser) -> Generator[None, None, None]:
    """Adds ``--target`` when all plugins and conftests have theirs: whoever has one of that name keeps it."""
    yield
    with contextlib.suppress(ValueError, argparse.ArgumentError):
        parser.getgroup("conformance").addoption(
            "--target", dest="conformance_target", default="", metavar="TARGET", help="--conformance-target"
        )


def pytest_configure(config: pytest.Config) -> None:
    """Refuses to put the cases to a shared target from several processes at once."""
    distributed = bool(config.getoption("numprocesses", None) or config.getoption("tx", None))
    target = config.getoption("conformance_target")
    if distributed and (target not in ("", "reference") or config.getoption("conformance_url")):
        raise pytest.UsageError(
            "-n is for the embedded reference alone, one for each worker: "
            "several workers would put cases to the same target without knowing of each other"
        )
    if distributed and config.getoption("conformance_waivers"):
        raise pytest.UsageError(
            "--conformance-waivers is not for -n: no worker sees whether a waiver is still needed"
        )
    if config.getoption("conformance_history"):
        if distributed:
            raise pytest.UsageError("--conformance-history is not for -n: no worker sees a whole run")
        if not config.getoption("conformance_report_dir"):
            raise pytest.UsageError(
                "--conformance-history takes --conformance-report-dir: it remembers run files"
            )
    if config.getoption("conformance_baseline"):
        if distributed:
            raise pytest.UsageError(
                "--conformance-baseline is not for -n: no worker sees all that is enforced"
            )
        if not config.getoption("conformance_report_dir"):
            raise pytest.UsageError(
                "--conformance-baseline takes --conformance-report-dir: it compares two run files"
            )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Makes each case of a family a test of its own."""
    if "case" not in metafunc.fixturenames or Path(str(metafunc.module.__file__)).parent != SUITE:
        return
    family = metafunc.function.__name__.removeprefix("test_")
    cases = _tests(metafunc.config).cases(family)
    metafunc.parametrize("case", cases, ids=[case.id for case in cases])


def _tests(config: pytest.Config) -> Tests:
    """What stands behind the suite's tests, made when the first of them is collected."""
    found: Tests | None = config.pluginmanager.get_plugin(FRONT)
    if found is None:
        from conformance.fronts.tests import Tests

        given = {option.key: config.getoption(f"conformance_{option.key}") for option in ALL}
        worker = str(getattr(config, "workerinput", {}).get("workerid", ""))
        found = Tests(given, str(config.getoption("conformance_target")), worker)
        config.pluginmanager.register(found, FRONT)
    return found
