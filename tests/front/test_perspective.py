"""``--perspective`` and several addresses through the command line and through pytest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.errors import UsageError
from conformance.fronts.options import views
from tests.contract.test_channels import YARD
from tests.contract.test_perspective import FEED
from tests.front.command import command, suite


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "feed.yaml").write_text(FEED)
    (tmp_path / "yard.yaml").write_text(YARD)
    return tmp_path


FAMILIES = ("commands", "layouts")


def listed(folder: Path, *words: str) -> tuple[set[str], str]:
    """The services with what they are seen to send or to answer, and what was said on standard error."""
    ended = command("list", "--json", *words, cwd=folder)
    assert ended.code == 0, ended.err
    ids = [each["id"] for each in json.loads(ended.out)["cases"]]
    return {"/".join(each.split("/")[:3:2]) for each in ids if each.split("/")[1] in FAMILIES}, ended.err


def test_the_perspective_is_found_out_and_said(folder: Path) -> None:
    """A loud note; what the client sends is tested."""
    seen, said = listed(folder, "--asyncapi", "feed.yaml", "--asyncapi", "yard.yaml")
    feed = {each for each in seen if each.startswith("feed/")}
    assert feed == {"feed/subscribe", "feed/subscribed", "feed/pong", "feed/tickerUpdate"}
    assert {"yard.gate/enter", "yard.crane-number/hoist"} <= seen
    assert "note: feed.yaml:14: the document is written from the client's point of view" in said


def test_the_perspective_is_overruled(folder: Path) -> None:
    """For one document by its name, whatever is said of all."""
    views = ("--perspective", "client", "--perspective", "feed=target")
    seen, said = listed(folder, "--asyncapi", "feed.yaml", *views)
    assert seen == {"feed/subscribe", "feed/ping"}
    assert "point of view" not in said


def test_pytest_has_the_option_too(folder: Path) -> None:
    """The same cases under the same names."""
    words = ("--conformance-asyncapi", "feed.yaml", "--conformance-perspective", "target")
    ended = suite(*words, "--collect-only", "-q", cwd=folder)
    assert "feed/layouts/ping/shape" in ended.out
    assert "tickerUpdate" not in ended.out


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (("mine",), "--perspective must be target or client, not 'mine'"),
        (("feed=mine",), "--perspective must be target or client, not 'mine'"),
        (("target", "client"), "--perspective says both target and client for all documents"),
        (("feed=target", "feed=client"), "--perspective gives feed twice"),
    ],
)
def test_wrong_perspectives(texts: tuple[str, ...], sentence: str) -> None:
    """One sentence."""
    with pytest.raises(UsageError) as raised:
        views(texts)
    assert str(raised.value) == sentence
