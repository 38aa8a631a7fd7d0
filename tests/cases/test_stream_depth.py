"""Streams beside others, and commands in other encodings: which cases there are, and what they put."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.cases.abreast import Abreast
from conformance.cases.case import Case
from conformance.cases.steps import Expect, Send, Silence
from conformance.codec import MESSAGEPACK, spelled
from tests.cases.library import Document, Library, expects, sends

BEGUN, OTHER = "library/streams/news/", "library/streams/queue/"


def promising(made: Document) -> None:
    """The change after which the library promises all that can be promised of streams."""
    root = made["x-conformance"]
    root["streams"] |= {"shared": True, "lasting": True, "undisturbed": True}


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(tmp_path_factory.mktemp("deep"), promising)


def case_of(library: Library, name: str) -> Case:
    return next(each for each in library.catalogue.cases if each.id == name)


def test_a_promise_that_is_not_made_is_not_tested(tmp_path: Path) -> None:
    """Batches and bursts follow from what every stream promises; the rest has to be stated."""
    names = {name.rsplit("/", 1)[-1] for name in Library(tmp_path).ids() if name.startswith(BEGUN)}
    assert {"in-one-batch", "silent-in-a-burst"} <= names
    assert not names & {"shared", "lasting", "undisturbed", "clock"}


def test_each_promise_has_its_case_and_its_clause(rich: Library) -> None:
    """One for each kind that is numbered."""
    for front in (BEGUN, OTHER):
        for name in ("shared", "lasting", "undisturbed"):
            assert front + name in case_of(rich, front + name).clauses


def test_numbers_last_where_no_other_case_listens(tmp_path: Path) -> None:
    """A stream that others have may go on for their sake: where a source gives several, another is taken."""

    def several(made: Document) -> None:
        promising(made)
        made["x-conformance"]["streams"]["kinds"][1]["command"] = {"what": {"source": "book"}}

    library = Library(tmp_path, several)
    sent = sends(case_of(library, OTHER + "lasting"))
    assert [each.operation for each in sent] == ["follow", "forget", "follow"]
    assert {hole.name for each in sent for hole in [each.payload["what"]]} == {"book#1"}  # type: ignore[index]
    assert {each.payload["what"] for each in sends(case_of(library, BEGUN + "lasting"))} == {"news"}  # type: ignore[index]


def test_a_batch_waits_for_no_reply(rich: Library) -> None:
    """Begun and ended, begun and ended, and begun: all sent before the first reply is waited for."""
    case = case_of(rich, BEGUN + "in-one-batch")
    batch = [step for step in sends(case) if step.session == "main"]
    assert [step.operation for step in batch] == ["follow", "forget", "follow", "forget", "follow"]
    assert [step.more for step in batch] == [True, True, True, True, False]
    places = [index for index, step in enumerate(case.steps) if step in batch]
    assert places[-1] - places[0] == 4
    assert isinstance(case.steps[-1], Abreast)


def test_a_burst_ends_what_was_just_begun(rich: Library) -> None:
    """Its end is sent together with its beginning, and with those of others; a witness has the stream."""
    case = case_of(rich, BEGUN + "silent-in-a-burst")
    (silence,) = [step for step in case.steps if isinstance(step, Silence)]
    assert silence.witness == "witness"
    ended = [step for step in sends(case) if step.operation == "forget"]
    assert [step.payload["what"] for step in ended if isinstance(step.payload, dict)] == ["news"]


def test_wrong_commands_are_put_one_by_one_beside_a_running_stream(rich: Library) -> None:
    """Each is refused, and answered before the next one is sent; then the stream has to go on."""
    case = case_of(rich, BEGUN + "undisturbed")
    refusals = [step for step in expects(case) if step.messages == ("No",)]
    assert len(refusals) >= 4
    for refusal in refusals:
        assert refusal.reply_to is not None
        sent, waiting = case.steps[refusal.reply_to], case.steps[refusal.reply_to + 1]
        assert isinstance(sent, Send)
        assert waiting is refusal
        assert not sent.more
    last = case.steps[-1]
    assert isinstance(last, Abreast)
    assert [each.clause for each in last.watched] == [BEGUN + "undisturbed"]


def test_all_streams_are_begun_at_once_and_each_has_a_witness(rich: Library) -> None:
    """Who has them all is held against those who have one each."""
    case = case_of(rich, "library/streams/all-at-once")
    main = [step for step in sends(case) if step.session == "main"]
    assert [step.more for step in main] == [True] * (len(main) - 1) + [False]
    steps = [step for step in case.steps if isinstance(step, Abreast)]
    assert len({step.witness for step in steps}) == len(main) == 2


def test_no_more_streams_than_a_connection_may_have(tmp_path: Path) -> None:
    """Where the limit is lower than the number of kinds, only so many are open at once."""

    def narrow(made: Document) -> None:
        promising(made)
        made["x-conformance"].setdefault("limits", {})["streams"] = 1

    library = Library(tmp_path, narrow)
    begun = [
        step for step in sends(case_of(library, "library/streams/all-at-once")) if step.session == "main"
    ]
    assert len(begun) == 1
    assert not any(name.endswith("silent-in-a-burst") for name in library.ids())


def test_every_command_is_put_in_other_encodings(rich: Library) -> None:
    """The command itself, and no other of the case: what is made for it is sent as ever."""
    for operation in ("look", "follow", "enter", "borrow"):
        for spelling in ("widest", "mixed"):
            case = case_of(rich, f"library/commands/{operation}/{spelling}-encoding")
            written = [step for step in sends(case) if step.spelling]
            assert [(step.operation, step.spelling) for step in written] == [(operation, spelling)]
            assert [step for step in case.steps if isinstance(step, Expect)]


def test_text_has_no_other_encodings(tmp_path: Path) -> None:
    """JSON leaves no such choice."""

    def textual(made: Document) -> None:
        made["defaultContentType"] = "application/json"

    assert not any("encoding" in name for name in Library(tmp_path, textual).ids())


def test_a_command_is_the_same_however_it_is_written() -> None:
    """What differs is the bytes."""
    command = {"op": "look", "ref": 7, "shelf": "a"}
    written = [spelled(command, each) for each in ("", "widest", "mixed")]
    assert len(set(written)) == 3
    assert all(MESSAGEPACK.decode(each).value == command for each in written)
