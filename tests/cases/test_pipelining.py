"""Commands in flight: what is derived from a document whose commands have an id."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from conformance.cases.matching import Ledger, Sent
from conformance.cases.reading import Reader
from conformance.cases.steps import Connect
from conformance.codec import MESSAGEPACK, Wide
from tests.cases.library import Document, Library, code, expects, sends


def promising(made: Document) -> None:
    """The library promises what several connections, and ids that come again, are told."""
    made["x-conformance"]["connections"] = {
        "apart": "Answers stay at their desk.",
        "repeated_ids": "Numbers may come again.",
    }


def seen(desk: Library, *values: Any) -> Ledger:
    """A ledger of the session main in which these messages have come."""
    service = desk.contract.services["library"]
    reader = Reader(service)
    ledger = Ledger(services={"main": service})
    ledger.seen["main"] = [
        reader.read(index, 10, "binary", MESSAGEPACK.encode(value)) for index, value in enumerate(values)
    ]
    return ledger


def test_a_hundred_leave_at_once(library: Library) -> None:
    """All commands of a burst but the last wait for the next, and each one's reply is waited for."""
    case = library.case("library/commands/look/in-flight")
    burst = sends(case)[-100:]
    assert [each.more for each in burst] == [True] * 99 + [False]
    assert len({each.reply_to for each in expects(case)} - {None}) >= 100
    assert {"library/look/reply", "library/look/correlation", "library/look/within"} <= set(case.clauses)


def test_commands_that_change_something_are_not_sent_by_the_hundred(library: Library) -> None:
    """Only reads are; what nobody may send yet is refused, to each id."""
    ids = library.ids("commands")
    assert "library/commands/borrow/in-flight" not in ids
    refused = library.case("library/commands/borrow/correlation-edges")
    assert {code(each) for each in expects(refused)} == {"who"}
    assert refused.needs.who == ()
    assert not refused.resource


def test_ids_go_to_the_bounds_of_their_schema(tmp_path: Path) -> None:
    """The greatest id is that of the document; without one, what every reader can hold exactly."""

    def values(desk: Library) -> list[Any]:
        case = desk.case("library/commands/look/correlation-edges")
        payloads: list[Any] = [each.payload for each in sends(case)]
        return [each["ref"] for each in payloads if "ref" in each]

    def bounded(made: Document) -> None:
        for message in made["components"]["messages"].values():
            if message["payload"]["type"] == "object":
                message["payload"]["properties"]["ref"] = {"type": "integer", "minimum": 5, "maximum": 300}

    numbers = [each for each in values(Library(tmp_path)) if isinstance(each, int)]
    assert (min(numbers), max(numbers)) == (0, 2**53)
    few = values(Library(tmp_path, bounded))
    assert [each for each in few if isinstance(each, int)] == [5, 300]
    wide = {(each.value, each.head) for each in few if isinstance(each, Wide)}
    assert wide == {
        *((5, head) for head in (0xCC, 0xCD, 0xCE, 0xCF, 0xD0, 0xD1, 0xD2, 0xD3)),
        *((300, head) for head in (0xCE, 0xCF, 0xD1, 0xD2, 0xD3)),
    }
    for value in (each for each in few if isinstance(each, Wide)):
        assert MESSAGEPACK.decode(MESSAGEPACK.encode(value)).value == value.value


def test_nothing_is_asked_that_no_document_promises(library: Library, tmp_path: Path) -> None:
    """That ids may come again, and that connections are kept apart, is the document's to say."""
    assert not any("in-flight/" in each and "mixed" not in each for each in library.ids())
    promised = Library(tmp_path, promising).ids()
    assert "library/commands/in-flight/repeated-ids" in promised


def test_the_same_ids_on_several_connections_ask_for_different_things(tmp_path: Path) -> None:
    """Or a reply that went astray could not be told from the right one."""

    def second(made: Document) -> None:
        promising(made)
        peek = made["components"]["messages"]["Look"]
        made["components"]["messages"]["Peek"] = {
            **peek,
            "payload": {
                **peek["payload"],
                "properties": {**peek["payload"]["properties"], "op": {"type": "string", "const": "peek"}},
            },
        }
        desk = made["channels"]["desk"]["messages"]
        desk["Peek"] = {"$ref": "#/components/messages/Peek"}
        made["operations"]["peek"] = {
            **made["operations"]["look"],
            "messages": [{"$ref": "#/channels/desk/messages/Peek"}],
        }

    case = Library(tmp_path, second).case("library/commands/in-flight/other-connections")
    assert case.clauses == ("library/connections/apart", *case.clauses[1:])
    sessions = [each.session for each in case.steps if isinstance(each, Connect)]
    asked: list[dict[int, str]] = []
    for session in sessions[:2]:
        payloads: list[Any] = [each.payload for each in sends(case) if each.session == session]
        asked.append({each["ref"]: each["op"] for each in payloads if isinstance(each["ref"], int)})
    assert asked[0].keys() == asked[1].keys()
    assert all(asked[0][number] != asked[1][number] for number in asked[0])


def test_of_commands_with_one_id_each_takes_its_own_kind_of_reply(library: Library) -> None:
    """A reply that another command with the same id waits for is not taken for a wrong one."""
    service = library.contract.services["library"]
    ledger = seen(library, {"op": "no", "ref": 1, "why": "never"}, {"op": "shelf", "ref": 1, "books": ["b"]})
    names = [each.names for each in ledger.seen["main"]]
    look, borrow = service.operations["look"], service.operations["borrow"]
    ledger.enter(Sent(1, "main", look, {"op": "look", "ref": 1, "shelf": "a"}, 5))
    ledger.enter(Sent(2, "main", borrow, {"op": "borrow", "ref": 1, "book": "b"}, 5))
    case = library.case("library/commands/look/in-flight")
    waiting = replace(expects(case)[-1], session="main", reply_to=1, messages=("Shelf",))
    found = ledger.match(waiting)
    assert found is not None
    assert found.index == 1, names
    ledger.use(waiting, found)
    refused = ledger.match(replace(waiting, reply_to=2, messages=("Lent",)))
    assert refused is not None
    assert refused.index == 0  # nobody else waits for it: it is the wrong answer to this one


def test_a_reply_to_one_of_many_is_named_by_its_id(library: Library) -> None:
    """Commands that leave together are told apart in sentences; one that is alone needs no name."""
    service = library.contract.services["library"]
    ledger = seen(library)
    look = service.operations["look"]
    for step in (1, 2, 5):
        ledger.enter(Sent(step, "main", look, {"op": "look", "ref": 40 + step, "shelf": "a"}, 5))
    assert ledger.called(1) == " to /ref 41"
    assert ledger.called(5) == ""
