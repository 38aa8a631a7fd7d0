"""Other words for the same things, and what a message may leave out or hold."""

# The decorator above each class says what is left open, and the method that it replaces says how.
# ruff: noqa: D101, D102

import random
import time
from typing import Any

from conformance.reference.behaviour import Behaviour
from conformance.reference.listings import TOGGLED
from conformance.reference.variations.variation import conforms

_YEAR_MS = 365 * 86_400_000


class _Rephrasing(Behaviour):
    """Changes messages of one type, each of which is a map or an array of its own."""

    def rephrase(self, kind: str, value: Any) -> Any:
        return value

    def phrase(self, service: str, value: Any) -> Any:
        value = super().phrase(service, value)
        if isinstance(value, dict):
            return self.rephrase(str(value.get("type")), dict(value))
        if isinstance(value, list) and value:
            return self.rephrase(str(value[0]), list(value))
        return value


def _reworded(value: Any, words: str) -> Any:
    if isinstance(value, dict):
        return value | {"message": words}
    return [*value[:2], words, *value[3:]]


@conforms("The words of an error are for people, of any length: 4 000 characters, hardly one of them ASCII.")
class LongErrorMessages(_Rephrasing):
    def rephrase(self, kind: str, value: Any) -> Any:
        value = super().rephrase(kind, value)
        return _reworded(value, "Größe ≤ 64 — 注文は拒否されました 𝄞\n" * 130) if kind == "error" else value


@conforms("The words of an error are for people, and one character is enough.")
class ShortErrorMessages(_Rephrasing):
    def rephrase(self, kind: str, value: Any) -> Any:
        value = super().rephrase(kind, value)
        return _reworded(value, "?") if kind == "error" else value


@conforms("Permissions are a set: they are listed in another order.")
class PermissionsReversed(_Rephrasing):
    def rephrase(self, kind: str, value: Any) -> Any:
        value = super().rephrase(kind, value)
        if isinstance(value, dict) and "permissions" in value:
            return value | {"permissions": value["permissions"][::-1]}
        return value


@conforms("No order of open orders and positions is promised: the newest come first.")
class NewestOrdersFirst(_Rephrasing):
    def rephrase(self, kind: str, value: Any) -> Any:
        value = super().rephrase(kind, value)
        if kind == "accountSnapshot":
            lists = {name: value[name][::-1] for name in ("open_orders", "positions")}
            return value | lists
        return value


@conforms(
    "`balances` is a list: an account holds other assets, too, before and behind the one that it trades with."
)
class SeveralBalances(_Rephrasing):
    def rephrase(self, kind: str, value: Any) -> Any:
        value = super().rephrase(kind, value)
        if kind == "accountSnapshot":
            none = {"asset": "BTC", "total": "0", "available": "0"}
            some = {"asset": "ETH", "total": "12.000000000000000001", "available": "0.5"}
            return value | {"balances": [none, *value["balances"], some]}
        return value


@conforms("`last_price` and `last_size` are optional, together: no update has them.")
class UpdatesWithoutLastFill(_Rephrasing):
    def rephrase(self, kind: str, value: Any) -> Any:
        value = super().rephrase(kind, value)
        if kind == "orderUpdate":
            return {key: item for key, item in value.items() if key not in ("last_price", "last_size")}
        return value


@conforms("`expires_at` of a credential may be nil or a time: that of API keys is a year from now.")
class ApiKeysExpire(_Rephrasing):
    def __init__(self) -> None:
        super().__init__()
        self._expires_at = int(time.time() * 1000) + _YEAR_MS

    def rephrase(self, kind: str, value: Any) -> Any:
        value = super().rephrase(kind, value)
        if kind == "authenticated" and value["expires_at"] is None:
            return value | {"expires_at": self._expires_at + self.clock_offset_ms()}
        return value


@conforms("No order of listings and provenance is promised: each snapshot has another.")
class ListingsShuffled(_Rephrasing):
    def __init__(self) -> None:
        super().__init__()
        self._random = random.Random("listings")

    def rephrase(self, kind: str, value: Any) -> Any:
        value = super().rephrase(kind, value)
        if kind in ("listings_snapshot", "provenance_snapshot"):
            steady = _without_toggled(value[4])
            return [*value[:4], [*self._random.sample(steady, len(steady)), value[4][TOGGLED]]]
        return value


def _without_toggled(listings: list[Any]) -> list[Any]:
    """A symbol that is halted now and then stays last: who trades the first open one is not led there."""
    return listings[:TOGGLED] + listings[TOGGLED + 1 :]


@conforms("No order of listings is promised: those that cannot be traded come first, the lively ones last.")
class ListingsReversed(_Rephrasing):
    def rephrase(self, kind: str, value: Any) -> Any:
        value = super().rephrase(kind, value)
        if kind == "listings_snapshot":
            return [*value[:4], [*_without_toggled(value[4])[::-1], value[4][TOGGLED]]]
        return value


@conforms(
    "Sources, their references and reasons are texts of at least one character: long ones, and one character."
)
class OtherTexts(_Rephrasing):
    def rephrase(self, kind: str, value: Any) -> Any:
        value = super().rephrase(kind, value)
        if kind.startswith("provenance"):
            told = [[symbol, "Börse 取引所 " * 99, f"\t{ref}\x00", at] for symbol, _, ref, at in value[4]]
            return [*value[:4], told]
        return [*value[:7], "—"] if kind == "settlement_correction" else value
