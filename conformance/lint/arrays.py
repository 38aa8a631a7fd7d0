"""Arrays by position: how many there must be, and whether the dialect sees the positions at all."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.schema import Dialect
from conformance.documents.references import is_reference
from conformance.documents.tree import Node
from conformance.lint.desk import Desk
from conformance.lint.places import Site
from conformance.lint.rule import Finding, Rule, Severity, at

OPEN = Rule(
    "open-tuple",
    Severity.WARNING,
    "positions of an array without a bound on their number",
    "Describing positions demands none of them: an empty array passes, and so does one with columns added.",
    "Say minItems, and end the array: items: false (2020-12), additionalItems: false (older), or maxItems.",
)
IGNORED = Rule(
    "tuple-ignored",
    Severity.ERROR,
    "positions of an array that the dialect does not see",
    "The whole layout is ignored: any array passes.",
    "Up to 2019-09 write items as a list; from 2020-12 on prefixItems, or name the dialect in $schema.",
)
UNNAMED = Rule(
    "unnamed-position",
    Severity.NOTE,
    "positions or alternatives without a name",
    "Reports can only count them, and clause ids use the index, which moves when one is inserted.",
    "Give each a title, or refer to named schemas.",
)
RULES = (OPEN, IGNORED, UNNAMED)


def check(desk: Desk) -> Iterator[Finding]:
    """Positions and alternatives of every schema."""
    for site in desk.sites():
        if isinstance(site.node.value, dict) and not (
            is_reference(site.node) and not site.flavour.since(Dialect.DRAFT2019)
        ):
            yield from _tuple(site)
            yield from _unnamed(site)


def _tuple(site: Site) -> Iterator[Finding]:
    prefix, items = site.node.get("prefixItems"), site.node.get("items")
    new = site.flavour.since(Dialect.DRAFT2020)
    if prefix is not None and not new:
        says = f"prefixItems came with 2020-12; the dialect here is {site.flavour.dialect}"
        yield at(prefix, IGNORED, says)
    if new and items is not None and isinstance(items.value, list):
        yield at(items, IGNORED, "items is a list, which 2020-12 does not know: it takes prefixItems")
    positions = prefix if new else items
    if positions is None or not isinstance(positions.value, list):
        return
    count = len(positions.value)
    least, most = _whole(site.node.get("minItems")), _whole(site.node.get("maxItems"))
    rest = site.node.get("items" if new else "additionalItems")
    closed = rest is not None and rest.value is False
    described = rest is not None and isinstance(rest.value, dict)
    holes = []
    if least < 1:
        holes.append("none of them has to be there (no minItems)")
    if not closed and not described and site.node.get("maxItems") is None:
        holes.append("more may follow")
    elif not closed and not described and most > count:
        holes.append(f"up to {most} are allowed and {count} are described")
    if holes:
        yield at(positions, OPEN, f"{_counted(count)} described, but {' and '.join(holes)}")


def _counted(count: int) -> str:
    return "1 position is" if count == 1 else f"{count} positions are"


def _whole(node: Node | None) -> int:
    return node.value if node is not None and isinstance(node.value, int) else 0


def _unnamed(site: Site) -> Iterator[Finding]:
    for key in ("prefixItems", "items", "oneOf", "anyOf"):
        group = site.node.get(key)
        if group is None or not isinstance(group.value, list) or len(group.value) < 2:
            continue
        if key == "prefixItems" and not site.flavour.since(Dialect.DRAFT2020):
            continue
        each = list(group.elements())
        nameless = [node.key for node in each if not node.text("title") and not is_reference(node)]
        if nameless and key in ("oneOf", "anyOf") and _plain(each):
            continue
        if nameless:
            shown = ", ".join(nameless[:8]) + (" …" if len(nameless) > 8 else "")
            what = "alternatives" if key in ("oneOf", "anyOf") else "positions"
            yield at(group, UNNAMED, f"{len(nameless)} of {len(each)} {what} have no title: {shown}")


def _plain(branches: list[Node]) -> bool:
    """Alternatives that their types tell apart (`string or null`) need no name."""
    types = [node.text("type") for node in branches if not is_reference(node)]
    return all(types) and len(set(types)) == len(types)
