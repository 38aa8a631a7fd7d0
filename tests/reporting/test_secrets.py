"""Secrets planted wherever a target or a user can put them never reach an artefact or the terminal."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from conformance.record import CaseLine
from conformance.reporting.formats import FORMATS
from conformance.reporting.paper import Paper
from conformance.reporting.progress import Progress
from conformance.reporting.terminal import final
from conformance.transcript import Direction, Exchange, Frame, Secrets, Transcript
from conformance.validation import Finding
from conformance.verdict import Blame

from ..record import samples

SECRET = "tide key/with+signs&42"
NAME = "tide/commands/ask"


def planted() -> Transcript:
    """A conversation that says the secret in every way."""
    basic = base64.b64encode(f"user:{SECRET}".encode()).decode()
    entries = (
        *samples.conversation(NAME).entries,
        samples.sent({"type": "login", "key": SECRET}, 1030),
        samples.received({"type": "no", "text": f"unknown key {SECRET}", SECRET: 1}, 1031),
        samples.received([SECRET.encode()], 1032),
        Frame("main", Direction.RECEIVED, "text", json.dumps({"key": SECRET}).encode(), 1033 * samples.MS),
        Frame("main", Direction.RECEIVED, "close", b"", 1034 * samples.MS, code=1008, reason=f"bad {SECRET}"),
        samples.mark("values", 1035, key=SECRET, more=(SECRET,)),
        samples.mark("failed", 1036, stage="tls", reason=f"for {SECRET}"),
        Exchange(
            "http",
            "GET",
            f"http://127.0.0.1/?key={quote(SECRET, safe='')}",
            1037 * samples.MS,
            1038 * samples.MS,
            request_headers=(("authorization", f"Basic {basic}"), ("x-key", SECRET)),
            request_body=SECRET.encode(),
            status=500,
            headers=(("x-echo", SECRET),),
            body=json.dumps({"error": SECRET}).encode(),
            failure=f"what of {SECRET}",
        ),
    )
    return Transcript(NAME, entries)


def leaks(text: str) -> list[str]:
    """The spellings of the secret that occur in ``text``, also inside of base64."""
    encoded = base64.b64encode(SECRET.encode()).decode()
    spellings = [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        json.dumps(SECRET)[1:-1],
        encoded,
        "signs&amp;42",
    ]
    found = [one for one in spellings if one in text]
    for word in text.replace('"', " ").split():
        try:
            inner = base64.b64decode(word, validate=True)
        except ValueError:
            continue
        if SECRET.encode() in inner:
            found.append(word)
    return found


def test_planted_secrets_never_land(tmp_path: Path) -> None:
    """Frames, keys, close reasons, marks, headers, URLs, bodies, findings, reasons, notices, addresses."""
    secrets = Secrets()
    secrets.add(SECRET)
    finding = Finding(
        samples.PRICE, f"at {SECRET}", f"not {SECRET}", f"str '{SECRET}'", (SECRET,), f"{SECRET}:1", SECRET
    )
    head = samples.header()
    addresses = {"tide": f"ws://u:{quote(SECRET, safe='')}@h/"}
    head = replace(
        head,
        target=replace(head.target, addresses=MappingProxyType(addresses)),
        selection=(f"--case {SECRET}",),
        unenforceable=MappingProxyType({samples.HOLE: f"because of {SECRET}"}),
    )
    played: list[samples.Played] = [
        (samples.failed(NAME, finding), planted()),
        (samples.passed("tide/streams/levels", samples.LATE), planted()),
        (samples.skipped("tide/layouts/wave-height", f"no {SECRET}"), None),
        (samples.broken("tide/layouts/level-price", Blame.ENVIRONMENT, f"refused {SECRET}"), planted()),
    ]
    run = samples.record(
        tmp_path, played, secrets=secrets, head=head, notices=[f"the key {SECRET} was refused"]
    )
    told = {form.file: form for form in FORMATS.values() if form.made is not None}
    for name, form in told.items():
        form.write(run, tmp_path / name)
    shown = io.StringIO()
    progress = Progress(4, shown, Paper(100))
    for line in run.cases:
        assert isinstance(line, CaseLine)
        progress.finished(line)
    progress.notice(run.notices[0].text)
    shown.write(final(run, Paper(200), artefacts="reports/x"))
    assert leaks(shown.getvalue()) == []
    assert "****" in shown.getvalue()
    for name in ("run.jsonl", *told):
        text = (tmp_path / name).read_text()
        assert leaks(text) == [], name
        assert "****" in text


def test_the_test_would_see_a_leak(tmp_path: Path) -> None:
    """Without the secret registered, the same run leaks it."""
    samples.record(tmp_path, [(samples.passed(NAME), planted())])
    assert len(leaks((tmp_path / "run.jsonl").read_text())) >= 3
