"""`serve` on the documented ports and `run local` from another process give what `run` gives."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.front.command import ROOT, environment, run
from tests.ports import free_port

VARIABLES = ("OPTIONS_GATEWAY_WS_ADDR", "OPTIONS_GATEWAY_HEALTH_ADDR", "OPTIONS_MARKET_DATA_WS_ADDR")
DOCUMENTED = (3001, 3002, 3003)


def _moved(folder: Path, ports: list[int]) -> Path:
    """The documents, with other local ports: somebody else may have the documented ones."""
    moved = folder / "documents"
    shutil.copytree(ROOT / "specs", moved)
    for file in moved.rglob("*.yaml"):
        text = file.read_text("utf-8")
        for old, new in zip(DOCUMENTED, ports, strict=True):
            text = text.replace(f"localhost:{old}", f"localhost:{new}")
        file.write_text(text, "utf-8")
    return moved


@contextlib.contextmanager
def _serving(ports: list[int]) -> Iterator[list[str]]:
    """`omen-conformance serve` in a process of its own; what it printed once it was up."""
    moved = {name: f"127.0.0.1:{port}" for name, port in zip(VARIABLES, ports, strict=True)}
    with subprocess.Popen(
        [sys.executable, "-m", "conformance.cli", "serve"],
        env=environment(PYTHONUNBUFFERED="1", **moved), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        told: list[str] = []
        for line in child.stdout:
            told.append(line.strip())
            if line.startswith("  omen-conformance run"):
                break
        try:
            yield told
        finally:
            child.send_signal(signal.SIGINT)
            assert child.wait(60) == 0


def test_serve_and_run_local_agree_with_the_embedded_run(tmp_path: Path) -> None:
    """Case for case the same outcome, and clause for clause the same enforcement."""
    ports = [free_port() for _ in DOCUMENTED]
    documents = str(_moved(tmp_path, ports))
    (tmp_path / "near").mkdir()
    (tmp_path / "far").mkdir()
    near = run("--contract", documents, cwd=tmp_path / "near")
    with _serving(ports) as told:
        # The embedded one has an alias, too; here the one address may as well be its own.
        again = f"gateway/again=ws://127.0.0.1:{ports[0]}/"
        far = run("local", "--url", again, "--contract", documents, cwd=tmp_path / "far")
    assert near.code == 0, near.out
    assert far.code == 0, far.out
    assert f"gateway                ws://127.0.0.1:{ports[0]}/" in told
    assert any(line.startswith("omn_demo_trader_a ") for line in told)
    assert far.summary["cases"] == near.summary["cases"]
    assert far.summary["clauses"]["enforced"] == near.summary["clauses"]["enforced"]
    outcomes = [{line.id: line.outcome for line in ended.record.cases} for ended in (near, far)]
    assert outcomes[0] == outcomes[1]
