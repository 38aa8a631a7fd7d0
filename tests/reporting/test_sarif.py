"""Broken promises as SARIF: the official schema, and what a code host makes of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, ValidationError

from conformance import sarif
from conformance.record import RunRecord, SourceLine
from conformance.record.types import WaiverLine
from conformance.reporting.sarif import as_sarif

from ..record import samples
from ..record.samples import HTTP, PRICE, Played, record
from ..specs.node import installed


@pytest.fixture(scope="module")
def official() -> Draft4Validator:
    """OASIS' schema of SARIF 2.1.0, out of the npm package that ships it."""
    place = installed() / "node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
    schema = json.loads(place.read_text("utf-8-sig"))
    return Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER)


def told(run: RunRecord) -> Any:
    """The run of the log file."""
    (made,) = json.loads(json.dumps(as_sarif(run)))["runs"]
    return made


def with_sources(run: RunRecord) -> RunRecord:
    """The run with the text of a document."""
    return replace(
        run, sources=(SourceLine("tide/asyncapi.yaml", "0", "\r\n" * 23 + "  pattern: ^[0-9]+$\r\n"),)
    )


@pytest.mark.parametrize("played", [samples.green, samples.red, samples.inconclusive, list])
@pytest.mark.parametrize("end", [True, False])
def test_it_keeps_the_official_schema(
    tmp_path: Path, official: Draft4Validator, played: Callable[[], list[Played]], end: bool
) -> None:
    """Of each kind of run, killed ones too."""
    official.validate(json.loads(json.dumps(as_sarif(with_sources(record(tmp_path, played(), end=end))))))


def test_the_schema_looks_at_results(tmp_path: Path, official: Draft4Validator) -> None:
    """A schema that accepts everything would prove nothing."""
    made = as_sarif(record(tmp_path, samples.red()))
    made["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    with pytest.raises(ValidationError):
        official.validate(made)


def test_a_result_a_promise(tmp_path: Path) -> None:
    """Clause, line and its text, level, what was seen, how often, the command that shows it again."""
    run = told(with_sources(record(tmp_path, samples.red())))
    first, second = run["results"]
    assert (first["ruleId"], first["level"], first["occurrenceCount"]) == (PRICE, "error", 2)
    assert first["message"]["text"] == (
        "[2] price: expected a string that matches `^[0-9]+$`, got float 1.5 (tide/asyncapi.yaml:24)."
        " Repeat: omen-conformance run local --case tide/layouts/level-price"
    )
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "tide/asyncapi.yaml"},
        "region": {"startLine": 24, "snippet": {"text": "pattern: ^[0-9]+$"}},
    }
    assert first["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": PRICE}]
    assert first["properties"]["cases"] == ["tide/layouts/level-price", "tide/streams/levels"]
    assert "occurrenceCount" not in second
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [PRICE, HTTP]
    assert rules[first["ruleIndex"]]["shortDescription"]["text"] == "The price of a Level matches `^[0-9]+$`."
    assert run["invocations"][0]["exitCode"] == 1
    assert run["artifacts"][0]["hashes"] == {"sha-256": "ab" * 32}


def test_what_fails_no_gate_is_a_warning_or_suppressed(tmp_path: Path) -> None:
    """With the waiver's reason, ticket and last day."""
    run = record(tmp_path, samples.red())
    assert run.end is not None
    cases = ("tide/layouts/level-price", "tide/streams/levels")
    waiver = WaiverLine(
        PRICE, "", "the feed is moved", "amy", "T-1", "2026-02-01", "w.yaml:1", "used", "", cases
    )
    run = replace(
        run, waivers=(waiver,), end=replace(run.end, waived=cases, warned=("tide-health/health/status",))
    )
    warned, waived = told(run)["results"]
    assert (warned["ruleId"], warned["level"]) == (HTTP, "warning")
    assert "suppressions" not in warned
    assert waived["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "the feed is moved (T-1, until 2026-02-01)",
        }
    ]


def test_a_finding_is_known_again(tmp_path: Path) -> None:
    """Whatever its line, its cases and what was seen; two promises are two findings."""
    one = told(record(tmp_path, samples.red()))["results"]
    head = samples.header()
    moved = replace(
        head, clauses=tuple(replace(each, where="elsewhere/tide/asyncapi.yaml:99") for each in head.clauses)
    )
    price = samples.price_finding("nil")
    played: list[Played] = [(samples.failed("tide/streams/levels", price), None)]
    two = told(record(tmp_path, played, head=moved))["results"]
    assert one[0]["partialFingerprints"] == two[0]["partialFingerprints"]
    assert one[0]["partialFingerprints"] != one[1]["partialFingerprints"]


HOSTILE = "[click](https://e.org) \x1b[31m\u202e\0 <b> {0} " + "A" * 9000
# Embedded links (SARIF 3.11.6): a bracket that is not escaped, and what it leads to.
LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(")


def test_what_a_target_sends_is_no_link(tmp_path: Path, official: Draft4Validator) -> None:
    """Nor anything that a terminal would obey; texts are bounded."""
    finding = replace(samples.price_finding(HOSTILE), where=HOSTILE, expected=HOSTILE, drift=HOSTILE)
    run = record(tmp_path, [(samples.failed("tide/layouts/level-price", finding), None)])
    made = as_sarif(run)
    official.validate(json.loads(json.dumps(made)))
    (result,) = told(run)["results"]
    text = result["message"]["text"]
    assert "https://e.org" in text
    assert not LINK.search(text)
    assert LINK.search(HOSTILE), "the pattern finds links"
    assert text.isprintable()
    assert len(text) < 1200


def test_what_no_document_promises_is_left_to_other_reports(tmp_path: Path) -> None:
    """A code host could show it nowhere."""
    finding = replace(samples.price_finding(), clause="", document="")
    assert told(record(tmp_path, [(samples.failed("tide/commands/ask", finding), None)]))["results"] == []


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("a b/ä.yaml", "a%20b/%C3%A4.yaml"),
        ("C:\\docs\\a.yaml", "C%3A/docs/a.yaml"),
        ("/srv/a.yaml", "file:///srv/a.yaml"),
        ("a\udcff.yaml", "a%FF.yaml"),
        ("a\ud800.yaml", "a%3F.yaml"),
    ],
)
def test_files_are_uris(file: str, uri: str) -> None:
    """Relative ones stay so, for a code host to find in a checkout (RFC 3986)."""
    assert sarif.uri(file) == uri
