"""Two runs held against each other, promise by promise and case by case."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.comparison import ClauseChange, Comparison, Standing, closing, compare
from conformance.record import End
from conformance.verdict import Blame
from tests.comparison.runs import ASK, LEVEL, STATUS, STREAM, WAVE, broke, head, kept, run
from tests.record.samples import (
    CASES,
    CLAUSES,
    HOLE,
    HTTP,
    LATE,
    PRICE,
    UNSEEN,
    broken,
    case,
    clause,
    skipped,
)


def ids(changes: tuple[ClauseChange, ...]) -> list[str]:
    return [each.id for each in changes]


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "before", tmp_path / "after"


def test_each_clause_is_in_the_group_of_its_two_standings(folders: tuple[Path, Path]) -> None:
    """Newly broken, mended, still broken, newly enforced, no longer enforced: with what was seen by whom."""
    before = run(
        folders[0],
        kept(LEVEL, PRICE),
        broke(ASK, LATE),
        skipped(WAVE, "nothing came"),
        kept(STATUS, HTTP),
    )
    after = run(
        folders[1],
        broke(LEVEL, PRICE),
        kept(ASK, LATE),
        kept(WAVE, UNSEEN),
        broken(STATUS, Blame.ENVIRONMENT, "the port is closed"),
    )
    made = compare(before, after)
    assert ids(made.newly_broken) == [PRICE]
    assert made.newly_broken[0].why == "here: expected a promise, got something else (doc.yaml:1)"
    assert made.newly_broken[0].cases == (LEVEL,)
    assert ids(made.mended) == [LATE]
    assert ids(made.newly_enforced) == [UNSEEN]
    assert ids(made.no_longer_enforced) == [HTTP]
    assert made.no_longer_enforced[0].why == "its cases could not be judged: the port is closed"
    assert made.no_longer_enforced[0].cases == (STATUS,)
    assert made.still_broken == ()
    again = compare(before, before)
    assert ids(again.still_broken) == [LATE]
    assert again == Comparison(before, before, still_broken=again.still_broken)
    assert [(each.id, each.before, each.after) for each in made.outcomes] == [
        (LEVEL, "passed", "failed"),
        (WAVE, "skipped", "passed"),
        (ASK, "failed", "passed"),
        (STATUS, "passed", "broken"),
    ]


def test_what_was_broken_and_is_not_looked_at_any_more_is_missed(folders: tuple[Path, Path]) -> None:
    """A bug does not vanish with the case that saw it."""
    before = run(folders[0], broke(ASK, LATE))
    made = compare(before, run(folders[1], skipped(ASK, "no address")))
    assert ids(made.no_longer_enforced) == [LATE]
    assert made.no_longer_enforced[0].before is Standing.BROKEN
    assert made.mended == ()


def test_what_only_a_failing_case_met_by_the_way_is_not_missed(folders: tuple[Path, Path]) -> None:
    """An error that a sound target never sends need not come again; a passing case's by-catch has to."""
    failing = run(folders[0], broke(ASK, LATE, met=[UNSEEN]))
    sound = run(folders[1], kept(ASK, LATE))
    assert compare(failing, sound).no_longer_enforced == ()
    met = run(folders[0], kept(ASK, LATE, UNSEEN))
    assert ids(compare(met, sound).no_longer_enforced) == [UNSEEN]
    seen = run(folders[0], broke(ASK, LATE, UNSEEN))
    mended = compare(seen, sound).mended
    assert [(each.id, each.after) for each in mended] == [(LATE, "kept"), (UNSEEN, "not enforced")]


def test_a_clause_that_is_new_and_broken_is_newly_broken(folders: tuple[Path, Path]) -> None:
    """Whether nobody promised it before, or nobody looked."""
    fresh = clause("tide/Wave/length/type", "The length of a Wave is a string.")
    before = run(folders[0], kept(ASK, LATE))
    after = run(folders[1], broke(ASK, fresh.id, UNSEEN), of=head((*CLAUSES, fresh)))
    made = compare(before, after)
    assert [(each.id, each.before) for each in made.newly_broken] == [
        (UNSEEN, "not enforced"),
        (fresh.id, "not promised"),
    ]
    assert made.added == (fresh.id,)


def test_a_finding_of_no_clause_counts_too(folders: tuple[Path, Path]) -> None:
    """It closes the gate as any other."""
    made = compare(run(folders[0], kept(ASK, LATE)), run(folders[1], broke(ASK, "tide/unheard/of")))
    assert ids(made.newly_broken) == ["tide/unheard/of"]
    assert made.added == ()
    assert closing(made)


