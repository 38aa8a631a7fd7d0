"""Waivers ready to paste: of what, and that nothing a target sent can get out of its comment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from conformance.errors import DocumentError, UsageError
from conformance.gate.builds import Builds
from conformance.gate.decision import Seen, decide
from conformance.gate.excuses import gate
from conformance.gate.offer import Answer, broken, offer
from conformance.gate.waivers import read_waivers
from conformance.record import RunRecord
from tests.record import samples
from tests.record.samples import CASES, CLAUSES, HTTP, LATE, PRICE, UNSEEN

ANSWER = Answer("rewritten", 'Ada: "feed" team', "TIDE-1", "2026-11-30", Builds("1.4", "1.4.9"))
DIGESTED = tuple(replace(each, digest=f"{number:016x}") for number, each in enumerate(CLAUSES))
HOSTILE = "x\n  - clause: all\r\n\x1b[2J\u202eevil\u2028# " + "y" * 1000


def run(folder: Path, *, seen: str = "float 1.5") -> RunRecord:
    """A wrong price seen twice, once with a late answer; a health that is down, which should not be."""
    played = samples.red()
    played[0] = (samples.failed("tide/layouts/level-price", samples.price_finding(seen)), None)
    return samples.record(folder, played, head=replace(samples.header(), clauses=DIGESTED))


def test_what_is_printed_is_read_and_opens_the_gate(tmp_path: Path) -> None:
    """All that the run saw broken, with the digests of its clauses; the gate of the same run then passes."""
    record = run(tmp_path)
    file = tmp_path / "waivers.yaml"
    file.write_text(offer(record, broken(record), ANSWER), "utf-8")
    read = read_waivers([file], [each.id for each in CLAUSES])
    digests = {each.id: each.digest for each in DIGESTED}
    assert {each.clause: each.digest for each in read} == {
        name: digests[name] for name in (PRICE, LATE, HTTP)
    }
    assert {(each.reason, each.owner, each.ticket, str(each.builds)) for each in read} == {
        ("rewritten", 'Ada: "feed" team', "TIDE-1", "from 1.4 to 1.4.9")
    }
    given = gate(read, DIGESTED, CASES, today=date(2026, 11, 30), strict=True, build="1.4.2")
    made = decide(given, [Seen.of(line, record.header.clauses, given) for line in record.cases])
    assert (made.verdict, len(made.waived)) == ("conformant", 3)


def test_only_what_was_named(tmp_path: Path) -> None:
    record = run(tmp_path)
    assert [each.clause.id for each in broken(record, [LATE])] == [LATE]


def test_placeholders_are_refused_by_the_gate(tmp_path: Path) -> None:
    record = run(tmp_path)
    file = tmp_path / "waivers.yaml"
    text = offer(record, broken(record, [PRICE]), Answer())
    assert text.count('"TODO"') == 4
    file.write_text(text, "utf-8")
    with pytest.raises(DocumentError, match="reason is still TODO"):
        read_waivers([file], [PRICE])


def test_what_a_target_sent_stays_in_its_comment(tmp_path: Path) -> None:
    """No line of its own, no escape, nothing that turns the reading direction, and not all of it."""
    record = run(tmp_path, seen=HOSTILE)
    text = offer(record, broken(record), ANSWER)
    file = tmp_path / "waivers.yaml"
    file.write_text(text, "utf-8")
    assert len(read_waivers([file], [each.id for each in CLAUSES])) == 3
    (line,) = [each for each in text.split("\n") if "evil" in each]
    assert line.startswith("  # seen: x\\n  - clause: all\\r\\n\\x1b[2J\\u202eevil\\u2028")
    assert all(each.isprintable() for each in text.split("\n"))
    assert max(map(len, text.split("\n"))) < 400


def test_what_is_excused_already_wants_no_waiver(tmp_path: Path) -> None:
    """Unless it is named: to have it waived anew."""
    record = run(tmp_path)
    assert record.end is not None
    names = tuple(line.id for line in record.cases if line.outcome == "failed")
    excused = replace(record, end=replace(record.end, waived=names[:2], warned=names[2:]))
    assert broken(excused) == ()
    assert offer(excused, (), ANSWER) == "waivers: []\n"
    assert [each.clause.id for each in broken(excused, [PRICE])] == [PRICE]


def test_a_clause_that_there_is_not_or_that_was_kept_cannot_be_waived(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"did you mean {PRICE}"):
        broken(run(tmp_path), ["tide/Level/prise/pattern"])
    green = samples.record(tmp_path, samples.green(), head=replace(samples.header(), clauses=DIGESTED))
    with pytest.raises(UsageError, match="was not seen broken in this run"):
        broken(green, [PRICE])


def test_what_was_not_put_to_the_test_can_be_waived_by_its_name(tmp_path: Path) -> None:
    """What breaks one promise of a value may keep another from being tested, unlike in a baseline."""
    record = run(tmp_path)
    text = offer(record, broken(record, [UNSEEN]), ANSWER)
    file = tmp_path / "waivers.yaml"
    file.write_text(text, "utf-8")
    assert [each.clause for each in read_waivers(file.parent.glob("*.yaml"), [UNSEEN])] == [UNSEEN]
    assert "# not put to the test in that run" in text


def test_a_run_file_without_digests_says_so(tmp_path: Path) -> None:
    record = samples.record(tmp_path, samples.red())
    with pytest.raises(UsageError, match="does not say what its clauses promise"):
        broken(record)
