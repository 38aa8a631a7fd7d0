"""The lines of a run file as JSON objects, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

from conformance.record.intents import INTENT_ENDS, Intent, IntentEnd
from conformance.record.moves import Moves
from conformance.record.repeats import Repeats
from conformance.record.types import (
    OUTCOMES,
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

LARGEST = 1e15
"""No number with a fraction is larger: as milliseconds, 30 000 years."""

WORDS: dict[type, str] = {
    Header: "header",
    SourceLine: "source",
    CaseLine: "case",
    Intent: "intent",
    IntentEnd: "intent_end",
    Notice: "notice",
    WaiverLine: "waiver",
    End: "end",
}
_JSON = frozenset({str, int, float, bool, type(None)})
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
    except RecursionError:
        raise ValueError(f"a {stored['line']} line that is nested too deeply") from None
    except KeyError as wrong:
        raise ValueError(f"a {stored['line']} line that cannot be read: no {wrong}") from wrong
    except (TypeError, AttributeError) as wrong:
        raise ValueError(f"a {stored['line']} line that cannot be read: {wrong}") from wrong


def _plain(value: Any) -> Any:
    if type(value) in _JSON:
        return value
    if type(value) is tuple:
        return [one if type(one) in _JSON else _plain(one) for one in value]
    if isinstance(value, Transcript):
        return to_json(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in _names(value.__class__)}
    return value


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


def _make(kind: type[T], stored: Mapping[str, Any], **made: Any) -> T:
    """A dataclass out of what is stored of it: unknown keys are left, plain ones must be of their type."""
    for name, wanted, says in _plan(kind):  # type: ignore[arg-type]
        if name not in stored or name in made:
            continue
        value = stored[name]
        if wanted and type(value) not in wanted:  # JSON gives these very types; a bool is no number
            raise TypeError(f"{name}: expected {says}")
        if float in wanted and not abs(value) <= LARGEST:
            raise TypeError(f"{name}: no number that anything can be measured as")
        made[name] = value
    return kind(**made)


@cache
def _plan(kind: type) -> tuple[tuple[str, tuple[type, ...], str], ...]:
    """The fields of a dataclass: name, the plain types that it takes (none: made by its reader), in words."""
    return tuple((one.name, _PLAIN.get(one.type, ()), str(one.type)) for one in fields(kind))


def _frozen(stored: Mapping[str, Any], name: str, kind: type = str) -> Mapping[str, Any]:
    held = stored.get(name, {})
    if not isinstance(held, dict) or any(type(one) is not kind for one in held.values()):
        raise TypeError(f"{name}: expected a map to {kind.__name__}")
    return MappingProxyType(dict(held))


def _header(stored: Mapping[str, Any]) -> Header:
    target = stored["target"]
    return _make(
        Header,
        stored,
        target=_make(
            TargetEntry,
            target,
            addresses=_frozen(target, "addresses"),
            deadlines=_frozen(target, "deadlines", int),
            limits=_frozen(target, "limits"),
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
    if stored["outcome"] not in OUTCOMES:
        raise TypeError(f"outcome: expected one of {', '.join(OUTCOMES)}")
    return _make(
        CaseLine,
        stored,
        findings=tuple(_make(FindingEntry, one, path=_steps(one["path"])) for one in stored["findings"]),
        exercised=_all(int, stored["exercised"]),
        transcript=None if transcript is None else from_json(transcript),
        timings=tuple(_make(Timing, one) for one in stored.get("timings", [])),
        repeats=None if stored.get("repeats") is None else _make(Repeats, stored["repeats"]),
        moves=None if stored.get("moves") is None else _moves(stored["moves"]),
        evidence=_all(str, stored.get("evidence", [])),
        fills=_measured(stored.get("fills", [])),
    )


def _moves(stored: Mapping[str, Any]) -> Moves:
    return _make(Moves, stored, **{name: _texts(stored[name]) for name in ("moves", "drawn")})


def _intent_end(stored: Mapping[str, Any]) -> IntentEnd:
    if stored["how"] not in INTENT_ENDS:
        raise TypeError(f"how: expected one of {', '.join(INTENT_ENDS)}")
    return _make(IntentEnd, stored)


def _all(kind: type[T], values: Any) -> tuple[T, ...]:
    if not isinstance(values, list) or any(type(one) is not kind for one in values):
        raise TypeError(f"expected a list of {kind.__name__}")
    return tuple(values)


def _measured(values: Any) -> tuple[float, ...]:
    if not isinstance(values, list) or any(type(one) not in (int, float) for one in values):
        raise TypeError("expected a list of numbers")
    if any(not abs(one) <= LARGEST for one in values):
        raise TypeError("no number that anything can be measured as")
    return tuple(values)


def _texts(values: Any) -> tuple[str, ...]:
    return _all(str, values)


def _steps(values: Any) -> tuple[str | int, ...]:
    if not isinstance(values, list) or any(type(one) not in (str, int) for one in values):
        raise TypeError("path: expected a list of names and indexes")
    return tuple(values)


_READERS: dict[Any, Callable[[Mapping[str, Any]], Line]] = {
    "header": _header,
    "source": lambda stored: _make(SourceLine, stored),
    "case": _case,
    "intent": lambda stored: _make(Intent, stored),
    "intent_end": _intent_end,
    "notice": lambda stored: _make(Notice, stored),
    "waiver": lambda stored: _make(WaiverLine, stored, cases=_texts(stored.get("cases", []))),
    "end": lambda stored: _make(
        End, stored, **{name: _texts(stored.get(name, [])) for name in ("gate", "waived", "warned")}
    ),
}
