"""What the tests of the suite are given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def kept(case: object, request: pytest.FixtureRequest) -> Callable[[], None]:
    """The verdict on a case: calling it fails the test when a promise was broken."""
    tests: Any = request.config.pluginmanager.get_plugin("conformance-tests")
    verdict: Callable[[], None] = tests.kept(case)
    return verdict
