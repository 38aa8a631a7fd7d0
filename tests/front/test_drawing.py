"""--sequences and --replay: what they take, and what they say to what they do not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.cases.sequences import REPLAYED
from conformance.errors import UsageError
from conformance.fronts.drawing import drawn
from conformance.fronts.options import Wish, repeat_command
from conformance.fronts.prepare import prepare
from conformance.record.moves import Moves

MOVES = "a buys 1 at 3; b sells 2 at 2 ioc"


def test_moves_are_given_as_they_are_or_in_a_file(tmp_path: Path) -> None:
    """As text, one a line or not, and as the JSON of a run file."""
    lines, held = tmp_path / "moves.txt", tmp_path / "moves.json"
    lines.write_text(MOVES.replace("; ", "\n"), "utf-8")
    held.write_text(json.dumps(MOVES.split("; ")), "utf-8")
    for text in (MOVES, str(lines), str(held)):
        found = drawn(Wish(replay=text)).replayed
        assert str(found) == MOVES


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a buys", "--replay: move 1, 'a buys', is none"),
        ("a cancels #1", "--replay: move 1, 'a cancels #1', is about #1, and 0 orders are placed by then"),
        ("x" * 5000, "--replay: move 1"),
        ("\0", "--replay: move 1"),
        (";", "--replay: there is no move in it"),
    ],
)
def test_a_value_that_is_no_sequence_is_one_sentence(text: str, why: str) -> None:
    """What is wrong, and how it is written."""
    with pytest.raises(UsageError) as failure:
        prepare(Wish(replay=text))
    assert str(failure.value).startswith(why)
    assert failure.value.exit_code == 2
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize("content", [b"[1]", b"[", b"\xff", b"", b'{"moves": []}', b"[" * 50_000])
def test_a_file_that_holds_none_is_named(tmp_path: Path, content: bytes) -> None:
    """The sentence names the file."""
    path = tmp_path / "moves"
    path.write_bytes(content)
    with pytest.raises(UsageError) as failure:
        drawn(Wish(replay=str(path)))
    assert str(failure.value).startswith(f"--replay {path}: ")


def test_nothing_else_is_played_with_a_replay() -> None:
    """Whatever cases were asked for."""
    prepared = prepare(Wish(replay=MOVES, case=("market-data/*",)))
    assert [case.id for case in prepared.cases] == [f"gateway/commands/{REPLAYED}"]


def test_more_sequences_than_anybody_could_play_are_refused() -> None:
    """One sentence."""
    with pytest.raises(UsageError, match="--sequences must be at most 10000, not 10001"):
        prepare(Wish(sequences=10_001))


def test_the_repeat_command_plays_the_shortest() -> None:
    """And one that was not made shorter is repeated by its id, with what decides its value."""
    wish = Wish(sequences=200, seed=3, fault=("trades_with_itself",))
    whole = Moves(("a buys 1 at 3",))
    shrunk = Moves(("a buys 1 at 3",), ("a buys 1 at 3", "a lists"), 1)
    assert repeat_command(wish, "x/y", whole) == (
        "omen-conformance run --sequences 200 --fault trades_with_itself --seed 3 --case x/y"
    )
    assert repeat_command(wish, "x/y", shrunk) == (
        "omen-conformance run --fault trades_with_itself --seed 3 --replay 'a buys 1 at 3'"
    )
