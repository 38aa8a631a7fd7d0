"""A run's header out of what the run is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.record.types import (
    CaseEntry,
    ClauseEntry,
    DocumentEntry,
    Header,
    OverlayEntry,
    TargetEntry,
)

if TYPE_CHECKING:
    from conformance.cases.case import Case
    from conformance.cases.target import Target
    from conformance.contract import Applied, Note
    from conformance.contract.clause import Clause
    from conformance.contract.model import Service


def header(
    *,
    suite: str,
    target: Target,
    services: Iterable[Service],
    overlays: Iterable[Applied] = (),
    notes: Iterable[Note] = (),
    clauses: Iterable[Clause],
    cases: Iterable[Case],
    unenforceable: Mapping[str, str],
    seed: int,
    jobs: int,
    selection: Iterable[str] = (),
    build: str = "",
    versions: Mapping[str, str] = MappingProxyType({}),
    started: datetime | None = None,
) -> Header:
    """The header of a run that starts now. ``suite`` is the suite's version; see ``Header`` for the rest.

    Of the ``notes`` those are kept that every command tells.
    """
    at = (started or datetime.now(UTC)).astimezone(UTC)
    return Header(
        suite=suite,
        started=at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        target=TargetEntry(
            target.name,
            target.everywhere(),
            target.exclusive,
            target.trading,
            target.embedded,
            target.tolerance_ms,
            dict(target.deadlines),
            target.limits.told() if target.trading else {},
        ),
        documents=tuple(DocumentEntry(one.name, one.file, one.version, one.sha256) for one in services),
        seed=seed,
        jobs=jobs,
        clauses=tuple(
            ClauseEntry(
                one.id, one.says, one.service, one.kind, one.subject,
                str(one.level), str(one.provenance), str(one.binds), str(one.where), one.digest,
            )
            for one in clauses
        ),
        cases=tuple(
            CaseEntry(
                one.id, str(one.family), one.service, one.says,
                str(one.level), str(one.provenance), one.clauses,
            )
            for one in cases
        ),
        unenforceable=dict(unenforceable),
        selection=tuple(selection),
        overlays=tuple(
            OverlayEntry(one.title, one.file, one.version, one.sha256, one.documents) for one in overlays
        ),
        notes=tuple(f"{one.where}: {one.says}" for one in notes if one.loud),
        build=build,
        versions=dict(versions),
    )  # fmt: skip
