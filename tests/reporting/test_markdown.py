"""``summary.md``: read by parsers that others wrote, GitHub's own among them, whatever a target says."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt

from conformance.record import RunRecord, SourceLine
from conformance.record.types import WaiverLine
from conformance.reporting.inert import cell, code, fenced, prose
from conformance.reporting.markdown import CUT, EXCERPTS, PROMISES, ROOM, markdown, write_markdown
from conformance.verdict import Blame

from ..record import samples
from ..record.samples import HTTP, PRICE, Played, record


class Read(HTMLParser):
    """A page: its elements, its text, the text outside of code, and its code blocks."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.text = self.prose = ""
        self.codes: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        if tag == "code":
            self.codes.append("")
        if tag not in ("br", "hr", "img"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if "code" in self._open:
            self.codes[-1] += data
        else:
            self.prose += data


def github(text: str) -> Read:
    """As GitHub's own parser renders it: tables, links of bare addresses, raw HTML let through."""
    extensions = ["table", "autolink", "strikethrough", "tasklist"]
    made = cmarkgfm.markdown_to_html_with_extensions(text, Options.CMARK_OPT_UNSAFE, extensions)
    return Read(made)


def commonmark(text: str) -> Read:
    """As another parser renders it."""
    return Read(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text))


OURS = {"h2", "h3", "h4", "p", "ul", "li", "strong", "code", "pre", "em"} | {
    "table", "thead", "tbody", "tr", "th", "td"
}  # fmt: skip
# What a code host makes of text after it was rendered: mentions, references, emoji.
REFERENCE = re.compile(r"[@#]\w|:[\w+-]+:|\bGH-[0-9]|https?://|www\.")

HOSTILE = (
    "` ``` ~~~~ <script>alert(1)</script> ![x](http://e.org/i.png) [l](javascript:1) <http://e.org> "
    "www.e.org @someone #12 GH-12 a@b.org :tada: | --- | **b** ~~s~~ <!-- &lt; &#64;x \\` \n\n# h\n\n"
    "- [ ] x\n```\n\x1b[31m\u202e\0 $`x`$ $$y$$ [^1] [ref]: http://e.org 1. x"
)


AWKWARD = (
    "`", "``", " ` ", "```", "\\", "", " ", "- x", "# x", "1.", "1. x", "12. x", "+ x", "> x", "    x",
    "a`b`c`@d", "`<b>` @x", "===", "$x$",
)  # fmt: skip


def inert(page: Read) -> None:
    """Nothing on the page but what we put there."""
    assert set(page.elements) <= OURS, set(page.elements) - OURS
    assert not REFERENCE.search(page.prose), REFERENCE.search(page.prose)
    assert "\u202e" not in page.text
    assert "\x1b" not in page.text


@pytest.mark.parametrize("read", [github, commonmark])
@pytest.mark.parametrize("text", [HOSTILE, *HOSTILE.split(), *AWKWARD])
def test_texts_of_others_stay_text(read: type[Read], text: str) -> None:
    """A span, a fence, a sentence, a cell: each is what it was, and nothing more."""
    told = code(text, 9000)
    page = read(f"{told}\n")
    inert(page)
    assert set(page.elements) <= {"p", "code"}
    shown = "".join(page.codes)
    if text.strip():
        assert shown.replace(" ", "") == re.sub(r"\s", "", _escaped(text))
    inert(read(f"before\n\n{fenced(text.split(chr(10)), 'text')}\nafter\n"))
    words = read(f"{prose(text, 9000)}\n")
    inert(words)
    assert set(words.elements) <= {"p", "code"}
    assert set(read(f"- {prose(text, 9000)} {code(text, 9000)}\n").elements) <= {"ul", "li", "code"}
    table = read(f"| a | b |\n|---|---|\n| {cell(text, 9000)} | last |\n")
    inert(table)
    assert table.elements.count("td") == 2
    assert table.text.split()[-1] == "last"


