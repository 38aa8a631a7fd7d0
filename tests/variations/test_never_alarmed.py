"""No variation raises an alarm: a sample of the cases of all families is green against every one of them.

`benchmarks/variations.py` puts the whole suite to all of them, several seeds each; it takes a while.
"""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

import pytest

from conformance.cases.case import Case
from conformance.cases.selection import select
from conformance.fronts.artefacts import Artefacts
from conformance.fronts.options import Wish
from conformance.fronts.playing import play
from conformance.fronts.prepare import Prepared, prepare
from conformance.record import read
from conformance.reference.variations.catalogue import FAMILIES, VARIATIONS
from conformance.reporting.progress import Progress

AT_ONCE = 2
"""They share this process, which has to keep up with all of their deadlines."""
EACH_FAMILY = 10
PATIENCE_MS = 2500
"""Cases that have to wait longer are left to the whole suite, but for those in ``ALSO``."""

_DEADLINE = "gateway/auth/deadline/*"
ALSO: dict[str, tuple[str, ...]] = {
    "auth_timeout_at_the_last_moment": (_DEADLINE,),
    "auth_timeout_then_late_close": (_DEADLINE,),
    "shorter_auth_deadline": (_DEADLINE,),
    "slow_replies": (_DEADLINE,),
    "replies_in_any_order": (_DEADLINE,),
    "revocation_at_the_last_moment": ("gateway/auth/revoked-key*",),
    "nobody_bids": ("gateway/streams/updates-come-once",),
    "nobody_offers": ("gateway/commands/post-only*",),
    "other_symbols": ("gateway/commands/fok-fills*",),
    "coarse_ticks_and_lots": ("gateway/commands/margin*",),
    "fine_ticks_and_lots": ("gateway/commands/reduce-only*", "gateway/commands/orders/untouched/*"),
    # Trades of other cases, that are told late.
    "market_data_behind": ("market-data/streams/market/*", "gateway/commands/orders/fills/*"),
}
"""Cases that this variation is there for."""

UNSEEN = {"nobody_offers", "nobody_bids", "no_rings_and_stages", "young_market"}
"""Where there are none, nothing that is promised of levels, rings, stages and earlier trades can be seen."""

TOGETHER = ("encoding", "framing", "wording", "world", "health")
"""One variation of each of these families makes one run; those of the others are played alone."""


def groups() -> list[tuple[str, ...]]:
    """The runs: each variation is in one of them."""
    of = {
        family: [name for name, each in VARIATIONS.items() if each.behaviour.__module__ == module.__name__]
        for family, module in FAMILIES.items()
    }
    alone = [(name,) for family in FAMILIES if family not in TOGETHER for name in of[family]]
    together = zip_longest(*(of[family] for family in TOGETHER))
    return [(), *([tuple(name for name in each if name) for each in together]), *alone]


RUNS = {"+".join(group) or "plain": group for group in groups()}


def sample(cases: tuple[Case, ...]) -> tuple[Case, ...]:
    """So many cases of each family, from one end of it to the other."""
    chosen: list[Case] = []
    for family in dict.fromkeys(case.family for case in cases):
        quick = [case for case in cases if case.family is family and case.patience_ms <= PATIENCE_MS]
        chosen += [quick[at * (len(quick) - 1) // (EACH_FAMILY - 1)] for at in range(EACH_FAMILY)]
    return once(chosen)


def once(cases: Iterable[Case]) -> tuple[Case, ...]:
    """Each case once."""
    return tuple({case.id: case for case in cases}.values())


def run(prepared: Prepared, variations: tuple[str, ...], folder: Path) -> list[str]:
    """What is not green in one run."""
    wish = Wish(variation=variations, report_dir=str(folder))
    cases = sample(prepared.catalogue.cases)
    also = tuple(pattern for name in variations for pattern in ALSO.get(name, ()))
    if also:
        cases = once((*cases, *select(prepared.catalogue.cases, also, ())))
    chosen = replace(prepared, cases=cases)
    record = asyncio.run(play(chosen, wish, Artefacts(folder, wish), Progress(len(cases), io.StringIO())))
    fine = {"passed", "skipped"} if UNSEEN & set(variations) else {"passed"}
    return [f"{line.id}: {line.outcome} {line.reason}" for line in record.cases if line.outcome not in fine]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[list[str]]]]:
    """All runs, begun at once and played a few at a time: the tests below only read how they ended."""
    folder = tmp_path_factory.mktemp("variations")
    prepared = prepare(Wish())
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        begun = {
            name: pool.submit(run, prepared, group, folder / str(place))
            for place, (name, group) in enumerate(RUNS.items())
        }
        yield begun
        for future in begun.values():
            future.cancel()


def test_the_sample_is_of_all_families() -> None:
    """About sixty cases, ten of each."""
    cases = sample(prepare(Wish()).catalogue.cases)
    assert len(cases) == 6 * EACH_FAMILY
    assert len({case.family for case in cases}) == 6


@pytest.mark.parametrize("name", RUNS)
def test_it_is_green(name: str, runs: dict[str, Future[list[str]]]) -> None:
    """Whoever keeps every promise is told so."""
    assert runs[name].result() == []


def test_every_variation_is_in_a_run() -> None:
    """None is left out."""
    assert sorted(name for group in RUNS.values() for name in group) == sorted(VARIATIONS)


def test_a_user_asks_for_it(tmp_path: Path) -> None:
    """``run --variation NAME``, twice; the run file's repeat commands carry both."""
    words = ["run", "--variation", "widest_integers", "--variation", "two_fragments", "--case", "*/ping"]
    ended = subprocess.run(
        [sys.executable, "-m", "conformance.cli", *words, "--report-dir", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    repeat = read(tmp_path / "run.jsonl").cases[0].repeat
    assert "--variation widest_integers --variation two_fragments" in repeat


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "local", "--variation", "keys_reversed"], "--variation is for the embedded reference alone"),
        (["run", "--variation", "keys_revesred"], "there is no variation named 'keys_revesred'"),
        (["serve", "--variation", "nothing"], "there is no variation named 'nothing'"),
    ],
)
def test_what_cannot_be_varied_is_told(words: list[str], told: str, tmp_path: Path) -> None:
    """One sentence, and the exit code of wrong usage."""
    where = ["--report-dir", str(tmp_path)] if words[0] == "run" else []
    ended = subprocess.run(
        [sys.executable, "-m", "conformance.cli", *words, *where],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ended.returncode, told in ended.stderr) == (2, True), ended.stderr


def test_all_are_listed() -> None:
    """``serve --list-variations``: name and sentence, one a line."""
    ended = subprocess.run(
        [sys.executable, "-m", "conformance.cli", "serve", "--list-variations"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    listed = [line.split("  ", 1) for line in ended.stdout.splitlines()]
    assert dict(listed) == {each.name: each.keeps for each in VARIATIONS.values()}
