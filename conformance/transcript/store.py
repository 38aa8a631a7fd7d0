"""Transcripts as JSON-ready values and back, without loss: bytes are base64, everything else is plain."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from conformance.transcript.model import Direction, Entry, Exchange, Frame, Mark, Transcript

T = TypeVar("T")

_PLAIN = frozenset({str, int, bool, type(None)})
LATEST = 2**256  # what a fraction still holds


def to_json(transcript: Transcript) -> dict[str, Any]:
    """A dict that ``json.dumps`` takes and ``from_json`` turns back into an equal transcript."""
    return {"case": transcript.case, "entries": [entry_to_json(entry) for entry in transcript.entries]}


def from_json(stored: Mapping[str, Any]) -> Transcript:
    """The transcript that ``to_json`` stored.

    Raises KeyError, TypeError, ValueError, AttributeError or RecursionError for anything else.
    """
    return Transcript(
        _is(str, stored["case"]), tuple(entry_from_json(entry) for entry in _is(list, stored["entries"]))
    )


def entry_to_json(entry: Entry) -> dict[str, Any]:
    """One entry; its class is in ``type``, and fields that hold their default are left out."""
    if isinstance(entry, Frame):
        return _frame_to_json(entry)
    if isinstance(entry, Mark):
        return _mark_to_json(entry)
    return _exchange_to_json(entry)


def entry_from_json(stored: Mapping[str, Any]) -> Entry:
    """The entry that ``entry_to_json`` stored."""
    read: dict[str, Callable[[Mapping[str, Any]], Entry]]
    read = {"frame": _frame, "mark": _mark, "exchange": _exchange}
    return read[stored["type"]](stored)


def value_to_json(value: object) -> Any:
    """A mark's value. What JSON has no word for is a dict with one key that starts with ``$``."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, bytes):
        return {"$bytes": _text(value)}
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": repr(value)}
    if isinstance(value, Mapping):
        if all(isinstance(key, str) and not key.startswith("$") for key in value):
            return {key: value_to_json(one) for key, one in value.items()}
        return {"$map": [[value_to_json(key), value_to_json(one)] for key, one in value.items()]}
    if isinstance(value, (list, tuple)):
        return [value_to_json(one) for one in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)


def value_from_json(stored: Any) -> object:
    """The value that ``value_to_json`` stored; lists come back as tuples, as a recorder keeps them."""
    if isinstance(stored, list):
        return tuple(value_from_json(one) for one in stored)
    if not isinstance(stored, dict):
        return stored
    if len(stored) == 1:
        (word, held), *_ = stored.items()
        if word == "$bytes":
            return _bytes(held)
        if word == "$float":
            return float(held)
        if word == "$map":
            return MappingProxyType({value_from_json(key): value_from_json(one) for key, one in held})
    return MappingProxyType({key: value_from_json(one) for key, one in stored.items()})


def _frame_to_json(frame: Frame) -> dict[str, Any]:
    stored: dict[str, Any] = {
        "type": "frame",
        "session": frame.session,
        "direction": frame.direction.value,
        "opcode": frame.opcode,
        "data": _text(frame.data),
        "at": frame.at,
    }
    if frame.fragments != 1:
        stored["fragments"] = frame.fragments
    if frame.code is not None:
        stored["code"] = frame.code
    if frame.reason:
        stored["reason"] = frame.reason
    return stored


def _frame(stored: Mapping[str, Any]) -> Frame:
    code = stored.get("code")
    return Frame(
        session=_is(str, stored["session"]),
        direction=Direction(_is(str, stored["direction"])),
        opcode=_is(str, stored["opcode"]),
        data=_bytes(stored["data"]),
        at=_moment(stored["at"]),
        fragments=_is(int, stored.get("fragments", 1)),
        code=None if code is None else _is(int, code),
        reason=_is(str, stored.get("reason", "")),
    )


def _mark_to_json(mark: Mark) -> dict[str, Any]:
    stored: dict[str, Any] = {"type": "mark", "kind": mark.kind, "at": mark.at}
    if mark.session:
        stored["session"] = mark.session
    if mark.step != -1:
        stored["step"] = mark.step
    if mark.data:
        stored["data"] = {key: value_to_json(value) for key, value in mark.data.items()}
    return stored


def _mark(stored: Mapping[str, Any]) -> Mark:
    held = _is(dict, stored.get("data", {}))
    return Mark(
        kind=_is(str, stored["kind"]),
        at=_moment(stored["at"]),
        session=_is(str, stored.get("session", "")),
        step=_is(int, stored.get("step", -1)),
        data=MappingProxyType({key: value_from_json(value) for key, value in held.items()}),
    )


def _exchange_to_json(exchange: Exchange) -> dict[str, Any]:
    return {
        "type": "exchange",
        "session": exchange.session,
        "method": exchange.method,
        "url": exchange.url,
        "sent_at": exchange.sent_at,
        "received_at": exchange.received_at,
        "request_headers": [list(pair) for pair in exchange.request_headers],
        "request_body": _text(exchange.request_body),
        "status": exchange.status,
        "headers": [list(pair) for pair in exchange.headers],
        "body": _text(exchange.body),
        "failure": exchange.failure,
        "step": exchange.step,
    }


def _exchange(stored: Mapping[str, Any]) -> Exchange:
    return Exchange(
        session=_is(str, stored["session"]),
        method=_is(str, stored["method"]),
        url=_is(str, stored["url"]),
        sent_at=_moment(stored["sent_at"]),
        received_at=_moment(stored["received_at"]),
        request_headers=_pairs(stored["request_headers"]),
        request_body=_bytes(stored["request_body"]),
        status=_is(int, stored["status"]),
        headers=_pairs(stored["headers"]),
        body=_bytes(stored["body"]),
        failure=_is(str, stored["failure"]),
        step=_is(int, stored["step"]),
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(stored: object) -> bytes:
    return base64.b64decode(_is(str, stored))


def _is(kind: type[T], value: object) -> T:
    """A value that must be of this very type: JSON gives no other, and a bool is no number."""
    if type(value) is not kind:
        raise TypeError(f"expected {kind.__name__}, got {type(value).__name__}")
    return value


def _moment(value: object) -> int:
    """Nanoseconds of a clock."""
    at = _is(int, value)
    if not -LATEST <= at <= LATEST:
        raise TypeError("expected the nanoseconds of a clock")
    return at


def _pairs(values: object) -> tuple[tuple[str, str], ...]:
    return tuple((_is(str, name), _is(str, value)) for name, value in _is(list, values))
