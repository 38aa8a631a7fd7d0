"""``report.html`` in a real browser: what a person does with it, on a screen, by keyboard, on paper."""

from __future__ import annotations

import base64
import json
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import msgpack
import pytest

from conformance.record import read
from conformance.reporting.html import write_html
from tests.record import samples
from tests.record.samples import PRICE
from tests.specs.node import NoNodeError, installed

from . import chromium, large
from .chromium import Browser
from .chromium import Page as Tab
from .pages import HOSTILE, hostile, record, red
from .test_page import repeated

pytestmark = pytest.mark.skipif(
    chromium.program() is None, reason="no Chromium on this machine (Debian: apt-get install chromium)"
)

CASE = "tide/layouts/level-price"
LARGE_CASES, LARGE_MEGABYTES = 5_000, 12.0
FIRST_PAINT_MS = 1000
ROWS = "document.querySelectorAll('#cases tbody tr').length"
STATUS = "document.querySelector('#cases [role=status]').textContent"
OPEN = "document.getElementById('detail').open"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all of these tests."""
    with Browser() as one:
        yield one


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the page of the red sample."""
    run = record(tmp_path_factory.mktemp("small"), red(), notices=["A credential was refused."])
    path = Path(run.path).with_name("report.html")
    write_html(run, path, run.path)
    return path.as_uri()


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the page of a run of 5 000 cases."""
    source = tmp_path_factory.mktemp("big") / "run.jsonl"
    large.write(source, LARGE_CASES, LARGE_MEGABYTES)
    write_html(read(source), source.with_name("report.html"), source)
    return source.with_name("report.html").as_uri()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    """A tab that must have asked for nothing but its page, and complained of nothing."""
    with browser.page() as one:
        yield one
        one.run("0")  # what was still on its way has come
        assert one.complaints == []
        assert all(address.partition("#")[0].endswith("/report.html") for address in one.requests)
        assert "Page.javascriptDialogOpening" not in one.events


def text(tab: Tab, selector: str) -> str:
    """What stands in an element."""
    found = tab.run(f"document.querySelector({json.dumps(selector)}).innerText")
    assert isinstance(found, str)
    return found


def test_it_can_be_read_without_scripts(tab: Tab, small: str) -> None:
    """Verdict and failures are there; the tables say where to look instead."""
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    tab.open(small)
    assert "Not conformant" in text(tab, "h1")
    assert "float 1.5" in text(tab, "#failure-1")
    assert "need scripts" in text(tab, "#cases")


def test_filter_search_and_clear(tab: Tab, small: str) -> None:
    """Choices narrow the table, say how many are left, and stand in the address."""
    tab.open(small)
    assert tab.run(ROWS) == 5
    assert tab.run(STATUS) == "5 cases"
    tab.run("const box = document.getElementById('outcome'); box.value = 'failed';"
            "box.dispatchEvent(new Event('change'))")  # fmt: skip
    assert (tab.run(ROWS), tab.run(STATUS)) == (3, "3 of 5 cases")
    tab.click("#q")
    tab.type("HEALTH 503")
    tab.until(f"{ROWS} === 1")
    assert "tide-health/health/status" in text(tab, "#cases tbody")
    assert tab.run("location.hash") == "#outcome=failed&q=HEALTH%20503"
    tab.click("#cases .tools > button")
    assert (tab.run(ROWS), tab.run("location.hash")) == (5, "")
    assert tab.run("document.activeElement.id") == "q"


def test_what_is_repeated_or_excused_can_be_chosen(tab: Tab, tmp_path: Path) -> None:
    """Where there is any, there is a choice for it; a case tells its plays."""
    run = repeated(tmp_path)
    path = tmp_path / "report.html"
    write_html(run, path, run.path)
    tab.open(path.as_uri() + "#repeated=intermittent")
    assert tab.run(ROWS) == 1
    tab.run("location.hash = '#excuse=warning'")
    tab.until("document.querySelector('#cases tbody').innerText.includes('tide-health/health/status')")
    assert tab.run(ROWS) == 1
    tab.run(f"location.hash = '#case={CASE}'")
    tab.until(OPEN)
    assert "failed 8 of 40 plays" in text(tab, "dialog")
    assert "..F." * 10 in text(tab, "dialog")


def test_sort(tab: Tab, small: str) -> None:
    """A heading orders the rows, the other way round the second time, and says so to screen readers."""
    tab.open(small)
    first = "document.querySelector('#cases tbody .main a').textContent"
    assert tab.run(first) == CASE  # what failed stands first
    tab.click("#cases th:nth-child(2) button")
    assert tab.run(first) == "tide-health/health/status"
    assert tab.run("document.querySelector('#cases th:nth-child(2)').ariaSort") == "ascending"
    tab.click("#cases th:nth-child(2) button")
    assert tab.run("document.querySelector('#cases th:nth-child(2)').ariaSort") == "descending"
    assert tab.run(first) == "tide/streams/levels"


def test_a_case_opens_with_its_transcript(tab: Tab, small: str) -> None:
    """Findings, clauses, conversation; the guilty message is marked, and unfolds to value and octets."""
    tab.open(small + "#outcome=failed")
    tab.click(f"#cases a[href='#case={CASE.replace('/', '%2F')}']")
    tab.until(f"{OPEN} && document.querySelector('dialog .wire tbody tr')")
    assert tab.run("document.activeElement.id") == "detail-head"
    assert "expected" not in tab.run("location.hash")
    told = text(tab, "dialog")
    assert "float 1.5" in told
    assert "The price of a Level matches ^[0-9]+$." in told
    assert text(tab, "dialog .finding p code") == "^[0-9]+$"
    assert samples.repeat(CASE) in told
    assert "what the finding is about" in text(tab, "dialog tr.fault")
    assert '["level", 1, 1.5, "3"]' in text(tab, "dialog tr.fault")
    tab.click("dialog tr.fault summary")
    tab.until("document.querySelector('dialog tr.fault .hex')")
    assert "[2] 1.5" in text(tab, "dialog tr.fault pre")
    assert "94 a5 6c 65 76 65 6c 01 cb 3f f8 00 00 00 00 00" in text(tab, "dialog tr.fault .hex")
    rows = "document.querySelectorAll('dialog .wire > tbody > tr').length"
    assert tab.run(rows) == 6
    tab.click("#all-marks")
    assert tab.run(rows) == 8
    tab.click("dialog .close")
    tab.until(f"!{OPEN}")
    tab.until("location.hash === '#outcome=failed'")  # going back takes the browser a moment


def test_links_lead_into_the_page(tab: Tab, small: str) -> None:
    """To a case, to a clause with its lines of the document, to filters; a name of none says so."""
    tab.open(f"{small}#case={CASE}")
    tab.until(f"{OPEN} && document.querySelector('dialog .wire')")
    assert text(tab, "#detail-head").endswith(CASE)
    tab.open(f"{small}#clause={PRICE}")
    tab.until("document.querySelector('dialog .code tr.fault')")
    assert text(tab, "dialog .says code") == "^[0-9]+$"
    assert text(tab, "dialog .code tr.fault").split() == [
        str(len(PRICE)),
        *f"# line {len(PRICE)} of tide".split(),
    ]
    tab.run("location.hash = '#case=tide/commands/ask'")
    tab.until("document.getElementById('detail-head').textContent.includes('tide/commands/ask')")
    tab.run("history.back()")
    tab.until(f"document.getElementById('detail-head').textContent.includes({json.dumps(PRICE)})")
    tab.open(f"{small}#case=%3Cb%3Enobody%3C/b%3E%")
    tab.open(f"{small}#case=%3Cb%3Enobody%3C/b%3E")
    assert "none of this name" in text(tab, "dialog")
    assert "<b>nobody</b>" in text(tab, "#detail-head")
    tab.open(f"{small}#c-status=unenforced&outcome=skipped")
    assert tab.run("document.querySelectorAll('#clauses tbody tr').length") == 2
    assert tab.run(ROWS) == 1
    tab.open(f"{small}#outcome=%22nonsense&page=-3&sort=nothing")
    assert tab.run(ROWS) == 5


def test_by_keyboard_alone(tab: Tab, small: str) -> None:
    """Skip link, the picture as one stop with arrows within, a clause opened and closed, focus back."""
    tab.open(small)
    tab.key("Tab")
    assert tab.run("document.activeElement.className") == "skip"
    for _ in range(40):
        tab.key("Tab")
        if tab.run("document.activeElement.classList.contains('cell')"):
            break
    assert tab.run("document.activeElement.getAttribute('aria-label')").startswith(PRICE)
    assert not tab.run("document.getElementById('pointed').hidden")
    tab.key("ArrowDown")
    other = tab.run("document.activeElement.getAttribute('aria-label')")
    assert not other.startswith(PRICE)
    tab.key("Enter")
    tab.until(OPEN)
    assert other.startswith(text(tab, "#detail-head .id"))
    tab.key("Escape")
    tab.until(f"!{OPEN}")
    assert tab.run("document.activeElement.getAttribute('aria-label')") == other
    tab.key("Tab")
    assert not tab.run("document.activeElement.classList.contains('cell')")


def test_light_and_dark(tab: Tab, small: str) -> None:
    """As the system has it, unless the switch says otherwise."""
    ground = "getComputedStyle(document.body).backgroundColor"
    tab.scheme("light")
    tab.open(small)
    light = tab.run(ground)
    tab.scheme("dark")
    dark = tab.run(ground)
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(15, 18, 22)")
    tab.run("const box = document.getElementById('theme'); box.value = 'light';"
            "box.dispatchEvent(new Event('change'))")  # fmt: skip
    assert tab.run(ground) == light
    tab.open(small)
    assert tab.run(ground) == light  # it is kept
    tab.run("localStorage.clear()")


def test_it_prints(tab: Tab, small: str) -> None:
    """On paper: light ground, all sections, no controls."""
    tab.open(small)
    made = base64.b64decode(tab.call("Page.printToPDF", printBackground=False)["data"])
    assert made.startswith(b"%PDF-")
    assert len(made) > 20_000
    tab.scheme("dark")
    tab.call("Emulation.setEmulatedMedia", media="print")
    assert tab.run("getComputedStyle(document.querySelector('.bar')).display") == "none"
    assert tab.run("getComputedStyle(document.body).color") == "rgb(22, 25, 29)"


@pytest.mark.parametrize("width", [390, 1400])
def test_nothing_sticks_out(tab: Tab, small: str, width: int) -> None:
    """On a narrow screen, too, one scrolls down alone."""
    tab.size(width, 844)
    for fragment in ("", f"#case={CASE}"):
        tab.open(small + fragment)
        assert tab.run("document.documentElement.scrollWidth") == width


def test_five_thousand_cases(tab: Tab, big: str) -> None:
    """Painted at once, a page of rows at a time, searched while one types, any transcript at a click."""
    tab.open(big)
    paint = tab.run("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert paint < FIRST_PAINT_MS
    assert tab.run(ROWS) == 200
    assert tab.run(STATUS) == "5\u202f000 cases, 1 to 200 shown"
    tab.click("#cases .pager button:nth-last-child(1)")
    assert tab.run(STATUS) == "5\u202f000 cases, 4\u202f801 to 5\u202f000 shown"
    assert tab.run("location.hash") == "#page=25"
    began = time.monotonic()
    tab.click("#q")
    tab.type("case-4999")
    tab.until(f"{ROWS} === 1")
    assert time.monotonic() - began < 2
    tab.click("#cases tbody a")
    tab.until("document.querySelector('dialog .wire tbody tr')")
    assert "subscribe" in text(tab, "dialog .wire")
    assert tab.run("document.querySelectorAll('#latency tbody tr').length") == 3


def test_very_many_clauses_are_drawn_by_message(
    tab: Tab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mark stands for all clauses of a message, and leads to them."""
    monkeypatch.setattr(large, "MESSAGES", 200)
    source = tmp_path / "run.jsonl"
    large.write(source, 50)
    write_html(read(source), tmp_path / "report.html", source)
    tab.open((tmp_path / "report.html").as_uri())
    assert tab.run("document.querySelectorAll('#heat .cell').length") == 200
    first = tab.run("document.querySelector('#heat .cell').getAttribute('aria-label')")
    assert first == "harbour, Message0: broken, published"
    tab.run("document.querySelector('#heat .cell').click()")
    tab.until("document.getElementById('c-q').value === 'Message0'")
    assert "36 of 7\u202f200 clauses" in text(tab, "#clauses [role=status]")


