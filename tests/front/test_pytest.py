"""The pytest front: the same cases, the same verdicts, pytest's own manners."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

from conformance.record import read
from tests.front.command import STRANGERS, Ended, environment, run, suite
from tests.ports import free_port

FAULT = "acks_unsubscribe_but_keeps_sending"


def outcomes(ended: Ended) -> dict[str, tuple[str, str]]:
    return {line.id: (line.outcome, line.blame) for line in ended.record.cases}


def reported(file: Path) -> dict[str, str]:
    """What pytest itself says of each case, by its own JUnit report."""
    words = {"failure": "failed", "error": "broken", "skipped": "skipped"}
    found = {}
    for case in ElementTree.parse(file).iter("testcase"):
        name = re.fullmatch(r"test_\w+\[(.*)\]", case.get("name", ""))
        assert name
        found[name[1]] = next((words[child.tag] for child in case if child.tag in words), "passed")
    return found


def faults() -> list[str]:
    words = [sys.executable, "-m", "conformance.cli", "serve", "--list-faults"]
    listed = subprocess.run(words, env=environment(), capture_output=True, text=True, check=True)
    return [line.split()[0] for line in listed.stdout.splitlines()]


def test_both_fronts_give_the_same_verdicts(tmp_path: Path) -> None:
    """On a reference that misbehaves: the command line, our record under pytest, and pytest."""
    fault = ["--fault", faults()[0]]
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one = run(*fault, cwd=tmp_path / "one")
    two = suite(
        "-q", "--conformance-fault", fault[1], "--junitxml", "junit.xml", cwd=tmp_path / "two", strangers=True
    )
    assert one.code == 1
    assert two.code == 1
    first, second = outcomes(one), outcomes(two)
    assert first.keys() == second.keys()
    # Whether the target happens to send an event in time is its own affair: skipped is neither.
    differing = {case for case in first if first[case] != second[case]}
    assert {case for case in differing if "skipped" not in (first[case][0], second[case][0])} == set()
    assert len(differing) <= 5
    assert {case: outcome for case, (outcome, _) in second.items()} == reported(tmp_path / "two/junit.xml")


def test_collecting_sends_nothing(tmp_path: Path) -> None:
    """`--collect-only` lists the cases of a target that is not there, in ids that are case ids."""
    ended = suite(
        "--collect-only", "-q", "--conformance-url", f"gateway=ws://127.0.0.1:{free_port()}/", cwd=tmp_path
    )
    assert ended.code == 0
    assert "test_auth[gateway/auth/" in ended.out
    assert not ended.folder.exists()


def test_a_failure_is_told_in_our_words(tmp_path: Path) -> None:
    """The finding, the clause, the command that repeats it and the transcript; no Python traceback."""
    fault = faults()[0]
    ended = suite("--conformance-fault", fault, "-x", cwd=tmp_path)
    assert ended.code == 1
    assert f"omen-conformance run --fault {fault} --case " in ended.out
    assert "expected" in ended.out
    assert ">>" in ended.out
    assert "<<" in ended.out
    assert "Traceback" not in ended.out
    assert "conformance/fronts" not in ended.out
    assert re.search(r"^FAILED .*\[[\w./-]+\] - .*expected .*", ended.out, re.MULTILINE)


def test_what_cannot_be_judged_is_an_error(tmp_path: Path) -> None:
    """`broken` is pytest's error, with the reason."""
    port = free_port()
    ended = suite(
        "--conformance-url", f"gateway=ws://127.0.0.1:{port}/",
        "--conformance-case", "gateway/transport/ping",
        cwd=tmp_path,
    )  # fmt: skip
    assert ended.code == 1
    assert "2 errors" in ended.out
    assert f"environment: gateway at ws://127.0.0.1:{port}/" in ended.out
    assert "Traceback" not in ended.out


def test_wrong_usage_is_pytests_usage_error(tmp_path: Path) -> None:
    """Our sentence, pytest's exit code 4, nothing run."""
    for words, said in (
        (["--target", "lokal"], "no target 'lokal' (did you mean local?)"),
        (["--conformance-case", "nonsense"], "--case nonsense matches nothing"),
        (["--conformance-contract", "nowhere"], "nowhere: no such folder"),
        (["--conformance-jobs", "many"], "--jobs must be a whole number"),
        (["--conformance-fault", "no_such_fault"], "there is no fault named 'no_such_fault'"),
    ):
        ended = suite(*words, cwd=tmp_path)
        assert ended.code == 4, words
        assert said in ended.out + ended.err
        assert "Traceback" not in ended.out + ended.err


