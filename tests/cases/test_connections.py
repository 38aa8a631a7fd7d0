"""Promises about connections: who hears of orders, and what becomes of commands when a connection ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.cases.case import Case
from conformance.cases.catalogue import Catalogue
from conformance.cases.steps import Close, Connect, Disconnect, Expect, Send, Silence
from conformance.errors import DocumentError
from tests.cases.library import Library, sends
from tests.cases.test_scenarios import read, scenario

PLACED = "gateway/commands/orders"


def case(whole: Catalogue, words: str) -> Case:
    """The gateway's case about orders of these words."""
    return next(each for each in whole.cases if each.id == f"{PLACED}/{words}")


@pytest.mark.parametrize(
    ("words", "promise"),
    [
        ("another-account", "own_account"),
        ("anothers-key-fills", "own_account"),
        ("without-read", "readers"),
        ("key-without-read", "readers"),
        ("unauthenticated", "authenticated"),
    ],
)
def test_a_stranger_is_silent_while_a_witness_hears(whole: Catalogue, words: str, promise: str) -> None:
    """Each silence is about one order, has a witness, and stands behind the last change."""
    made = case(whole, f"isolation/{words}")
    silences = [step for step in made.steps if isinstance(step, Silence)]
    assert silences
    assert {step.clause for step in silences} == {f"gateway/connections/{promise}"}
    assert all(step.witness == "main" and step.where and step.session != "main" for step in silences)
    last = max(index for index, step in enumerate(made.steps) if isinstance(step, Send))
    assert made.steps.index(silences[0]) > last
    assert made.resource == "gateway/account"


def test_what_ended_is_silent_to_its_end(whole: Catalogue) -> None:
    """A connection whose key is revoked answers no probe: its end is the barrier."""
    made = case(whole, "isolation/ended-key")
    (silence,) = [step for step in made.steps if isinstance(step, Silence)]
    assert silence.ends
    assert silence.messages == ()


@pytest.mark.parametrize(
    ("moment", "how", "sent"),
    [
        ("half-sent", "reset", ("half", False)),
        ("unfinished", "drop", ("open", False)),
        ("sent", "drop", ("", False)),
        ("sent-and-reset", "reset", ("", False)),
        ("sent-and-closed", "close", ("", False)),
        ("answered", "reset", ("", False)),
        ("behind-close", "", ("", True)),
    ],
)
@pytest.mark.parametrize("command", ["place", "amend", "cancel"])
def test_a_connection_ends_at_each_moment(
    whole: Catalogue, command: str, moment: str, how: str, sent: tuple[str, bool]
) -> None:
    """Another connection then looks, and reads the number of the account."""
    made = case(whole, f"reconnect/{command}-{moment}")
    asked = [step for step in made.steps if isinstance(step, Send) and step.session == "main"]
    assert (asked[-1].part, asked[-1].late) == sent
    ends = [step.how for step in made.steps if isinstance(step, Disconnect)]
    assert ends == ([how] if how else [])
    awaited = [step for step in made.steps if isinstance(step, Expect) and step.session == "again"]
    assert any(condition.pointer == "/sequence" for step in awaited for condition in step.where)
    assert [step.session for step in made.steps if isinstance(step, Connect)] == ["main", "again"]


def test_what_may_have_happened_is_asked_for_again(whole: Catalogue) -> None:
    """By the same client order id: whichever answer comes, the order is there once."""
    made = case(whole, "reconnect/place-sent")
    first, again = [each for each in sends(made) if each.operation == "placeOptionOrder"]
    assert first.save
    assert first.session != again.session
    answers = [step for step in made.steps if isinstance(step, Expect)]
    replies = [step for step in answers if step.reply_to == made.steps.index(again)]
    assert {"orderAccepted", "error"} <= set(replies[0].messages)


def test_a_scenario_says_how_a_connection_ends(tmp_path: Path) -> None:
    """By a Close unless it says otherwise; nothing else is a way to end one."""
    steps = ("send: {operation: look}", "expect: {message: Shelf}")
    made = read(tmp_path, scenario(*steps, "disconnect: {session: main, how: reset}"))
    assert made.case("library/commands/a-promise").steps[-1] == Disconnect("main", "reset")
    plain = read(tmp_path, scenario(*steps, "disconnect: {session: main}"))
    assert plain.case("library/commands/a-promise").steps[-1] == Disconnect("main", "close")
    with pytest.raises(DocumentError, match="a connection cannot be ended by 'magic'"):
        read(tmp_path, scenario(*steps, "disconnect: {session: main, how: magic}"))


def test_each_command_is_as_long_as_may_be_and_longer(library: Library) -> None:
    """Exactly the limit in one frame and in fragments; one byte more ends the connection."""
    made = library.case("library/transport/size/borrow/largest")
    assert [(len(each.raw or b""), each.fragments) for each in sends(made)[:3]] == [
        (1023, 1),
        (1024, 1),
        (1024, 5),
    ]
    for words in ("one-frame", "fragments"):
        beyond = library.case(f"library/transport/size/borrow/beyond-in-{words}")
        assert len(sends(beyond)[0].raw or b"") == 1025
        assert isinstance(beyond.steps[-1], Close)


def test_as_many_commands_as_promised(tmp_path: Path, library: Library) -> None:
    """At once, and none may find the target busy; nothing of the kind where no number is promised."""

    def slow(made: dict[str, object]) -> None:
        root = made["x-conformance"]
        assert isinstance(root, dict)
        root["limits"]["commands_per_second"] = 7

    assert "library/transport/commands-per-second" not in library.ids()
    made = Library(tmp_path, slow).case("library/transport/commands-per-second")
    burst = [each.more for each in sends(made) if each.operation == "look"]
    assert burst == [True] * 6 + [False]
    steady = [step for step in made.steps if isinstance(step, Expect) and step.steady]
    assert {step.clause for step in steady} == {"library/limits/commands_per_second"}
    assert len(steady) == 7


def test_as_many_connections_as_promised(tmp_path: Path, library: Library) -> None:
    """And none where no number is."""

    def few(made: dict[str, object]) -> None:
        root = made["x-conformance"]
        assert isinstance(root, dict)
        root["limits"]["connections"] = 3

    assert "library/transport/many-connections" not in library.ids()
    made = Library(tmp_path, few).case("library/transport/many-connections")
    opened = [step for step in made.steps if isinstance(step, Connect)]
    assert len(opened) == 3
    assert all(step.promised and step.clause == "library/limits/connections" for step in opened)
