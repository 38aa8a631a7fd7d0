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
        "price", "prices", "amount", "amounts", "qty", "quantity", "size", "balance", "balances",
        "fee", "fees", "notional", "volume", "pnl", "margin", "collateral", "equity", "strike",
        "bid", "ask", "premium", "cost", "commission", "funds", "payout", "turnover", "vwap", "px",
        "lot",
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


def check(desk: Desk) -> Iterator[Finding]:
    """Fields and positions that are called as money is."""
    for site in desk.sites():
        if is_reference(site.node) and not site.flavour.since(Dialect.DRAFT2019):
            continue
        name = site.name if site.key in ("properties", "$ref") and site.name else _title(site)
        if name and is_money(name) and _floats(site):
            says = f"{shown(name)} is a number, so binary floating point"
            yield at(site.node.get("type") or site.node, MONEY, says)


def _title(site: Site) -> str:
    """The name of a position of an array, or of a schema that stands alone."""
    if site.key in ("prefixItems", "items"):
        return site.node.text("title")
    return site.node.key if site.key == "schemas" else ""


def _floats(site: Site) -> bool:
    raw = site.node.value
    assert isinstance(raw, dict)
    said = raw.get("type")
    types = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    return "number" in types and raw.get("multipleOf") != 1 and "const" not in raw


def is_money(name: str) -> bool:
    """Whether a field is called as money, a price or a quantity is: ``lastPrice``, ``fill_qty``, ``Fee``."""
    words = [word.lower() for word in SPLIT.split(name) if word]
    return bool(words) and bool(WORDS & set(words)) and not NO_MONEY & set(words)
