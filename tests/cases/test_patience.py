"""Cases that mostly wait: what they watch, by whom, and where no document lets them wait."""

from __future__ import annotations

from pathlib import Path

from conformance.cases.steps import As, Close, Connect, Idle, Stall
from tests.cases.library import Document, Library, without


def patient(made: Document) -> None:
    """The change that promises what has to be waited for."""
    made["x-conformance"]["limits"] |= {"idle_ms": 60_000, "unread_ms": 300}
    made["x-conformance"]["close"] |= {"slow_reader": 1013}


def test_a_connection_that_no_deadline_ends_is_watched_for_a_while(tmp_path: Path) -> None:
    """Authenticated where there is a deadline; the sentence says how much of the promise is watched."""
    case = Library(tmp_path, patient).case("library/transport/idle-connection")
    connect, idle = case.steps[:2]
    assert isinstance(connect, Connect)
    assert connect.who == As(("card",))
    assert idle == Idle("main", 4000, "library/limits/idle_ms")
    assert case.says.endswith("watched for 4000 of 60000 ms.")
    assert case.patience_ms == 4000


def test_a_reader_that_stops_reading_is_closed_with_the_documented_code(tmp_path: Path) -> None:
    """It asks for what brings most, on a target of its own; that it is closed and how are two promises."""
    case = Library(tmp_path, patient).case("library/transport/slow-reader")
    assert case.clauses == ("library/limits/unread_ms", "library/close/slow_reader")
    assert case.needs.exclusive
    (stall,) = (step for step in case.steps if isinstance(step, Stall))
    assert (stall.for_ms, stall.reply_ms) == (300, 1000)
    assert ["follow", "forget"] in [[command["op"] for command in row] for row in stall.asks]  # type: ignore[index]
    assert [step.codes for step in case.steps if isinstance(step, Close)] == [(), (1013,)]


def test_who_cannot_wait_does_not(tmp_path: Path) -> None:
    """With a deadline and nobody who meets it, or without the promise, there is no such case."""

    def nobody(made: Document) -> None:
        del made["components"]["securitySchemes"]
        for operation in made["operations"].values():
            operation.pop("security", None)
            for reply in [operation.get("x-conformance", {})]:
                reply.pop("permissions", None)

    for changes in ((patient, nobody), ()):
        library = Library(tmp_path, *changes)
        assert not {"idle-connection", "slow-reader"} & {
            one.rsplit("/")[-1] for one in library.ids("transport")
        }
    unenforced = Library(tmp_path, patient, nobody).catalogue.unenforced
    assert "deadline ends connections sooner" in unenforced["library/limits/idle_ms"]
    free = Library(tmp_path, patient, nobody, without("deadlines"))
    assert "library/transport/idle-connection" in free.ids("transport")
