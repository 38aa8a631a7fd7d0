"""What a history keeps and tells, in both kinds of database."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
import sqlalchemy as sql

from conformance.errors import ConformanceError, DocumentError, UsageError
from conformance.history.address import Address
from conformance.history.asking import Question
from conformance.history.database import Database
from conformance.history.facts import facts
from conformance.history.model import Stamp
from conformance.history.storing import store
from conformance.history.tables import CLAUSES, CONTRACTS, ENFORCED, RUNS, SCHEMA
from tests.history.samples import COUNTED, keep, run, told
from tests.record.samples import LATE, PRICE


def rows(place: Address, table: sql.Table) -> int:
    database = Database(place)
    try:
        with database.reading() as connection:
            return int(connection.execute(sql.select(sql.func.count()).select_from(table)).scalar_one())
    finally:
        database.close()


def test_a_run_is_told_as_it_was(place: Address) -> None:
    keep(place, run(build="1.4.0", broken=[LATE]))
    (row,) = told(place).runs
    assert (row.started, row.target, row.build) == ("2026-10-01T00:00:00.000Z", "local", "1.4.0")
    assert (row.verdict, row.exit_code, row.seconds) == ("not conformant", 1, 12.5)
    assert (row.promised, row.kept, row.broken) == (5, 1, 1)
    assert (row.passed, row.failed, row.skipped, row.unjudged) == (1, 1, 0, 0)


def test_the_same_run_twice_is_one_run(place: Address) -> None:
    same, other = run(0), run(1)
    assert (keep(place, same, same), keep(place, same), keep(place, other)) == (1, 0, 1)
    assert told(place).total == 2


def test_the_newest_runs_come_first_and_no_more_than_asked_for(place: Address) -> None:
    keep(place, *(run(day, build=str(day)) for day in (3, 1, 2, 0)))
    answer = told(place, Question(limit=2))
    assert [row.build for row in answer.runs] == ["3", "2"]
    assert answer.total == 4


def test_runs_of_one_target_since_a_day(place: Address) -> None:
    keep(place, run(0, target="gull"), run(1, target="gull"), run(2, target="tern"))
    answer = told(place, Question(target="gull", since="2026-10-02"))
    assert [(row.target, row.started[:10]) for row in answer.runs] == [("gull", "2026-10-02")]
    assert answer.total == 1


def test_when_a_clause_broke_with_which_build_and_when_it_was_mended(place: Address) -> None:
    story = [("1.0", ()), ("1.1", [PRICE]), ("1.2", [PRICE]), ("1.3", ()), ("1.4", [PRICE])]
    keep(
        place,
        *(
            run(day, build=build, broken=broken, kept=() if broken else (PRICE,))
            for day, (build, broken) in enumerate(story)
        ),
    )
    (life,) = told(place).lives
    assert (life.clause, life.target, life.tested, life.broken, life.breaks) == (PRICE, "local", 5, 3, 2)
    assert (life.state, life.marks) == ("broken", ".xx.x")
    first, second = life.episodes
    at = [Stamp(f"2026-10-0{day + 1}T00:00:00.000Z", build) for day, (build, _) in enumerate(story)]
    assert (first.held, first.first, first.last, first.runs, first.mended) == (at[0], at[1], at[2], 2, at[3])
    assert (second.held, second.first, second.mended) == (at[3], at[4], None)


def test_a_run_that_did_not_test_a_clause_neither_breaks_nor_mends_it(place: Address) -> None:
    keep(place, run(0, broken=[PRICE], kept=()), run(1, kept=[LATE]))
    (life,) = told(place).lives
    assert (life.state, life.tested, life.broken, life.marks) == ("broken", 1, 1, "x ")


def test_each_target_has_its_own_lives(place: Address) -> None:
    keep(place, run(0, broken=[PRICE], target="gull"), run(1, target="tern"), run(2, target="gull"))
    (life,) = told(place).lives
    assert (life.target, life.state, life.tested) == ("gull", "mended", 2)


def test_what_is_broken_now_comes_before_what_was(place: Address) -> None:
    keep(place, run(0, broken=[LATE]), run(1, broken=[PRICE], kept=[]), run(2, kept=[PRICE]))
    answer = told(place)
    assert [(life.clause, life.state) for life in answer.lives] == [(LATE, "broken"), (PRICE, "mended")]


def test_a_pattern_tells_of_clauses_that_were_never_broken_too(place: Address) -> None:
    keep(place, run(0), run(1))
    assert told(place).lives == ()
    answer = told(place, Question(clause=PRICE, chosen=lambda name: name == PRICE))
    assert [(life.clause, life.state, life.tested) for life in answer.lives] == [(PRICE, "kept", 2)]


def test_a_clause_that_comes_to_promise_something_else_keeps_its_history(place: Address) -> None:
    later = tuple(
        replace(each, digest="f" * 64, says="Sixteen digits.") if each.id == PRICE else each
        for each in COUNTED
    )
    keep(place, run(0, broken=[PRICE]), run(1, clauses=later), run(2, broken=[PRICE], clauses=later))
    (life,) = told(place).lives
    assert (life.says, life.wordings, life.broken, life.tested) == ("Sixteen digits.", 2, 2, 3)


def test_a_clause_that_the_contract_no_longer_has_is_remembered(place: Address) -> None:
    without = tuple(each for each in COUNTED if each.id != LATE)
    keep(place, run(0, broken=[LATE]), run(1, clauses=without))
    (life,) = told(place).lives
    assert (life.clause, life.state, life.marks) == (LATE, "broken", "x ")


def test_a_finding_of_no_clause_of_the_contract_is_kept(place: Address) -> None:
    keep(place, run(0, broken=["tide/stray"]))
    (life,) = told(place).lives
    assert (life.clause, life.broken, life.tested) == ("tide/stray", 1, 1)


def test_what_a_waiver_excused_is_told_so(place: Address) -> None:
    keep(place, run(0, broken=[PRICE], waived=True), run(1, broken=[LATE]))
    assert {life.clause: life.excused for life in told(place).lives} == {PRICE: True, LATE: False}


def test_times_are_told_where_there_are_enough(place: Address) -> None:
    keep(
        place,
        run(0, times={"ask": [float(ms) for ms in range(1, 101)], "rare": [7.0]}),
        run(1, times={"ask": [1.0] * 9 + [float("nan"), 3.0]}),
    )
    ask, rare = sorted(told(place).times, key=lambda each: each.operation)
    first, second = ask.points
    assert (first.n, first.p50, first.p90, first.p99, first.longest) == (100, 50.0, 90.0, 99.0, 100.0)
    assert (second.n, second.p50, second.p90, second.p99, second.longest) == (10, 1.0, 1.0, None, 3.0)
    assert [(each.n, each.p50, each.longest) for each in rare.points] == [(1, None, 7.0)]


def test_what_does_not_change_is_stored_once(place: Address) -> None:
    keep(place, *(run(day, broken=[LATE] if day % 2 else []) for day in range(6)))
    assert [rows(place, table) for table in (RUNS, CONTRACTS, ENFORCED)] == [6, 1, 2]
    assert rows(place, CLAUSES) == len(COUNTED)


def test_texts_that_no_database_takes_are_kept_readable(place: Address) -> None:
    keep(place, run(target="a\0b\ud800", broken=["tide/\0"], times={"\udfff": [1.0]}))
    answer = told(place)
    assert answer.runs[0].target == "a\\x00b\\ud800"
    assert answer.lives[0].clause == "tide/\\x00"
    assert answer.times[0].operation == "\\udfff"


def test_many_who_write_at_once_lose_nothing(place: Address) -> None:
    """Several runs end in the same moment, on a history that is not even there yet."""
    failures: list[Exception] = []
    together = threading.Barrier(8)

    def writes(number: int) -> None:
        try:
            together.wait(30)
            for day in range(3):
                keep(place, run(number + day / 10, broken=[PRICE], target=f"t{number}"))
            keep(place, run(99))
        except Exception as failure:  # noqa: BLE001 - told below
            failures.append(failure)

    threads = [threading.Thread(target=writes, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert told(place).total == 8 * 3 + 1
    assert rows(place, CONTRACTS) == 1


def test_all_runs_of_one_batch_or_none(place: Address) -> None:
    keep(place, run(0))
    spoilt = facts(run(2))
    spoilt = replace(spoilt, row={**spoilt.row, "seconds": None})
    database = Database(place, create=True)
    with pytest.raises(ConformanceError, match="the history"):
        store(database, [facts(run(1)), spoilt])
    database.close()
    assert told(place).total == 1


def test_a_history_of_a_newer_suite_is_left_alone(place: Address) -> None:
    keep(place, run(0))
    database = Database(place, create=True)
    with database.writing() as connection:
        connection.execute(SCHEMA.update().values(version=2))
    database.close()
    for create in (True, False):
        with pytest.raises(DocumentError, match="a history of version 2, and this suite knows version 1"):
            Database(place, create=create)


def test_a_run_without_an_end_is_no_history(place: Address) -> None:
    with pytest.raises(UsageError, match="has no end: it was killed, or is still going on"):
        keep(place, replace(run(0), end=None))
