"""One run of the command line against hostile servers, with an honest one beside them."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.front.command import ROOT, Ended, environment
from tests.hostile.catalogue import ENTRIES
from tests.hostile.servers import BADGE
from tests.session.peers import certificate

KIOSK = "kiosk"
HERE = Path(__file__).parent
DESK, HEALTH = HERE / "kiosk.asyncapi.yaml", HERE / "health.openapi.yaml"
TIME_LIMIT_S = 300
ELSEWHERE = "127.0.0.2" if sys.platform == "linux" else "127.0.0.1"
HONEST = ("honest/commands/*/accepted", "honest/transport/ping/empty")


@dataclass(frozen=True)
class Run:
    """How a run ended. ``peak_mb`` is the suite's memory, ``strayed`` whether somebody came to the trap."""

    ended: Ended
    peak_mb: float
    strayed: bool


@dataclass(frozen=True)
class Stage:
    """What all runs share: an honest server, and a certificate for those that want one."""

    honest: int
    certificate: Path
    key: Path

    def run(self, names: Sequence[str], folder: Path) -> Run:
        """Puts the kiosk's documents, under each of these names, to the server of that name."""
        folder.mkdir()
        with trap() as (address, strayed), serving(address, self.certificate, self.key, *names) as ports:
            words = self._words(dict(zip(names, ports, strict=True)))
            ended, peak = self._measured(words, any(ENTRIES[name].trusted for name in names), folder)
            return Run(ended, peak, strayed())

    def _words(self, servers: Mapping[str, int]) -> list[str]:
        words = ["--asyncapi", f"honest={DESK}", "--url", f"honest=ws://127.0.0.1:{self.honest}"]
        words += ["--credential", "badge=env:BADGE", *(word for case in HONEST for word in ("--case", case))]
        for name, port in servers.items():
            scheme = ENTRIES[name].scheme
            words += (
                ["--openapi", f"{name}={HEALTH}"] if scheme == "http" else ["--asyncapi", f"{name}={DESK}"]
            )
            # The certificate is for this name.
            words += ["--url", f"{name}={scheme}://{'localhost' if scheme == 'wss' else '127.0.0.1'}:{port}"]
            for case in ENTRIES[name].cases:
                words += ["--case", name + case.removeprefix(KIOSK)]
        return words

    def _measured(self, words: list[str], trusted: bool, folder: Path) -> tuple[Ended, float]:
        more = {"SSL_CERT_FILE": str(self.certificate)} if trusted else {}
        command = [sys.executable, "-m", "conformance.cli", "run", "--report-dir", "report", *words]
        peak = folder / "peak"
        done = subprocess.run(
            [sys.executable, "-S", str(HERE / "measured.py"), str(peak), *command],
            cwd=folder, env=environment(BADGE=BADGE, **more), capture_output=True, timeout=TIME_LIMIT_S,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        unit = 1024 * 1024 if sys.platform == "darwin" else 1024
        return Ended(done.returncode, out, err, folder / "report"), int(peak.read_text()) / unit


@contextlib.contextmanager
def staged(folder: Path) -> Iterator[Stage]:
    """A stage for as long as the block."""
    cert, key = certificate(folder)
    with serving("", cert, key, "keeps-its-promises") as (port,):
        yield Stage(port, cert, key)


@contextlib.contextmanager
def serving(address: str, cert: Path, key: Path, *names: str) -> Iterator[list[int]]:
    """The ports of these servers, in a process of their own."""
    words = [sys.executable, "-m", "tests.hostile.servers", address, str(cert), str(key), *names]
    with subprocess.Popen(
        words, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        try:
            yield [int(word) for word in child.stdout.readline().split()]
        finally:
            child.kill()


@contextlib.contextmanager
def trap() -> Iterator[tuple[str, Callable[[], bool]]]:
    """An address that no user named, and whether somebody came there all the same."""
    with socket.create_server((ELSEWHERE, 0)) as server:
        server.setblocking(False)

        def strayed() -> bool:
            with contextlib.suppress(BlockingIOError):
                server.accept()[0].close()
                return True
            return False

        yield f"{ELSEWHERE}:{server.getsockname()[1]}", strayed
