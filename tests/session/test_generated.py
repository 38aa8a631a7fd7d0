"""Requests generated in a child process: judged by the document, bounded in time, with a blame."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from conformance.session.generated import GeneratedResult, Generator, child_environment

from . import peers
from .peers import Handler

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "servers": [{"url": "http://127.0.0.1:1"}],
    "paths": {
        "/state": {
            "get": {
                "parameters": [{"name": "depth", "in": "query", "schema": {"type": "integer", "minimum": 1}}],
                "responses": {
                    "200": {
                        "description": "ok",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["status"],
                                    "properties": {"status": {"enum": ["ok"]}},
                                }
                            }
                        },
                    },
                    "503": {"description": "resting"},
                },
            }
        },
        "/plain": {"get": {"responses": {"200": {"description": "ok"}}}},
    },
}

Script = Callable[[Generator, str, str], Awaitable[None]]


def played(script: Script, handler: Handler, folder: Path) -> None:
    """Plays ``script`` with a generator, the document's path and the address of ``handler``."""
    document = folder / "document.json"
    document.write_text(json.dumps(DOCUMENT))

    async def play() -> None:
        generator = Generator()
        try:
            async with peers.listening(handler) as port:
                await script(generator, str(document), f"http://127.0.0.1:{port}")
        finally:
            await generator.close()

    asyncio.run(play())


def answering(answer: bytes, heads: list[bytes] | None = None) -> Handler:
    """A peer with one fixed answer for each request."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            if heads is not None:
                heads.append(head)
            writer.write(answer)

    return handler


def json_answer(body: bytes, status: bytes = b"200 OK") -> bytes:
    """An answer with a JSON body."""
    size = str(len(body)).encode()
    return (
        b"HTTP/1.1 "
        + status
        + b"\r\nContent-Type: application/json\r\nContent-Length: "
        + size
        + b"\r\n\r\n"
        + body
    )


def test_a_correct_endpoint(tmp_path: Path) -> None:
    """Several operations over one child: requests are made, within the document, and every check passes."""
    heads: list[bytes] = []

    async def script(generator: Generator, document: str, url: str) -> None:
        result = await generator.run(document, url, "GET", "/state", max_examples=5, headers=[("X-Key", "k")])
        assert (result.error, result.failures) == ("", ())
        assert 1 < result.requests <= 5
        assert result.statuses == {200: result.requests}
        assert result.checks == 4 * result.requests
        second = await generator.run(document, url, "get", "/plain")
        assert (second.error, second.failures, second.requests) == ("", (), 1)
        assert second.elapsed_ms < result.elapsed_ms

    played(script, answering(json_answer(b'{"status": "ok"}'), heads), tmp_path)
    assert all((b"X-Key: k\r\n" in head) == (b"/state" in head) for head in heads)
    assert any(b"GET /state?depth=" in head for head in heads)
    assert not any(b"depth=0" in head or b"depth=-" in head for head in heads)


def test_no_credentials_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that the user keeps for other programs are not sent to a target."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    heads: list[bytes] = []

    async def script(generator: Generator, document: str, url: str) -> None:
        await generator.run(document, url, "GET", "/plain")

    played(script, answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", heads), tmp_path)
    assert len(heads) == 1
    assert b"authorization" not in heads[0].lower()


def test_same_seed_same_requests(tmp_path: Path) -> None:
    """A seed gives the same requests again."""
    heads: list[bytes] = []

    async def script(generator: Generator, document: str, url: str) -> None:
        await generator.run(document, url, "GET", "/state", seed=7, max_examples=8)
        first = [head.split(b"\r\n")[0] for head in heads]
        heads.clear()
        await generator.run(document, url, "GET", "/state", seed=7, max_examples=8)
        assert [head.split(b"\r\n")[0] for head in heads] == first

    played(script, answering(json_answer(b'{"status": "ok"}'), heads), tmp_path)


@pytest.mark.parametrize(
    ("answer", "check", "status"),
    [
        (json_answer(b'{"status": "bad"}'), "response_schema_conformance", 200),
        (json_answer(b'{"status": "ok"}', b"418 Teapot"), "status_code_conformance", 418),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\nx",
            "content_type_conformance",
            200,
        ),
    ],
    ids=["schema", "status", "content type"],
)
def test_a_wrong_endpoint(answer: bytes, check: str, status: int, tmp_path: Path) -> None:
    """An answer that breaks the document fails by name of the check, with a command that repeats it."""

    async def script(generator: Generator, document: str, url: str) -> None:
        result = await generator.run(document, url, "GET", "/state", max_examples=3)
        failure = next(one for one in result.failures if one.check == check)
        assert failure.status == status
        assert failure.message
        assert failure.request.startswith("curl ")
        assert f"{url}/state" in failure.request
        assert GeneratedResult.from_json(json.loads(json.dumps(result.to_json()))) == result

    played(script, answering(answer), tmp_path)


def test_a_documented_503_is_no_failure(tmp_path: Path) -> None:
    """A status of the document is a promise kept, also when it starts with 5."""

    async def script(generator: Generator, document: str, url: str) -> None:
        result = await generator.run(document, url, "GET", "/state", max_examples=2)
        assert (result.error, result.failures) == ("", ())
        assert set(result.statuses) == {503}

    played(script, answering(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"), tmp_path)


def test_no_result_has_a_blame(tmp_path: Path) -> None:
    """An unknown operation is the contract's, a closed port the environment's, a hang-up the target's."""

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async def script(generator: Generator, document: str, url: str) -> None:
        unknown = await generator.run(document, url, "GET", "/nowhere")
        assert unknown.blame == "contract"
        assert unknown.error == "the document has no operation GET /nowhere; it has GET /state, GET /plain"
        missing = await generator.run(str(tmp_path / "none.json"), url, "GET", "/state")
        assert (missing.blame, missing.checks) == ("contract", 0)
        closed = await generator.run(document, "http://127.0.0.1:1", "GET", "/state")
        assert (closed.blame, closed.error) == (
            "environment",
            "no connection: [Errno 111] Connection refused",
        )
        dropped = await generator.run(document, url, "GET", "/state")
        assert (dropped.blame, dropped.requests) == ("target", 1)

    played(script, hang_up, tmp_path)


