"""Documents that cannot be used: one sentence that names the place, exit code 2, a readable run file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.front.command import ROOT, command, run

ASYNCAPI = """asyncapi: 3.0.0
info: {title: A service, version: 1.0.0}
channels:
  only:
    address: /
    messages:
      hello: {$ref: '#/components/messages/helo'}
"""

BROKEN = {
    "yaml": ("asyncapi: 3.0.0\ninfo: {title: [", "doc.yaml:3"),
    "reference": (ASYNCAPI, "doc.yaml:7"),
    "neither": ("swagger: '2.0'\n", "doc.yaml:1"),
    "version": ("asyncapi: 9.9.0\ninfo: {title: x, version: '1'}\n", "doc.yaml:1"),
    "empty": ("", "doc.yaml"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_document_is_refused_with_its_line(kind: str, tmp_path: Path) -> None:
    """Each kind of broken document is one sentence with file and line."""
    text, where = BROKEN[kind]
    (tmp_path / "doc.yaml").write_text(text)
    ended = run("--asyncapi", "doc.yaml", cwd=tmp_path)
    assert ended.code == 2
    assert where in ended.sentence
    record = ended.record
    assert record.complete
    assert record.end is not None
    assert record.end.exit_code == 2
    assert [notice.text for notice in record.notices] == [ended.sentence]
    assert ended.summary["exit_code"] == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--asyncapi", "nowhere.yaml"], "nowhere.yaml"),
        (["--contract", "nowhere"], "nowhere"),
        (["--contract", "a-file"], "a-file: a file that is no AsyncAPI or OpenAPI document"),
        (["--contract", "."], "no AsyncAPI or OpenAPI document"),
        (["--overlay", "x.yaml"], "x.yaml: no such file"),
        (["--reference", "nowhere"], "--reference nowhere: there is no nowhere"),
        (["--case", "gateway/atuh"], "--case gateway/atuh matches nothing"),
        (["--clause", "nonsense"], "--clause nonsense matches nothing"),
        (["--case", "gateway/auth", "--clause", "market-data/TradeEvent"], "no case is left to be played"),
    ],
)
def test_what_is_not_there_is_said(words: list[str], said: str, tmp_path: Path) -> None:
    """A missing file or folder, and a pattern that means nothing, are wrong usage."""
    (tmp_path / "a-file").write_text("x: 1\n")
    ended = run(*words, cwd=tmp_path)
    assert ended.code == 2
    assert said in ended.sentence
    assert ended.record.complete


def test_a_wrong_scenario_is_refused_with_its_line(tmp_path: Path) -> None:
    """A scenario file that cannot be used stops the run before it begins."""
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    file = tmp_path / "specs/gateway/scenarios.yaml"
    file.write_text(file.read_text("utf-8").replace("- connect:", "- conect:", 1))
    ended = command("list", "--contract", "specs", cwd=tmp_path)
    assert ended.code == 2
    assert "specs/gateway/scenarios.yaml:" in ended.sentence
    assert "conect" in ended.sentence
