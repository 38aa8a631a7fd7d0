"""Targets that are wrong or not there: one sentence, the right exit code, a readable run file."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.front.command import TIME_LIMIT_S, Ended, environment, run
from tests.front.conftest import Reference
from tests.front.peers import Handler, listening, silent, web_page
from tests.ports import free_port
from tests.session.peers import certificate, server_context

ONE = ("--case", "gateway/transport/ping/empty")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["lokal"], "no target 'lokal' (did you mean local?)"),
        (["reference", "--url", "gateway=ws://127.0.0.1:1/"],
         "the target reference is embedded and takes no --url (leave out one of them)"),
        (["--url", "ws://127.0.0.1:1/"],
         "--url ws://127.0.0.1:1/: which document's address is it? "
         "(give --url NAME=ws://127.0.0.1:1/, NAME one of "
         "gateway, market-data, gateway-health, market-data-health)"),
        (["--url", "gatway=ws://127.0.0.1:1/"],
         "--url gatway=ws://127.0.0.1:1/: no document 'gatway' (did you mean gateway or gateway-health?)"),
        (["--url", "gateway=127.0.0.1:1"],
         "--url gateway: the address '127.0.0.1:1' has no scheme that is known (expected ws://HOST[:PORT]/ or wss://HOST[:PORT]/)"),
        (["--url", "gateway=http://127.0.0.1:1"],
         "--url gateway: the address 'http://127.0.0.1:1' has the scheme http (expected ws://HOST[:PORT]/ or wss://HOST[:PORT]/)"),
        (["--url", "gateway=ws://:1/"],
         "--url gateway: the address 'ws://:1/' names no host (expected ws://HOST[:PORT]/ or wss://HOST[:PORT]/)"),
        (["--url", "gateway=ws://host:99999/"],
         "--url gateway: the address 'ws://host:99999/' is malformed: Port out of range 0-65535 "
         "(expected ws://HOST[:PORT]/ or wss://HOST[:PORT]/)"),
        (["--url", "gateway=ws://a/", "--url", "gateway=ws://b/"], "--url gives two addresses for gateway"),
        (["--deadline", "auht=5"], "--deadline auht: no such name in the documents (did you mean auth?)"),
        (
            ["--minimum", "expires=5"],
            "--minimum expires: no such name in the documents (did you mean expires_in_secs?)",
        ),
        (["--minimum", "limit=-1"], "--minimum limit must be a whole number of at least 0, not '-1'"),
        (["--deadline", "auth=soon"], "--deadline auth must be a whole number of at least 1, not 'soon'"),
        (["--value", "symbl=X"], "--value symbl: no such name in the documents (did you mean symbol?)"),
        (["--jobs", "0"], "--jobs must be a whole number of at least 1, not '0'"),
        (["--fault", "no_such_fault"],
         "there is no fault named 'no_such_fault' (`omen-conformance serve --list-faults` lists all)"),
        (["local", "--fault", "x"],
         "--fault is for the embedded reference alone (leave out the target and --url)"),
        (["local", "--credential", "apiKey=env:NO_SUCH_VARIABLE"],
         "--credential apiKey: the environment variable NO_SUCH_VARIABLE is not set or empty"),
        (["local", "--credential", "apiKey=env:PATH,permissions=read+trad"],
         "--credential apiKey: no operation asks for the permission 'trad' (did you mean trade?)"),
        (["local", "--credential", "apiKey=file:nowhere"],
         "--credential apiKey: nowhere cannot be read: No such file or directory"),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_sentence(words: list[str], sentence: str, tmp_path: Path) -> None:
    """A target, address, name or number that means nothing is said at once, with what was probably meant."""
    ended = run(*words, cwd=tmp_path)
    assert (ended.code, ended.sentence) == (2, sentence)
    assert ended.record.complete


@pytest.mark.parametrize("word", ["apiKey=planted-secret-1", "planted-secret-2", "planted-secret-3=env:HOME"])
def test_a_secret_on_the_command_line_is_refused_and_not_repeated(word: str, tmp_path: Path) -> None:
    """Arguments are seen by everybody: a literal secret is refused, and lands nowhere."""
    ended = run("local", "--credential", word, cwd=tmp_path)
    assert ended.code == 2
    assert "--credential" in ended.sentence
    kept = "".join(path.read_text("utf-8") for path in ended.folder.iterdir())
    assert "planted-secret" not in ended.err + ended.out + kept


def test_a_secret_in_an_address_is_refused_and_not_repeated(tmp_path: Path) -> None:
    """Credentials in an address are refused; the sentence leaves them out."""
    ended = run("--url", "gateway=ws://me:planted-secret@127.0.0.1/", cwd=tmp_path)
    assert ended.code == 2
    assert "holds credentials" in ended.sentence
    assert "planted" not in ended.sentence


def broken_by_environment(ended: Ended, said: str) -> None:
    """Every case is broken, blame environment, with one reason that names the address."""
    assert ended.code == 3
    record = ended.record
    assert record.complete
    assert record.cases
    assert {(line.outcome, line.blame) for line in record.cases} == {("broken", "environment")}
    (reason,) = {line.reason for line in record.cases}
    assert said in reason
    assert "Traceback" not in ended.err + ended.out
    assert said in " ".join(ended.out.split())


def test_a_closed_port_is_the_environment(tmp_path: Path) -> None:
    """Nobody listens: said once, with the address."""
    port = free_port()
    broken_by_environment(
        run("--url", f"gateway=ws://127.0.0.1:{port}/", *ONE, cwd=tmp_path), f"127.0.0.1:{port}"
    )


@pytest.mark.parametrize(
    ("handler", "said"), [(silent, "answer"), (web_page, "HTTP 200")], ids=["silent", "web-page"]
)
def test_something_else_at_the_port_is_the_environment(handler: Handler, said: str, tmp_path: Path) -> None:
    """A port that accepts and says nothing, and an HTTP server, are no WebSocket services."""
    with listening(handler) as port:
        broken_by_environment(run("--url", f"gateway=ws://127.0.0.1:{port}/", *ONE, cwd=tmp_path), said)


def test_an_untrusted_certificate_is_the_environment(tmp_path: Path) -> None:
    """TLS that cannot be trusted is said as such, and nothing is sent."""
    context = server_context(*certificate(tmp_path))
    with listening(silent, context) as port:
        broken_by_environment(
            run("--url", f"gateway=wss://localhost:{port}/", *ONE, cwd=tmp_path), "certificate"
        )


def test_wrong_credentials_are_the_environment(reference: Reference, tmp_path: Path) -> None:
    """A refused credential is said once; what needs it is broken, the rest is judged."""
    ended = run(
        *reference.urls("gateway"), "--credential", "apiKey=env:KEY,permissions=read+trade+withdraw",
        "--case", "gateway/commands/getAccountState/accepted", "--case", "gateway/transport/ping/empty",
        cwd=tmp_path, env=environment(KEY="omn_planted_secret"),
    )  # fmt: skip
    assert ended.code == 3
    outcomes = {line.id: (line.outcome, line.blame) for line in ended.record.cases}
    assert outcomes["gateway/commands/getAccountState/accepted"] == ("broken", "environment")
    assert outcomes["gateway/transport/ping/empty"][0] == "passed"
    assert any("refused the credential" in notice.text for notice in ended.record.notices)
    kept = "".join(path.read_text("utf-8") for path in ended.folder.iterdir())
    assert "planted_secret" not in ended.err + ended.out + kept


def test_no_credentials_are_a_reason_to_skip(reference: Reference, tmp_path: Path) -> None:
    """Without credentials, what needs them is skipped with that reason, and nothing fails."""
    ended = run(
        *reference.urls("gateway"), "--case", "gateway/commands/getAccountState/accepted", *ONE, cwd=tmp_path
    )
    assert ended.code == 0
    lines = {line.id: line for line in ended.record.cases}
    assert lines["gateway/commands/getAccountState/accepted"].outcome == "skipped"
    assert "credential" in lines["gateway/commands/getAccountState/accepted"].reason


def test_what_a_credential_may_do_is_asked_of_the_target(reference: Reference, tmp_path: Path) -> None:
    """A credential whose permissions the user does not state is fit for what the target grants it."""
    ended = run(
        *reference.urls("gateway"), "--credential", "apiKey=env:KEY",
        "--case", "gateway/commands/getAccountState/accepted",
        cwd=tmp_path, env=environment(KEY=reference.keys["reader_a"]),
    )  # fmt: skip
    assert ended.code == 0, ended.out


def test_a_document_without_an_address_is_skipped(reference: Reference, tmp_path: Path) -> None:
    """Only what has an address is judged; the rest says so."""
    ended = run(
        *reference.urls("market-data"), *ONE, "--case", "market-data/transport/ping/empty", cwd=tmp_path
    )
    assert ended.code == 0
    lines = {line.id: line for line in ended.record.cases}
    assert lines["market-data/transport/ping/empty"].outcome == "passed"
    assert lines["gateway/transport/ping/empty"].reason == "no address for gateway: give --url gateway=URL"


def test_when_nothing_was_enforced_nothing_is_green(reference: Reference, tmp_path: Path) -> None:
    """A run that skipped everything is inconclusive."""
    ended = run(*reference.urls("market-data"), *ONE, cwd=tmp_path)
    assert ended.code == 3
    assert "Nothing was enforced" in ended.out


def test_a_report_folder_that_cannot_be_written_stops_the_run(tmp_path: Path) -> None:
    """A run does not begin what it cannot record."""
    (tmp_path / "report").write_text("in the way")
    ended = run(*ONE, cwd=tmp_path)
    assert ended.code == 3
    assert ended.sentence.startswith("cannot write report/run.jsonl: ")


@pytest.mark.parametrize("kilobytes", [1, 500])
def test_a_full_disk_is_the_environment(kilobytes: int, tmp_path: Path) -> None:
    """Whether the header or a case finds no room, what stops the run is one sentence."""

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, kilobytes * 1024))

    words = [sys.executable, "-m", "conformance.cli", "run", "--report-dir", "report", "--case", "gateway/*"]
    done = subprocess.run(
        words, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=TIME_LIMIT_S,
        preexec_fn=little_room,
    )  # fmt: skip
    told = [line for line in done.stderr.splitlines() if " cases · " not in line]
    sentence = "cannot write report/run.jsonl: File too large (give another folder with --report-dir)"
    assert told == [f"omen-conformance: {sentence}"]
    assert done.returncode == 3
