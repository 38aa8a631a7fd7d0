"""Broken promises for code hosts and editors: each at the line of the document that makes it."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, Final

from conformance import sarif
from conformance.record import RunRecord
from conformance.reporting.promises import WARNING, Promise, broken_promises
from conformance.reporting.sources import Sources, place
from conformance.reporting.standing import concluded
from conformance.transcript.show import harmless, shortened

NAME: Final = "omen-conformance"
FINGERPRINT: Final = "clause/v1"
LONGEST: Final = 1000
NAMED: Final = 20


def as_sarif(run: RunRecord) -> dict[str, Any]:
    """A result for each broken promise that a document makes: an error, or a warning that fails no gate.

    One that is waived is suppressed (``external``). Rules are the clauses that were broken. What no line of a
    document promises is in the other reports.
    """
    sources = Sources(run)
    results = [_result(each, sources) for each in broken_promises(run) if place(each.where)]
    verdict, code = concluded(run)
    invocation: dict[str, object] = {
        "executionSuccessful": run.complete and verdict != "broken suite",
        "exitCode": code,
        "exitCodeDescription": verdict,
        "startTimeUtc": run.header.started,
    }
    documents = [
        {
            "location": {"uri": sarif.uri(one.path)},
            "roles": ["analysisTarget"],
            "hashes": {"sha-256": one.sha256},
        }
        for one in run.header.documents
    ]
    about = {
        "invocations": [invocation],
        "artifacts": documents,
        "properties": {"target": _text(run.header.target.name), "seed": run.header.seed},
    }
    return sarif.log(NAME, run.header.suite, (), results, about)


def _result(promise: Promise, sources: Sources) -> sarif.Result:
    found = place(promise.where)
    assert found is not None
    file, line = found
    first = promise.cases[0]
    repeat = f"Repeat: {_text(first.repeat)}" if first.repeat else ""
    says = promise.says or "Something that no clause of the contract promises."
    rule = sarif.Rule(
        promise.clause or "no-clause",
        "warning" if promise.excuse == WARNING else "error",
        _text(says),
        _text(says),
        f"{_text(says)} ({promise.level}, {promise.provenance})" if promise.level else _text(says),
    )
    finding = promise.finding
    seen = _text(str(finding) if finding else first.reason)
    shown = sources.line(file, line)
    waiver = promise.waiver
    return sarif.Result(
        rule,
        " ".join(filter(None, [seen if seen.endswith(".") else f"{seen}.", repeat])),
        sarif.Place(file, line, promise.clause, _text(shown)),
        (FINGERPRINT, (promise.clause, PurePath(file).name)),
        times=len(promise.cases),
        accepted=_text(f"{waiver.reason} ({waiver.ticket}, until {waiver.expires})") if waiver else "",
        in_source=False,
        properties={
            "provenance": promise.provenance,
            "cases": [line.id for line in promise.cases[:NAMED]],
        },
    )


def _text(text: str) -> str:
    return shortened(harmless(text), LONGEST)
