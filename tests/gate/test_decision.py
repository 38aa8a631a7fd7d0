"""The gate's decision: what is excused, how waivers die, and which word and exit code come out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from conformance.errors import UsageError
from conformance.gate.decision import Seen, decide
from tests.gate.build import (
    ANY,
    BROKEN,
    CLAUSES,
    KEPT,
    LATE,
    PRICE,
    SIZE,
    Clause,
    Finding,
    decided,
    failed,
    passed,
    rules,
    skipped,
    waiver,
    waivers,
)


def test_without_waivers_a_broken_promise_is_not_conformant() -> None:
    made = decided(rules(()), BROKEN)
    assert (made.verdict, made.exit_code, made.reasons, made.waived) == ("not conformant", 1, (), ())
    assert decided(rules(()), KEPT).verdict == "conformant"


def test_a_waived_promise_does_not_fail_the_gate(tmp_path: Path) -> None:
    """And the case that saw it broken is told as waived, the waiver as used."""
    made = decided(rules(waivers(tmp_path, waiver())), BROKEN)
    assert (made.verdict, made.exit_code, made.reasons) == ("conformant", 0, ())
    assert (made.waived, made.warned) == (("tide/layouts/price",), ())
    (line,) = made.waivers
    assert (line.state, line.cases, line.expires) == ("used", ("tide/layouts/price",), "2026-11-30")
    assert (line.owner, line.ticket, line.reason) == ("Ada", "TIDE-1", "the feed is being rewritten")


def test_a_waiver_covers_its_own_clause_alone(tmp_path: Path) -> None:
    """A case that saw something else broken, too, fails; the waiver is needed all the same."""
    seen = [failed("tide/streams/levels", Finding(PRICE), Finding(SIZE)), passed("tide/layouts/price", PRICE)]
    made = decided(rules(waivers(tmp_path, waiver())), seen)
    assert (made.verdict, made.waived, made.reasons) == ("not conformant", (), ())
    assert made.waivers[0].state == "used"
    both = decided(rules(waivers(tmp_path, waiver(), waiver(SIZE))), seen)
    assert (both.verdict, both.waived) == ("conformant", ("tide/streams/levels",))
    assert [each.state for each in both.waivers] == ["used", "used"]


@pytest.mark.parametrize("finding", [None, Finding(""), Finding("tide/Level/price/type-2")])
def test_what_no_waiver_names_is_not_excused(finding: Finding | None, tmp_path: Path) -> None:
    """A failure without findings, a finding without clause, a clause with nearly the same id."""
    seen = [failed("tide/layouts/price", *([Finding(PRICE), finding] if finding else []))]
    assert decided(rules(waivers(tmp_path, waiver())), seen).verdict == "not conformant"


def test_that_no_alternative_is_kept_follows_from_what_is_wrong_in_one(tmp_path: Path) -> None:
    """Waiving the cause is enough; where no alternative was meant, that is the cause."""
    given = rules(waivers(tmp_path, waiver()))
    follows = [Finding(ANY, ("levels", 0)), Finding(PRICE, ("levels", 0, "price"))]
    assert decided(given, [failed("tide/layouts/price", *follows)]).verdict == "conformant"
    elsewhere = [Finding(ANY, ("levels", 0)), Finding(PRICE, ("levels", 1, "price"))]
    assert decided(given, [failed("tide/layouts/price", *elsewhere)]).verdict == "not conformant"
    cause = [replace(follows[0], drift="a level lacks price"), follows[1]]
    assert decided(given, [failed("tide/layouts/price", *cause)]).verdict == "not conformant"
    assert decided(given, [failed("tide/layouts/price", Finding(ANY))]).verdict == "not conformant"


# -- how waivers die ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "word"),
    [
        (date(2026, 11, 29), "conformant"),
        (date(2026, 11, 30), "conformant"),
        (date(2026, 12, 1), "not conformant"),
        (date(2027, 11, 30), "not conformant"),
    ],
)
def test_its_last_day_is_a_day_of_a_waiver(today: date, word: str, tmp_path: Path) -> None:
    """It expires with the end of the day."""
    made = decided(rules(waivers(tmp_path, waiver()), today=today), BROKEN)
    assert made.verdict == word
    assert (made.waivers[0].state == "expired") is (word != "conformant")


def test_an_expired_waiver_fails_the_gate_of_a_run_that_keeps_all(tmp_path: Path) -> None:
    """The sentence names clause, day, place, owner and ticket."""
    made = decided(rules(waivers(tmp_path, waiver()), today=date(2026, 12, 1)), KEPT)
    assert (made.verdict, made.exit_code) == ("gate failed", 1)
    (reason,) = made.reasons
    for said in (PRICE, "expired on 2026-11-30", f"{tmp_path / 'waivers.yaml'}:2", "Ada", "TIDE-1"):
        assert said in reason


@pytest.mark.parametrize(
    "changed", [Clause(PRICE, digest="00000000000000bb"), Clause(PRICE, "should", "0" * 16)]
)
@pytest.mark.parametrize(("seen", "word"), [(BROKEN, "not conformant"), (KEPT, "gate failed")])
def test_a_waiver_dies_with_what_its_clause_promised(
    changed: Clause, seen: tuple[Seen, ...], word: str, tmp_path: Path
) -> None:
    """Another digest, and it excuses nothing; the sentence gives the new one."""
    given = rules(waivers(tmp_path, waiver()), clauses=(changed, *CLAUSES[1:]), strict=True)
    made = decided(given, seen)
    assert (made.verdict, made.waivers[0].state, made.waived) == (word, "changed", ())
    assert f"promises something else now, whose digest is {changed.digest}" in made.reasons[0]


def test_a_waiver_that_is_not_needed_fails_the_gate(tmp_path: Path) -> None:
    made = decided(rules(waivers(tmp_path, waiver())), KEPT)
    assert (made.verdict, made.exit_code, made.waivers[0].state) == ("gate failed", 1, "unused")
    assert f"the waiver of {PRICE} is no longer needed" in made.reasons[0]


@pytest.mark.parametrize(
    "seen",
    [
        (KEPT[0], KEPT[2]),
        (skipped("tide/layouts/price"), *KEPT[1:]),
        (KEPT[0], Seen("tide/streams/levels", "broken", "environment", (), frozenset()), KEPT[2]),
        (passed("tide/layouts/price"), passed("tide/streams/levels", SIZE), KEPT[2]),
    ],
    ids=["a case was not selected", "a case was skipped", "a case could not be judged", "never exercised"],
)
def test_what_was_not_put_to_the_test_is_neither_used_nor_unused(
    seen: tuple[Seen, ...], tmp_path: Path
) -> None:
    """The waiver is told as untested, and fails nothing."""
    made = decided(rules(waivers(tmp_path, waiver())), seen)
    assert (made.reasons, made.waivers[0].state) == ((), "untested")


def test_cases_that_cannot_be_at_a_target_are_not_waited_for(tmp_path: Path) -> None:
    """``among``: there are no other cases there."""
    given = rules(waivers(tmp_path, waiver()))
    seen = [KEPT[0], KEPT[2]]
    assert decided(given, seen).waivers[0].state == "untested"
    assert decided(given.among({each.id for each in seen}), seen).waivers[0].state == "unused"


@pytest.mark.parametrize(
    ("build", "word", "state"),
    [("1.4", "conformant", "used"), ("1.4.9", "conformant", "used"), ("1.5", "not conformant", "elsewhere")],
)
def test_a_waiver_of_some_builds_is_none_for_others(
    build: str, word: str, state: str, tmp_path: Path
) -> None:
    given = rules(waivers(tmp_path, waiver(builds='{from: "1.4", to: "1.4.9"}')), build=build)
    made = decided(given, BROKEN)
    assert (made.verdict, made.waivers[0].state, made.waivers[0].builds) == (word, state, "from 1.4 to 1.4.9")
    assert made.reasons == ()


def test_of_several_waivers_of_a_clause_that_of_the_build_counts(tmp_path: Path) -> None:
    texts = [waiver(builds=f"{{from: '{each}', to: '{each}'}}") for each in ("1.1", "1.2", "1.3")]
    made = decided(rules(waivers(tmp_path, *texts), build="1.2"), BROKEN)
    assert (made.verdict, [each.state for each in made.waivers]) == (
        "conformant",
        ["elsewhere", "used", "elsewhere"],
    )


@pytest.mark.parametrize(("build", "said"), [("", "nobody says which this is"), ("latest", "is no version")])
def test_a_waiver_of_some_builds_wants_to_know_the_build(build: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=said):
        rules(waivers(tmp_path, waiver(builds='{from: "1.4"}')), build=build)


# -- levels ------------------------------------------------------------------------------------------------

LATELY = (failed("tide/commands/ask", Finding(LATE)), *KEPT[:2])


def test_what_should_be_kept_warns() -> None:
    made = decided(rules(()), LATELY)
    assert (made.verdict, made.exit_code) == ("conformant", 0)
    assert (made.warned, made.waived) == (("tide/commands/ask",), ())


def test_strict_makes_it_fail() -> None:
    made = decided(rules((), strict=True), LATELY)
    assert (made.verdict, made.exit_code, made.warned) == ("not conformant", 1, ())


def test_a_should_does_not_cover_a_must() -> None:
    made = decided(rules(()), [failed("tide/commands/ask", Finding(LATE), Finding(PRICE))])
    assert (made.verdict, made.warned) == ("not conformant", ())


def test_a_must_that_is_waived_and_a_should_are_waived_together(tmp_path: Path) -> None:
    given = waivers(tmp_path, waiver())
    seen = [failed("tide/commands/ask", Finding(LATE), Finding(PRICE))]
    assert decided(rules(given), seen).waived == ("tide/commands/ask",)
    assert decided(rules(given, strict=True), seen).verdict == "not conformant"


# -- the word ----------------------------------------------------------------------------------------------


def test_other_reasons_fail_a_run_that_would_be_conformant() -> None:
    made = decide(rules(()), KEPT, also=["tide/Level/size/type is no longer enforced"])
    assert (made.verdict, made.exit_code) == ("gate failed", 1)
    assert made.reasons == ("tide/Level/size/type is no longer enforced",)


@pytest.mark.parametrize(
    ("seen", "word", "code"),
    [
        (BROKEN, "not conformant", 1),
        ([skipped("tide/layouts/price")], "inconclusive", 3),
        ([*KEPT, Seen("x", "broken", "suite", (), frozenset())], "broken suite", 4),
    ],
)
def test_reasons_do_not_hide_a_worse_verdict(seen: list[Seen], word: str, code: int) -> None:
    made = decide(rules(()), seen, also=["a reason"])
    assert (made.verdict, made.exit_code, made.reasons) == (word, code, ("a reason",))


def test_interrupted_and_unheard_are_what_they_were(tmp_path: Path) -> None:
    """And an interrupted run says of no waiver that it is not needed."""
    given = rules(waivers(tmp_path, waiver()))
    made = decide(given, KEPT[:1], interrupted=True)
    assert (made.verdict, made.exit_code, made.reasons) == ("interrupted", 130, ())
    assert decide(rules(()), KEPT, unheard=["tide"]).verdict == "inconclusive"
