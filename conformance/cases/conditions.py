"""The closed set of conditions: eq, among, ne, lt, le, gt, ge, multiple_of, present, absent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation, localcontext

from conformance.cases.elsewhere import differing
from conformance.cases.steps import Condition, Reckoned, Saved, Sourced
from conformance.cases.terms import Elsewhere
from conformance.codec import MISSING, same
from conformance.contract import find

EQ_IF_THERE = "eq_if_there"
"""The operation of a condition on what need not be there. For derived cases alone."""

DIGITS = 100
"""Far more than a decimal string of any contract has: what is reckoned is exact."""


def as_number(value: object) -> Decimal | None:
    """A number, or a decimal string, as an exact number; None for everything else."""
    if type(value) is int:
        return Decimal(value)
    if isinstance(value, str):
        # Decimal() also takes "Infinity", "1_000" and Arabic digits: a decimal string is none of those.
        if not value or value.strip("0123456789.-"):
            return None
        try:
            return Decimal(value)
        except InvalidOperation:
            return None
    return None


def reckoned(base: object, times: int, plus: object) -> object:
    """``times`` times ``base``, and ``plus``, exactly; ``MISSING`` where one of them is no number.

    A decimal string where one of them is.
    """
    left, right = as_number(base), as_number(plus)
    if left is None or right is None:
        return MISSING
    with localcontext() as exact:
        exact.prec = DIGITS
        total = times * left + right
        is_decimal = isinstance(base, str) or isinstance(plus, str)
        return f"{total.normalize():f}" if is_decimal else int(total)


def equal(a: object, b: object) -> bool:
    """Wire-strict equality, except that two decimal strings are equal as numbers."""
    if isinstance(a, str) and isinstance(b, str):
        left, right = as_number(a), as_number(b)
        if left is not None and right is not None:
            return left == right
    return same(a, b)


def resolve(value: object, saved: Mapping[str, object]) -> object:
    """A literal as it is; a ``Saved`` or ``Sourced`` name as its value (``MISSING`` when nobody set it).

    What is ``Reckoned`` from others is ``MISSING`` where one of them is no number.
    """
    if isinstance(value, Saved):
        return saved.get(value.name, MISSING)
    if isinstance(value, Sourced):
        return saved.get("$" + value.name, MISSING)
    if isinstance(value, Reckoned):
        return reckoned(resolve(value.base, saved), value.times, resolve(value.plus, saved))
    return value


def compare(op: str, found: object, wanted: object) -> bool:
    """One comparison of a value that is present."""
    if op in ("eq", EQ_IF_THERE):
        return equal(found, wanted)
    if op == "among":
        return isinstance(wanted, tuple) and any(equal(found, each) for each in wanted)
    if op == "ne":
        return not equal(found, wanted)
    left, right = as_number(found), as_number(wanted)
    if left is None or right is None:
        return False
    if op == "multiple_of":
        with localcontext(prec=DIGITS):
            return right != 0 and left % right == 0
    return {"lt": left < right, "le": left <= right, "gt": left > right, "ge": left >= right}[op]


def unmet(
    conditions: tuple[Condition, ...],
    value: object,
    saved: Mapping[str, object],
    names: Collection[str] = (),
) -> tuple[Condition, object, object] | None:
    """The first condition that a value does not meet, as (condition, wanted, found); None when all hold.

    ``names``: the messages that the value may be; a condition of others is none of its.
    """
    for condition in conditions:
        if condition.of and not any(name in condition.of for name in names):
            continue
        if isinstance(condition.value, Elsewhere):
            if other := differing(condition, condition.value, value, saved):
                return other
            continue
        matches = find(value, condition.pointer)
        wanted = resolve(condition.value, saved)
        if condition.op == "absent":
            if matches:
                return condition, MISSING, matches[0][1]
            continue
        if not matches and condition.op in ("multiple_of", EQ_IF_THERE):
            continue  # of each one that is there
        if not matches:
            return condition, wanted, MISSING
        if condition.op == "present":
            continue
        for _path, found in matches:
            if not compare(condition.op, found, wanted):
                return condition, wanted, found
    return None