def test_a_shared_target_is_not_for_several_workers(tmp_path: Path) -> None:
    """`-n` is refused unless the reference is embedded, one for each worker."""
    ended = suite("-n", "2", "--target", "local", cwd=tmp_path)
    assert ended.code == 4
    assert "-n is for the embedded reference alone" in ended.err + ended.out


def test_each_worker_has_a_reference_of_its_own(tmp_path: Path) -> None:
    """With `-n 2` the cases of the embedded reference pass as ever."""
    ended = suite("-n", "2", "-q", "--conformance-case", "market-data/transport", cwd=tmp_path)
    assert ended.code == 0, ended.out
    records = [read(folder) for folder in sorted(ended.folder.iterdir())]
    addresses = {str(record.header.target.addresses) for record in records}
    assert len(addresses) == len(records) == 2


def test_deselected_cases_are_not_played(tmp_path: Path) -> None:
    """`-k` narrows what is put to the target."""
    ended = suite("-q", "-k", "test_transport and malformed and market", cwd=tmp_path)
    assert ended.code == 0
    cases = ended.record.cases
    assert cases
    assert all("malformed" in line.id and line.id.startswith("market-data/") for line in cases)


def heeding() -> None:
    """In the child: Ctrl-C is heeded, also where the tests run in the background and ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_cancels_the_rest(tmp_path: Path) -> None:
    """pytest's own exit code 2; what was known is written, what was playing is skipped as stopped."""
    words = [sys.executable, "-m", "pytest", "-p", "conformance.plugin", "-p", "no:cacheprovider"]
    words += ["--pyargs", "conformance.suite", "--conformance-report-dir", "report", "-k", "deadline or ping"]
    words += ["--conformance-deadline", "auth=20000"]
    with subprocess.Popen(
        words, cwd=tmp_path, env=environment(GITHUB_STEP_SUMMARY=str(tmp_path / "step.md")), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=heeding,
    ) as child:  # fmt: skip
        file = tmp_path / "report/run.jsonl"
        until = time.monotonic() + 30
        while not file.exists() or b'"line":"case"' not in file.read_bytes():
            assert time.monotonic() < until
            time.sleep(0.05)
        child.send_signal(signal.SIGINT)
        try:
            out, _ = child.communicate(timeout=20)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
    assert child.returncode == 2, out
    record = read(tmp_path / "report")
    assert record.end is not None
    assert record.end.interrupted
    assert "stopped" in {line.reason for line in record.cases}
    assert json.loads((tmp_path / "report/summary.json").read_text("utf-8"))["verdict"] == "interrupted"
    assert "Interrupted" in (tmp_path / "step.md").read_text("utf-8").splitlines()[0]


def test_other_plugins_may_have_a_target_of_their_own(tmp_path: Path) -> None:
    """An option `--target` of somebody else is left alone: ours has a longer name, too."""
    (tmp_path / "theirs.py").write_text(
        "def pytest_addoption(parser):\n    parser.addoption('--target', dest='theirs')\n"
    )
    ended = suite(
        "-p", "theirs", "--collect-only", "-q", "--conformance-target", "local",
        cwd=tmp_path, strangers=True, env=environment(PYTHONPATH=f"{tmp_path}:{environment()['PYTHONPATH']}"),
    )  # fmt: skip
    assert ended.code == 0, ended.err


def test_the_plugin_costs_a_stranger_nothing(tmp_path: Path) -> None:
    """Whoever only has it installed does not pay for it: it imports pytest alone."""
    (tmp_path / "test_theirs.py").write_text(
        "import sys\n\ndef test_one():\n"
        "    ours = {name.split('.')[1] for name in sys.modules if name.startswith('conformance.')}\n"
        "    assert ours <= {'plugin', 'fronts', 'errors'}\n"
        "    assert not {'asyncio.base_events', 'websockets', 'jsonschema_rs'} & set(sys.modules)\n"
    )
    words = [sys.executable, "-m", "pytest", "-q", "-p", "conformance.plugin", "-p", "no:cacheprovider"]
    words += [word for name in STRANGERS for word in ("-p", f"no:{name}")] + ["test_theirs.py"]
    done = subprocess.run(words, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
