"""Pages with commands: each is typed as it stands, ends as the page says, and shows what the page shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT, Command, commands, desk, files, missing, promised_codes, text_of

FOLLOWED = ("history.md", "read-a-report.md", "trading.md", "verify-environment.md", "write-a-scenario.md")
ELSEWHERE = ("adopt.md", "waive.md")
"""Pages whose commands tests of their own run: tests/adopt, tests/gate."""

LINK = re.compile(r"\]\(([^)#\s]*)(#[^)\s]*)?\)")


@pytest.mark.parametrize("page", FOLLOWED)
def test_what_the_page_shows_comes(page: str, tmp_path: Path) -> None:
    """Exit codes and lines, in the page's order; a code other than 0 only where the page says it."""
    text = text_of(page)
    codes: list[int] = []
    with desk(tmp_path) as made:
        made.lamps("docs/adopting")
        for command, code, told in made.follow(text):
            codes.append(code)
            shown = tuple(made.moved(line) for line in command.shown)
            assert missing(shown, told) == [], f"$ {command.text}\n{told}"
            assert "dusk" not in told
            assert "Traceback" not in told
            if code != promised_codes(text)[len(codes) - 1]:
                pytest.fail(f"$ {command.text}\nended with {code}\n{told}")
    assert codes == promised_codes(text)


def test_every_page_with_commands_is_followed() -> None:
    """A new page cannot promise what nobody has tried."""
    with_commands = {path.name for path in DOCS.glob("*.md") if commands(path.read_text("utf-8"))}
    assert with_commands == {*FOLLOWED, *ELSEWHERE}
    assert all(len(commands(text_of(page))) >= 4 for page in with_commands)


@pytest.mark.parametrize("path", [*sorted(DOCS.glob("*.md")), ROOT / "README.md"], ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    """Files of links are there, and so are the headings that they name."""
    for name, heading in LINK.findall(path.read_text("utf-8")):
        if "://" in name:
            continue
        there = (path.parent / name).resolve() if name else path
        assert there.exists(), f"{path.name}: {name}"
        if heading:
            titles = re.findall(r"^#+ (.*)$", there.read_text("utf-8"), re.MULTILINE)
            anchors = [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]
            assert heading.removeprefix("#") in anchors, f"{path.name}: {name}{heading}"


def test_every_page_is_named_in_the_readme() -> None:
    """Nobody finds a page that nothing leads to."""
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [path.name for path in DOCS.glob("*.md") if f"(docs/{path.name})" not in readme] == []


def test_what_is_shown_is_compared() -> None:
    """Lines in order; what a page leaves out may be anything; another line does not pass."""
    told = "one 1\ntwo 22 x\nthree"
    assert missing(("one …", "…", "three"), told) == []
    assert missing(("two …", "one 1"), told) == ["one 1"]
    assert missing(("two 23 …",), told) == ["two 23 …"]
    assert missing(("tw",), told) == ["tw"]


def test_pages_are_taken_apart() -> None:
    """Commands with what they show, claimed exit codes, and files by the name in their first line."""
    typed = "```console\n$ a\nout\n$ echo $?\n3\n$ b &\n$ c\n```\n"
    text = f"{typed}```yaml\n# x/y.yml\nk: 1\n```\n```yaml\nk: 2\n```\n"
    assert commands(text)[0] == Command("a", ("out",))
    assert promised_codes(text) == [3, 0]
    assert files(text) == {"x/y.yml": "# x/y.yml\nk: 1\n"}
