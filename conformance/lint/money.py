"""Money and quantities as binary floating point."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.contract.schema import Dialect
from conformance.documents.references import is_reference
from conformance.lint.desk import Desk
from conformance.lint.places import Site
from conformance.lint.rule import Finding, Rule, Severity, at, shown

MONEY = Rule(
    "money-as-number",
    Severity.WARNING,
    "a price, size or balance of type number",
    "number travels as binary floating point: 0.1 + 0.2 is not 0.3, and what is sent is not what is stored.",
    "Make it a decimal string with a pattern, or an integer count of the smallest unit.",
)
RULES = (MONEY,)

WORDS = frozenset(
    {
        "price", "amount", "qty", "quantity", "quantities", "size", "balance", "fee", "notional",
        "volume", "pnl", "margin", "collateral", "equity", "strike", "bid", "ask", "premium", "cost",
        "commission", "funds", "payout", "turnover", "vwap", "px", "lot",
    }
)  # fmt: skip
NO_MONEY = frozenset(
    {
        "count", "page", "batch", "buffer", "font", "file", "image", "chunk", "window", "step",
        "bytes", "ratio", "rate", "percent", "pct", "change", "ms", "seconds", "time", "index",
        "level", "levels", "precision", "decimals", "scale", "multiplier", "leverage", "queue",
        "array", "max_items",
    }
)  # fmt: skip
SPLIT = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")


INSIDE = frozenset({"items", "prefixItems", "additionalProperties"})
"""Keywords whose schemas are about what the named value holds."""
SAME = frozenset({"properties", "$ref", "anyOf", "oneOf", "allOf"})
"""Keywords whose schemas are about the named value itself."""


def check(desk: Desk) -> Iterator[Finding]:
    """Fields and positions that are called as money is, and what such fields hold."""
    for site in desk.sites():
        if is_reference(site.node) and not site.flavour.since(Dialect.DRAFT2019):
            continue
        name = _name(site)
        if name and is_money(name) and _floats(site):
            holds = site.key in INSIDE and name == site.name
            says = f"{shown(name)} {'holds numbers' if holds else 'is a number'}, so binary floating point"
            yield at(site.node.get("type") or site.node, MONEY, says)


def _name(site: Site) -> str:
    """What a value is called: a position by its title, a schema that stands alone by its key, all else as the
    property around it."""
    title = site.node.text("title") if site.key in ("prefixItems", "items") else ""
    if title or (site.key in INSIDE | SAME and site.name):
        return title or site.name
    return site.node.key if site.key == "schemas" else ""


def _floats(site: Site) -> bool:
    raw = site.node.value
    assert isinstance(raw, dict)
    said = raw.get("type")
    types = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    return "number" in types and raw.get("multipleOf") != 1 and "const" not in raw


def is_money(name: str) -> bool:
    """Whether a field is called as money, a price or a quantity is: ``lastPrice``, ``fill_qty``, ``Fee``."""
    words = {word.lower() for word in SPLIT.split(name)}
    words |= {word.removesuffix("s") for word in words}
    return bool(WORDS & words) and not NO_MONEY & words