def _escaped(text: str) -> str:
    """As reports show what is no letter."""
    numbers = {one: f"\\x{ord(one):02x}" if ord(one) < 256 else f"\\u{ord(one):04x}" for one in text}
    return "".join(one if one.isprintable() else numbers[one] for one in text)


@pytest.mark.parametrize("read", [github, commonmark])
def test_a_fence_holds_whatever_is_in_it(read: type[Read]) -> None:
    """Line by line, fences of others too."""
    lines = ["```", "````js", "~~~", "</code></pre>", "", "    x", "<!--"]
    page = read(f"{fenced(lines, 'text')}\nafter\n")
    assert page.codes == ["\n".join(lines) + "\n"]
    assert page.prose.strip() == "after"


def test_names_in_our_sentences_are_code() -> None:
    """What stands between backticks; the rest is words without needless escapes."""
    assert prose("The `price` of a Level matches `^[0-9]+$`.") == "The `price` of a Level matches `^[0-9]+$`."
    assert prose("one ` alone") == "one \\` alone"


def hostile(folder: Path) -> RunRecord:
    """A run in which everything that somebody else says is hostile."""
    finding = replace(samples.price_finding(HOSTILE), where=HOSTILE, expected=HOSTILE, drift=HOSTILE)
    head = samples.header()
    head = replace(
        head,
        target=replace(head.target, name=HOSTILE, addresses=MappingProxyType({"tide": HOSTILE})),
        clauses=tuple(replace(each, says=HOSTILE, where=f"{HOSTILE}:3") for each in head.clauses),
        documents=tuple(replace(each, version=HOSTILE) for each in head.documents),
        cases=tuple(replace(each, family=HOSTILE) for each in head.cases),
    )
    played: list[Played] = [
        (samples.failed("tide/layouts/level-price", finding), samples.conversation("x", HOSTILE)),
        (samples.broken("tide/commands/ask", Blame.ENVIRONMENT, HOSTILE), None),
        (samples.skipped("tide/layouts/wave-height", HOSTILE), None),
    ]
    run = record(folder, played, notices=[HOSTILE], head=head)
    return replace(run, sources=(SourceLine(HOSTILE, "0", f"a\nb\n{HOSTILE}"),))


@pytest.mark.parametrize("read", [github, commonmark])
def test_a_hostile_target_writes_nothing_but_text(tmp_path: Path, read: type[Read]) -> None:
    """Markup, links, mentions, images, HTML, fences, escapes: in every place they could travel."""
    page = read(markdown(hostile(tmp_path)))
    inert(page)
    assert page.elements.count("table") == 1
    assert "<script>alert(1)</script>" in page.text


def test_the_page_of_a_red_run(tmp_path: Path) -> None:
    """Verdict, target, documents, promises with their evidence, the table, what was not checked."""
    run = record(tmp_path, samples.red(), notices=["a word"])
    run = replace(
        run, sources=(SourceLine("tide/asyncapi.yaml", "0", "\n" * 23 + "    pattern: ^[0-9]+$\n"),)
    )
    text = markdown(run)
    assert text.startswith(
        "## ❌ Not conformant: `local`\n\n**2 promises broken.** 5 cases: 1 passed, 3 failed"
    )
    page = github(text)
    for needed in (
        "Target: local at tide ws://127.0.0.1:4001/",
        "tide 1.2.3 (SHA-256 abababababab)",
        "Not checked: 2 of 5 promises, 1 case skipped",
        "must · published · tide/asyncapi.yaml:24: pattern: ^[0-9]+$",
        "expected a string that matches `^[0-9]+$`",
        "seen float 1.5 at [2] price",
        "seen by 2 cases: tide/layouts/level-price, tide/streams/levels",
        "1 promise: the document names no close code (tide/close/code)",
        "Notice: a word",
    ):
        assert needed in page.text, needed
    assert "omen-conformance run local --case tide/layouts/level-price\n" in page.codes
    excerpt = next(each for each in page.codes if '["level", 1, 1.5, "3"]' in each)
    assert [line[:2] for line in excerpt.splitlines()] == ["  ", "  ", "  ", "> ", "  "]
    assert page.elements.count("tr") == 6
    assert page.elements.count("h4") == 2


