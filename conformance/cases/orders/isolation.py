"""Who hears of an order: the connections of its account that may read, and nobody else.

A witness hears of each change; each stranger answers a probe behind it, so that what was on its way has come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from conformance.cases.building import MAIN
from conformance.cases.credentials import WRONG
from conformance.cases.issuing import revoke, wrong_command
from conformance.cases.orders.keys import ISSUER, KEY, issued, keyed
from conformance.cases.orders.pit import OTHER, Pit
from conformance.cases.orders.stories import AMEND, QUIET, Story
from conformance.cases.steps import As, Condition, Connect, Expect, Saved, Silence
from conformance.contract.model import Credential, Operation
from conformance.trading import Status, Trading

ORDER = "order"
STRANGER = "stranger"
FAILED = "failed"
READER = "reader"
QUIET_MS = 100


@dataclass(frozen=True, slots=True)
class Ear:
    """A connection that hears nothing of an order, and the promise that it does not."""

    words: str
    who: str
    promise: str
    join: Callable[[Pit], tuple[str, ...]]
    needs: Callable[[Trading], bool]


def stories() -> Iterator[Story]:
    """All of them."""
    for ear in EARS:
        yield Story(
            f"isolation/{ear.words}",
            f"{ear.who} hears of no order that is accepted, amended or cancelled.",
            (ear.promise,),
            partial(_changes, ear=ear),
            (*AMEND, "order.update"),
            ear.needs,
        )
        yield Story(
            f"isolation/{ear.words}-fills",
            f"{ear.who} hears of no fill, of a part or of all.",
            (ear.promise,),
            partial(_fills, ear=ear),
            (*QUIET, "order.update"),
            ear.needs,
        )
    yield Story(
        "isolation/readers-hear",
        "Every connection of the account that may read hears of each change, by whatever credential.",
        ("reported", "numbered"),
        _heard,
        (*AMEND, "order.update"),
        lambda trading: issued(trading) is not None,
    )
    yield Story(
        "isolation/ended-key",
        "A connection that was told that its key is no longer good hears of no order any more.",
        ("ended",),
        _ended,
        ("order.update",),
        lambda trading: bool((key := issued(trading)) and key.revoked_by and _refusal(trading)),
    )
    yield Story(
        "isolation/refused",
        "Of a command that is refused no other connection hears, of its account or of another.",
        ("refused",),
        _refused,
        ("order.update",),
    )


# -- what happens ------------------------------------------------------------------------------------


def _updates(pit: Pit) -> tuple[str, ...]:
    return pit.trading.messages("order.update")[:1]


def _silent(pit: Pit, ears: tuple[str, ...], promise: str) -> None:
    """None of them heard of the order; the witness did."""
    messages = _updates(pit)
    about = (Condition(pit.trading.at(messages[0], "id"), "eq", Saved(f"{ORDER}.id")),)
    clause = pit.promise(promise)
    pit.script.add(*(Silence(ear, messages, clause, about, witness=MAIN) for ear in ears))


def _changes(pit: Pit, ear: Ear) -> None:
    pit.join()
    ears = ear.join(pit)
    # Only the last change is waited for: a connection that is not authenticated does not live for long.
    pit.accepted(pit.offer(ORDER), ORDER)
    pit.taken(pit.amend(ORDER, size=pit.far("size", 2)), "order.amend")
    pit.taken(pit.about("cancel", ORDER), "order.cancel")
    pit.told(ORDER, Status.CANCELLED)
    _silent(pit, ears, ear.promise)


def _fills(pit: Pit, ear: Ear) -> None:
    pit.join()
    pit.join(OTHER, other=True)
    pit.quiet()
    ears = ear.join(pit)
    pit.accepted(pit.quote(ORDER, "sell", 1, 2), ORDER)
    for taker in ("first taker", "second taker"):
        pit.accepted(pit.quote(taker, "buy", 1, 1, OTHER, time="immediate"), taker)
    pit.told(ORDER, Status.FILLED)
    _silent(pit, ears, ear.promise)


def _heard(pit: Pit) -> None:
    key = issued(pit.trading)
    assert key is not None
    pit.join()
    reading = _reading(pit.trading)
    pit.script.connect(READER, who=_as(pit, reading))
    keyed(pit, key, reading)
    pit.accepted(pit.offer(ORDER), ORDER)
    ears = (MAIN, READER, KEY)
    for ear in ears:
        pit.told(ORDER, Status.OPEN, ear)
    pit.taken(pit.amend(ORDER, size=pit.far("size", 2)), "order.amend")
    for ear in ears:
        pit.told(ORDER, Status.OPEN, ear)
    pit.taken(pit.about("cancel", ORDER), "order.cancel")
    for ear in ears:
        pit.told(ORDER, Status.CANCELLED, ear)


def _ended(pit: Pit) -> None:
    key = issued(pit.trading)
    refusals = pit.commander.service.rules.refusals
    assert key is not None
    assert refusals is not None
    clause = pit.promise("ended")
    pit.join()
    keyed(pit, key, _reading(pit.trading))
    revoke(pit.commander, pit.script, key, ISSUER)
    told = (Condition(refusals.code, "eq", refusals.codes["unauthenticated"]),)
    pit.script.add(Expect(KEY, (refusals.message,), clause, where=told, correlated=False))
    pit.accepted(pit.offer(ORDER), ORDER)
    pit.told(ORDER, Status.OPEN)
    pit.script.add(Silence(KEY, (), clause, witness=MAIN, witness_where=_own(pit), ends=True))
    pit.taken(pit.about("cancel", ORDER), "order.cancel")


def _own(pit: Pit) -> tuple[Condition, ...]:
    return (Condition(pit.trading.at(_updates(pit)[0], "id"), "eq", Saved(f"{ORDER}.id")),)


def _refused(pit: Pit) -> None:
    pit.join()
    pit.script.connect(READER, who=_as(pit, _reading(pit.trading)))
    pit.join(OTHER, other=True)
    pit.accepted(pit.offer(ORDER), ORDER)
    pit.told(ORDER, Status.OPEN)
    pit.told(ORDER, Status.OPEN, READER)
    again = pit.offer("again", client_id=Saved(f"{ORDER}.client"))
    pit.refused(again, "refused", "duplicate")
    clause = pit.promise("refused")
    pit.script.add(*(Silence(ear, (), clause, for_ms=QUIET_MS) for ear in (READER, OTHER)))
    pit.taken(pit.about("cancel", ORDER), "order.cancel")
    pit.told(ORDER, Status.CANCELLED)
    pit.told(ORDER, Status.CANCELLED, READER)


# -- who may read, and who may not -------------------------------------------------------------------


def _permissions(trading: Trading, role: str) -> frozenset[str]:
    operation = trading.operation(role)
    return frozenset(operation.permissions) if operation is not None else frozenset()


def _reading(trading: Trading) -> frozenset[str]:
    """What it takes to read an account."""
    return _permissions(trading, "account.snapshot")


def _others(trading: Trading) -> frozenset[str]:
    """What it takes to trade, and not to read."""
    return _permissions(trading, "order.place") - _reading(trading)


def _as(pit: Pit, has: frozenset[str], lacks: frozenset[str] = frozenset()) -> As | None:
    operation: Operation = pit.operation("order.place")
    who = pit.commander.who(operation)
    return As(who.schemes, has, lacks) if who is not None else None


def _refusal(trading: Trading) -> bool:
    refusals = trading.service.rules.refusals
    return refusals is not None and "unauthenticated" in refusals.codes


def _another(pit: Pit) -> tuple[str, ...]:
    pit.join(STRANGER, other=True)
    return (STRANGER,)


def _anothers_key(pit: Pit) -> tuple[str, ...]:
    key = issued(pit.trading)
    assert key is not None
    return keyed(pit, key, _reading(pit.trading), other=True)


def _blind(pit: Pit) -> tuple[str, ...]:
    pit.script.connect(STRANGER, who=_as(pit, _others(pit.trading), _reading(pit.trading)))
    return (STRANGER,)


def _blind_key(pit: Pit) -> tuple[str, ...]:
    key = issued(pit.trading)
    assert key is not None
    return keyed(pit, key, _others(pit.trading))


def _unknown(pit: Pit) -> tuple[str, ...]:
    """One that never tried to authenticate, and one that failed."""
    pit.script.add(*(Connect(each, pit.commander.service.name) for each in (STRANGER, FAILED)))
    key = _wrongly(pit.trading)
    assert key is not None
    operation = pit.commander.service.operations[key.operation]
    payload = wrong_command(pit.commander, key, WRONG["never-issued"])
    index = pit.script.send(operation, payload, session=FAILED)
    pit.script.refused(index, key.clauses.get("failure", ""), code=key.refusal)
    return (STRANGER, FAILED)


def _wrongly(trading: Trading) -> Credential | None:
    return next((each for each in trading.service.credentials.values() if each.refusal), None)


EARS = (
    Ear("another-account", "Another account", "own_account", _another, lambda trading: True),
    Ear(
        "anothers-key",
        "A key of another account",
        "own_account",
        _anothers_key,
        lambda trading: issued(trading) is not None,
    ),
    Ear(
        "without-read",
        "A connection that may trade and not read",
        "readers",
        _blind,
        lambda trading: bool(_others(trading) and _reading(trading)),
    ),
    Ear(
        "key-without-read",
        "A key that may trade and not read",
        "readers",
        _blind_key,
        lambda trading: bool(_others(trading) and _reading(trading) and issued(trading)),
    ),
    Ear(
        "unauthenticated",
        "A connection that is not authenticated, for it never tried or failed,",
        "authenticated",
        _unknown,
        lambda trading: _wrongly(trading) is not None,
    ),
)
"""Those who may not hear of an order."""
