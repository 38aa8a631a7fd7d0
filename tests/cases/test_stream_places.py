"""Streams that the target names: ids in other places of each message, and ends by the id."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.cases.steps import Condition, Expect, Saved, Silence, Stall
from tests.cases.library import Document, Library, expects, sends

ENDED = {"unsubscribe_with": {"what": {"saved": "stream"}}}
QUEUE = "library/streams/queue/"


def numbered(made: Document) -> None:
    """The change after which the target names streams, and one event has its id elsewhere."""
    messages = made["components"]["messages"]
    messages["Forget"]["payload"]["properties"]["what"] = {"type": "string"}
    messages["Start"] = {
        "payload": {
            "type": "object",
            "required": ["begins", "n"],
            "properties": {"begins": {"type": "string"}, "n": {"type": "integer"}},
        }
    }
    made["channels"]["desk"]["messages"]["Start"] = {"$ref": "#/components/messages/Start"}
    made["operations"]["events"]["messages"].append({"$ref": "#/channels/desk/messages/Start"})
    streams = made["x-conformance"]["streams"]
    streams |= ENDED
    streams["id"] = {"Following": "/1", "Forgotten": "/1", "Event": "/1", "Start": "/begins"}
    streams["sequence"] = {"Event": "/2", "Start": "/n"}
    streams["kinds"][1]["snapshot"] = "Start"
    made["x-conformance"]["limits"]["unread_ms"] = 500


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(tmp_path_factory.mktemp("numbered"), numbered)


def test_a_stream_is_ended_by_the_id_that_its_acknowledgement_gave(library: Library) -> None:
    """The id is saved of the acknowledgement, at its place there, and sent to end the stream."""
    case = library.case(QUEUE + "ended-twice")
    assert expects(case)[0].save == {"main.stream": "/1"}
    ends = [step.payload for step in sends(case) if step.operation == "forget"]
    assert [end["what"] for end in ends] == [Saved("main.stream")] * 2  # type: ignore[index]
    assert QUEUE + "ended-unbegun" not in library.ids("streams")  # nobody knows an id to send


def test_each_event_is_told_by_its_own_place(library: Library) -> None:
    """One condition for each place, about the messages that have it."""
    silence = next(
        step for step in library.case(QUEUE + "silent-after-unsubscribe").steps if isinstance(step, Silence)
    )
    for session, where in (("main", silence.where), ("witness", silence.witness_where)):
        saved = Saved(f"{session}.stream")
        assert where == (
            Condition("/begins", "eq", saved, of=("Start",)),
            Condition("/1", "eq", saved, of=("Event",)),
        )


def test_one_place_is_one_condition(tmp_path: Path) -> None:
    """A pointer for all messages stays a condition on all."""
    case = Library(tmp_path).case(QUEUE + "snapshot-first")
    first = [step for step in case.steps if isinstance(step, Expect)][-1]
    assert first.where == (Condition("/1", "eq", Saved("main.stream")),)


def test_what_has_to_know_an_id_is_not_sent_blindly(library: Library, tmp_path: Path) -> None:
    """While nobody reads, no acknowledgement tells the id: such streams are not asked for over and over."""

    def asked(case: Library) -> set[str]:
        stall = next(
            step for step in case.case("library/transport/slow-reader").steps if isinstance(step, Stall)
        )
        return {command["op"] for row in stall.asks for command in row if isinstance(command, dict)}

    assert asked(library) == {"look"}

    def unread(made: Document) -> None:
        made["x-conformance"]["limits"]["unread_ms"] = 500

    assert asked(Library(tmp_path, unread)) == {"look", "follow", "forget"}
