"""``MANIFEST.json``: every file of a bundle with its sum, and what run it is the evidence of.

All but the sums of reports follows from the run file, so whoever has a bundle can make its manifest again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from conformance.evidence.documents import Document
from conformance.record import RunRecord
from conformance.reporting.standing import concluded

NAME: Final = "MANIFEST.json"
RUN: Final = "run.jsonl"
SUMMARY: Final = "summary.json"
REPORTS: Final = {"html": "report.html", "markdown": "summary.md", "json": SUMMARY, "junit": "junit.xml"}
"""Format -> file."""

FORMAT: Final = 1
LARGEST: Final = 8 << 20
SCHEMA: Final = Path(__file__).parents[1] / "schemas" / "bundle.schema.json"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a bundle, apart from the manifest."""

    file: str
    size: int
    sha256: str


def manifest(run: RunRecord, found: Iterable[Document], members: Iterable[Member], bundled_with: str) -> Json:
    """The manifest of a bundle. ``bundled_with`` is the version of the suite that made the reports in it."""
    verdict, exit_code = concluded(run)
    head = run.header
    return {
        "format": FORMAT,
        "run": {
            "suite": head.suite,
            "started": head.started,
            "target": head.target.name,
            "build": head.build,
            "verdict": verdict,
            "exit_code": exit_code,
            "complete": run.complete,
        },
        "versions": dict(head.versions),
        "bundled_with": bundled_with,
        "documents": [
            {
                "path": one.path,
                "sha256": one.sha256,
                "file": one.file or None,
                "as_read": not one.differs,
                "differs": one.differs,
            }
            for one in found
        ],
        "files": [{"file": one.file, "bytes": one.size, "sha256": one.sha256} for one in members],
    }


def as_text(made: Json) -> str:
    """The manifest's own bytes, as text: ASCII, so that nothing in it moves a cursor."""
    return json.dumps(made, indent=2) + "\n"


def parsed(data: bytes) -> Json:
    """What ``as_text`` made. Raises ``ValueError`` with what it is not."""
    try:
        made: Any = json.loads(data.decode("ascii"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as wrong:
        raise ValueError("not JSON in ASCII, or with a key twice") from wrong
    if isinstance(made, dict) and made.get("format") != FORMAT:
        raise ValueError(f"format {made.get('format')!r:.40}, and this version reads format {FORMAT}")
    for error in _validator().iter_errors(made):
        place = "/".join(map(str, error.instance_path)) or "the whole"
        raise ValueError(f"not a manifest as bundle.schema.json describes it: {place}")
    assert isinstance(made, dict)
    return made


def _once(pairs: list[tuple[str, Any]]) -> Json:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key twice")
    return made


@cache
def _validator() -> Any:
    import jsonschema_rs  # only a verification needs it

    return jsonschema_rs.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