def test_redirects_are_not_followed(tmp_path: Path) -> None:
    """A redirect is an answer, and one that the document does not know."""

    async def script(generator: Generator, document: str, url: str) -> None:
        result = await generator.run(document, url, "GET", "/plain")
        assert result.statuses == {302: 1}
        assert [one.check for one in result.failures] == ["status_code_conformance"]

    played(
        script,
        answering(b"HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
        tmp_path,
    )


def test_cancelled(tmp_path: Path) -> None:
    """A cancelled run kills the child; the next run starts another and works."""
    asked = asyncio.Event()

    async def first_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if not asked.is_set():
            asked.set()
            await reader.read(-1)
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async def script(generator: Generator, document: str, url: str) -> None:
        running = asyncio.create_task(generator.run(document, url, "GET", "/plain"))
        async with asyncio.timeout(30):
            await asked.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert (await generator.run(document, url, "GET", "/plain")).statuses == {200: 1}

    played(script, first_silent, tmp_path)


def test_time_limit(tmp_path: Path) -> None:
    """A silent target costs no more than the time limit."""

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    async def script(generator: Generator, document: str, url: str) -> None:
        result = await generator.run(document, url, "GET", "/state", time_limit_s=0.2)
        assert (result.blame, result.requests, result.checks) == ("target", 1, 0)
        assert "within 0.2 s" in result.error

    played(script, silent, tmp_path)


@pytest.mark.parametrize("kind", ["gzip", "endless", "redirect"])
def test_a_large_answer_is_not_taken(kind: str, tmp_path: Path) -> None:
    """However small it was packed, a body beyond a MiB is not unpacked, and is the target's."""
    body = gzip.compress(bytes(200 << 20), 9) if kind != "endless" else b" " * (2 << 20)
    packed = b"" if kind == "endless" else b"Content-Encoding: gzip\r\n"
    status = b"302 Go\r\nLocation: /" if kind == "redirect" else b"200 OK"
    head = b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\n"
    answer = head + packed + b"Content-Length: %d\r\n\r\n" % len(body) + body

    async def script(generator: Generator, document: str, url: str) -> None:
        result = await generator.run(document, url, "GET", "/plain")
        assert (result.blame, result.requests, result.checks) == ("target", 1, 0)
        assert result.error.endswith("the answer's body is larger than 1048576 bytes")

    played(script, answering(answer), tmp_path)


@pytest.mark.parametrize("first", [b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b""])
def test_an_answer_in_drips(first: bytes, tmp_path: Path) -> None:
    """The time limit is for the whole answer, whether it is the body or what comes before that drips."""

    async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(first)
        while True:
            writer.write(b" " if first else b"HTTP/1.1 100 Continue\r\n\r\n")
            await asyncio.sleep(0.01)

    async def script(generator: Generator, document: str, url: str) -> None:
        result = await generator.run(document, url, "GET", "/plain", time_limit_s=0.5)
        assert (result.blame, result.requests) == ("target", 1)
        assert "the whole answer did not come within 0.5 s" in result.error

    played(script, dripping, tmp_path)


def test_a_child_that_dies(tmp_path: Path) -> None:
    """A child that dies in the middle is our fault, said in a sentence; close() can be called twice."""

    async def script(generator: Generator, document: str, url: str) -> None:
        await generator.start()
        child = generator._child
        assert child is not None
        child.kill()
        result = await generator.run(document, url, "GET", "/plain")
        assert result.blame in ("suite", "")
        assert (await generator.run(document, url, "GET", "/plain")).error == ""
        await generator.close()
        await generator.close()

    played(script, answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), tmp_path)


def test_environment() -> None:
    """The child inherits no proxy, no plugin and no setting of its libraries."""
    given = {
        "PATH": "/bin",
        "https_proxy": "x",
        "HTTP_PROXY": "x",
        "SCHEMATHESIS_HOOKS": "h",
        "CURL_CA_BUNDLE": "c",
    }
    environment = child_environment({**os.environ, **given}, "/place")
    assert environment["PATH"] == "/bin"
    assert environment["HYPOTHESIS_NO_PLUGINS"] == "1"
    assert not {"https_proxy", "HTTP_PROXY", "SCHEMATHESIS_HOOKS", "CURL_CA_BUNDLE"} & set(environment)
