"""The page of a history: as text, and in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.errors import EnvironmentFailure
from conformance.history.address import address
from conformance.history.model import History
from conformance.reporting.html.history import page, write_history
from tests.history.samples import keep, run, told
from tests.record.samples import LATE, PRICE
from tests.specs.node import NoNodeError, installed

from . import chromium
from .chromium import Browser

HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>\x1b\u202e"


def history(folder: Path, hostile: str = "staging") -> History:
    """Twelve runs: one clause broke twice and is broken, one was mended, one operation became slower."""
    place = address(str(folder / "h.sqlite"))
    assert place is not None
    for day in range(12):
        broken = [PRICE] if day in (3, 4, 11) else [LATE] if day == 6 else []
        values = [2.0 + 3 * (day > 5) + n / 100 for n in range(110)]
        made = run(
            day,
            target=hostile,
            build=f"{hostile} 1.{day // 4}",
            broken=broken,
            kept=[name for name in (PRICE, LATE) if name not in broken],
            times={hostile: values, "seldom": [1.0]},
        )
        keep(place, made)
    return told(place)


def test_the_pictures_stand_in_tables_too(tmp_path: Path) -> None:
    """Who sees no picture reads the same: each break with its runs, each time with its run."""
    text = page(history(tmp_path))
    assert "<h1>1 clause broken now</h1>" in text
    assert "8 of the latest 12 runs conformant" in text
    assert text.count('<rect class="mark-x"') == 3 + 1
    assert text.count('<rect class="run bad"') == 4
    assert "never kept before" not in text
    assert text.count("not yet") == 1
    assert text.count('<polyline class="p50"') == 1
    assert text.count('<line class="built"') == 2 * 2
    assert text.count("<tr>") > 12 * 3


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    text = page(history(tmp_path, HOSTILE))
    assert "<script" not in text
    assert "<img" not in text
    assert "\u202e" not in text
    assert "\x1b" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text
    assert 'content="default-src &#39;none&#39;; style-src &#39;sha256-' in text
    assert "script-src" not in text


def test_a_page_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(
        EnvironmentFailure, match=r"cannot write .*nowhere/h\.html: No such file or directory"
    ):
        write_history(history(tmp_path), tmp_path / "nowhere/h.html")


@pytest.mark.skipif(
    chromium.program() is None, reason="no Chromium on this machine (Debian: apt-get install chromium)"
)
def test_in_a_browser(tmp_path: Path) -> None:
    """It asks for nothing, complains of nothing, fits a phone, and axe-core finds nothing, light and dark."""
    path = tmp_path / "h.html"
    write_history(history(tmp_path, HOSTILE), path)
    try:
        axe = (installed(("axe-core@4.14.1",)) / "node_modules/axe-core/axe.min.js").read_text("utf-8")
    except NoNodeError as missing:
        pytest.skip(str(missing))
    with Browser() as browser, browser.page() as tab:
        for scheme in ("light", "dark"):
            tab.scheme(scheme)
            tab.open(path.as_uri())
            tab.run("document.querySelectorAll('details').forEach((one) => { one.open = true; }); 0")
            assert tab.run("getComputedStyle(document.querySelector('.p50')).fill") == "none"
            tab.run(axe + ";0")
            found = tab.run(
                "axe.run(document, {resultTypes: ['violations']}).then((told) => told.violations.map("
                "(one) => [one.id, one.nodes.map((node) => node.html)]))"
            )
            assert found == []
        tab.size(360, 700)
        assert tab.run("document.documentElement.scrollWidth") <= 360
        assert tab.complaints == []
        assert {address.partition("#")[0] for address in tab.requests} <= {path.as_uri(), "about:blank"}
        assert "Page.javascriptDialogOpening" not in tab.events
