"""Runs with the texts of their documents, of a contract that no exchange has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from conformance.record import DocumentEntry, SourceLine, Writer, conclude
from conformance.transcript import Secrets

from ..record import samples

TIDE = "asyncapi: 3.0.0\ninfo: {title: Tide, version: 1.2.3}\n"
HEALTH = "openapi: 3.1.0\r\ninfo: {title: Tïde health}\r\n"
TEXTS: Mapping[str, str] = {"tide/asyncapi.yaml": TIDE, "tide/health.openapi.yaml": HEALTH}


def sha256(data: bytes | str) -> str:
    """The sum of bytes, or of a text in UTF-8."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def lines(texts: Mapping[str, str]) -> list[SourceLine]:
    """The texts as a run file keeps them."""
    return [SourceLine(path, sha256(text), text) for path, text in texts.items()]


def played(
    folder: Path,
    sources: Iterable[SourceLine] | None = None,
    *,
    cases: Iterable[samples.Played] | None = None,
    secrets: Secrets | None = None,
    end: bool = True,
) -> Path:
    """Writes the run file of a run that saw broken promises; its folder."""
    sources = lines(TEXTS) if sources is None else list(sources)
    sums = {one.path: one.sha256 for one in sources}
    head = replace(
        samples.header(),
        documents=tuple(
            DocumentEntry(one.name, one.path, one.version, sums.get(one.path, one.sha256))
            for one in samples.header().documents
        ),
        versions=MappingProxyType({"python": "CPython 3.14.0"}),
        build="4.2",
    )
    with Writer(folder / "run.jsonl", secrets or Secrets()) as writer:
        writer.header(head)
        for one in sources:
            writer.source(one)
        made = [
            writer.case(verdict, transcript, started=writer.zero, ended=writer.zero + 25 * samples.MS)
            for verdict, transcript in (samples.red() if cases is None else cases)
        ]
        if end:
            writer.end(*conclude(made, interrupted=False))
    return folder
