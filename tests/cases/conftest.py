from __future__ import annotations

from pathlib import Path

import pytest

from conformance.cases.catalogue import Catalogue, catalogue
from conformance.contract import Contract, load
from conformance.documents.find import find
from tests.cases.library import Library


@pytest.fixture(scope="session")
def specs() -> Contract:
    """The contract of the packaged documents."""
    return load()


@pytest.fixture(scope="session")
def whole(specs: Contract) -> Catalogue:
    """The catalogue of the packaged documents and scenarios."""
    return catalogue(specs, find().scenarios)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The invented service with every promise that a family can test."""
    folder: Path = tmp_path_factory.mktemp("library")
    return Library(folder)
