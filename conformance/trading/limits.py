"""How much may be traded at a target: the size and value of an order, their number, how far from the market.

Nothing is sent that exceeds them. They are the user's, or what a document states of one of its servers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from conformance.errors import UsageError

NONE = "none"


@dataclass(frozen=True, slots=True)
class Limits:
    """None: no such limit.

    ``order_size`` and ``order_notional`` (price times size) bound each order, ``orders`` how many are placed
    or amended in a run, ``open_orders`` how many may work at once. An order that is not meant to trade is
    further from the market than this ``distance``: a buy below the best bid by this share of it, a sell above
    the best ask.
    """

    order_size: Decimal | None = None
    order_notional: Decimal | None = None
    orders: int | None = None
    open_orders: int | None = None
    distance: Decimal | None = None

    def told(self) -> Mapping[str, str]:
        """Name and value of each limit that there is, as ``limited`` takes them."""
        return dict(self._told())

    def _told(self) -> Iterator[tuple[str, str]]:
        for one in fields(self):
            value = getattr(self, one.name)
            if value is not None:
                yield one.name, f"{value:f}" if isinstance(value, Decimal) else str(value)

    def __str__(self) -> str:
        words = {
            "order_size": "{} an order",
            "order_notional": "a price times size of {} an order",
            "orders": "{} orders in the run",
            "open_orders": "{} open at once",
            "distance": "{} of the best price away from it",
        }
        made = [words[name].format(value) for name, value in self._told() if name != "distance"]
        told = f"at most {', '.join(made)}" if made else "no limit of size, value or number"
        away = self.told().get("distance")
        return told + (f"; what is not meant to trade stays {words['distance'].format(away)}" if away else "")


FREE = Limits()
"""Of the embedded reference: it is nobody's money, and ends with the run."""

CAREFUL = Limits(order_notional=Decimal(1000), orders=5000, open_orders=100, distance=Decimal("0.5"))
"""Of every other target, unless somebody says otherwise."""

NAMES = tuple(one.name for one in fields(Limits))


def tightened(base: Limits, other: Limits) -> Limits:
    """Of each limit the one that allows less."""
    made: dict[str, Decimal | int | None] = {}
    for name in NAMES:
        known = [value for each in (base, other) if (value := getattr(each, name)) is not None]
        made[name] = (max if name == "distance" else min)(known, default=None)
    return Limits(**made)  # type: ignore[arg-type]


def limited(base: Limits, stated: Mapping[str, object], where: str) -> Limits:
    """``base`` with what is stated on top: a number for a name, ``none`` for no such limit.

    Raises UsageError for a name that is no limit's, or a value that is none; it begins with ``where``.
    """
    made: dict[str, Decimal | int | None] = {}
    for name, value in stated.items():
        if name not in NAMES:
            near = get_close_matches(name, NAMES, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(NAMES)}"
            raise UsageError(f"{where} {name}: no such limit", hint=hint)
        made[name] = _value(where, name, value)
    return replace(base, **made)  # type: ignore[arg-type]


def _value(where: str, name: str, value: object) -> Decimal | int | None:
    text = str(value)
    if text == NONE and name != "distance":
        return None
    try:
        number = Decimal(text) if text.isascii() and "_" not in text else Decimal("nan")
    except InvalidOperation:
        number = Decimal("nan")
    if name == "distance":
        if not (number.is_finite() and 0 < number < 1):
            raise UsageError(f"{where} distance must be a share above 0 and below 1, not {text!r}")
        return number
    if name in ("orders", "open_orders"):
        if not (number.is_finite() and number >= 0 and number == int(number)):
            raise UsageError(f"{where} {name} must be a whole number or {NONE}, not {text!r}")
        return int(number)
    if not (number.is_finite() and number > 0):
        raise UsageError(f"{where} {name} must be a number above 0 or {NONE}, not {text!r}")
    return number
