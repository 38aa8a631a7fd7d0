"""The packaged documents make a whole contract."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from conformance.contract import Contract, load
from conformance.contract.clause import Binds
from conformance.documents.find import find

SPECS = Path(__file__).parent.parent.parent / "specs"


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load()


def test_every_id_is_legal(contract: Contract) -> None:
    """File names, filters and anchors can hold them."""
    assert all(re.fullmatch(r"[A-Za-z0-9._/-]+", each) for each in contract.clauses)
    assert all(key == clause.id for key, clause in contract.clauses.items())


def test_every_clause_stands_on_its_line(contract: Contract) -> None:
    """The last word of a schema's pointer, or of its rule's, is on the line that the clause names."""
    texts = {service.file: find_text(service.file) for service in contract.services.values()}
    wrong = []
    for clause in contract.clauses.values():
        last = clause.where.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        if (
            clause.where.file in texts
            and last
            and not last.isdigit()
            and last not in texts[clause.where.file][clause.where.line - 1]
        ):
            wrong.append(clause)
    assert wrong == []


def find_text(shown: str) -> list[str]:
    sources = find()
    path = next(path for _, path in (*sources.asyncapi, *sources.openapi) if sources.shown(path) == shown)
    return path.read_text().splitlines()


def test_every_service_promises_something(contract: Contract) -> None:
    """Rules and schemas, of both sides where both send."""
    for name, service in contract.services.items():
        own = [clause for clause in contract.clauses.values() if clause.service == name]
        assert {clause.kind for clause in own} == {"schema", "rule"}
        if service.messages:
            assert {clause.binds for clause in own} == set(Binds)


def test_every_message_is_marked_and_apart(contract: Contract) -> None:
    """Each message has constants of its own, so each received value has one name."""
    for service in contract.services.values():
        for sent in ("sent_by_target", "sent_by_client"):
            marks = [
                str(sorted(each.marks.items())) for each in service.messages.values() if getattr(each, sent)
            ]
            assert "[]" not in marks
            assert len(set(marks)) == len(marks)


def test_every_referenced_clause_exists(contract: Contract) -> None:
    """No map of the model names a clause that is not in the contract."""
    named: set[str] = set()
    for service in contract.services.values():
        named |= set(service.rules.clauses.values()) | set(service.rules.http.clauses.values())
        for holder in (
            *service.operations.values(),
            *service.credentials.values(),
            *service.http,
            *service.rules.deadlines,
        ):
            clauses: Mapping[str, str] = getattr(holder, "clauses")  # noqa: B009
            named |= set(clauses.values())
        for state in service.rules.sessions.states if service.rules.sessions else ():
            named |= {*state.clauses.values(), *(cell.clause for cell in state.cells.values())}
        for message in service.messages.values():
            named |= {rule.clause for rule in message.rules}
            named |= {each for node in message.payload.walk() for each in node.clauses.values()}
    assert named <= set(contract.clauses)
    assert len(named) > len(contract.clauses) * 0.8


def test_loading_is_quick() -> None:
    """A command that lists or checks documents answers at once."""
    code = (
        "import time; t = time.perf_counter()\n"
        "from conformance.contract import load; load(); print(time.perf_counter() - t)"
    )
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=SPECS.parent
    )
    assert float(done.stdout) < 2.0
    assert time.perf_counter() - started < 5.0


def test_neither_pytest_nor_jsonschema_is_imported() -> None:
    """They cost more than all of our own reading."""
    code = (
        "import sys; from conformance.contract import load; load()\n"
        "print({'pytest', 'jsonschema', 'websockets'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=SPECS.parent
    )
    assert done.stdout.strip() == "set()"
