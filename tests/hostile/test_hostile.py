"""Servers that do not play the game: the right blame, in bounded time and memory, and nobody else harmed."""

from __future__ import annotations

import itertools
import json
import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

import conformance
from tests.front.command import Ended
from tests.hostile.catalogue import ENTRIES
from tests.hostile.servers import BADGE
from tests.hostile.staging import KIOSK, Run, staged, trap

AT_ONCE = 4
MACHINE_S = 90
"""What starting, writing and a busy machine may add to the suite's own waiting."""

MOST_MB = 300
SHARING_S, TOGETHER = 12, 8
"""Who waits longer, by its time limits, shares its run with nobody; others share it with so many."""

ALL_HONEST = (
    "honest/commands/ask/accepted",
    "honest/commands/enter/accepted",
    "honest/commands/poke/accepted",
    "honest/transport/ping/empty",
)
SCHEMAS = Path(conformance.__file__).parent / "schemas"
TAGS = {"testsuites", "testsuite", "testcase", "properties", "property", "failure", "error", "skipped"}


@pytest.fixture(scope="module")
def runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Run]]]:
    """The runs of all selected tests, begun at once, those that wait longest first."""
    folder = tmp_path_factory.mktemp("hostile")
    names = [
        str(item.callspec.params["name"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.module is request.module and hasattr(item, "callspec")
    ]
    with staged(folder) as stage, ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        begun: dict[str, Future[Run]] = {}
        for group in _groups(names):
            future = pool.submit(stage.run, group, folder / group[0])
            begun |= dict.fromkeys(group, future)
        yield begun
        for future in begun.values():
            future.cancel()


def _groups(names: list[str]) -> Iterator[list[str]]:
    """Who shares a run, the longest first: who costs much is alone in its own."""
    order = sorted(names, key=lambda name: (-ENTRIES[name].waits_s, str(ENTRIES[name].company)))
    for _, members in itertools.groupby(order, key=lambda name: ENTRIES[name].company):
        most = 1 if ENTRIES[(held := list(members))[0]].waits_s > SHARING_S else TOGETHER
        for first in range(0, len(held), most):
            yield held[first : first + most]


@pytest.mark.parametrize("name", ENTRIES)
def test_hostile(name: str, runs: dict[str, Future[Run]]) -> None:
    """Each case says what the server did; the honest service beside it keeps its verdicts."""
    entry, run = ENTRIES[name], runs[name].result()
    ended = run.ended
    _well_formed(ended)
    lines = [line for line in ended.record.cases if line.id.startswith(f"{name}/")]
    assert len(lines) >= len(entry.cases)
    for line in lines:
        outcomes, blames, words = entry.verdict(KIOSK + line.id.removeprefix(name))
        told = f"{line.id}: {line.outcome}, {line.blame}: {line.reason}"
        assert line.outcome in outcomes.split("|"), told
        assert line.blame in blames.split("|"), told
        assert any(one in line.reason for one in words.split("|")), told
    honest = [(line.id, line.outcome) for line in ended.record.cases if line.id.startswith("honest/")]
    assert sorted(honest) == [(case, "passed") for case in ALL_HONEST]
    code = entry.code if entry.code is not None else 1 if any(one.outcome == "failed" for one in lines) else 3
    assert ended.code == code, ended.out
    assert ended.record.end is not None
    assert ended.record.end.seconds < entry.waits_s + MACHINE_S
    assert run.peak_mb < MOST_MB
    assert not run.strayed


def _well_formed(ended: Ended) -> None:
    """Whatever was sent: the artefacts can be read, and nothing in them or on the terminal acts."""
    assert "Traceback" not in ended.out + ended.err
    assert all(one.isprintable() or one == "\n" for one in ended.out + ended.err)
    assert ended.record.complete
    schema = json.loads((SCHEMAS / "summary.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(ended.summary)
    junit = (ended.folder / "junit.xml").read_text("utf-8")
    assert {node.tag for node in ElementTree.fromstring(junit).iter()} <= TAGS
    assert all(one.isprintable() or one == "\n" for one in junit)
    assert (ended.folder / "run.jsonl").read_bytes().isascii()
    kept = [path.read_text("utf-8") for path in ended.folder.iterdir()]
    assert not any(BADGE in text for text in (*kept, ended.out, ended.err))


def test_the_trap_is_heard() -> None:
    """Who comes to an address that nobody named is noticed."""
    with trap() as (address, strayed):
        assert not strayed()
        host, _, port = address.rpartition(":")
        with socket.create_connection((host, int(port))):
            assert strayed()
        assert not strayed()
