"""The symbol in which sequences are played: what whoever knows the target states of it, by these names."""

from __future__ import annotations

SYMBOL = "quiet_symbol"
"""A symbol, quoted several ticks wide, in which nobody else trades."""

TICK = "quiet_tick_size"
"""Its smallest step of a price."""

LOT = "quiet_lot_size"
"""Its smallest size."""

QUIET = (SYMBOL, TICK, LOT)