@pytest.mark.parametrize("read", [github, commonmark])
def test_what_the_gate_says_is_told(tmp_path: Path, read: type[Read]) -> None:
    """Why it does not pass; what is waived, by whom and until when; what is no more than a warning."""
    run = record(tmp_path, samples.red())
    assert run.end is not None
    cases = ("tide/layouts/level-price", "tide/streams/levels")
    waiver = WaiverLine(PRICE, "", HOSTILE, HOSTILE, HOSTILE, "2026-02-01", "w.yaml:1", "used", "", cases)
    end = replace(
        run.end,
        verdict="gate failed",
        gate=(HOSTILE,) * 30,
        waived=cases,
        warned=("tide-health/health/status",),
    )
    text = markdown(replace(run, end=end, waivers=(waiver,)))
    assert text.startswith("## ❌ Gate failed: `local`\n")
    page = read(text)
    inert(page)
    assert "and 20 reasons more" in page.text
    assert "Broken promises" not in page.text
    assert f"{HTTP} expected status 200, seen status 503: a warning: a target should keep it" in page.text
    assert (
        f"{PRICE} expected a string that matches `^[0-9]+$`, seen float 1.5: waived until 2026-02-01"
        in page.text
    )


def test_runs_that_were_not_red(tmp_path: Path) -> None:
    """Green says so in one line; inconclusive says why; killed and empty runs have a page, too."""
    assert markdown(record(tmp_path, samples.green())).startswith("## ✅ Conformant: `local`\n")
    text = markdown(record(tmp_path, samples.inconclusive()))
    assert "because of environment: `tide at ws://127.0.0.1:4001/: connection refused`" in text
    unsent = "- 1 promise: `the target never sent anything that it speaks about` (`tide/Wave/height/type`)\n"
    assert unsent in markdown(record(tmp_path, samples.green()))
    assert "Killed before its end" in markdown(record(tmp_path, samples.red()[:1], end=False))
    write_markdown(record(tmp_path, []), tmp_path / "summary.md")
    assert "Nothing was enforced" in (tmp_path / "summary.md").read_text()


def many(folder: Path, number: int) -> RunRecord:
    """As many broken promises, each told at length."""
    clauses = [samples.clause(f"tide/Level/price/number-{each}", "It holds. " * 90) for each in range(number)]
    cases = [samples.case(f"tide/layouts/case-{each}", clauses[each].id) for each in range(number)]
    head = replace(samples.header(cases), clauses=tuple(clauses))
    played: list[Played] = [
        (
            samples.failed(each.id, replace(samples.price_finding("x" * 9000), clause=each.clauses[0])),
            samples.conversation(each.id, "y" * 9000),
        )
        for each in cases
    ]
    return record(folder, played, head=head)


def test_many_promises_are_bounded(tmp_path: Path) -> None:
    """Twenty in full, ten with their transcript, the rest by name or number: far below what a host takes."""
    text = markdown(many(tmp_path, 100))
    assert text.count("#### ") == PROMISES
    assert text.count("```text") == EXCERPTS
    assert "And 80 promises more: `tide/Level/price/number-20`" in text
    assert len(text.encode()) < ROOM // 4


@pytest.mark.parametrize("room", [0, 300, 1000, 5000, 20_000])
def test_what_does_not_fit_is_left_out(tmp_path: Path, room: int) -> None:
    """Whole paragraphs, from the end, and said: a page that is too long would be shown to nobody."""
    run = many(tmp_path, 30)
    text = markdown(run, room)
    assert len(text.encode()) <= room
    if room > 300:
        assert text.endswith(CUT)
        inert(github(text))
        assert text.startswith("## ❌ Not conformant")
