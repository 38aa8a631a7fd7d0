"""Runs for pages, and pages as a parser sees them."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType
from typing import Any

from conformance.record import DocumentEntry, Header, RunRecord, SourceLine, TargetEntry, Writer, conclude
from conformance.record import read as read_run
from conformance.record.types import OverlayEntry
from conformance.reporting.html import write_html
from conformance.transcript import Direction, Exchange, Frame, Secrets, Transcript
from conformance.validation import Finding
from conformance.verdict import Blame
from tests.record import samples
from tests.record.samples import MS, PRICE, Played

VOID = {"meta", "input", "br", "circle", "path", "rect", "line"}
TEXT = "\n".join(f"# line {number} of tide" for number in range(1, 60))

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "<img src=x onerror=alert(1)>",
    "\"'><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "\x1b[31mred\x07\x00",
    "\u202egnp.exe\u2066\u200b",
    "\u2028\u2029\ud800",
    "__proto__",
    "constructor",
    "javascript:alert(1)",
    "a `<img src=x onerror=alert(1)>` and `` ` ``<b>`</b>",
    "x" * 20_000,
)


class Page(HTMLParser):
    """Elements with their attributes, the text of scripts and styles, and all other text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.source = text
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[dict[str, str | None], str]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.text += " "
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            self.raw.append((self.elements[-1][1], data))
        else:
            self.text += data

    def script(self, name: str) -> str:
        """The text of a script element by its id."""
        return next(text for found, text in self.raw if found.get("id") == name)

    @cached_property
    def data(self) -> dict[str, Any]:
        """What the script draws from."""
        made: dict[str, Any] = json.loads(self.script("data"))
        return made

    def unpacked(self, name: str) -> str:
        """A chunk, as the script would take it apart."""
        return gzip.decompress(base64.b64decode(self.script(name))).decode("ascii")


def make(run: RunRecord) -> Page:
    """The page of a run, written beside its run file."""
    path = Path(run.path).with_name("report.html")
    write_html(run, path, run.path)
    return Page(path.read_text("utf-8"))


def record(
    folder: Path, played: Iterable[Played], *, head: Header | None = None, notices: Iterable[str] = (),
    text: str = TEXT,
) -> RunRecord:  # fmt: skip
    """A run whose file holds the text of its document."""
    path = folder / "run.jsonl"
    lines = []
    with Writer(path, Secrets()) as writer:
        writer.header(head or samples.header())
        writer.source(SourceLine("tide/asyncapi.yaml", "ab" * 32, text))
        for number, (verdict, transcript) in enumerate(played):
            began = writer.zero + number * 10 * MS
            line = writer.case(
                verdict, transcript, started=began, ended=began + 25 * MS,
                repeat=samples.repeat(verdict.case),
            )  # fmt: skip
            lines.append(line)
        for notice in notices:
            writer.notice(notice)
        writer.end(*conclude(lines, False))
    return read_run(path)


def red() -> list[Played]:
    """The red sample, whose price findings name their entry."""
    played = samples.red()
    return [
        (replace(verdict, findings=tuple(_named(one) for one in verdict.findings)), transcript)
        for verdict, transcript in played
    ]


def _named(finding: Finding) -> Finding:
    return replace(finding, entry=4) if finding.clause == PRICE else finding


def hostile(folder: Path, text: str) -> RunRecord:
    """A run in which everything that may be somebody else's is ``text``."""
    head = samples.header()
    head = replace(
        head,
        suite=text, started=text,
        target=TargetEntry(text, MappingProxyType({text: text}), deadlines=MappingProxyType({text: 1})),
        documents=(DocumentEntry(text, text, text, text),),
        overlays=(OverlayEntry(text, text, text, text, (text,)),),
        notes=(text,), selection=(text,), unenforceable=MappingProxyType({samples.HOLE: text}),
        clauses=tuple(replace(one, says=text, subject=text, kind=text) for one in head.clauses),
        cases=tuple(replace(one, says=text) for one in head.cases),
    )  # fmt: skip
    finding = Finding(PRICE, text, text, text, (text, 2), "tide/asyncapi.yaml:24", text, 4)
    name = "tide/layouts/level-price"
    talk = samples.conversation(name)
    octets = text.encode("utf-8", "replace")
    word = octets.decode()
    odd = {word: word, "deep": {word: [word]}, "__proto__": {"polluted": True}}
    entries = (
        *talk.entries[:4],
        replace(samples.received(odd, 1009), session=text[:60]),
        Frame("main", Direction.SENT, "text", octets, 1010 * MS),
        Frame("main", Direction.SENT, "close", b"", 1011 * MS, code=1000, reason=text[:80]),
        samples.mark("failed", 1012, stage=text, reason=text),
        Exchange("http", text, text, 1013 * MS, 1014 * MS, ((text, text),), octets, 200, ((text, text),),
                 octets, text),
    )  # fmt: skip
    played: list[Played] = [
        (samples.failed(name, finding), Transcript(name, entries)),
        (samples.skipped("tide/layouts/wave-height", text), None),
        (samples.broken("tide/commands/ask", Blame.SUITE, text), None),
        (samples.passed("tide/streams/levels", PRICE), Transcript("tide/streams/levels", entries)),
    ]
    return record(folder, played, head=head, notices=[text], text=text + "\n" + TEXT)
