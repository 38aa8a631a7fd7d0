"""``report.html``: one file, inert whatever stands in it, readable without its script."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.errors import EnvironmentFailure
from conformance.record import Intent, IntentEnd, RunRecord
from conformance.record.moves import Moves
from conformance.record.repeats import Repeats
from conformance.record.types import End, WaiverLine
from conformance.reporting.html import write_html
from conformance.transcript.show import harmless
from tests.record import samples
from tests.record.samples import HOLE, LATE, PRICE

from . import pages
from .pages import HOSTILE, Page, hostile, make, record, red


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The page of the red sample."""
    return make(record(tmp_path_factory.mktemp("red"), red(), notices=["A credential was refused."]))


def test_elements_are_well_nested_and_their_ids_unique(page: Page) -> None:
    """One page: one heading of the first level, one style sheet, and landmarks."""
    tags = [tag for tag, _ in page.elements]
    assert (tags.count("h1"), tags.count("style"), tags.count("main"), tags.count("footer")) == (1, 1, 1, 1)
    assert not {"img", "iframe", "object", "embed", "link", "base", "form"} & set(tags)
    ids = [found["id"] for _, found in page.elements if "id" in found]
    assert len(ids) == len(set(ids))
    assert not any(
        "style" in found or any(key.startswith("on") for key in found) for _, found in page.elements
    )


def test_the_policy_lets_in_its_own_script_and_style_alone(page: Page) -> None:
    """Their hashes stand in the policy; what is no JavaScript is inert."""
    wanted = "Content-Security-Policy"
    policy = next(str(found["content"]) for _, found in page.elements if found.get("http-equiv") == wanted)
    plain = [text for found, text in page.raw if not found]
    assert len(plain) == 2
    for text in plain:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    types = {found.get("type") for found, _ in page.raw if found}
    assert types == {"application/json", "application/octet-stream"}


def test_nothing_is_asked_of_a_network(page: Page) -> None:
    """No address in an attribute, none in the style sheet; links stay in it, or lead to its run file."""
    for _, found in page.elements:
        assert "src" not in found
        href = found.get("href")
        assert href is None or href.startswith("#") or href == "run.jsonl"
    assert "url(" not in page.raw[0][1]
    assert "@import" not in page.raw[0][1]


def test_the_first_screen_says_what_must_be_known(page: Page) -> None:
    """Verdict, target, documents, when, seed, what was not checked, notices, exit code."""
    words = " ".join(page.text.split())
    for told in (
        "Not conformant", "2 promises broken.", "ws://127.0.0.1:4001/", "tide/asyncapi.yaml", "1.2.3",
        "ab" * 32, "2026-01-02T03:04:05.678Z", "Seed 7", "Exit code 1", "A credential was refused.",
        "1 the document names no close code", "1 may change state at the target: needs --allow-trading",
        "2 clauses that no case enforced", "1 case that was skipped",
    ):  # fmt: skip
        assert told in words


def test_a_green_run_says_so(tmp_path: Path) -> None:
    """And that no case failed."""
    words = " ".join(make(record(tmp_path, samples.green())).text.split())
    assert "Every promise that was put to the test was kept." in words
    assert "No case failed." in words


def test_a_run_that_was_killed_says_so(tmp_path: Path) -> None:
    """It has no end, and its verdict is that it was interrupted."""
    run = replace(record(tmp_path, red()[:1]), end=None)
    words = " ".join(make(run).text.split())
    assert "Interrupted" in words
    assert "The run was killed before its end" in words
    assert "the run ended before they were played" in words


