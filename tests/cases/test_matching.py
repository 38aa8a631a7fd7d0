"""Which message is the reply to a command, and what is kept of it."""

from __future__ import annotations

from conformance.cases.matching import Ledger, Sent
from conformance.cases.reading import Reader, Seen
from conformance.cases.steps import Expect
from conformance.codec import JSON
from tests.contract.build import CHAT, service_of

HEARD = "  heard:\n        payload:\n"
LINKED = "  heard:\n        correlationId: {location: $message.payload#/1}\n        payload:\n"
SERVICE, _ = service_of(CHAT.replace(HEARD, LINKED, 1).replace("application/msgpack", "application/json"))
WAITING = Expect("main", ("said",), "toy/speak/reply", reply_to=1, save={"who": "/people"})


def ledger(*values: object) -> Ledger:
    """A command with the reference 7 was sent, and these came back."""
    command = {"kind": "say", "ref": 7, "text": "hello"}
    made = Ledger(services={"main": SERVICE})
    made.sent[1] = Sent(1, "main", SERVICE.operations["speak"], command, 0)
    reader = Reader(SERVICE)
    made.seen["main"] = [
        reader.read(index, index, "text", JSON.encode(value)) for index, value in enumerate(values, 1)
    ]
    return made


def matched(made: Ledger) -> Seen:
    found = made.match(WAITING)
    assert found is not None
    return found


def test_an_event_that_names_its_cause_is_no_reply() -> None:
    """The reply is what comes behind it."""
    assert SERVICE.messages["heard"].correlation
    made = ledger(["heard", 7], {"kind": "said", "ref": 7})
    assert matched(made).names == ("said",)


def test_a_correlated_refusal_is_the_answer() -> None:
    """It ends the waiting, and is told."""
    assert matched(ledger({"kind": "no", "code": "mute", "ref": 7})).names == ("no",)


def test_a_wrong_reply_is_not_saved_from() -> None:
    """The same place in another message means something else."""
    made = ledger({"kind": "no", "code": "mute", "ref": 7, "people": ["ann"]})
    made.use(WAITING, matched(made))
    assert made.answered == {1}
    assert made.saved == {}


def test_a_reply_that_nothing_identifies_is_saved_from() -> None:
    """What it made has to be undone all the same."""
    made = ledger({"kind": "sad", "ref": 7, "people": ["ann"]})
    made.use(WAITING, matched(made))
    assert made.saved == {"who": ["ann"]}


def test_what_was_sent_is_saved_from() -> None:
    """A later step can name what an earlier command carried."""
    made = ledger()
    made.enter(made.sent[1], {"mine": "/text", "none": "/nothing"})
    assert made.saved == {"mine": "hello"}
