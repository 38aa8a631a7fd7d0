"""Keys outlive the connections on which they were made, and stay revoked behind those on which they were."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance.cases.issuing import issue, issuer, revoke, use, wrong_command
from conformance.cases.orders.pit import Pit
from conformance.cases.orders.reconnect import AGAIN
from conformance.cases.orders.stories import Story
from conformance.cases.steps import Disconnect, Saved
from conformance.contract.model import Credential
from conformance.trading import Trading

KEY = "key"
MAKER = "maker"


def stories() -> Iterator[Story]:
    """All of them."""
    for name, says, promise, play in KEYS:
        yield Story(
            f"reconnect/{name}", says, (promise,), play, (), lambda trading: _issued(trading) is not None
        )


def _issued(trading: Trading) -> Credential | None:
    known = trading.service.credentials.values()
    return next((each for each in known if each.issued_by and each.revoked_by and each.refusal), None)


def _key(pit: Pit) -> Credential:
    key = _issued(pit.trading)
    assert key is not None
    pit.script.connect(MAKER, who=issuer(pit.commander, key))
    issue(pit.commander, pit.script, key, session=MAKER)
    return key


def _key_stays(pit: Pit) -> None:
    key = _key(pit)
    pit.script.add(Disconnect(MAKER, "reset"))
    pit.script.connect(KEY)
    use(pit.commander, pit.script, key, KEY, clause=pit.promise("answered"))
    _revoked_by_another(pit, key)


def _revoked_by_another(pit: Pit, key: Credential) -> None:
    pit.script.connect(AGAIN, who=issuer(pit.commander, key))
    revoke(pit.commander, pit.script, key, AGAIN)


def _revocation_stays(pit: Pit) -> None:
    key = _key(pit)
    revoke(pit.commander, pit.script, key, MAKER)
    pit.script.add(Disconnect(MAKER, "reset"))
    _worthless(pit, key, "answered")


def _revoked_once(pit: Pit) -> None:
    """The revocation's reply is lost; asked for again, the key is worthless whichever was heard."""
    key, commander, script = _key(pit), pit.commander, pit.script
    operation = commander.service.operations[key.revoked_by]
    payload = commander.prepared(script, commander.command(operation), MAKER)
    script.send(operation, payload, session=MAKER)
    script.add(Disconnect(MAKER, "drop"))
    script.connect(AGAIN, who=issuer(commander, key))
    script.any_reply(script.send(operation, payload, session=AGAIN), operation, clause=pit.promise("once"))
    codes = {code for _source, code in operation.unknown.values()}
    if len(codes) == 1:
        pit.only(codes.pop())
    _worthless(pit, key, "once")


def _worthless(pit: Pit, key: Credential, promise: str) -> None:
    commander, script = pit.commander, pit.script
    script.connect(KEY)
    payload = wrong_command(commander, key, Saved(key.scheme))
    index = script.send(commander.service.operations[key.operation], payload, session=KEY)
    script.refused(index, pit.promise(promise), code=key.refusal)


KEYS: tuple[tuple[str, str, str, Callable[[Pit], None]], ...] = (
    ("key-made", "A key that was given out outlives the connection of its maker.", "answered", _key_stays),
    (
        "key-revoked",
        "A key stays worthless when the connection ends on which it was revoked.",
        "answered",
        _revocation_stays,
    ),
    (
        "key-revocation-sent",
        "A revocation whose reply is lost can be asked for again, and the key is worthless then.",
        "once",
        _revoked_once,
    ),
)
