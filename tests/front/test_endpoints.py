"""Several addresses of one environment, as a user puts cases to them."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from conformance.record import RunRecord
from tests.front.command import environment, run, suite
from tests.front.conftest import Reference

ABOUT = ("--case", "*/endpoints/*")


def outcomes(record: RunRecord) -> dict[str, str]:
    return {line.id: line.outcome for line in record.cases}


def test_every_case_at_each_address(tmp_path: Path) -> None:
    """What is green here and red at the alias is told in every report; the alias alone is to blame."""
    fault = ("--fault", "takes_shorter_messages_at_the_alias")
    ended = run("--each-endpoint", "--case", "gateway/transport/largest-message", *fault, cwd=tmp_path)
    assert ended.code == 1, ended.err
    name = "gateway/transport/largest-message"
    assert outcomes(ended.record) == {name: "passed", f"{name}/at-alias": "failed"}
    (told,) = ended.summary["endpoints"]
    assert (told["name"], told["cases"]) == ("alias", 1)
    assert [(each["id"], each["here"], each["there"]) for each in told["outcomes"]] == [
        (name, "passed", "failed")
    ]
    assert told["broken_there"] == ["gateway/limits/message_bytes"]
    assert "Also at alias (gateway ws://127.0.0.1:" in ended.out
    failed = next(line for line in ended.record.cases if line.outcome == "failed")
    assert f"--each-endpoint {' '.join(fault)} --case {name}/at-alias" in failed.repeat
    assert "broken at alias alone: gateway/limits/message_bytes" in ended.out


def test_the_same_from_pytest(tmp_path: Path) -> None:
    """Both fronts have the option, and the same cases."""
    words = ("--conformance-each-endpoint", "--conformance-case", "gateway/transport/upgrade", "-q")
    ended = suite(*words, cwd=tmp_path)
    assert ended.code == 0, ended.out
    assert set(outcomes(ended.record)) == {
        "gateway/transport/upgrade",
        "gateway/transport/upgrade/at-alias",
    }


def test_two_addresses_that_are_given(reference: Reference, tmp_path: Path) -> None:
    """An address may be an alias of itself: then nothing can differ, and trading needs the user's word."""
    again = f"gateway/again={reference.addresses['gateway']}"
    words = [
        *reference.urls(),
        "--url",
        again,
        "--credential",
        "apiKey=env:KEY,permissions=read+trade",
        *ABOUT,
    ]
    ended = run(*words, "--allow-trading", cwd=tmp_path, env=environment(KEY=reference.keys["trader_a"]))
    assert ended.code == 0, ended.out
    assert set(outcomes(ended.record).values()) == {"passed"}
    assert ended.summary["addresses"]["gateway/again"] == reference.addresses["gateway"]


def test_one_address(reference: Reference, tmp_path: Path) -> None:
    """Nothing is enforced of an environment of one address, and the reason says what to give."""
    ended = run(*reference.urls(), *ABOUT, cwd=tmp_path)
    assert ended.code == 3
    assert set(outcomes(ended.record).values()) == {"skipped"}
    reasons = {line.reason for line in ended.record.cases}
    assert "no second address of gateway: give --url gateway/NAME=URL" in reasons
    ended = run("--each-endpoint", *reference.urls(), cwd=tmp_path)
    assert ended.code == 2
    assert "--each-endpoint" in ended.sentence
    assert "has one address" in ended.sentence


def test_an_alias_that_is_not_there_is_the_environment_s(reference: Reference, tmp_path: Path) -> None:
    """A closed port breaks no promise; the sentence names the address."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    away = f"gateway/away=ws://127.0.0.1:{port}/"
    ended = run(*reference.urls(), "--url", away, "--case", "*/endpoints/upgrade", cwd=tmp_path)
    assert ended.code == 3
    (line,) = ended.record.cases
    assert (line.outcome, line.blame) == ("broken", "environment")
    assert f"127.0.0.1:{port}" in line.reason


OVERLAY = """\
overlay: 1.1.0
info: {title: Another host of the market data, version: '1'}
actions:
  - target: $.servers
    update: {second: {host: second.example, protocol: wss, x-conformance: {alias_of: public-test}}}
"""


@pytest.mark.parametrize("fault", ["", "subscribers_see_different_events"])
def test_streams_at_two_addresses(fault: str, tmp_path: Path) -> None:
    """Of a stream the same number is the same event at both; where subscribers see others, it is not."""
    (tmp_path / "second.yaml").write_text(OVERLAY, "utf-8")
    words = ("--overlay", "market-data=second.yaml", "--case", "market-data/streams/endpoints/orderbook")
    ended = run(*words, *(("--fault", fault) if fault else ()), cwd=tmp_path)
    (line,) = ended.record.cases
    assert ended.code == (1 if fault else 0), ended.err
    broken = [finding.clause for finding in line.findings][:1]
    assert broken == (["market-data/endpoints/same-streams"] if fault else [])


@pytest.mark.parametrize(
    ("fault", "case"),
    [
        ("takes_no_connections_at_the_alias", "transport/endpoints/upgrade"),
        ("tells_another_market_at_the_alias", "commands/endpoints/getCandles"),
    ],
)
def test_an_alias_that_is_not_the_same_is_caught(fault: str, case: str, tmp_path: Path) -> None:
    """The first promise that is told is one about addresses."""
    ended = run("--fault", fault, "--case", f"gateway/{case}", cwd=tmp_path)
    assert ended.code == 1, ended.err
    (line,) = ended.record.cases
    assert line.findings[0].clause.startswith("gateway/endpoints/same-")
