"""Where streams are declared, the other valid forms of their commands are put all the same."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from conformance.cases.case import Case
from conformance.cases.steps import Connect, Saved, Send
from tests.cases.library import Document, Library, expects, sends

FOLLOW, FORGET = "library/commands/follow/", "library/commands/forget/"


def richer(made: Document) -> None:
    """The change after which a stream may be asked for in more ways than its kinds say."""
    for name in ("Follow", "Forget"):
        payload = made["components"]["messages"][name]["payload"]
        payload["properties"]["what"]["enum"] = ["gossip", "news", "queue"]
        payload["properties"]["pace"] = {"type": "string", "enum": ["slow", "fast"]}


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(tmp_path_factory.mktemp("rich"), richer)


def _forms(library: Library, operation: str) -> dict[str, Case]:
    front = f"library/commands/{operation}/"
    cases = [case for case in library.catalogue.cases if case.id.startswith(front)]
    return {
        case.id.removeprefix(front): case
        for case in cases
        if all(
            isinstance(step, Connect) or isinstance(getattr(step, "payload", {}), Mapping)
            for step in case.steps
        )
        and not any(expect.messages == ("No",) for expect in expects(case))
        and not any(step.spelling for step in sends(case))
    }


def _fields(step: Send) -> dict[str, object]:
    assert isinstance(step.payload, Mapping)
    return {name: value for name, value in step.payload.items() if name not in ("op", "ref")}


def test_what_the_kinds_say_is_not_put_again(tmp_path: Path) -> None:
    """The plain library has no form of `follow` but those that its two kinds begin with."""
    assert set(_forms(Library(tmp_path), "follow")) == {"accepted"}


def test_other_forms_of_a_beginning_are_put(rich: Library) -> None:
    """The optional field and its other value, with the stream of the first kind: nothing else changes."""
    forms = _forms(rich, "follow")
    assert set(forms) == {"accepted", "with-pace", "pace-fast"}
    for label, pace in (("with-pace", "slow"), ("pace-fast", "fast")):
        (send,) = sends(forms[label])
        assert _fields(send) == {"what": "news", "pace": pace}
        (answer,) = expects(forms[label])
        assert answer.messages == ("Following",)
        assert "library/follow/reply" in forms[label].clauses
        assert not forms[label].focused  # a stream of a kind: all that it brings is documented


def test_an_end_in_another_form_is_preceded_by_that_beginning(rich: Library) -> None:
    """What was asked for in these words is ended in these words."""
    forms = _forms(rich, "forget")
    assert set(forms) == {"accepted", "with-pace", "pace-fast"}
    begun, ended = sends(forms["pace-fast"])
    assert (begun.operation, ended.operation) == ("follow", "forget")
    assert _fields(begun) == _fields(ended) == {"what": "news", "pace": "fast"}
    assert [each.messages for each in expects(forms["pace-fast"])] == [("Following",), ("Forgotten",)]


def test_a_stream_that_no_kind_declares_is_asked_for_but_not_judged(tmp_path: Path) -> None:
    """It gets a documented reply; what it brings no document describes."""

    def fewer(made: Document) -> None:
        richer(made)
        del made["x-conformance"]["streams"]["kinds"][1]

    forms = _forms(Library(tmp_path, fewer), "follow")
    assert set(forms) == {"accepted", "what-queue", "with-pace", "pace-fast"}
    assert forms["what-queue"].focused
    assert _fields(sends(forms["what-queue"])[0]) == {"what": "queue"}
    assert expects(forms["what-queue"])[0].messages == ("Following", "No")  # it may be refused


def test_a_stream_that_the_target_names_is_ended_by_that_name(tmp_path: Path) -> None:
    """Another form of the end does not invent an id: it ends what the first kind began."""

    def numbered(made: Document) -> None:
        messages = made["components"]["messages"]
        messages["Forget"]["payload"]["properties"] |= {"what": {"type": "string"}, "why": {"type": "string"}}
        made["x-conformance"]["streams"]["unsubscribe_with"] = {"what": {"saved": "stream"}}

    form = _forms(Library(tmp_path, numbered), "forget")["with-why"]
    begun, ended = sends(form)
    assert _fields(begun) == {"what": "news"}
    assert _fields(ended)["what"] == Saved("main.stream")
    assert expects(form)[0].save == {"main.stream": "/1"}
