"""The page of the states of a connection is what the document says, and shows all of it."""

from __future__ import annotations

import runpy
from typing import Any

import pytest

from conformance.contract import Service, load
from tests.docs.pages import DOCS


@pytest.fixture(scope="module")
def gateway() -> Service:
    return load().services["gateway"]


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(DOCS / "sessions.py"))


def test_the_page_is_the_documents(gateway: Service, script: dict[str, Any]) -> None:
    """What is committed is what the script makes of the document today."""
    assert (DOCS / "sessions.md").read_text("utf-8") == script["page"](gateway), "python docs/sessions.py"


def test_every_state_can_be_reached_and_left(gateway: Service, script: dict[str, Any]) -> None:
    """The diagram begins where connections open, leads to every state, and ends."""
    sessions = gateway.rules.sessions
    assert sessions is not None
    edges = list(script["edges"](gateway, sessions))
    reached, before = {"[*]"}, 0
    while len(reached) > before:
        before = len(reached)
        reached |= {state for origin, state, _ in edges if origin in reached}
    assert reached == {"[*]", *(state.name for state in sessions.states)}
    assert {origin for origin, _, _ in edges} == reached


def test_every_command_stands_in_every_column(gateway: Service) -> None:
    """A row for each operation, a column for each state, nothing left open."""
    sessions = gateway.rules.sessions
    assert sessions is not None
    rows = [line for line in (DOCS / "sessions.md").read_text("utf-8").splitlines() if line.startswith("| `")]
    assert len(rows) == len(gateway.operations)
    assert all(row.count("|") == len(sessions.states) + 2 and "?" not in row for row in rows)
