"""Children that are asked: answers in any order and of any length, and ends that are told in one sentence."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from conformance.proof import asking, crew, hosting, prover
from conformance.proof.asking import Asking, HostError
from conformance.proof.crew import Crew, Worker
from conformance.proof.hosting import Hosting
from conformance.proof.plan import Trial
from conformance.run.embedded import HANDSHAKE_BYTES

LONG = 3 * HANDSHAKE_BYTES
LIMIT_S = 20

ECHO = """
import json, sys
for line in sys.stdin:
    print(json.dumps({**json.loads(line), "said": True}), flush=True)
"""
BACKWARDS = """
import sys
lines = [sys.stdin.readline() for _ in range(3)]
for line in reversed(lines):
    print(line, end="", flush=True)
sys.stdin.readline()
"""
DIES = """
import sys
sys.stdin.readline()
sys.stderr.write("Traceback\\n  a line\\nValueError: no more of it\\n\\n")
sys.exit(7)
"""
COMPLAINS = f"""
import sys
sys.stderr.write("x" * {LONG} + "\\n")
sys.stderr.flush()
for line in sys.stdin:
    print(line, end="", flush=True)
"""
NEVER_ENDS = """
import sys, time
sys.stdin.readline()
while True:
    time.sleep(1)
"""


@asynccontextmanager
async def asked(script: str) -> AsyncIterator[Asking]:
    """A child that runs a script, for the length of the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        script,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=HANDSHAKE_BYTES,
    )
    one = Asking(process, "the child", "id")
    try:
        yield one
    finally:
        await one.stop()


def run(main: Callable[[], Awaitable[None]]) -> None:
    """To the end, and never for ever."""

    async def limited() -> None:
        async with asyncio.timeout(LIMIT_S):
            await main()

    asyncio.run(limited())


def test_each_is_given_its_own_answer() -> None:
    """Whatever the order in which they come."""

    async def main() -> None:
        async with asked(BACKWARDS) as child:
            told = await asyncio.gather(*(child.ask(number, {"a": number * 10}) for number in (1, 2, 3)))
        assert told == [{"id": number, "a": number * 10} for number in (1, 2, 3)]

    run(main)


def test_lines_may_be_long() -> None:
    """Beyond the limit of a stream, there and back, and among the complaints."""

    async def main() -> None:
        async with asked(ECHO) as child:
            text = "é" * LONG
            assert await child.ask(1, {"text": text}) == {"id": 1, "text": text, "said": True}
        async with asked(COMPLAINS) as child:
            assert await child.ask(1, {}) == {"id": 1}

    run(main)


def test_whoever_waits_for_a_dead_child_is_told_at_once() -> None:
    """With its last words; so is everybody who asks later."""

    async def main() -> None:
        async with asked(DIES) as child:
            told = await asyncio.gather(
                *(child.ask(number, {}) for number in range(3)), return_exceptions=True
            )
            for each in (*told, *await asyncio.gather(child.ask(9, {}), return_exceptions=True)):
                assert isinstance(each, HostError)
                assert str(each) == "the child ended with code 7: ValueError: no more of it"

    run(main)


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("'no json\\n'", "the child said what is no answer: b'no json\\n'"),
        ("'[]\\n'", "the child said what is no answer: b'[]\\n'"),
        ("'{\"job\": 1}\\n'", "the child said what is no answer: b'{\"job\": 1}\\n'"),
        ("'{\"id\": [1]}\\n'", "the child said what is no answer: b'{\"id\": [1]}\\n'"),
        ("'{\"id\": 1'", "the child ended with code 0"),
        ("''", "the child ended with code 0"),
    ],
)
def test_what_is_no_answer_ends_the_waiting(printed: str, words: str) -> None:
    """Something else on its output, half a line, nothing."""
    script = f"import sys; sys.stdin.readline(); sys.stdout.write({printed}); sys.stdout.flush()"

    async def main() -> None:
        async with asked(script) as child:
            with pytest.raises(HostError) as told:
                await child.ask(1, {})
            assert str(told.value) == words

    run(main)


def test_answers_that_nobody_waits_for_any_more_are_dropped() -> None:
    """A cancelled question, or a number that nobody gave, harms nobody behind it."""
    script = "import sys, time\nsys.stdin.readline()\nprint('{\"id\": 99}')\n" + ECHO.replace(
        "for line", "print('{\"id\": 1}', flush=True)\nfor line"
    )

    async def main() -> None:
        async with asked(script) as child:
            first = asyncio.create_task(child.ask(1, {}))
            await asyncio.sleep(0)
            first.cancel()
            assert await child.ask(2, {}) == {"id": 2, "said": True}

    run(main)


def test_a_child_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a grace: whoever stops it does not wait for ever."""
    monkeypatch.setattr(asking, "GRACE_S", 0.2)

    async def main() -> None:
        async with asked(NEVER_ENDS) as child:
            waiting = asyncio.create_task(child.ask(1, {}))
            await asyncio.sleep(0.1)
        assert child.process.returncode == -9
        waiting.cancel()

    run(main)


def test_workers_that_cannot_work_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is not there, one that cannot even be started: one sentence, exit code 4."""
    monkeypatch.setattr(crew, "WORKER", "no_such_worker")
    monkeypatch.setattr(hosting, "HOST", "no_such_host")

    async def missing() -> None:
        async with Crew(2) as both:
            with pytest.raises(HostError, match=r"^a worker ended with code 1: .*No module named") as told:
                await both.honest(["a", "b", "c"], 0)
        assert told.value.exit_code == 4
        async with Hosting() as host:
            with pytest.raises(
                HostError, match=r"^the host of the references ended with code 1: .*No module"
            ):
                await host.lag()

    async def nothing() -> None:
        with pytest.raises(HostError, match=r"^a worker cannot be started: "):
            await Crew(2).__aenter__()
        with pytest.raises(HostError, match=r"^the host of the references cannot be started: "):
            await Hosting().__aenter__()

    run(missing)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    run(nothing)


def test_a_failed_trial_is_told_with_its_fault() -> None:
    """The worker goes on; the sentence names what was asked for."""
    script = ECHO.replace('"said": True', '"failure": "OSError: no room"')

    async def main() -> None:
        async with asked(script) as child:
            worker = Worker.__new__(Worker)
            worker.__dict__.update(_asking=child, _numbers=iter(range(9)))
            with pytest.raises(HostError, match=r"^gateway/x: OSError: no room$"):
                await worker.ask({"fault": "gateway/x", "cases": []})
            with pytest.raises(HostError, match=r"^the honest reference: OSError: no room$"):
                await worker.ask({"cases": []})

    run(main)


def test_one_sentence_however_many_waited() -> None:
    """All trials fail with their worker: what is raised is the worker's end, not a group of them."""

    class Gone(Crew):
        async def trial(self, *order: object) -> dict[str, object]:
            await asyncio.sleep(0.01)
            raise HostError("a worker ended with code 1: no memory")

    async def main() -> None:
        gone = Gone(1)
        gone.workers = [None, None]  # type: ignore[list-item]
        trials = [Trial(str(number), ("case",)) for number in range(100)]
        with pytest.raises(HostError, match=r"^a worker ended with code 1: no memory$"):
            await prover._held(gone, trials, 0, lambda line: None)

    run(main)
