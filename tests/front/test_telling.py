"""What pytest shows of a verdict that is not green."""

from __future__ import annotations

import json

import pytest

from conformance.cases.case import Case, Family, Needs
from conformance.contract import Level, Provenance
from conformance.fronts.telling import plain, sentence, story
from conformance.run import Result
from conformance.transcript import Direction, Frame, Secrets, Transcript
from conformance.validation import Finding
from conformance.verdict import Blame, Outcome, Verdict

CASE = Case(
    "tide/streams/levels", Family.STREAMS, "tide", "Are levels numbered?", (), Level.MUST,
    Provenance.PUBLISHED, (), Needs(("tide",)),
)  # fmt: skip


def test_no_build_server_obeys_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a target sends may look like its commands, at the start of a line or within it."""
    command = "\n::error::x ##[stop-commands]y \x1b[2J\u202e"
    finding = Finding("tide/level", "level", "a number", command, (), "tide.yaml:1")
    verdict = Verdict(CASE.id, Outcome.FAILED, Blame.TARGET, str(finding), (finding,), messages=1)
    frame = Frame("main", Direction.RECEIVED, "text", command.encode(), 1)
    result = Result(CASE, verdict, Transcript(CASE.id, (frame,)), 0, 1)
    for server, obeyed in (("true", True), ("", False)):
        monkeypatch.setenv("GITHUB_ACTIONS", server)
        monkeypatch.delenv("TF_BUILD", raising=False)
        monkeypatch.delenv("TEAMCITY_VERSION", raising=False)
        for told in (story(result, "omen-conformance run", Secrets()), sentence(verdict), plain(command)):
            assert ("::error" in told, "##[" in told) == (not obeyed, not obeyed)
            assert all(one.isprintable() for one in told.split("\n"))


def test_the_guilty_frame_is_marked() -> None:
    """Not the last one, though both may be meant by the words."""
    frames = tuple(
        Frame("main", Direction.RECEIVED, "text", json.dumps({"level": number}).encode(), number)
        for number in range(3)
    )
    finding = Finding("tide/sequence", "level", "level 5", "level 1", (), "tide.yaml:1", entry=1)
    verdict = Verdict(CASE.id, Outcome.FAILED, Blame.TARGET, str(finding), (finding,), messages=3)
    result = Result(CASE, verdict, Transcript(CASE.id, frames), 0, 1)
    told = story(result, "omen-conformance run", Secrets()).splitlines()
    assert [line.split("<< ")[1] for line in told if line.startswith("✗ ")] == ['text {"level": 1}']
    assert len([line for line in told if line.startswith("  ") and "<< " in line]) == 2
