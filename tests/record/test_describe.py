"""A header out of a contract, its cases and a target."""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType

from conformance.cases.case import Case, Family, Needs
from conformance.cases.target import Credentials, Target
from conformance.contract.clause import Binds, Clause, Level
from conformance.contract.model import Protocol, Service
from conformance.contract.schema import Provenance
from conformance.documents.where import Where
from conformance.record import CaseEntry, ClauseEntry, DocumentEntry, header
from conformance.record.lines import from_object, to_object

CLAUSE = Clause(
    "tide/Level/price/type", "schema", "tide", "Level", ("price",), "type", "The price is a string.",
    Binds.TARGET, Level.MUST, Provenance.PUBLISHED, Where("tide/asyncapi.yaml", 41, "/x"),
)  # fmt: skip
CASE = Case(
    "tide/layouts/price", Family.LAYOUTS, "tide", "Is the price a string?", (CLAUSE.id,),
    Level.MUST, Provenance.PUBLISHED, (), Needs(("tide",)),
)  # fmt: skip
SERVICE = Service("tide", Protocol.WEBSOCKET, "Tide", "1.2.3", "tide/asyncapi.yaml", "ab" * 32)
TARGET = Target(
    "local",
    MappingProxyType({"tide": "ws://127.0.0.1:4001/"}),
    credentials=(Credentials("apiKey", "do-not-keep-me"),),
    deadlines=MappingProxyType({"auth": 300}),
)


def test_a_header_is_plain_data() -> None:
    """Everything is text and numbers, nothing is a secret, and it survives the file."""
    made = header(
        suite="0.1.0",
        target=TARGET,
        services=[SERVICE],
        clauses=[CLAUSE],
        cases=[CASE],
        unenforceable={"x": "no reason"},
        seed=3,
        jobs=8,
        started=datetime(2026, 1, 2, 3, 4, 5, 678000, UTC),
    )
    assert made.started == "2026-01-02T03:04:05.678Z"
    assert made.documents == (DocumentEntry("tide", "tide/asyncapi.yaml", "1.2.3", "ab" * 32),)
    assert made.clauses == (
        ClauseEntry(
            "tide/Level/price/type", "The price is a string.", "tide", "schema", "Level", "must", "published",
            "target", "tide/asyncapi.yaml:41", CLAUSE.digest,
        ),
    )  # fmt: skip
    assert made.cases == (
        CaseEntry(
            CASE.id, "layouts", "tide", "Is the price a string?", "must", "published", (CLAUSE.id,)
        ),
    )  # fmt: skip
    assert made.target.deadlines == {"auth": 300}
    assert "do-not-keep-me" not in repr(made)
    assert from_object(to_object(made)) == made