def test_a_long_transcript_comes_in_parts(tab: Tab, tmp_path: Path) -> None:
    """Of thousands of frames, some hundred at a time."""
    source = tmp_path / "run.jsonl"
    large.write(source, 3, 0.6)
    write_html(read(source), tmp_path / "report.html", source)
    tab.open((tmp_path / "report.html").as_uri() + f"#case={read(source).cases[1].id}")
    rows = "document.querySelectorAll('dialog .wire tbody tr').length"
    tab.until(f"{rows} === 200")
    tab.click("dialog .transcript > button")
    assert tab.run(rows) == 400


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_texts_stay_texts(tab: Tab, tmp_path: Path, number: int) -> None:
    """In the page, in a case with its transcript unfolded, in a clause: no element, no script, no order of
    letters is theirs.
    """
    run = hostile(tmp_path, HOSTILE[number])
    path = tmp_path / "report.html"
    write_html(run, path, run.path)
    tab.open(path.as_uri())
    for fragment in ("", f"#case={CASE}", "#case=tide/streams/levels", f"#clause={PRICE}"):
        if fragment:
            tab.run(f"document.getElementById('detail').replaceChildren(); location.hash = '{fragment}'")
            wanted = "dialog .code tr.fault" if "clause" in fragment else "dialog .wire tbody tr"
            tab.until(f"document.querySelector('{wanted}')")
        tab.run("document.querySelectorAll('details').forEach((one) => { one.open = true; });"
                "new Promise((done) => setTimeout(done, 20))")  # fmt: skip
        assert tab.run("document.querySelectorAll('img, svg[onload], [onerror], b b').length") == 0
        assert tab.run("({}).polluted") is None
        seen = tab.run(f"{'document.body' if not fragment else 'dialog'}.textContent")
        assert not set(seen) & set("\x1b\x07\x00\u202e\u2066\u200b\u2028\u2029\ud800")


