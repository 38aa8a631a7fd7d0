"""``junit.xml`` as build servers read it: their schema, a parser that others wrote, and what each shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import junitparser
import pytest

from conformance.record import RunRecord
from conformance.record.types import WaiverLine
from conformance.reporting.junit import junit, write_junit
from conformance.verdict import Blame

from ..record import samples
from ..record.samples import HTTP, PRICE, Played, record
from .jenkins import schema

HOSTILE = "]]></failure>&\x00\x0b\x1b[31m\ufffe\ud800\u202e<x>\r\n[[ATTACHMENT|/etc/passwd]]" + "A" * 9000
GITLAB = 250_000
"""Objects in a file beyond which GitLab reads nothing of it."""


def with_broken() -> list[Played]:
    """Each outcome."""
    broken = (samples.broken("tide/commands/ask", Blame.SUITE, "the loop lagged"), None)
    return [*samples.red()[:2], broken, *samples.red()[3:]]


def hostile() -> list[Played]:
    """Findings and reasons that are not nice."""
    finding = replace(samples.price_finding(HOSTILE), where=HOSTILE, expected=HOSTILE, drift=HOSTILE)
    return [
        (samples.failed("tide/commands/ask", *[finding] * 50), samples.conversation("x", HOSTILE[:9])),
        (samples.skipped("tide/layouts/wave-height", HOSTILE), None),
    ]


RUNS: list[Callable[[], list[Played]]] = [
    samples.green, samples.red, samples.inconclusive, with_broken, hostile, list,
]  # fmt: skip


@pytest.mark.parametrize("played", RUNS)
@pytest.mark.parametrize("end", [True, False])
def test_jenkins_takes_the_file(tmp_path: Path, played: Callable[[], list[Played]], end: bool) -> None:
    """The xUnit plugin's own schema; it refuses a whole file for one attribute that it does not know."""
    write_junit(record(tmp_path, played(), end=end), tmp_path / "junit.xml")
    schema().validate(str(tmp_path / "junit.xml"))


def test_the_schema_would_refuse_what_it_does_not_know(tmp_path: Path) -> None:
    """Properties of a case, for one."""
    write_junit(record(tmp_path, samples.red()), tmp_path / "junit.xml")
    tree = ElementTree.parse(tmp_path / "junit.xml")
    case = tree.find(".//testcase")
    assert case is not None
    ElementTree.SubElement(case, "properties")
    assert not schema().is_valid(tree)


def test_a_parser_of_others_finds_every_case(tmp_path: Path) -> None:
    """Outcomes, counts, times, classes and suites, as ``junitparser`` reads them."""
    write_junit(record(tmp_path, with_broken()), tmp_path / "junit.xml")
    read = junitparser.JUnitXml.fromfile(str(tmp_path / "junit.xml"))
    assert (read.tests, read.failures, read.errors) == (5, 3, 1)
    suites = {suite.name: suite for suite in read}
    assert list(suites) == ["tide.layouts", "tide.commands", "tide.streams", "tide-health.health"]
    layouts = suites["tide.layouts"]
    assert (layouts.tests, layouts.failures, layouts.errors, layouts.skipped) == (2, 1, 0, 1)
    verdict = {one.name: one.value for one in layouts.properties()}["verdict"]  # type: ignore[no-untyped-call]
    assert verdict == "not conformant"
    price, height = list(layouts)
    assert (price.name, price.classname, price.time) == ("tide/layouts/level-price", "tide.layouts", 0.025)
    (failure,) = price.result
    assert isinstance(failure, junitparser.Failure)
    assert failure.type == PRICE
    assert failure.message.startswith("[2] price: expected a string that matches `^[0-9]+$`, got float 1.5")
    (skipped,) = height.result
    assert isinstance(skipped, junitparser.Skipped)
    (broken,) = next(iter(suites["tide.commands"])).result
    assert isinstance(broken, junitparser.Error)
    before = read.tests, read.failures, read.errors, read.skipped
    read.update_statistics()  # type: ignore[no-untyped-call]
    assert (read.tests, read.failures, read.errors, read.skipped) == (*before[:3], 1)


