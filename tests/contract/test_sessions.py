"""The state table is read cell by cell; a table about nothing is an error, a gap in it a note."""

from __future__ import annotations

import pytest

from conformance.contract.sessions import Does, Entry, Way
from conformance.errors import DocumentError
from tests.contract.build import notes_of, service_of
from tests.contract.test_extensions import FULL

TABLE = """\
  sessions:
    stranger:
      entered: [opened]
      default: {refused: invalid}
      commands: {speak: taken}
    known: {entered: [{accepted: badge}], default: {ends: 4001}}
    gone:
      entered: [closed, {deadline: hello}]
      told: busy
      close: 1008
      within_ms: 70
      default: nothing
"""


def test_states_cells_and_ways() -> None:
    """Each state has its ways in, and a cell with a clause of its own for each command."""
    service, book = service_of(FULL + TABLE)
    sessions = service.rules.sessions
    assert sessions is not None
    stranger, known, gone = sessions.states
    assert stranger.entered == (Way(Entry.OPENED),)
    assert stranger.cells["speak"].does is Does.TAKEN
    assert (known.cells["speak"].does, known.cells["speak"].code) == (Does.ENDS, 4001)
    assert (gone.told, gone.close, gone.within_ms, gone.over) == ("busy", 1008, 70, True)
    assert not stranger.over
    assert sessions.entered_by(Entry.ACCEPTED, "badge") is known
    assert [str(way) for _, way in sessions.ways(Entry.DEADLINE, Entry.CLOSED)] == [
        "closed",
        "deadline-hello",
    ]
    said = {name: clause.says for name, clause in book.clauses.items() if "/sessions/" in name}
    assert said == {
        "toy/sessions/stranger/speak": "On a connection that is stranger, speak is taken.",
        "toy/sessions/known/speak": "On a connection that is known, speak ends it with close code 4001.",
        "toy/sessions/gone/told": "A connection that becomes gone is told that it is busy within 70 ms.",
        "toy/sessions/gone/close": "A connection that becomes gone is closed with 1008 within 70 ms.",
        "toy/sessions/gone/speak": "On a connection that is gone, speak does nothing any more.",
    }
    place = book.clauses["toy/sessions/stranger/speak"].where
    assert (FULL + TABLE).splitlines()[place.line - 1].strip() == "commands: {speak: taken}"


def test_no_table_no_states() -> None:
    """A document without the extension promises nothing of it."""
    service, book = service_of(FULL)
    assert service.rules.sessions is None
    assert not [name for name in book.clauses if "/sessions/" in name]


def test_a_command_of_which_a_state_says_nothing_is_noted() -> None:
    """It has no cell and no clause, and lint tells the line of the state."""
    text = FULL + TABLE.replace("default: {ends: 4001}", "within_ms: 5")
    service, book = service_of(text)
    assert service.rules.sessions is not None
    assert "speak" not in service.rules.sessions.states[1].cells
    assert "toy/sessions/known/speak" not in book.clauses
    (note,) = (each for each in notes_of(text) if each.startswith("session-gap"))
    assert note.endswith("nothing says what speak does in the state known")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("commands: {speak:", "commands: {speek:", "there is no operation 'speek'"),
        ("{refused: invalid}", "{refused: forbidden}", "no code is given for 'forbidden'"),
        ("told: busy", "told: malformed", "no code is given for 'malformed'"),
        ("{accepted: badge}", "{accepted: bagde}", "no command carries a credential for 'bagde'"),
        ("{deadline: hello}", "{deadline: hullo}", "there is no deadline 'hullo'"),
        ("{deadline: hello}", "{expired: badge}", "nothing says how a badge is expired"),
        ("{deadline: hello}", "{revoked: badge}", "nothing says how a badge is revoked"),
        ("[closed, ", "[closed, opened, ", "stranger and gone are both entered by opened"),
        ("entered: [opened]", "entered: [{revoked: badge}]", "nothing says how a badge is revoked"),
        ("entered: [opened]\n", "entered: [closed]\n", "stranger and gone are both entered by closed"),
    ],
)
def test_a_table_about_nothing_is_an_error(old: str, new: str, told: str) -> None:
    """Names that do not exist, and ways that lead to two states, are refused with their line."""
    assert old in TABLE
    with pytest.raises(DocumentError, match=told) as refused:
        service_of(FULL + TABLE.replace(old, new, 1))
    assert "a.yaml:" in str(refused.value)


def test_somebody_has_to_come_in() -> None:
    """A table that no connection enters is an error."""
    with pytest.raises(DocumentError, match="no state is entered by a connection that opens"):
        service_of(
            FULL
            + TABLE.replace("entered: [opened]", "entered: [{deadline: hello}]").replace(
                "[closed, {deadline: hello}]", "[closed]"
            )
        )
