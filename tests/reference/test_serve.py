"""`serve`, as a process: its handshake, its end, and what it says when it cannot start."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

PROGRAM = """
import sys
from conformance.cli import main
main(["serve", *sys.argv[1:]])
"""


@contextmanager
def served(*options: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A running `serve`."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def test_embedded_handshake_and_end() -> None:
    """One JSON line tells all; the process ends with its standard input, exit 0, and says no more."""
    with served("--embedded", "--deadline", "auth=1500") as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert set(told["addresses"]) == {"gateway", "gateway-health", "market-data", "market-data-health"}
        assert (
            told["addresses"]["market-data-health"].split("/")[2]
            == (told["addresses"]["market-data"].split("/")[2])
        )
        assert (told["deadlines"], told["minimums"], told["exclusive"]) == (
            {"auth": 1500},
            {"expires_in_secs": 1},
            True,
        )
        assert {(key["label"], key["account"]) for key in told["credentials"]} >= {
            ("trader_a", "demo-a"),
            ("trader_b", "demo-b"),
        }
        output, errors = process.communicate(timeout=60)
        assert (process.returncode, output, errors) == (0, "", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_on_purpose(number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM stop it cleanly with exit 0; the addresses and demo keys were printed."""
    with served("--port", "0") as process:
        assert process.stdout is not None
        lines: list[str] = []
        while "omn_demo_withdraw_a" not in "".join(lines):
            lines.append(process.stdout.readline())
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
    assert any("gateway-health" in line and "http://127.0.0.1:" in line for line in lines)


def test_the_command_that_it_prints_states_what_no_document_does_of_that_address() -> None:
    """What it takes beyond what is documented: else it would be called broken for it."""
    with served("--port", "0", "--deadline", "auth=1500") as process:
        assert process.stdout is not None
        command = next(line for line in process.stdout if "omen-conformance run" in line)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert "--url gateway=ws://127.0.0.1:" in command
    assert command.endswith(" --minimum expires_in_secs=1 --deadline auth=1500\n")


def test_environment_moves_ports_and_a_port_in_use_is_3() -> None:
    """A port that cannot be opened is one sentence and exit 3."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with served(OPTIONS_GATEWAY_WS_ADDR=f"127.0.0.1:{port}") as process:
            output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (3, "")
    assert errors.startswith(f"omen-conformance: cannot listen on 127.0.0.1:{port}: Address already in use (")
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "environment", "sentence"),
    [
        (["--fault", "none_such"], {}, "no fault named 'none_such' (`omen-conformance serve --list-faults`"),
        (["--fault", "ignores_unknown_comands"], {}, "(did you mean ignores_unknown_commands? "),
        (["--fault", "ignores_unknown_commands@2"], {}, "P must be a number above 0 and at most 1, not '2'"),
        (["--fault", "none_such@0.2"], {}, "no fault named 'none_such'"),
        (["--deadline", "auth"], {}, "--deadline must be auth=MILLISECONDS"),
        (["--deadline", "lunch=5"], {}, "--deadline must be auth=MILLISECONDS"),
        (["--port", "70000"], {}, "--port must be between"),
        ([], {"OPTIONS_MARKET_DATA_WS_ADDR": "nowhere"}, "OPTIONS_MARKET_DATA_WS_ADDR must be host:port"),
    ],
)
def test_wrong_usage(options: list[str], environment: dict[str, str], sentence: str) -> None:
    """Wrong usage is one sentence and exit 2."""
    with served(*options, **environment) as process:
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (2, "")
    assert errors.startswith("omen-conformance: ")
    assert sentence in errors
    assert errors.count("\n") == 1


def test_list_of_faults() -> None:
    """Each fault is one line: its name, two spaces, the sentence that it breaks; the derived ones, too."""
    with served("--list-faults") as process:
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    lines = [line.split("  ", 1) for line in output.splitlines()]
    assert len(lines) >= 2_000
    assert all(len(line) == 2 and re.fullmatch("[A-Za-z0-9._/-]+", line[0]) for line in lines)
    assert len({name for name, _ in lines}) == len(lines)
