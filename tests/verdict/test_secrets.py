"""What is shown as a credential does not come back: not whole, and of what a case made up not in part."""

from __future__ import annotations

import pytest

from conformance.cases.credentials import WRONG
from conformance.cases.steps import Connect, Expect, Send
from conformance.payloads import Hole
from conformance.transcript import Transcript
from conformance.validation import Finding
from tests.run.desk import judge
from tests.verdict.stage import Story, case

SECRET = "library/credentials/card/secret"
MADE_UP = WRONG["never-issued"]


def given_away(shown: str, why: str, *, real: bool = False) -> list[Finding]:
    """What is found when that card is denied for that reason; a ``real`` one is the user's."""
    card: object = Hole("credential", "card") if real else shown
    one = case(
        Connect("main", "library"),
        Send("main", "enter", {"type": "enter", "id": 1, "card": card}),
        Expect("main", ("denied",), "library/enter/reply", reply_to=1),
        clauses=(SECRET,),
    )
    story = Story().connected().mark(10, "step", 1).sent(11, {"type": "enter", "id": 1, "card": shown})
    story.mark(12, "step", 2).got(20, {"type": "denied", "id": 1, "why": why}).mark(21, "satisfied", 2)
    made = judge().judge(one, Transcript(one.id, tuple(story.entries)))
    assert SECRET in made.exercised
    return [finding for finding in made.findings if finding.clause == SECRET]


def test_all_of_it_is_told() -> None:
    """Whether it is good or not."""
    for real in (False, True):
        (finding,) = given_away("open-sesame", "open-sesame is no card", real=real)
        assert (finding.expected, finding.seen) == ("no credential in it", "the 11 characters just sent")


@pytest.mark.parametrize("piece", [MADE_UP[:10], MADE_UP[-6:], MADE_UP[:6], MADE_UP[1:8]])
def test_a_piece_of_what_was_made_up_is_told(piece: str) -> None:
    """Its beginning or its end, as some quote it."""
    (finding,) = given_away(MADE_UP, f"{piece}... is no card")
    assert finding.seen == "6 of the 30 characters just sent"


def test_a_piece_of_a_real_one_proves_nothing() -> None:
    """It may begin as all do, or have a name in it that may be told."""
    assert given_away(MADE_UP, f"{MADE_UP[:10]} is no card", real=True) == []


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        (MADE_UP, "that card was never issued, or never-issued"),
        (MADE_UP, f"{MADE_UP[:4]}... is no card"),
        ("x" * 64, "xxxxxxxxxxxxxxxx is no card"),
        ("0000-1234-5678-9abc-def0", "no card in 9abc-def0-1234-5678"),
    ],
)
def test_words_numbers_and_stars_are_no_piece(shown: str, why: str) -> None:
    """Anybody may write them: ids, and what is put in the place of a secret."""
    assert given_away(shown, why) == []
