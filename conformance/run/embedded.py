"""The embedded reference: a child process on free ports, which lives exactly as long as the run.

A process of its own, because on the run's loop or in a thread of it, it would spoil what is measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from conformance.cases.target import Target
from conformance.contract import Contract
from conformance.errors import ConformanceError, EnvironmentFailure, UsageError
from conformance.run.credentials import credential

START_S = 20.0
GRACE_S = 2.0
STDERR_LINES = 20
HANDSHAKE_BYTES = 1 << 20

INHERITED = frozenset(
    {
        *("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "SYSTEMROOT", "VIRTUAL_ENV"),
        *("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"),
        *("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"),
    }
)
"""What the child sees of our environment: neither secrets nor settings of a target."""


async def child(module: str, *arguments: str) -> asyncio.subprocess.Process:
    """Starts a Python module as a child in a process group of its own, all three streams piped."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={
            name: value for name, value in os.environ.items() if name in INHERITED or name.startswith("LC_")
        },
        start_new_session=True,
        limit=HANDSHAKE_BYTES,
    )


class ReferenceDied(ConformanceError):
    """The embedded reference did not start, or ended before the run did."""

    exit_code = 4

    def __init__(self, code: int | None, stderr: str) -> None:
        super().__init__(code, stderr)
        self.code = code
        self.stderr = stderr

    def __str__(self) -> str:
        how = "said nothing in time" if self.code is None else f"ended with code {self.code}"
        said = f": {self.stderr}" if self.stderr else ""
        return f"the embedded reference {how}{said}"


class Embedded:
    """Starts the reference and gives the target that it is: ``async with Embedded(…) as target``."""

    def __init__(
        self,
        contract: Contract,
        target: Target,
        *,
        seed: int = 0,
        faults: Sequence[str] = (),
        variations: Sequence[str] = (),
        start_s: float = START_S,
    ) -> None:
        self.contract = contract
        self.target = target
        self.start_s = start_s
        self._arguments = ["--embedded", "--seed", str(seed)]
        for name, ms in target.deadlines.items():
            self._arguments += ["--deadline", f"{name}={ms}"]
        for fault in faults:
            self._arguments += ["--fault", fault]
        for variation in variations:
            self._arguments += ["--variation", variation]
        self._child: asyncio.subprocess.Process | None = None
        self._stderr: deque[str] = deque(maxlen=STDERR_LINES)
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Target:
        try:
            self._child = await child("conformance.cli", "serve", *self._arguments)
        except OSError as error:
            raise EnvironmentFailure(f"the embedded reference cannot be started: {error}") from error
        self._reading = asyncio.create_task(self._read_stderr(), name="stderr of the reference")
        try:
            return introduced(self.contract, self.target, await self._handshake())
        except BaseException:
            await self.stop()
            raise

    async def __aexit__(self, *exception: object) -> None:
        await self.stop()

    @property
    def obituary(self) -> str:
        """Why the reference is gone although nobody stopped it; '' while it lives."""
        if self._child is None or self._child.returncode is None:
            return ""
        return str(ReferenceDied(self._child.returncode, self._last_words()))

    async def stop(self) -> None:
        """Closes its input, which ends it; after a grace it is killed with all that it started."""
        child, self._child = self._child, None
        if child is None:
            return
        if child.stdin is not None:
            with contextlib.suppress(OSError):
                child.stdin.close()
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                await asyncio.wait_for(child.wait(), GRACE_S)
                break
            except TimeoutError:
                _signal(child.pid, number)
        await child.wait()
        if self._reading is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._reading, GRACE_S)

    async def _handshake(self) -> Mapping[str, object]:
        assert self._child is not None
        assert self._child.stdout is not None
        try:
            line = await asyncio.wait_for(self._child.stdout.readline(), self.start_s)
        except TimeoutError:
            raise ReferenceDied(None, self._last_words()) from None
        if not line:
            await self._ended()
        try:
            said = json.loads(line)
        except ValueError:
            said = None
        if not isinstance(said, Mapping):
            raise ReferenceDied(None, f"expected its addresses, got {line[:80]!r}")
        return said

    async def _ended(self) -> None:
        """Raises what the end of the child means."""
        assert self._child is not None
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._child.wait(), GRACE_S)
        if self._reading is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._reading, GRACE_S)
        words = self._last_words().removeprefix("omen-conformance: ")
        if self._child.returncode == 2 and words:
            raise UsageError(words)
        if self._child.returncode == 3 and words:
            raise EnvironmentFailure(words)
        raise ReferenceDied(self._child.returncode, words)

    async def _read_stderr(self) -> None:
        assert self._child is not None
        assert self._child.stderr is not None
        stderr = self._child.stderr
        while True:
            try:
                line = await stderr.readline()
            except ValueError:  # a line beyond the limit: what comes after it may still be told
                continue
            if not line:
                return
            self._stderr.append(line.decode("utf-8", "backslashreplace").rstrip())

    def _last_words(self) -> str:
        return next((line for line in reversed(self._stderr) if line.strip()), "")


def introduced(contract: Contract, target: Target, said: Mapping[str, object]) -> Target:
    """The target that a reference says it is. UsageError when it speaks none of the contract's documents."""
    addresses = _mapping(said.get("addresses"))
    ours = {name: str(url) for name, url in addresses.items() if name in contract.services}
    if not ours:
        raise UsageError(
            "the embedded reference speaks none of these documents",
            hint=f"it speaks {', '.join(addresses)}; name a target, or give --url",
        )
    others = _mapping(said.get("aliases"))
    aliases = {name: _texts(others.get(name)) for name in target.aliases if name in others}
    stated = said.get("credentials")
    found = tuple(credential(one) for one in stated) if isinstance(stated, list) else ()
    return replace(
        target,
        addresses=MappingProxyType(ours),
        aliases=MappingProxyType(aliases),
        credentials=target.credentials or found,
        exclusive=said.get("exclusive") is True,
        deadlines=MappingProxyType(_numbers(said.get("deadlines"))),
        minimums=MappingProxyType(_numbers(said.get("minimums"))),
        values=MappingProxyType({**target.values, **_mapping(said.get("values"))}),
    )


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: object) -> Mapping[str, str]:
    return MappingProxyType({name: str(text) for name, text in _mapping(value).items()})


def _numbers(value: object) -> dict[str, int]:
    return {name: round(ms) for name, ms in _mapping(value).items() if isinstance(ms, (int, float))}