def test_a_broken_promise_is_told_once_with_its_evidence(page: Page) -> None:
    """Sentence, excerpt with its line, expected against seen, payload, conversation, command, cases."""
    articles = re.findall(r'<article class="failure".*?</article>', page.source, re.DOTALL)
    assert len(articles) == 2
    (price,) = [one for one in articles if "The price of a Level matches <code>^[0-9]+$</code>." in one]
    line = len(PRICE)
    assert f'<tr class="fault"><th scope="row">{line}</th><td># line {line} of tide</td></tr>' in price
    assert "a string that matches `^[0-9]+$`" in price
    assert '<tr class="fault"><td class="d1">[2] 1.5</td></tr>' in price
    octets = re.findall(r"<mark>([0-9a-f ]+)</mark>", price)
    assert " ".join(octets) == "cb 3f f8 00 00 00 00 00 00"
    assert re.search(r'<tr class="in fault"><td class="ms">9\.8</td>', price)
    assert "omen-conformance run local --case tide/layouts/level-price" in price
    assert 'href="#case=tide/streams/levels"' in price
    assert '<span class="badge">2 cases</span>' in price


def test_what_is_excused_is_told_as_excused(tmp_path: Path) -> None:
    """With the waiver, and why the gate did not pass."""
    run = record(tmp_path, red())
    waiver = WaiverLine(PRICE, "d", "mended in June", "ann", "T-1", "2026-12-31", "w.yaml:3", "used",
                        cases=("tide/layouts/level-price", "tide/streams/levels"))  # fmt: skip
    end = End(1.0, False, "gate failed", 1, gate=("a waiver is unused",), waived=waiver.cases)
    page = make(replace(run, end=end, waivers=(waiver,)))
    words = " ".join(page.text.split())
    assert "Gate. a waiver is unused" in words
    assert "Waived by ann until 2026-12-31 (T-1): mended in June" in words
    assert page.source.count('class="failure excused"') == 1


def repeated(folder: Path) -> RunRecord:
    """A run in which a case was played again and again, and another one is waived."""
    run = record(folder, red())
    told = Repeats("intermittent", 40, 8, 0, 0.1, 0.35, 0.01, 0.1, 0.01, "..F." * 10)
    cases = tuple(replace(one, repeats=told) if one.id.endswith("level-price") else one for one in run.cases)
    return replace(
        run, cases=cases, end=End(1.0, False, "not conformant", 1, warned=("tide-health/health/status",))
    )


def test_what_was_repeated_says_how_often_it_failed(tmp_path: Path) -> None:
    """In its failure, and in the data of its case."""
    page = make(repeated(tmp_path))
    words = " ".join(page.text.split())
    assert "intermittent: failed 8 of 40 plays, about 0.20 (0.10–0.35)" in words
    first, *others = page.data["cases"]
    assert (page.data["words"][first[19][0]], first[19][3]) == ("intermittent", "..F." * 10)
    assert [one[19] for one in others] == [[]] * 4
    assert [page.data["words"][one[18]] for one in page.data["cases"]] == ["", "", "", "", "warning"]


def test_the_data_holds_each_case_and_clause(page: Page) -> None:
    """In the order of the header, with what became of them."""
    words = page.data["words"]
    assert [one[0] for one in page.data["cases"]] == [one.id for one in samples.CASES]
    outcomes = [page.data["outcomes"][one[6]] for one in page.data["cases"]]
    assert outcomes == ["failed", "skipped", "passed", "failed", "failed"]
    status = {one[0]: (page.data["statuses"][one[9]], words[one[10]]) for one in page.data["clauses"]}
    assert status[PRICE] == ("broken", "")
    assert status[LATE] == ("broken", "")  # by the second finding of a case
    assert status[HOLE] == ("unenforced", "the document names no close code")
    repeat = page.data["cases"][0][15]
    assert "tide/layouts/level-price".join(words[one] for one in repeat) == samples.repeat(
        "tide/layouts/level-price"
    )