def test_the_text_alone_tells_all(tmp_path: Path) -> None:
    """GitLab shows no message where there is a text: finding, promise, command, transcript with its mark."""
    root = ElementTree.fromstring(junit(record(tmp_path, with_broken())))
    failure = root.find(".//testcase[@name='tide/layouts/level-price']/failure")
    assert failure is not None
    text = failure.text or ""
    assert text.startswith(failure.get("message", "nothing"))
    for needed in (
        "Is tide/layouts/level-price kept?",
        f"{PRICE}: The price of a Level matches `^[0-9]+$`. (must, published, tide/asyncapi.yaml:24)",
        "omen-conformance run local --case tide/layouts/level-price",
        '\n>       9.8 ms << ["level", 1, 1.5, "3"]',
    ):
        assert needed in text
    skipped = root.find(".//skipped")
    assert skipped is not None
    assert skipped.text == skipped.get("message") == "may change state at the target: needs --allow-trading"


def test_suites_name_the_document(tmp_path: Path) -> None:
    """GitHub's viewers put what failed beside a file."""
    root = ElementTree.fromstring(junit(record(tmp_path, samples.red())))
    assert [suite.get("file") for suite in root] == ["tide/asyncapi.yaml"] * 3 + ["tide/health.openapi.yaml"]


def excused(run: RunRecord) -> RunRecord:
    """The run as a gate saw it that waived one case and was warned of another."""
    assert run.end is not None
    names = [line.id for line in run.cases if line.outcome == "failed"]
    waiver = WaiverLine(PRICE, "", "r", "amy", "T-1", "2026-02-01", "w.yaml:1", "used", "", tuple(names[:1]))
    end = replace(run.end, waived=tuple(names[:1]), warned=tuple(names[2:]))
    return replace(run, end=end, waivers=(waiver,))


def test_what_fails_no_gate_is_not_red(tmp_path: Path) -> None:
    """A build server would stop where the gate does not; reason and evidence are there all the same."""
    run = excused(record(tmp_path, samples.red()))
    root = ElementTree.fromstring(junit(run))
    assert (root.get("tests"), root.get("failures")) == ("5", "1")
    waived = root.find(".//testcase[@name='tide/layouts/level-price']/skipped")
    warned = root.find(".//testcase[@name='tide-health/health/status']/skipped")
    assert waived is not None
    assert warned is not None
    assert waived.get("message", "").startswith("waived until 2026-02-01 (T-1): [2] price: expected")
    assert warned.get("message", "").startswith("a warning, which fails no gate: GET /health: expected")
    assert HTTP in (warned.text or "")
    schema().validate(junit(run))


def test_hostile_text_is_escaped_and_bounded(tmp_path: Path) -> None:
    """Markup, control characters, what XML forbids; nothing is attached that a target names."""
    text = junit(record(tmp_path, hostile()))
    root = ElementTree.fromstring(text.encode())
    failure = root.find(".//failure")
    assert failure is not None
    assert r"]]></failure>&\x00\x0b\x1b[31m\ufffe\ud800\u202e<x>\x0d\x0a" in failure.get("message", "")
    assert len(failure.text or "") <= 8000
    assert len(text) < 30_000
    assert not root.findall(".//system-out")


def test_gitlab_reads_the_file_of_a_large_run(tmp_path: Path) -> None:
    """Of 5 000 cases, all of them failed: elements, attributes and texts stay far below its limit."""
    cases = [samples.case(f"tide/layouts/case-{number}", PRICE) for number in range(5000)]
    played: list[Played] = [(samples.failed(one.id, samples.price_finding()), None) for one in cases]
    root = ElementTree.fromstring(junit(record(tmp_path, played, head=samples.header(cases))))
    objects = sum(2 + 2 * len(node.attrib) for node in root.iter())
    assert objects < GITLAB // 2
