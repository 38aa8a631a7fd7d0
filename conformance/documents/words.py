"""Names as words: what a name says to a reader, whatever its spelling."""

from __future__ import annotations

import re
from functools import lru_cache

PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """``placeOrderRequest``, ``place_order.request`` -> (place, order, request)."""
    return tuple(part.lower() for part in PART.findall(name))
