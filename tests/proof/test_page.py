"""``proof.html``: one file, inert whatever stands in it, readable without its script."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from conformance.proof.page import page, write_page
from conformance.proof.record import (
    OUTCOMES,
    CaseEntry,
    Faultless,
    FaultLine,
    Outside,
    ProofRecord,
    Unsettled,
)
from conformance.proof.wrong import sentence, wrong
from conformance.record.types import DocumentEntry

from . import samples
from .samples import GREEN, HOSTILE, small

VOID = {"meta", "input", "br"}
LARGEST = 2_000_000


class Page(HTMLParser):
    """Elements with their attributes, the text of scripts and styles, and all other text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, str]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            self.raw.append((self.open[-1], data))
        else:
            self.text += data

    @property
    def data(self) -> dict[str, Any]:
        made: dict[str, Any] = json.loads(self.raw[1][1])
        return made


@cache
def large() -> str:
    return page(samples.proof())


@cache
def parsed() -> Page:
    return Page(large())


def hostile(text: str) -> ProofRecord:
    """A proof all of whose texts are ``text``."""
    fault = FaultLine(
        text, "derived", text, text, (text,), "outside", text, (text,), (text,),
        (Outside(text, text, text),), (text,), (Unsettled(text, text),), 1, 1, 1.0,
    )  # fmt: skip
    others = [FaultLine(f"{text}{one}", "behavioural", text, text, (text,), one) for one in OUTCOMES]
    spared = FaultLine(f"{text}x", "derived", text, text, (text,), "survived", excused=text)
    return small(
        fault, *others, spared, suite=text, started=text, mode=text, clauses={text: text},
        documents=(DocumentEntry(text, text, text, text),),
        cases=(CaseEntry(text, text), CaseEntry(f"{text}2", text), CaseEntry(f"{text}3", text, text)),
        clauses_without_fault=(Faultless(text, text, text), Faultless(text, text, "")),
    )  # fmt: skip


def test_elements_are_well_nested_and_few() -> None:
    """It is one well-formed page: two scripts (data, code), one style sheet."""
    tags = [tag for tag, _ in parsed().elements]
    assert (tags.count("script"), tags.count("style"), tags.count("h1")) == (2, 1, 1)
    assert not {"img", "iframe", "object", "embed", "link", "base", "form"} & set(tags)
    ids = [found["id"] for _, found in parsed().elements if "id" in found]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_inert(text: str) -> None:
    """Whatever a name, reason or id holds, the page has the same elements as with a harmless one."""
    bad, good = Page(page(hostile(text))), Page(page(hostile("harmless")))
    shape = [(tag, sorted(found)) for tag, found in good.elements]
    assert [(tag, sorted(found)) for tag, found in bad.elements] == shape
    assert bad.raw[0] == good.raw[0]
    assert bad.raw[2] == good.raw[2]
    source = page(hostile(text))
    assert not re.search("[\u2028\u2029\u202e\x00\x1b\ud800]", source)
    assert len(re.findall(r"<script\b", source)) == 2
    assert "<!--" not in source
    source.encode("utf-8")


def test_nothing_is_asked_of_a_network() -> None:
    """No address in an attribute, none in the style sheet; links stay in the page."""
    for tag, found in parsed().elements:
        assert not {"src", "srcset", "action", "formaction", "poster", "background", "style"} & set(found)
        assert not [name for name in found if name.startswith("on")]
        assert (found.get("href") or "#").startswith("#"), tag
    style, _, script = (text for _, text in parsed().raw)
    assert not re.search(r"url\(|@import|https?:", style)
    assert not re.search(r"https?:|fetch|XMLHttp|import\(|WebSocket|innerHTML|eval|document\.write", script)


def test_the_policy_allows_this_script_and_style_alone() -> None:
    """By their hashes; everything else is forbidden."""
    policy = next(
        found["content"] or ""
        for _, found in parsed().elements
        if found.get("http-equiv") == "Content-Security-Policy"
    )
    style, _, script = (text for _, text in parsed().raw)

    def hashed(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    assert policy.split("; ") == [
        "default-src 'none'",
        f"style-src {hashed(style)}",
        f"script-src {hashed(script)}",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_verdict_and_what_is_wrong_stand_there_without_the_script() -> None:
    """Plain HTML holds the sentence and every group with its first items, their commands and what to do."""
    proof = samples.proof()
    assert sentence(proof) in parsed().text
    for group in wrong(proof):
        assert f"{len(group.items)} × {group.title}" in parsed().text
        assert group.todo in parsed().text
        for item in group.items[:60]:
            if item.name.isascii() and item.name.isprintable():
                assert item.name in parsed().text
                assert item.repeat in parsed().text


def test_the_data_tell_the_whole_matrix() -> None:
    """Each fault is in the data, with the clauses that it breaks and the cases that caught it."""
    data = parsed().data
    proof = samples.proof()
    assert len(data["faults"]) == len(proof.faults)
    for stored, line in zip(data["faults"], proof.faults, strict=True):
        if not line.name.startswith("hostile/"):
            assert stored[0] == line.name
        assert data["outcomes"][stored[5]] == line.outcome
        assert tuple(data["clauses"][one][0] for one in data["lists"][stored[4]]) == line.clauses
        assert tuple(data["cases"][one][0] for one in data["lists"][stored[7]]) == line.caught_by
    assert [one[0] for one in data["cases"][: data["own"]]] == [one.id for one in proof.cases]
    assert data["clauses"][0][1] == proof.clauses[data["clauses"][0][0]]


def test_long_lists_are_cut_and_say_so() -> None:
    """Of a list that is longer than anybody reads, the page holds the first and the number of the others."""
    line = samples.line("x", "caught", *(f"case{number}" for number in range(500)))
    data = Page(page(small(line))).data
    found = data["lists"][data["faults"][0][7]]
    assert (len(found), found[-1]) == (41, -460)


def test_a_large_proof_is_a_small_file(tmp_path: Path) -> None:
    """3 180 faults and 1 437 cases stay under two megabytes."""
    write_page(samples.proof(), tmp_path / "proof.html")
    assert (tmp_path / "proof.html").stat().st_size < LARGEST


def test_a_page_of_nothing_but_survivors_is_a_small_file() -> None:
    """Also when everything is wrong."""
    lines = [
        samples.line(f"tide/Level/{number}", "survived", blind=("tide/auth/late",)) for number in range(3000)
    ]
    made = page(small(*lines))
    assert len(made.encode()) < LARGEST
    assert "2\u202f940 more, in proof.json" in made


def test_a_proof_says_that_nothing_is_wrong() -> None:
    """Green says so; a stopped one does not accuse the cases that had no turn."""
    assert "Nothing that was played speaks against the proof." in Page(page(small(*GREEN))).text
    stopped = Page(page(small(GREEN[0], planned=9))).text
    assert "1 case not yet seen failing: not every fault had its turn." in stopped
    assert "Never seen failing: a case" not in stopped


def test_light_dark_paper_and_keys_are_thought_of() -> None:
    """Both colour schemes, a sheet for print, a label for every control, a button that is one."""
    style = parsed().raw[0][1]
    assert "prefers-color-scheme: dark" in style
    assert "@media print" in style
    assert ":focus-visible" in style
    for tag, found in parsed().elements:
        if tag in ("input", "select"):
            assert found.get("aria-label")
        if tag == "button":
            assert found.get("type") == "button"
