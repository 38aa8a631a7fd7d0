"""Faults of who is told of orders: others than those of its account that may read, or not all of these."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

from typing import Any

from conformance.reference.accounts import Credential
from conformance.reference.behaviour import Behaviour, Speaker
from conformance.reference.faults.fault import breaks

_OWN = "`orderUpdate` to every connection of that account"
_READ = f"{_OWN} authenticated with `read`"

Update = dict[str, Any]


@breaks(_OWN, "gateway/connections/own_account")
class LeaksCancellationsAcrossAccounts(Behaviour):
    def hears(self, held: Credential | None, owner: str, update: Update, honest: bool) -> bool:
        leaks = held is not None and update["order"]["status"] == "cancelled"
        return leaks or super().hears(held, owner, update, honest)


@breaks(_OWN, "gateway/connections/own_account")
class LeaksFillsAcrossAccounts(Behaviour):
    def hears(self, held: Credential | None, owner: str, update: Update, honest: bool) -> bool:
        return (held is not None and "last_price" in update) or super().hears(held, owner, update, honest)


@breaks(_OWN, "gateway/connections/own_account")
class LeaksOrdersToKeysOfOtherAccounts(Behaviour):
    def hears(self, held: Credential | None, owner: str, update: Update, honest: bool) -> bool:
        leaks = held is not None and held.scheme == "sessionKey" and held.account != owner
        return leaks or super().hears(held, owner, update, honest)


@breaks(_READ, "gateway/connections/readers")
class TellsSessionKeysThatMayNotRead(Behaviour):
    def hears(self, held: Credential | None, owner: str, update: Update, honest: bool) -> bool:
        leaks = held is not None and held.scheme == "sessionKey" and held.account == owner
        return leaks or super().hears(held, owner, update, honest)


@breaks(_READ, "gateway/connections/readers")
class TellsTradersOfTheirFills(Behaviour):
    def hears(self, held: Credential | None, owner: str, update: Update, honest: bool) -> bool:
        leaks = held is not None and held.account == owner and "last_price" in update
        return leaks or super().hears(held, owner, update, honest)


@breaks(_READ, "gateway/connections/authenticated")
class TellsStrangersOfAmendments(Behaviour):
    """An order that is reported again as open was amended."""

    def __init__(self) -> None:
        super().__init__()
        self._open: dict[str, int] = {}

    def hears(self, held: Credential | None, owner: str, update: Update, honest: bool) -> bool:
        order = update["order"]
        first = self._open.setdefault(order["order_id"], update["sequence"])
        again = order["status"] == "open" and update["sequence"] != first
        return (held is None and again) or super().hears(held, owner, update, honest)


@breaks(_READ, "gateway/connections/authenticated")
class TellsStrangersOfFills(Behaviour):
    def hears(self, held: Credential | None, owner: str, update: Update, honest: bool) -> bool:
        return (held is None and "last_price" in update) or super().hears(held, owner, update, honest)


@breaks(_READ, "gateway/trading/reported")
class HidesOrdersFromSessionKeys(Behaviour):
    def hears(self, held: Credential | None, owner: str, update: Update, honest: bool) -> bool:
        hides = held is not None and held.scheme == "sessionKey"
        return not hides and super().hears(held, owner, update, honest)


@breaks("revocation of the credential in use: nothing accepted after", "gateway/connections/ended")
class TellsConnectionsThatEnded(Behaviour):
    """Says that the session is over, goes on with it, and closes in time."""

    def end_session(self, speaker: Speaker, error: dict[str, Any]) -> None:
        speaker.say(error)
        speaker.later(0.3, lambda: speaker.close(1008, error["code"]))


@breaks("exactly one reply each", "gateway/connections/refused")
class TellsOthersOfRefusals(Behaviour):
    def enforces(self, rule: str) -> bool:
        return rule != "refusals_stay_with_their_sender" and super().enforces(rule)
