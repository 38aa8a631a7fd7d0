"""What the page is made of: quantiles, marked payloads, standings, and transcripts that are never read."""

from __future__ import annotations

import base64
import gzip
import json
import math
import random
from pathlib import Path

import msgpack
import pytest

from conformance.record import CaseLine, read
from conformance.record.types import Timing
from conformance.reporting.html.latency import digits, latency, shown
from conformance.reporting.html.listing import as_script
from conformance.reporting.html.marked import payload
from conformance.reporting.html.stand import rows, standings
from conformance.reporting.html.transcripts import Packing
from conformance.reporting.html.view import view
from tests.record import samples
from tests.record.samples import HOLE, HTTP, LATE, PRICE, UNSEEN

from . import large
from .pages import record, red


def measured(**times: list[float]) -> list[CaseLine]:
    """One case in which all of this was measured."""
    timings = tuple(Timing(what, ms) for what, found in times.items() for ms in found)
    return [CaseLine("a", "passed", "nobody", "", (), (), 0, 0, 0, timings=timings)]


def test_a_quantile_is_told_where_something_lies_beyond_it() -> None:
    """p99 of ten values would be the longest of them: nobody should read more into it."""
    times = [float(number) for number in range(1, 101)]
    made = latency(measured(many=times, some=times[:99], ten=times[:10], nine=times[:9], few=times[:4]))
    told = {one.what: (one.p50, one.p90, one.p99) for one in made.rows}
    assert told == {
        "many": (50, 90, 99), "some": (50, 90, None), "ten": (5, 9, None), "nine": (5, None, None),
    }  # fmt: skip
    assert [(one.what, one.n, one.shortest, one.longest) for one in made.few] == [("few", 4, 1, 4)]


def test_every_value_is_in_the_picture() -> None:
    """Bars stand within it, in the order of the axis, and marks where their values are."""
    rng = random.Random(1)
    made = latency(measured(what=[rng.lognormvariate(2, 1) for _ in range(500)], zero=[0.0] * 5))
    for one in made.rows:
        assert all(0 <= x <= x + width <= 480.01 and 0 < height <= 34 for x, width, height in one.bars)
        assert [x for x, _, _ in one.bars] == sorted(x for x, _, _ in one.bars)
    places = [x for _, x in made.rows[0].marks]
    assert places == sorted(places)
    assert len(made.ticks) >= 2
    assert [tick.x for tick in made.ticks] == sorted(tick.x for tick in made.ticks)
    tenfold = {tick.label: tick.x for tick in made.ticks}
    assert tenfold["10 ms"] - tenfold["1 ms"] == pytest.approx(tenfold["100 ms"] - tenfold["10 ms"], abs=0.05)


def test_nothing_measured_and_nonsense() -> None:
    """What is no time is left out."""
    assert latency([]).rows == ()
    assert latency(measured(a=[math.nan, math.inf, -1.0])).rows == ()
    assert [one.n for one in latency(measured(a=[5.0] * 6)).rows] == [6]


def test_times_in_words() -> None:
    """Three digits, never an exponent."""
    assert [digits(one) for one in (0.0123, 5, 12.34, 123.4, 1234.5)] == [
        "0.0123",
        "5",
        "12.3",
        "123",
        "1234",
    ]
    assert [shown(one) for one in (5, 12_345)] == ["5 ms", "12.3 s"]


def test_a_payload_has_its_mark() -> None:
    """What leads to the place is opened, what stands beside it takes a line; its octets are marked."""
    value = {"id": 7, "trade": ["t", 1.5, {"deep": [1, 2]}]}
    data = msgpack.packb(value)
    made = payload(data, ("trade", 1))
    assert [(one.depth, one.text, one.at_fault) for one in made.lines] == [
        (0, "{", False), (1, "id: 7", False), (1, "trade: [", False), (2, '[0] "t"', False),
        (2, "[1] 1.5", True), (2, "[2] {deep: [1, 2]}", False), (1, "]", False), (0, "}", False),
    ]  # fmt: skip
    marked = " ".join(piece.hex for row in made.octets for piece in row.pieces if piece.at_fault)
    assert marked == msgpack.packb(1.5).hex(" ")
    assert bytes.fromhex(" ".join(piece.hex for row in made.octets for piece in row.pieces)) == data


def test_what_is_missing_marks_what_it_is_missing_from() -> None:
    """There is no place of its own."""
    made = payload(msgpack.packb({"trade": {"a": 1}}), ("trade", "price"))
    assert [one.text for one in made.lines if one.at_fault] == ["trade: {"]
    assert not any(piece.at_fault for row in made.octets for piece in row.pieces)


def test_of_many_siblings_the_near_ones() -> None:
    """The others are counted, and of many octets those around the mark are shown."""
    made = payload(msgpack.packb(list(range(1000, 2000))), (500,))
    texts = [one.text for one in made.lines]
    assert texts[1] == "… 494 more"
    assert texts[-2] == "… 493 more"
    assert "[500] 1500" in texts
    assert made.left_out > 1000
    assert any(piece.at_fault for row in made.octets for piece in row.pieces)


