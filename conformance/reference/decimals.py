"""Decimal strings: what clients may send, and the one canonical form that the services answer with."""

import re
from decimal import Context, Decimal

PLAIN = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,18})?", re.ASCII)
"""Any plain decimal, zeros before and behind it as well: no exponent, no plus, digits on both sides of the
point, at most 20 before it and 18 behind."""

LONGEST = 40
"""Characters that a client may spend on a number."""

TOO_LARGE = Decimal(10) ** 20
"""The first whole number that has no canonical form."""

EXACT = Context(prec=120)
"""Wide enough for the product of any two decimals that a client may send."""


def parse(text: str) -> Decimal | None:
    """The number that a plain decimal stands for, or None when the text is not one."""
    return Decimal(text) if len(text) <= LONGEST and PLAIN.fullmatch(text) else None


def canonical(value: Decimal) -> str:
    """The one spelling of a number: no exponent, no trailing zeros, no negative zero."""
    if not value:
        return "0"
    text = str(value)
    if "E" in text:
        text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def times(left: Decimal, right: Decimal) -> Decimal:
    """An exact product."""
    return EXACT.multiply(left, right)


def on_grid(value: Decimal, step: Decimal) -> bool:
    """Whether a price is on tick, or a size on lot."""
    return not EXACT.remainder(value, step)
