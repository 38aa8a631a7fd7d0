"""The lines of a run file as JSON objects, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

from conformance.record.repeats import Repeats
from conformance.record.types import (
    CaseEntry,
    CaseLine,
    ClauseEntry,
    DocumentEntry,
    End,
    FindingEntry,
    Header,
    Line,
    Notice,
    OverlayEntry,
    SourceLine,
    TargetEntry,
    Timing,
    WaiverLine,
)
from conformance.transcript.model import Transcript
from conformance.transcript.store import from_json, to_json

T = TypeVar("T")

WORDS: dict[type, str] = {
    Header: "header",
    SourceLine: "source",
    CaseLine: "case",
    Notice: "notice",
    WaiverLine: "waiver",
    End: "end",
}
_PLAIN: dict[object, tuple[type, ...]] = {
    "str": (str,), "int": (int,), "float": (int, float), "bool": (bool,),
    "int | None": (int, type(None)),
}  # fmt: skip


def to_object(line: Line) -> dict[str, Any]:
    """A line as ``json.dumps`` takes it; ``line`` names its kind."""
    return {"line": WORDS[type(line)], **_plain(line)}


def from_object(stored: Mapping[str, Any]) -> Line | None:
    """The line that ``to_object`` made; None for a kind that this version does not know.

    Raises ``ValueError`` with a sentence for an object that is no such line.
    """
    read = _READERS.get(stored.get("line"))
    try:
        return None if read is None else read(stored)
    except (KeyError, TypeError, AttributeError) as wrong:
        raise ValueError(f"a {stored['line']} line that cannot be read: {wrong}") from wrong


def _plain(value: Any) -> Any:
    if isinstance(value, Transcript):
        return to_json(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return value


def _make(kind: type[T], stored: Mapping[str, Any], **made: Any) -> T:
    """A dataclass out of what is stored of it: unknown keys are left, plain ones must be of their type."""
    for name, wanted, says in _plan(kind):  # type: ignore[arg-type]
        if name not in stored or name in made:
            continue
        value = stored[name]
        if wanted and type(value) not in wanted:  # JSON gives these very types; a bool is no number
            raise TypeError(f"{name}: expected {says}")
        made[name] = value
    return kind(**made)


@cache
def _plan(kind: type) -> tuple[tuple[str, tuple[type, ...], str], ...]:
    """The fields of a dataclass: name, the plain types that it takes (none: made by its reader), in words."""
    return tuple((one.name, _PLAIN.get(one.type, ()), str(one.type)) for one in fields(kind))


def _frozen(stored: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return MappingProxyType(dict(stored.get(name, {})))


def _header(stored: Mapping[str, Any]) -> Header:
    target = stored["target"]
    return _make(
        Header,
        stored,
        target=_make(
            TargetEntry,
            target,
            addresses=_frozen(target, "addresses"),
            deadlines=_frozen(target, "deadlines"),
        ),
        documents=tuple(_make(DocumentEntry, one) for one in stored["documents"]),
        clauses=tuple(_make(ClauseEntry, one) for one in stored["clauses"]),
        cases=tuple(_make(CaseEntry, one, clauses=_texts(one["clauses"])) for one in stored["cases"]),
        unenforceable=_frozen(stored, "unenforceable"),
        selection=_texts(stored.get("selection", [])),
        overlays=tuple(
            _make(OverlayEntry, one, documents=_texts(one["documents"])) for one in stored.get("overlays", [])
        ),
        notes=_texts(stored.get("notes", [])),
        versions=_frozen(stored, "versions"),
    )


def _case(stored: Mapping[str, Any]) -> CaseLine:
    transcript = stored.get("transcript")
    return _make(
        CaseLine,
        stored,
        findings=tuple(_make(FindingEntry, one, path=tuple(one["path"])) for one in stored["findings"]),
        exercised=tuple(map(int, stored["exercised"])),
        transcript=None if transcript is None else from_json(transcript),
        timings=tuple(_make(Timing, one) for one in stored.get("timings", [])),
        repeats=None if stored.get("repeats") is None else _make(Repeats, stored["repeats"]),
    )


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise TypeError("expected a list of texts")
    return tuple(values)


_READERS: dict[Any, Callable[[Mapping[str, Any]], Line]] = {
    "header": _header,
    "source": lambda stored: _make(SourceLine, stored),
    "case": _case,
    "notice": lambda stored: _make(Notice, stored),
    "waiver": lambda stored: _make(WaiverLine, stored, cases=_texts(stored.get("cases", []))),
    "end": lambda stored: _make(
        End, stored, **{name: _texts(stored.get(name, [])) for name in ("gate", "waived", "warned")}
    ),
}
