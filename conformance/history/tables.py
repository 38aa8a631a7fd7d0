"""The tables. A run is one row; what hardly changes from run to run is stored once, by its SHA-256.

All clauses of a contract are one row of ``contracts``; which of them a run enforced is a map of bits in that
order, one row of ``enforced`` for all runs alike. A clause that was broken is a row of its own.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

VERSION: Final = 1
"""The number of this schema. It rises when an older suite would misread or spoil a newer history."""

METADATA: Final = MetaData()

_ID = BigInteger().with_variant(Integer(), "sqlite")  # only INTEGER PRIMARY KEY counts by itself there

SCHEMA: Final = Table("conformance_schema", METADATA, Column("version", Integer, primary_key=True))

CONTRACTS: Final = Table(
    "conformance_contracts",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("documents", Text, nullable=False),  # JSON: name, version, sha256 of each
    Column("clauses", LargeBinary, nullable=False),  # ids of clauses, in the documents' order
)

CLAUSES: Final = Table(
    "conformance_clauses",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("name", Text, nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    Column("says", Text, nullable=False),
    Column("level", String(16), nullable=False),
    Column("place", Text, nullable=False),
    UniqueConstraint("name", "digest", name="conformance_clauses_name_digest"),
)

ENFORCED: Final = Table(
    "conformance_enforced",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("bits", LargeBinary, nullable=False),
)

RUNS: Final = Table(
    "conformance_runs",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("started", String(24), nullable=False, index=True),
    Column("target", Text, nullable=False),
    Column("build", Text, nullable=False),
    Column("suite", Text, nullable=False),
    Column("verdict", String(32), nullable=False),
    Column("exit_code", Integer, nullable=False),
    Column("interrupted", Boolean, nullable=False),
    Column("seconds", Float(53), nullable=False),
    Column("seed", Text, nullable=False),
    Column("jobs", Integer, nullable=False),
    Column("selection", Text, nullable=False),
    Column("passed", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("unjudged", Integer, nullable=False),
    Column("promised", Integer, nullable=False),
    Column("kept", Integer, nullable=False),
    Column("broken", Integer, nullable=False),
    Column("contract_id", ForeignKey(CONTRACTS.c.id), nullable=False),
    Column("enforced_id", ForeignKey(ENFORCED.c.id), nullable=False),
)

BREAKS: Final = Table(
    "conformance_breaks",
    METADATA,
    Column("run_id", ForeignKey(RUNS.c.id), primary_key=True),
    Column("clause_id", ForeignKey(CLAUSES.c.id), primary_key=True),
    Column("cases", Integer, nullable=False),
    Column("excused", Boolean, nullable=False),
    Index("conformance_breaks_clause", "clause_id", "run_id"),
)

OPERATIONS: Final = Table(
    "conformance_operations",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

LATENCIES: Final = Table(
    "conformance_latencies",
    METADATA,
    Column("run_id", ForeignKey(RUNS.c.id), primary_key=True),
    Column("operation_id", ForeignKey(OPERATIONS.c.id), primary_key=True),
    Column("n", Integer, nullable=False),
    Column("p50", Float(53)),
    Column("p90", Float(53)),
    Column("p99", Float(53)),
    Column("longest", Float(53), nullable=False),
)