def test_what_is_no_value() -> None:
    """Octets with what is wrong with them; over HTTP, words."""
    made = payload(b"\xc1\x00", ())
    assert (made.codec, made.lines) == ("octets", ())
    assert "0xc1" in made.problem
    page = payload(b"<h1>Bad Gateway</h1>\n\x1b[31m", (), text=True)
    assert (page.codec, [one.text for one in page.lines]) == ("text", ["<h1>Bad Gateway</h1>", "\\x1b[31m"])
    assert payload(b'{"a": 1}', ("a",), text=True).codec == "JSON"


def test_each_clause_stands_somewhere(tmp_path: Path) -> None:
    """Enforced, broken (also by the second finding of a case), or not, and why; rows add up."""
    run = record(tmp_path, red())
    found = standings(run)
    assert {one.clause.id: one.status for one in found} == {
        PRICE: "broken", LATE: "broken", UNSEEN: "unenforced", HTTP: "broken", HOLE: "unenforced",
    }  # fmt: skip
    assert all(bool(one.reason) == (one.status == "unenforced") for one in found)
    made = rows(found)
    assert sum(one.total for one in made) == len(found)
    assert all(one.total == one.enforced + one.broken + one.unenforced for one in made)
    assert {(one.service, one.group) for one in made} >= {("tide", "Level"), ("tide-health", "health")}


def test_the_first_screen_adds_up(tmp_path: Path) -> None:
    """Cases by outcome, clauses by status, reasons: all of them, once."""
    for number, played in enumerate((samples.green, red, samples.inconclusive, list)):
        folder = tmp_path / str(number)
        folder.mkdir()
        run = record(folder, played())
        found = standings(run)
        told = view(run, found)
        assert sum(told.outcomes.values()) == told.total == len(run.header.cases)
        assert sum(told.statuses.values()) == len(run.header.clauses)
        assert sum(one.n for one in told.unenforced) == told.statuses["unenforced"]
        assert sum(one.n for one in told.skipped) == told.outcomes["skipped"]
        assert sum(one.n for one in told.unjudged) == told.outcomes["broken"]


def test_transcripts_are_packed_as_they_stand(tmp_path: Path) -> None:
    """Each in its chunk and place; those that did not pass first."""
    source = tmp_path / "run.jsonl"
    large.write(source, 400, 2.0)
    packing = Packing(source)
    chunks = [gzip.decompress(base64.b64decode(one)).decode().split("\n") for one in packing.packed()]
    assert len(chunks) > 3
    stored = {
        line["id"]: line["transcript"]
        for line in map(json.loads, source.read_text().splitlines())
        if "transcript" in line
    }
    assert set(packing.places) == set(stored)
    for name, (chunk, place) in packing.places.items():
        assert json.loads(chunks[chunk][place]) == stored[name]
    failed = [line.id for line in read(source).cases if line.outcome == "failed"]
    assert {packing.places[name][0] for name in failed} == {0}
    assert packing.left_out == 0


def test_what_a_page_cannot_hold_stays_in_the_run_file(tmp_path: Path) -> None:
    """First what passed is left out, and counted."""
    source = tmp_path / "run.jsonl"
    large.write(source, 100, 1.0)
    packing = Packing(source, most=100_000)
    assert packing.left_out > 0
    failed = {line.id for line in read(source).cases if line.outcome == "failed"}
    assert failed <= set(packing.places)
    assert len(packing.places) + packing.left_out == sum(
        line.transcript is not None for line in read(source).cases
    )


def test_the_last_transcript_of_a_case_counts(tmp_path: Path) -> None:
    """And a line that is cut off, as a killed run leaves it, or is of another kind, is passed over."""
    source = tmp_path / "run.jsonl"
    line = '{"line":"case","id":"a","outcome":"%s","transcript":{"case":"a","entries":[%s]}}\n'
    odd = '{"line":"case","id":"b,\\"transcript\\":{","outcome":"passed","left_out":"x"}\n'
    source.write_text(line % ("passed", "1") + odd + line % ("failed", "2") + (line % ("failed", "3"))[:-3])
    packing = Packing(source)
    assert dict(packing.places) == {"a": (0, 0)}
    (chunk,) = packing.packed()
    assert json.loads(gzip.decompress(base64.b64decode(chunk))) == {"case": "a", "entries": [2]}


def test_json_in_a_script_ends_no_script() -> None:
    """Whatever it holds, it is ASCII without angle brackets, and the same value."""
    value = ["</script>", "<!--", "]]>", "&amp;", "\u2028\ud800é"]
    text = as_script(value)
    assert not set(text) & set("<>&")
    assert text.isascii()
    assert json.loads(text) == value
