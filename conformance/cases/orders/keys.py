"""Connections that come by a key which the target made: the same account, by another credential."""

from __future__ import annotations

from dataclasses import replace

from conformance.cases.issuing import issue, issuer, use
from conformance.cases.orders.pit import Pit
from conformance.contract.model import Credential
from conformance.trading import Trading

KEY = "key"
"""The connection that comes by the key."""
ISSUER = "issuer"
"""The connection that asked for it."""


def issued(trading: Trading) -> Credential | None:
    """A credential that the target makes, and of which it is said what it may do."""
    known = trading.service.credentials.values()
    return next((each for each in known if each.issued_by and each.issued_at and each.grants_at), None)


def keyed(pit: Pit, key: Credential, permissions: frozenset[str], *, other: bool = False) -> tuple[str, ...]:
    """A connection with a key that was made for these permissions."""
    commander, script = pit.commander, pit.script
    who = issuer(commander, key)
    if who is not None:
        who = replace(who, has=permissions | who.has, other_account=other)
    script.connect(ISSUER, who=who)
    issue(commander, script, key, permissions, session=ISSUER)
    script.connect(KEY)
    use(commander, script, key, KEY)
    return (KEY,)
