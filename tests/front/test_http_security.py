"""HTTP services that ask for credentials: each request carries what its operation asks for."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.front.command import Ended, environment, run

KEY = "low-water.mark~7/wx"
PLACES: dict[str, tuple[dict[str, str], Any]] = {
    "bearer": (
        {"type": "http", "scheme": "bearer"},
        lambda asked: asked.headers.get("Authorization", "")[7:],
    ),
    "header": ({"type": "apiKey", "in": "header", "name": "X-Key"}, lambda asked: asked.headers.get("X-Key")),
    "query": (
        {"type": "apiKey", "in": "query", "name": "key"},
        lambda asked: parse_qs(urlsplit(asked.path).query).get("key", [""])[0],
    ),
    "cookie": (
        {"type": "apiKey", "in": "cookie", "name": "key"},
        lambda asked: asked.headers.get("Cookie", "").removeprefix("key="),
    ),
}


def document(scheme: dict[str, str]) -> dict[str, Any]:
    """Its health is for who has a credential, its version for everybody."""
    schema = {"type": "object", "required": ["well"], "properties": {"well": {"type": "boolean"}}}
    answers = {
        "200": {"description": "well", "content": {"application/json": {"schema": schema}}},
        "401": {"description": "who are you?"},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Infirmary", "version": "1"},
        "security": [{"pass": []}],
        "paths": {
            "/health": {"get": {"operationId": "getHealth", "responses": answers}},
            "/version": {"get": {"operationId": "getVersion", "security": [], "responses": answers}},
        },
        "components": {"securitySchemes": {"pass": scheme}},
    }


@contextlib.contextmanager
def infirmary(seen: Any) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Answers 401 to who does not carry the key, and says back what was asked."""
    asked: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            asked.append((path, str(seen(self) or "")))
            known = path == "/version" or seen(self) == KEY
            body = json.dumps({"well": True, "asked": f"{self.path} {self.headers}"}).encode()
            self.send_response(200 if known else 401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code: object = "-", size: object = "-") -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()
        thread.join(5)


def put(url: str, scheme: dict[str, str], folder: Path, key: str = "", *words: str) -> Ended:
    path = folder / "infirmary.json"
    path.write_text(json.dumps(document(scheme)), "utf-8")
    given = ("--credential", "pass=env:KEY") if key else ()
    env = environment(**({"KEY": key} if key else {}))
    return run("--openapi", str(path), "--url", url, *given, *words, cwd=folder, env=env)


@pytest.mark.parametrize("kind", PLACES)
def test_each_request_carries_what_its_operation_asks_for(kind: str, tmp_path: Path) -> None:
    """Generated requests too; an operation that asks for nothing gets nothing. No artefact holds the key."""
    scheme, seen = PLACES[kind]
    with infirmary(seen) as (url, asked):
        ended = put(url, scheme, tmp_path, KEY)
    assert ended.code == 0, ended.out
    assert {case.outcome for case in ended.record.cases} == {"passed"}
    assert "infirmary/health/getHealth/generated" in {case.id for case in ended.record.cases}
    assert {key for path, key in asked if path == "/health"} == {KEY}
    plain = ("infirmary/health/getVersion/status", "infirmary/health/getVersion/body/well")
    assert {case.id for case in ended.record.cases} >= set(plain)
    left = "".join(path.read_text("utf-8") for path in ended.folder.iterdir()) + ended.out + ended.err
    assert KEY not in left


def test_without_a_credential_only_what_is_for_everybody_is_asked(tmp_path: Path) -> None:
    """The rest is skipped with the reason."""
    scheme, seen = PLACES["bearer"]
    with infirmary(seen) as (url, asked):
        ended = put(url, scheme, tmp_path)
    assert {path for path, _ in asked} == {"/version"}
    skipped = {case.reason for case in ended.record.cases if case.outcome == "skipped"}
    assert skipped == {"infirmary asks for a credential for pass: give --credential pass=env:VARIABLE"}
    assert {case.outcome for case in ended.record.cases} == {"passed", "skipped"}
    assert ended.code == 0


def test_a_refused_credential_is_the_environments(tmp_path: Path) -> None:
    """Cases that would need it are broken, with the label; the others are played."""
    scheme, seen = PLACES["header"]
    with infirmary(seen) as (url, _):
        ended = put(url, scheme, tmp_path, "never-issued-key")
    assert ended.code == 3
    broken = {case.reason for case in ended.record.cases if case.outcome == "broken"}
    assert broken == {"the target refused the credential KEY"}
    assert "passed" in {case.outcome for case in ended.record.cases}
