"""Accounts, and the credentials that open them: API keys and the session keys made from them."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from conformance.reference.manner import Manner

PERMISSIONS = ("read", "trade", "withdraw")
COLLATERAL = "USDC"
DEMO_BALANCE = Decimal("100000000")


@dataclass
class Position:
    """What an account holds of one symbol; negative when short."""

    size: Decimal = Decimal(0)
    average_price: Decimal = Decimal(0)


@dataclass
class Account:
    """One account: its money, its positions and the number of its last order update."""

    name: str
    cash: Decimal = DEMO_BALANCE
    is_house: bool = False
    positions: dict[str, Position] = field(default_factory=dict)
    sequence: int = 0

    def position(self, symbol: str) -> Decimal:
        """The signed size held of a symbol."""
        held = self.positions.get(symbol)
        return held.size if held else Decimal(0)


@dataclass(frozen=True)
class Credential:
    """What a client can show to be let in."""

    scheme: Literal["apiKey", "sessionKey"]
    account: str
    permissions: tuple[str, ...]
    secret: str = field(repr=False)
    label: str = ""
    key_id: str | None = None
    expires_at: int | None = None
    maker: str = ""


DEMO_KEYS = (
    Credential("apiKey", "demo-a", ("read", "trade", "withdraw"), "omn_demo_trader_a", "trader_a"),
    Credential("apiKey", "demo-b", ("read", "trade", "withdraw"), "omn_demo_trader_b", "trader_b"),
    Credential("apiKey", "demo-a", ("read",), "omn_demo_reader_a", "reader_a"),
    Credential("apiKey", "demo-a", ("trade",), "omn_demo_trade_only_a", "trade_only_a"),
    Credential("apiKey", "demo-a", ("withdraw",), "omn_demo_withdraw_a", "withdraw_a"),
)
"""Well-known strings, worth nothing anywhere but here."""


class Accounts:
    """Who exists, and which credentials are good."""

    def __init__(self, seed: int, manner: Manner | None = None) -> None:
        self._manner = manner or Manner()
        self.by_name = {
            key.account: Account(key.account, sequence=self._manner.first_sequence(key.account))
            for key in DEMO_KEYS
        }
        self._good = {key.secret: key for key in DEMO_KEYS}
        self._random = random.Random(f"{seed}/session keys")
        self._made = 0
        self._revoked: list[Credential] = []

    def house(self, name: str) -> Account:
        """Open a house account, which may owe anything."""
        return self.by_name.setdefault(name, Account(name, is_house=True))

    def find(self, scheme: str, secret: str, now: int) -> Credential | None:
        """The credential behind a secret, unless it is unknown, revoked or expired."""
        found = self._good.get(secret)
        if found is None or found.scheme != scheme or not self.is_good(found, now):
            return None
        return found

    def is_good(self, credential: Credential, now: int) -> bool:
        """Whether a credential is still neither revoked nor expired."""
        if credential.secret not in self._good:
            return False
        return credential.expires_at is None or now < credential.expires_at

    def make(self, parent: Credential, permissions: tuple[str, ...], expires_at: int) -> Credential:
        """A new session key for the account of an API key."""
        self._made += 1
        secret = self._manner.name_of("secret", f"omns_{self._random.getrandbits(160):040x}")
        key_id = self._manner.name_of("session_key", f"sk-{self._made}")
        made = Credential(
            "sessionKey", parent.account, permissions, secret, key_id, key_id, expires_at, parent.label
        )
        self._good[secret] = made
        return made

    def made(self, account: str | None, key_id: str) -> Credential | None:
        """A session key of an account (None: of any) that was not revoked; None when there is no such key."""
        keys = (key for key in self._good.values() if account in (None, key.account))
        return next((key for key in keys if key.key_id == key_id), None)

    def secrets(self, scheme: str) -> Iterable[str]:
        """All good secrets of a scheme."""
        return (secret for secret, key in self._good.items() if key.scheme == scheme)

    def revoke(self, key: Credential) -> None:
        """Make a session key worthless."""
        self._revoked.append(key)
        self._good.pop(key.secret, None)

    def restore(self, account: str) -> None:
        """Make the revoked session keys of an account good again: only a fault has a use for it."""
        self._good |= {key.secret: key for key in self._revoked if key.account == account}

    def drop(self, account: str) -> None:
        """Forget all session keys of an account: only a fault has a use for it."""
        for key in [key for key in self._good.values() if key.key_id and key.account == account]:
            self._good.pop(key.secret)
