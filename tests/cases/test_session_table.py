"""The state table: each cell that can be tried is a case, with the clause of its cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from conformance.cases.steps import Close, Connect, Expect, Idle, Reading, Send, Unanswered
from tests.cases.library import Document, Library, code, expects, sends

TABLE: dict[str, Any] = {
    "outside": {
        "entered": ["opened"],
        "default": {"refused": "unauthenticated"},
        "commands": {"enter": "taken", "look": "taken", "forget": {"ends": 4002}},
    },
    "inside": {
        "entered": [{"accepted": "card"}],
        "default": "taken",
        "commands": {"enter": {"refused": "invalid"}},
    },
    "left": {"entered": ["closed", {"deadline": "entry"}], "default": "nothing"},
}


def tabled(made: Document) -> None:
    """The library says what each command does in each state."""
    made["x-conformance"]["sessions"] = TABLE


def names(library: Library) -> list[str]:
    return [each for each in library.ids("auth") if each.startswith("library/auth/sessions/")]


def test_each_cell_is_a_case(tmp_path: Path) -> None:
    """Six commands in three states: what is taken, refused, ends, or comes too late."""
    library = Library(tmp_path, tabled)
    commands = ("enter", "look", "borrow", "return", "follow", "forget")
    expected = [f"outside/{each}" + ("-card" if each == "enter" else "") for each in commands]
    expected += [f"inside/{each}" for each in commands]
    expected += ["left/deadline-entry/every-command", *(f"left/closed/{each}" for each in commands)]
    assert names(library) == [f"library/auth/sessions/{each}" for each in expected]
    claimed = {clause for case in library.catalogue.cases for clause in case.clauses}
    cells = {each for each in library.contract.clauses if each.startswith("library/sessions/")}
    assert len(cells) == 18
    assert cells <= claimed


def test_without_a_table_there_is_none(tmp_path: Path) -> None:
    """A document that says nothing of states is asked nothing of them."""
    assert names(Library(tmp_path)) == []


def test_what_is_refused_is_tried_behind_a_failure_and_changes_nothing(tmp_path: Path) -> None:
    """A wrong credential leads nowhere; behind the refusal the connection is as it was, and answers."""
    case = Library(tmp_path, tabled).case("library/auth/sessions/outside/borrow")
    assert [step.operation for step in sends(case)] == ["enter", "borrow", "look"]
    assert [code(step) for step in expects(case)[:2]] == ["stranger", "who"]
    assert expects(case)[1].clause == "library/sessions/outside/borrow"
    assert expects(case)[2].messages == ("Shelf",)


def test_what_leads_elsewhere_is_seen_there(tmp_path: Path) -> None:
    """Who was accepted may do what strangers may not; the state of strangers is left."""
    case = Library(tmp_path, tabled).case("library/auth/sessions/outside/enter-card")
    (accepted, *rest) = expects(case)
    assert accepted.messages == ("Entered",)
    assert {step.clause for step in (accepted, *rest)} >= {"library/sessions/outside/enter"}


def test_a_cell_that_ends_waits_for_the_code(tmp_path: Path) -> None:
    """The command is sent, and the close is the answer."""
    case = Library(tmp_path, tabled).case("library/auth/sessions/outside/forget")
    (close,) = (step for step in case.steps if isinstance(step, Close))
    assert (close.codes, close.clause) == ((4002,), "library/sessions/outside/forget")


def test_behind_a_deadline_every_command_is_sent_unheard(tmp_path: Path) -> None:
    """Nothing is read until the connection must be over: commands can still be sent; none is taken."""
    case = Library(tmp_path, tabled).case("library/auth/sessions/left/deadline-entry/every-command")
    kinds = [type(step) for step in case.steps]
    assert kinds[:3] == [Connect, Reading, Idle]
    assert case.steps[2].for_ms > 4500  # type: ignore[union-attr]
    assert kinds[3:9] == [Send] * 6
    assert kinds[9:16] == [Reading, *[Unanswered] * 6]
    late = [step for step in case.steps if isinstance(step, Unanswered)]
    assert [step.reply_to for step in late] == list(range(3, 9))
    assert {step.codes for step in late} == {("who", "later")}
    assert case.resource == ""


def test_behind_our_close_nothing_is_done(tmp_path: Path) -> None:
    """A command in the same piece as our Close: no answer; and what can be undone once still can be."""
    library = Library(tmp_path, tabled)
    case = library.case("library/auth/sessions/left/closed/return")
    late = next(step for step in sends(case) if step.late)
    assert (late.operation, late.session) == ("return", "main")
    again = sends(case)[-1]
    assert (again.operation, again.session, again.payload) == ("return", "witness", late.payload)
    last = expects(case)[-1]
    assert (last.messages, last.clause) == (("Returned",), "library/sessions/left/return")


def test_a_gap_has_no_case_and_is_told(tmp_path: Path) -> None:
    """A state that says nothing of a command: no clause, no case, and a note."""

    def gap(made: Document) -> None:
        tabled(made)
        made["x-conformance"]["sessions"] = {**TABLE, "inside": {"entered": [{"accepted": "card"}]}}

    library = Library(tmp_path, gap)
    assert not [each for each in names(library) if "/inside/" in each]
    noted = [note for note in library.contract.notes if note.rule == "session-gap"]
    assert len(noted) == 6


def test_expectations_of_cells_are_those_of_their_clause(tmp_path: Path) -> None:
    """Each case of a living state judges its command by the clause of the cell."""
    library = Library(tmp_path, tabled)
    for name in names(library):
        case = library.case(name)
        if "/left/" in name or any(isinstance(step, Close) for step in case.steps):
            continue
        cell = name.replace("/auth/", "/").removesuffix("-card")
        assert cell in case.clauses
        assert any(isinstance(step, Expect) and step.clause == cell for step in case.steps), name
