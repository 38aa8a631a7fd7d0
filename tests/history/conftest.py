"""The two kinds of database, each test against both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.history.address import Address, address
from tests.history.postgres import Cluster, why_not


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A running PostgreSQL."""
    missing = why_not()
    if missing:
        pytest.skip(missing)
    with Cluster() as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Address:
    """Where a history may be: nothing is there yet."""
    if request.param == "sqlite":
        made = address(str(tmp_path / "kept" / "history.sqlite"))
    else:
        made = address(request.getfixturevalue("cluster").fresh())
    assert made is not None
    return made