def test_a_browser_that_cannot_decompress_says_so(tab: Tab, small: str) -> None:
    """In one sentence, in the transcript's place."""
    tab.open(small)
    tab.run("delete globalThis.DecompressionStream; location.hash = '#case=tide/commands/ask'; 0")
    tab.until("document.querySelector('dialog p[role=status]')")
    tab.until("document.querySelector('dialog p[role=status]').textContent.includes('cannot be shown')")
    assert "it is in run.jsonl" in text(tab, "dialog")


def test_the_command_is_copied(tab: Tab, small: str) -> None:
    """And the button says that it was."""
    tab.open(small)
    assert text(tab, "#failure-1 .repeat code") == samples.repeat(CASE)
    tab.click("#failure-1 .repeat button")
    tab.until("document.querySelector('#failure-1 .repeat button').textContent !== 'Copy'")
    assert text(tab, "#failure-1 .repeat [role=status]") in ("Copied", "Selected")


VALUES: tuple[tuple[object, str], ...] = (
    (0, "0"), (2**64 - 1, "18446744073709551615"), (-(2**63), "-9223372036854775808"), (-33, "-33"),
    (9007199254740993, "9007199254740993"), (1.5, "1.5"), (1238.0, "1238.0"), (-0.0, "-0.0"),
    (float("inf"), "inf"), (float("nan"), "nan"), (None, "nil"), (True, "true"), ("a\"b", '"a\\"b"'),
    (b"\x00\xff", "bin(2) 00ff"), (msgpack.Timestamp(1), "ext(-1) 00000001"), ([], "[]"), ({}, "{}"),
    ([1, [2, "x"]], '[1, [2, "x"]]'), ({"a": 1, "b c": {"__proto__": 2}}, '{a: 1, "b c": {__proto__: 2}}'),
    ({1: 2, None: 3}, "{1: 2, nil: 3}"), ("é" * 5, '"ééééé"'), (list(range(20)), str(list(range(20)))),
    ({str(one): one for one in range(17)}, "{" + ", ".join(f'"{one}": {one}' for one in range(17)) + "}"),
    ("x" * 40, '"' + "x" * 40 + '"'), (b"", "bin(0) "), (msgpack.ExtType(5, bytes(9)), "ext(5) " + "00" * 9),
)  # fmt: skip


