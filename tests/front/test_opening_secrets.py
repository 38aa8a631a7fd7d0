"""Secrets that the opening of a session carries never land: not in a file, not on the terminal.

The peers say back whatever they were told: in refusals, headers, redirects, replies, close reasons.
"""

from __future__ import annotations

import base64
import html
import json
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.foreign.beacon import Beacon, Map, document, written
from tests.front.command import Ended, environment, run, suite

PASSWORD = "tide+key/42&=<é>'x'\"y\""
PLAIN = "low-water.mark~7/wx+yz=="
SCHEMES: dict[str, tuple[Map, str]] = {
    "bearer": ({"type": "http", "scheme": "bearer"}, PLAIN),
    "basic": ({"type": "http", "scheme": "basic"}, f"keeper:{PASSWORD}"),
    "header": ({"type": "httpApiKey", "in": "header", "name": "X-Key"}, PLAIN),
    "query": ({"type": "httpApiKey", "in": "query", "name": "key"}, PASSWORD),
    "cookie": ({"type": "httpApiKey", "in": "cookie", "name": "berth"}, PLAIN),
}


def spellings(secret: str) -> set[str]:
    """How a secret, or what it gives away, may be written."""
    made: set[str] = set()
    for one in {secret, secret.partition(":")[2] or secret}:
        encoded = base64.b64encode(one.encode()).decode()
        percent = {quote(one, safe=""), quote(one), quote_plus(one)}
        made |= {one, encoded, encoded.rstrip("="), *percent, *(quote(each, safe="") for each in percent)}
        made |= {html.escape(one), json.dumps(one)[1:-1], repr(one)[1:-1], repr(one.encode())[2:-1]}
    return made


def everything(ended: Ended) -> str:
    """All that the run left behind, and in it what is in base64 or escaped in JSON."""
    texts = [ended.out, ended.err]
    for path in ended.folder.rglob("*"):
        text = path.read_text("utf-8")
        texts.append(text)
        if path.suffix in (".json", ".jsonl"):
            for one in text.splitlines() if path.suffix == ".jsonl" else [text]:
                texts += strings(json.loads(one))
    decoded = []
    for word in {word for text in texts for word in text.replace('"', " ").split()}:
        try:
            decoded.append(base64.b64decode(word, validate=True).decode("utf-8", "replace"))
        except ValueError:
            continue
    return "\n".join(texts + decoded)


def strings(value: object) -> list[str]:
    """Every string of a JSON value."""
    if isinstance(value, dict):
        return [each for pair in value.items() for part in pair for each in strings(part)]
    if isinstance(value, list):
        return [each for part in value for each in strings(part)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("kind", SCHEMES)
@pytest.mark.parametrize("door", ["taken", "refused", "moved"])
def test_what_a_peer_says_back_is_starred(kind: str, door: str, tmp_path: Path) -> None:
    """In every spelling: plain, in Base64, percent-encoded once and twice, in HTML, as Python shows it."""
    scheme, secret = SCHEMES[kind]
    made = document({"pass": scheme}, ["pass"])
    status = {"taken": None, "refused": HTTPStatus.BAD_REQUEST, "moved": HTTPStatus.FOUND}[door]
    with Beacon() as trap, Beacon(lambda asked: status, echo=True, moved=f"ws://{trap.place}/") as beacon:
        ended = run(
            "--asyncapi", written(tmp_path, made), "--url", f"ws://{beacon.place}",
            "--credential", "pass=env:BEACON_PASS",
            cwd=tmp_path, env=environment(BEACON_PASS=secret),
        )  # fmt: skip
    assert ended.code in (1, 3), ended.err
    assert beacon.asked
    assert trap.asked == []  # a redirect is never followed
    left = everything(ended)
    assert [each for each in spellings(secret) if each in left] == []
    assert "pass=env:BEACON_PASS" in left  # the repeat command points at it


def test_the_test_would_see_a_leak(tmp_path: Path) -> None:
    """What is no secret for us is found in what the same peer says back."""
    binding = {"query": {"type": "object", "required": ["key"], "properties": {"key": {}}}}
    with Beacon(echo=True) as beacon:
        ended = run(
            "--asyncapi", written(tmp_path, document(binding=binding)), "--url", f"ws://{beacon.place}",
            "--value", f"key={PLAIN}",
            cwd=tmp_path,
        )  # fmt: skip
    left = everything(ended)
    assert [each for each in spellings(PLAIN) if each in left] != []


def test_the_pytest_front_stars_as_well(tmp_path: Path) -> None:
    """What pytest prints of a failure holds no secret either."""
    scheme, secret = SCHEMES["query"]
    path = written(tmp_path, document({"pass": scheme}, ["pass"]))
    with Beacon(echo=True) as beacon:
        ended = suite(
            "--conformance-asyncapi", path, "--conformance-url", f"ws://{beacon.place}",
            "--conformance-credential", "pass=env:BEACON_PASS", "-rA",
            cwd=tmp_path, env=environment(BEACON_PASS=secret),
        )  # fmt: skip
    assert ended.code == 1, ended.out
    left = everything(ended)
    assert "beacon/" in left
    assert [each for each in spellings(secret) if each in left] == []