def test_changed_clauses_are_told_by_their_digest_or_else_their_sentence(folders: tuple[Path, Path]) -> None:
    """Another digest is another promise, also where the sentence is the same; another sentence with the same
    digest is none."""
    price, late, *rest = CLAUSES
    old = head((replace(price, digest="a"), replace(late, digest="b"), *rest))
    reworded, rewritten = replace(late, says="Other words.", digest="b"), replace(price, digest="c")
    new = head((rewritten, reworded, *rest))
    before, after = run(folders[0], of=old), run(folders[1], of=new)
    assert ids(compare(before, after).rewritten) == [PRICE]
    bare = run(folders[0], of=head((price, late, *rest)))
    told = run(folders[1], of=head((replace(price, digest="c"), replace(late, says="Other words."), *rest)))
    assert ids(compare(bare, told).rewritten) == [LATE]


def test_a_clause_under_another_id_is_compared_with_what_it_was(folders: tuple[Path, Path]) -> None:
    """Renamed, where one clause on each side promises this: neither added, nor removed, nor missed."""
    price, *rest = (replace(each, digest=each.id) for each in CLAUSES)
    named = replace(price, id="tide/Level/cost/pattern")
    before = run(folders[0], kept(LEVEL, PRICE), of=head((price, *rest)))
    after = run(folders[1], broke(LEVEL, named.id), of=head((named, *rest)))
    made = compare(before, after)
    assert made.renamed == ((PRICE, named.id),)
    assert (made.added, made.removed) == ((), ())
    assert [(each.id, each.before) for each in made.newly_broken] == [(named.id, "kept")]


def test_a_clause_that_nobody_promises_any_more_is_removed_and_not_missed(folders: tuple[Path, Path]) -> None:
    """Whether that is right is the business of who compares the documents."""
    before = run(folders[0], kept(ASK, LATE))
    made = compare(before, run(folders[1], of=head(each for each in CLAUSES if each.id != LATE)))
    assert made.removed == (LATE,)
    assert made.no_longer_enforced == ()


def test_what_was_not_selected_is_not_missed(folders: tuple[Path, Path]) -> None:
    """Told as such; but what the selected cases enforced before still has to be."""
    before = run(folders[0], kept(ASK, LATE), kept(LEVEL, PRICE))
    only = head(cases=[each for each in CASES if each.id == ASK], selection=("--case tide/commands",))
    made = compare(before, run(folders[1], kept(ASK, LATE), of=only))
    assert (made.deselected, made.no_longer_enforced) == ((PRICE,), ())
    assert not closing(made)
    silent = compare(before, run(folders[1], skipped(ASK, "nothing came"), of=only))
    assert ids(silent.no_longer_enforced) == [LATE]
    assert "selection" in {each.what for each in made.differences}


def test_cases_appear_vanish_and_stay_unplayed(folders: tuple[Path, Path]) -> None:
    """By id; a case that a killed run did not come to is told as what it is."""
    fresh = case("tide/commands/fresh", LATE)
    before = run(folders[0], kept(ASK, LATE), of=head(cases=CASES[:4]))
    after = run(folders[1], of=head(cases=(*CASES[1:4], fresh)), end=False)
    made = compare(before, after)
    assert made.appeared == (fresh.id,)
    assert made.vanished == (CASES[0].id,)
    assert [(each.id, each.before, each.after) for each in made.outcomes] == [(ASK, "passed", "not played")]
    told = {each.what: (each.before, each.after) for each in made.differences}
    assert told["played"] == ("all but 3 of 4 cases", "all but 4 of 4 cases")


def test_all_that_weakens_the_comparison_is_told(folders: tuple[Path, Path]) -> None:
    """Target, documents, seed, jobs, suite: each with what it was and is, and what that means."""
    old = head()
    new = replace(
        old,
        suite="0.2.0",
        seed=8,
        jobs=4,
        target=replace(
            old.target, name="far", addresses={"tide": "wss://far/"}, trading=True, tolerance_ms=1
        ),
        documents=(replace(old.documents[0], sha256="ef" * 32), *old.documents[1:]),
    )
    told = compare(run(folders[0]), run(folders[1], of=new)).differences
    assert {each.what for each in told} == {
        "target", "addresses", "trading", "tolerance", "suite", "seed", "jobs", "tide",
    }  # fmt: skip
    assert all(each.before != each.after and each.says for each in told)
    document = next(each for each in told if each.what == "tide")
    assert (document.before, document.after) == ("1.2.3 (sha256 abababababab)", "1.2.3 (sha256 efefefefefef)")