def test_messagepack_is_decoded_exactly(tab: Tab, small: str) -> None:
    """Integers of 64 bits, floats that are whole, keys of any type, in the order of the wire."""
    tab.open(small)
    packed = [base64.b64encode(msgpack.packb(value)).decode() for value, _ in VALUES]
    made = tab.run(f"{json.dumps(packed)}.map((one) => inline(unpack(octets(one)), 400))")
    assert made == [told for _, told in VALUES]
    twice = base64.b64encode(b"\x82\xa1a\x01\xa1a\x02").decode()
    assert tab.run(f"inline(unpack(octets('{twice}')), 99)") == "{a: 1, a: 2}"
    single = base64.b64encode(b"\xca" + struct.pack(">f", 0.5)).decode()
    assert tab.run(f"inline(unpack(octets('{single}')), 99)") == "0.5"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "offset 0: the frame is empty"),
        (b"\x01\x02", "offset 1: 1 trailing bytes after the value"),
        (b"\xc1", "offset 0: byte 0xc1 is never used in MessagePack"),
        (b"\xa5ab", "offset 1: the frame ends: 5 bytes announced, 2 left"),
        (b"\xdd\xff\xff\xff\xff", "offset 5: the frame ends: 1 bytes announced, 0 left"),
        (b"\xa1\xff", "offset 1: a str holds invalid UTF-8"),
        (b"\x91" * 300 + b"\x01", "offset 201: containers are nested more than 200 deep"),
    ],
)
def test_what_is_no_messagepack_is_told(tab: Tab, small: str, data: bytes, says: str) -> None:
    """With its offset, and without waiting for what never comes."""
    tab.open(small)
    packed = base64.b64encode(data).decode()
    told = tab.run(f"(() => {{ try {{ unpack(octets('{packed}')); }} catch (e) {{ return e.message; }} }})()")
    assert told == says


@pytest.fixture(scope="module")
def axe() -> str:
    """The text of axe-core."""
    try:
        home = installed(("axe-core@4.14.1",))
    except NoNodeError as missing:
        pytest.skip(str(missing))
    return (home / "node_modules/axe-core/axe.min.js").read_text("utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("fragment", ["", f"#case={CASE}", f"#clause={PRICE}"])
def test_axe_finds_nothing(tab: Tab, small: str, axe: str, scheme: str, fragment: str) -> None:
    """No violation of any rule of axe-core, with everything unfolded."""
    tab.scheme(scheme)
    tab.open(small + fragment)
    if fragment:
        tab.until("document.querySelector('dialog .code tr')")
    tab.run("document.querySelectorAll('details').forEach((one) => { one.open = true; });"
            "new Promise((done) => setTimeout(done, 50))")  # fmt: skip
    tab.run(axe + ";0")
    found = tab.run(
        "axe.run(document, {resultTypes: ['violations']}).then((told) => told.violations.map("
        "(one) => [one.id, one.nodes.map((node) => node.html)]))"
    )
    assert found == []
