"""Scenario files: what they become, and the sentence for everything that can be wrong in one."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.cases.steps import As, Condition, Connect, Expect, Reckoned, Saved, Send, Silence, Sourced
from conformance.contract import Level, Provenance
from conformance.errors import DocumentError
from conformance.payloads import Hole
from tests.cases.library import Library

HEAD = """\
scenarios: 1
service: library
cases:
  - name: a-promise
    family: commands
    says: A promise is kept.
    steps:
"""


def scenario(*steps: str) -> str:
    return HEAD + "".join(f"      - {step}\n" for step in steps)


def read(folder: Path, text: str) -> Library:
    return Library(folder, scenarios=text)


def test_a_scenario_is_a_case_and_a_clause(tmp_path: Path) -> None:
    """Each scenario is one rule of its service."""
    made = read(tmp_path, scenario("send: {operation: look}", "expect: {message: Shelf}"))
    case = made.case("library/commands/a-promise")
    assert case.clauses == ("library/scenarios/a-promise",)
    clause = made.catalogue.clauses["library/scenarios/a-promise"]
    assert (clause.says, clause.level, clause.provenance) == (
        "A promise is kept.",
        Level.MUST,
        Provenance.ASSUMED,
    )
    assert clause.where.line == 4
    assert case.resource == ""


@pytest.mark.parametrize(
    ("told", "resource"), [("", "library/account"), ("    needs: {own_account: false}\n", "")]
)
def test_cases_on_one_account_take_turns(tmp_path: Path, told: str, resource: str) -> None:
    """Unless a scenario says that no other can disturb it."""
    steps = scenario(
        "connect: {session: main, as: {has: [write]}}", "send: {operation: look}", "expect: {message: Shelf}"
    )
    made = read(tmp_path, steps.replace("    steps:\n", f"{told}    steps:\n"))
    assert made.case("library/commands/a-promise").resource == resource


def test_a_session_called_main_is_opened_by_itself(tmp_path: Path) -> None:
    """A scenario that does not begin with connect gets its session."""
    made = read(tmp_path, scenario("send: {operation: look}", "expect: {message: Shelf}"))
    connect, send, expect = made.case("library/commands/a-promise").steps
    assert connect == Connect("main", "library")
    assert isinstance(send, Send)
    assert isinstance(expect, Expect)
    assert expect.reply_to == 1
    assert expect.within_ms == 1000


def test_values_are_literals_saved_and_sourced(tmp_path: Path) -> None:
    """A command holds holes for sources; a condition names them."""
    made = read(
        tmp_path,
        scenario(
            "connect: {session: main, as: {has: [lend], account: other}}",
            "send: {operation: look, with: {shelf: top}}",
            "expect: {message: Shelf, save: {first: /books/0}, where: {/books/0: {eq: {source: book}}}}",
            "send: {operation: look, with: {shelf: {saved: first}}}",
            "expect: {message: Shelf, where: {/books/0: {ne: {saved: first}, present: true}}}",
            "send: {operation: borrow, with: {book: {source: book, plus: 1}}}",
            "expect: {message: Lent}",
        ),
    )
    case = made.case("library/commands/a-promise")
    connect, first, shelf, second, again, borrow, _lent = case.steps
    assert isinstance(connect, Connect)
    assert connect.who == As(("card",), frozenset(("lend",)), other_account=True)
    assert isinstance(first, Send)
    assert isinstance(second, Send)
    assert isinstance(borrow, Send)
    assert isinstance(shelf, Expect)
    assert isinstance(again, Expect)
    assert isinstance(first.payload, dict)
    assert isinstance(second.payload, dict)
    assert isinstance(borrow.payload, dict)
    assert first.payload["shelf"] == "top"
    assert second.payload["shelf"] == Saved("first")
    assert borrow.payload["book"] == Reckoned(Hole("source", "book"), plus=1)
    assert shelf.where == (Condition("/books/0", "eq", Sourced("book")),)
    assert again.where == (Condition("/books/0", "ne", Saved("first")), Condition("/books/0", "present"))
    assert case.needs.values == ("book",)
    assert case.needs.trading
    assert case.resource == "library/account"


def test_numbers_are_reckoned_from_others(tmp_path: Path) -> None:
    """So many times a value, and another: in a command as in a condition."""
    made = read(
        tmp_path,
        scenario(
            "send: {operation: look, save: {mine: /ref}}",
            "expect: {message: Shelf, save: {first: /books/0}}",
            "send: {operation: look, with: {shelf: {saved: first, times: 2, plus: {source: book}}}}",
            "expect: {message: Shelf, where: {/ref: {eq: {saved: mine, plus: 1}}}, ordered: true}",
        ),
    )
    _connect, first, _shelf, second, again = made.case("library/commands/a-promise").steps
    assert isinstance(first, Send)
    assert isinstance(second, Send)
    assert isinstance(again, Expect)
    assert isinstance(second.payload, dict)
    assert first.save == {"mine": "/ref"}
    assert second.payload["shelf"] == Reckoned(Saved("first"), 2, Hole("source", "book"))
    assert again.where == (Condition("/ref", "eq", Reckoned(Saved("mine"), plus=1)),)
    assert again.ordered


def test_values_can_be_declared_for_a_user_to_state(tmp_path: Path) -> None:
    """What nobody can be asked for is named at the head of the file, and is a need of the case."""
    steps = scenario("send: {operation: look, with: {shelf: {source: calm}}}", "expect: {message: Shelf}")
    declared = steps.replace("cases:", "values: {calm: A shelf that nobody else touches.}\ncases:")
    assert read(tmp_path, declared).case("library/commands/a-promise").needs.values == ("calm",)
    with pytest.raises(DocumentError, match=r"no source gives 'calm'; expected one of book, loan"):
        read(tmp_path, steps)


def test_what_a_scenario_makes_is_undone(tmp_path: Path) -> None:
    """The reply that holds what was made is kept for the clean-up."""
    made = read(
        tmp_path,
        scenario(
            "connect: {session: main, as: {has: [lend]}}",
            "send: {operation: borrow}",
            "expect: {message: Lent}",
        ),
    )
    case = made.case("library/commands/a-promise")
    (undo,) = case.cleanup
    assert isinstance(undo, Send)
    assert undo.operation == "return"


def test_a_scenario_claims_messages_that_nothing_else_can_bring(tmp_path: Path) -> None:
    """A notice that no command is answered with is enforced by whoever waits for it."""
    made = read(tmp_path, scenario("expect: {message: Closing, within_ms: 50}", "disconnect: {}"))
    case = made.case("library/commands/a-promise")
    assert "library/Closing/op/const" in case.clauses
    assert "library/Closing/op/const" not in made.catalogue.unenforced


def test_silence_with_a_witness(tmp_path: Path) -> None:
    """The witness is another session that is open."""
    made = read(
        tmp_path,
        scenario(
            "connect: {session: main}",
            "connect: {session: other}",
            "silence: {message: Event, session: main, witness: other, for_ms: 40}",
            "close: {code: 1001, session: other}",
        ),
    )
    silence = made.case("library/commands/a-promise").steps[2]
    assert silence == Silence("main", ("Event",), "library/scenarios/a-promise", for_ms=40, witness="other")


STEPS = [
    (
        "shout: {}",
        8,
        "no step is called 'shout'; expected one of close, connect, disconnect, expect, request, send, ",
    ),
    ("send: {}", 8, "send without operation; expected operation"),
    (
        "send: {operation: read}",
        8,
        "library has no operation 'read'; expected one of borrow, enter, follow, forget, ",
    ),
    ("send: {operation: look, with: {shelv: a}}", 8, "look has no field 'shelv'"),
    ("send: {operation: look, without: [shelv]}", 8, "look has no field 'shelv'"),
    (
        "send: {operation: look, wiht: {}}",
        8,
        "send has no field 'wiht'; expected one of operation, save, session, with, ",
    ),
    (
        "send: {operation: look, with: {shelf: {saved: a}}}",
        8,
        "nothing was saved as 'a' before this step; expected ",
    ),
    (
        "send: {operation: look, with: {shelf: {source: a}}}",
        8,
        "no source gives 'a'; expected one of book, loan",
    ),
    (
        "send: {operation: look, with: {shelf: {source: book, plus: many}}}",
        8,
        "'many' is no number; expected a number, or where one comes from",
    ),
    ("send: {operation: look, save: {mine: /no}}", 8, "Look has nothing at /no; expected a pointer that "),
    ("expect: {message: Shelf, ordered: 1}", 8, "ordered is no boolean; expected true or false"),
    ("send: {operation: look, session: b}", 8, "session 'b' is not open here; expected one of main"),
    ("connect: {session: main, as: {account: mine}}", 8, "no account is called 'mine'; expected other"),
    (
        "connect: {session: main, as: {is: [x]}}",
        8,
        "as has no field 'is'; expected one of account, has, lacks",
    ),
    ("connect: {}", 8, "connect without session; expected session"),
    (
        "expect: {message: Shelves}",
        8,
        "library never sends 'Shelves'; expected one of Closing, Entered, Event, ",
    ),
    ("expect: {message: Look}", 8, "library never sends 'Look'; expected one of Closing, "),
    (
        "expect: {message: Shelf, where: {/book: {eq: 1}}}",
        8,
        "Shelf has nothing at /book; expected a pointer that its ",
    ),
    (
        "expect: {message: Shelf, where: {books: {eq: 1}}}",
        8,
        "not a JSON pointer: 'books' (expected it to begin with /)",
    ),
    (
        "expect: {message: Shelf, where: {/ref: {near: 1}}}",
        8,
        "the condition on /ref has no field 'near'; expected one of absent, ",
    ),
    ("expect: {message: Shelf, where: {/ref: 1}}", 8, "the condition on /ref is no map; expected a map"),
    (
        "expect: {message: Shelf, where: {/ref: {present: 1}}}",
        8,
        "present takes no value; expected present: true",
    ),
    (
        "expect: {message: Shelf, save: {a: /no}}",
        8,
        "Shelf has nothing at /no; expected a pointer that its schema knows",
    ),
    (
        "expect: {message: Shelf, within_ms: soon}",
        8,
        "within_ms is no whole number above zero; expected a number",
    ),
    ("silence: {message: Event, witness: w}", 8, "session 'w' cannot be the witness; expected one of "),
    (
        "disconnect: {}",
        7,
        "a scenario that expects nothing proves nothing; expected expect, silence or close",
    ),
]


@pytest.mark.parametrize(("step", "line", "sentence"), STEPS, ids=[sentence[:40] for _, _, sentence in STEPS])
def test_a_wrong_step_is_refused_with_its_line(tmp_path: Path, step: str, line: int, sentence: str) -> None:
    """File, line, what is wrong, what was expected."""
    with pytest.raises(DocumentError) as raised:
        read(tmp_path, scenario(step))
    assert str(raised.value).startswith(f"{tmp_path}/scenarios.yaml:{line}: {sentence}")


def test_a_scenario_may_need_a_service_that_is_not_there(tmp_path: Path) -> None:
    """A document can be used without the others: such a scenario gives no case, and says why."""
    made = read(tmp_path, scenario("connect: {session: main, service: shop}"))
    assert "library/commands/a-promise" not in made.ids()
    why = "it needs the service shop, whose document is not given"
    assert made.catalogue.unenforced["library/scenarios/a-promise"] == why


def test_a_session_ends_with_its_disconnect(tmp_path: Path) -> None:
    """After disconnect a session can neither send nor wait."""
    with pytest.raises(DocumentError, match=r"yaml:9: session 'main' is not open here"):
        read(tmp_path, scenario("disconnect: {}", "expect: {message: Shelf}"))


def test_a_session_is_opened_once(tmp_path: Path) -> None:
    """Two sessions have two names."""
    with pytest.raises(DocumentError, match=r"yaml:9: session 'main' is already open; expected a new name"):
        read(tmp_path, scenario("connect: {session: main}", "connect: {session: main}"))


FILES = [
    ("service: library\ncases: []\n", "1: not a scenario file that we can read; expected scenarios: 1"),
    ("scenarios: 2\nservice: library\ncases: []\n", "1: "),
    ("scenarios: 1\ncases: []\n", "1: a scenario file without service; expected service"),
    ("scenarios: 1\nservice: shop\ncases: []\n", "2: no document is called 'shop'; expected one of library"),
    ("scenarios: 1\nservice: library\ncases: {}\n", "3: the cases are no list; expected a list of scenarios"),
    (
        "scenarios: 1\nservice: library\nsteps: []\ncases: []\n",
        "3: a scenario file has no field 'steps'; expected one of ",
    ),
    (
        HEAD.replace("a-promise", "A promise"),
        "4: 'A promise' cannot stand in a case id; expected lower-case words ",
    ),
    (
        HEAD.replace("commands", "orders"),
        "5: family cannot be 'orders'; expected one of auth, commands, health, ",
    ),
    (HEAD.replace("is kept.", "is kept"), "6: what a scenario says is no sentence; expected a full stop"),
    (HEAD, "7: a scenario has no steps; expected a list of steps"),
]


@pytest.mark.parametrize(("text", "sentence"), FILES, ids=[sentence[:40] for _, sentence in FILES])
def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    """File, line, what is wrong, what was expected."""
    with pytest.raises(DocumentError) as raised:
        read(tmp_path, text)
    assert str(raised.value).startswith(f"{tmp_path}/scenarios.yaml:{sentence}")


def test_names_are_unique(tmp_path: Path) -> None:
    """Two scenarios of one service cannot have one name."""
    steps = "      - expect: {message: Closing}\n"
    with pytest.raises(DocumentError, match=r"a second scenario called a-promise; expected unique names"):
        read(tmp_path, HEAD + steps + HEAD.split("cases:\n")[1] + steps)