def test_every_transcript_of_the_run_file_is_in_the_page(page: Page) -> None:
    """Those of passed cases too, word for word."""
    held = {one[0]: one[16] for one in page.data["cases"] if one[16]}
    assert set(held) == {one.id for one in samples.CASES} - {"tide/layouts/wave-height"}
    for name, (chunk, place) in held.items():
        stored = json.loads(page.unpacked(f"chunk-{chunk}").split("\n")[place])
        assert stored["case"] == name
    assert json.loads(page.unpacked("sources")) == [pages.TEXT]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_inert(tmp_path: Path, text: str) -> None:
    """Whatever a name, reason, document or message holds, the page has the same elements."""
    (tmp_path / "bad").mkdir()
    (tmp_path / "good").mkdir()
    bad, good = make(hostile(tmp_path / "bad", text)), make(hostile(tmp_path / "good", "harmless"))
    shape = {(tag, *sorted(found)) for tag, found in good.elements} | {("code",)}
    assert {(tag, *sorted(found)) for tag, found in bad.elements} <= shape
    assert not re.search("[\u2028\u2029\u202e\x00\x1b\ud800\u200b]", bad.source)
    assert [text for found, text in bad.raw if not found] == [text for found, text in good.raw if not found]
    assert "<!--" not in bad.source.replace("<!doctype", "")
    assert harmless(text)[:30] in bad.text


def test_a_page_that_cannot_be_written(tmp_path: Path) -> None:
    """One sentence, no half-written file."""
    run = record(tmp_path, samples.green())
    path = tmp_path / "none" / "report.html"
    with pytest.raises(EnvironmentFailure) as caught:
        write_html(run, path, run.path)
    assert str(caught.value) == f"cannot write {path}: No such file or directory"
    with pytest.raises(EnvironmentFailure) as caught:
        write_html(run, tmp_path / "report.html", tmp_path / "gone.jsonl")
    assert str(caught.value) == f"cannot read {tmp_path / 'gone.jsonl'}: No such file or directory"
    assert not (tmp_path / "report.html").exists()


def test_a_page_elsewhere_does_not_link_to_a_run_file_that_is_not_there(tmp_path: Path) -> None:
    """Only one that stands beside its run file does."""
    run = record(tmp_path, samples.green())
    (tmp_path / "other").mkdir()
    write_html(run, tmp_path / "other/report.html", run.path)
    assert 'href="run.jsonl"' not in (tmp_path / "other/report.html").read_text()
    assert 'href="run.jsonl"' in make(run).source


def test_orders_that_may_still_work_are_on_the_first_screen(tmp_path: Path) -> None:
    """With what the target calls them; of those that are over it is said how many there were."""
    case = "tide/layouts/level-price"
    sent = Intent(1, 0.0, case, "order.place", "buy", "desk", "oc1-1", "", "X", "buy", "0.5", "2")
    run = replace(
        record(tmp_path, samples.green()),
        intents=(
            sent,
            replace(sent, number=2, client_id="oc1-2"),
            replace(sent, number=3, client_id="oc1-3"),
        ),
        intent_ends=(IntentEnd(1, "done", "ord-1"), IntentEnd(2, "open", "ord-2")),
    )
    page = make(run)
    words = " ".join(page.text.split())
    assert "3 orders were sent or amended: 1 over, 1 left open, 1 nothing was heard of." in words
    assert "ord-2 oc1-2 left open buy 2 X at 0.5 desk" in words
    assert "oc1-3 nothing was heard of" in words
    assert "oc1-1" not in words
    assert f'href="#case={case}"' in page.source


def test_a_run_without_orders_says_nothing_of_them(page: Page) -> None:
    """Neither a heading nor an empty table."""
    assert not [
        found for _, found in page.elements if found.get("aria-label") == "Orders that may still work"
    ]
    assert "were sent or amended" not in page.text


def test_the_moves_of_a_sequence_stand_with_its_failure(tmp_path: Path) -> None:
    """One a line, and how they were found."""
    run = record(tmp_path, red())
    moves = Moves(("a buys 1 at 2", "b sells 1 at 2"), ("a buys 3 at 2", "b sells 2 at 2"), 7)
    cases = tuple(replace(line, moves=moves if line.outcome == "failed" else None) for line in run.cases)
    page = make(replace(run, cases=cases))
    assert '<ol class="moves"><li>a buys 1 at 2</li><li>b sells 1 at 2</li></ol>' in page.source
    assert "the shortest found in 7 plays; before: a buys 3 at 2; b sells 2 at 2" in page.text
