"""A short number for what a clause promises: the same for the same promise, however it is written down."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

LENGTH = 16
"""Hexadecimal digits. A clause is compared with its own earlier self, never with 50 000 others."""

UNORDERED = frozenset({"type", "enum", "required"})
"""Keywords whose argument is a set (JSON Schema 2020-12 validation, sections 6.1 and 6.5.3)."""


def digest(*parts: object) -> str:
    """The first digits of the SHA-256 of these values' canonical JSON: sorted keys, ``1.0`` as ``1``."""
    text = json.dumps(_canonical(parts), sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def unordered(values: object) -> list[str]:
    """The members of a set in an order of their own, each as canonical JSON."""
    members = values if isinstance(values, (list, tuple)) else (values,)
    return sorted({json.dumps(_canonical(each), sort_keys=True, default=str) for each in members})


def _canonical(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _canonical(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_canonical(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