def test_the_embedded_reference_is_the_same_target_on_other_ports(folders: tuple[Path, Path]) -> None:
    """Its ports are the system's choice."""
    old = head()
    old = replace(old, target=replace(old.target, embedded=True))
    new = replace(old, target=replace(old.target, addresses={"tide": "ws://127.0.0.1:9/"}))
    assert compare(run(folders[0], of=old), run(folders[1], of=new)).differences == ()


def decided(made: Comparison, **end: object) -> Comparison:
    """The comparison where the later run's end says this."""
    last = replace(End(1.0, False, "conformant", 0), **end)  # type: ignore[arg-type]
    return compare(made.before, replace(made.after, end=last))


def test_the_gate_closes_for_what_is_newly_broken_or_no_longer_enforced(folders: tuple[Path, Path]) -> None:
    """Not for what is still broken, mended or new; newly broken ones may be left to the run itself."""
    red = run(folders[0], broke(ASK, LATE), kept(LEVEL, PRICE))
    assert closing(compare(red, red)) == ()
    worse = compare(red, run(folders[1], broke(ASK, LATE), broke(LEVEL, PRICE)))
    (reason,) = closing(worse)
    assert "newly broken" in reason
    assert PRICE in reason
    assert closing(worse, broken=False) == ()
    blind = compare(red, run(folders[1], broke(ASK, LATE), skipped(LEVEL, "nothing came")))
    (reason,) = closing(blind, broken=False)
    assert "no longer enforced" in reason
    assert PRICE in reason


def test_a_later_run_that_did_not_come_to_its_end_opens_no_gate(folders: tuple[Path, Path]) -> None:
    """Killed or stopped, whatever it saw; an earlier one that was is held against as far as it came."""
    whole = run(folders[0], kept(ASK, LATE))
    killed = run(folders[1], kept(ASK, LATE), end=False)
    assert closing(compare(whole, killed)) == ("the later run was killed before its end",)
    assert closing(compare(whole, killed), broken=False) == ()
    assert closing(compare(killed, whole)) == ()
    stopped = decided(compare(whole, whole), interrupted=True)
    assert closing(stopped) == ("the later run was stopped before its end",)


@pytest.mark.parametrize("broken", [True, False])
def test_runs_without_a_promise_in_common_open_no_gate(folders: tuple[Path, Path], broken: bool) -> None:
    """Of other documents, or one that never began: that nothing is worse would say nothing."""
    here = run(folders[0], kept(ASK, LATE))
    others = [replace(clause, id=f"ebb/{clause.id}", digest="") for clause in CLAUSES]
    for top in (head(others, ()), head((), ())):
        other = run(folders[1], of=top)
        for pair in ((here, other), (other, here)):
            (reason,) = closing(compare(*pair), broken=broken)
            assert reason.endswith("nothing was compared")
    assert closing(compare(here, run(folders[1], kept(ASK, LATE), of=head(CLAUSES[2:3])))) == ()


def test_what_should_be_closes_only_a_strict_gate(folders: tuple[Path, Path]) -> None:
    """Newly broken or no longer enforced."""
    before = run(folders[0], kept(STATUS, HTTP))
    for verdict in (broke(STATUS, HTTP), skipped(STATUS, "no address")):
        made = compare(before, run(folders[1], verdict))
        assert closing(made) == ()
        assert HTTP in closing(made, strict=True)[0]


def test_what_is_waived_closes_nothing(folders: tuple[Path, Path]) -> None:
    """But only where each case that saw it broken is; a warning does where it is strict."""
    before = run(folders[0], kept(ASK, LATE), kept(STREAM, LATE))
    made = compare(before, run(folders[1], broke(ASK, LATE), broke(STREAM, LATE)))
    assert closing(decided(made, waived=(ASK, STREAM)), strict=True) == ()
    assert decided(made, waived=(ASK, STREAM)).newly_broken[0].excuse == "waived"
    assert closing(decided(made, waived=(ASK,)))
    warned = decided(made, warned=(ASK, STREAM))
    assert closing(warned) == ()
    assert closing(warned, strict=True)


def test_a_hole_of_the_contract_is_no_loss(folders: tuple[Path, Path]) -> None:
    """What no case can enforce is in no group."""
    made = compare(run(folders[0], kept(ASK, LATE)), run(folders[1], kept(ASK, LATE)))
    groups = (made.newly_broken, made.no_longer_enforced, made.still_broken, made.mended, made.newly_enforced)
    assert all(HOLE not in ids(group) for group in groups)
