"""Conforming targets in every order and shape of arrival pass; hostile ones end soon, in a sane verdict."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator

import msgpack
import pytest

from conformance.cases.case import Case
from conformance.cases.steps import Connect, Expect, Step
from conformance.session.frames import raw_frame
from conformance.verdict import Blame, Outcome, Verdict
from tests.run.desk import Command, Desk, Line, lend, lending, lent, play, tried, verdict, watch
from tests.verdict.stage import LENT, case

WATCHED = Expect("main", ("watching",), "library/watch/reply", reply_to=1, within_ms=1000)
BEGUN: tuple[Step, ...] = (Connect("main", "library"), watch("Z"), WATCHED)


def three() -> Case:
    """Three commands in flight beside a stream, awaited in the order in which they were sent."""
    steps = (*BEGUN, lend(), lend(), lend(), lent(3), lent(4), lent(5))
    return case(*steps, clauses=(LENT, "library/lend/correlation"))


def one() -> Case:
    """One command beside a stream, with time for a slow machine to be sent too much meanwhile."""
    return case(*BEGUN, lend(), lent(3, within_ms=10_000), clauses=(LENT,))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_replies_may_come_in_any_order(order: tuple[int, ...]) -> None:
    """Correlation, not order, says which reply is whose; events may stand between them."""
    held: list[Command] = []

    async def hold(line: Line, command: Command) -> None:
        held.append(command)
        if len(held) == len(order):
            for number, place in enumerate(order, 3):
                reply = {"type": "lent", "id": held[place]["id"], "fee": "10"}
                await line.say(["moved", "Z", number, 5], reply)

    made = tried(three(), lend=hold)
    assert (made.outcome, made.reason) == (Outcome.PASSED, "")


def test_swapped_replies_to_commands_in_flight_are_each_ones_own() -> None:
    """A reply that is missing is missed by its own command; the others have theirs."""
    held: list[Command] = []

    async def forget_the_second(line: Line, command: Command) -> None:
        held.append(command)
        if len(held) != 2:
            await line.say({"type": "lent", "id": command["id"], "fee": "10"})

    made = tried(three(), lend=forget_the_second)
    assert made.outcome is Outcome.FAILED
    assert made.reason.startswith("reply to /id 2: expected lent within 1000 ms, got nothing")


def test_an_orphan_is_nobodys_right_answer() -> None:
    """A reply that carries no command's correlation does not pass for one."""

    async def orphan(line: Line, command: Command) -> None:
        await line.say({"type": "lent", "id": 999_999, "fee": "10"})

    made = tried(lending(), lend=orphan)
    assert [finding.clause for finding in made.findings] == ["library/lend/correlation"]


def wire(data: bytes) -> bytes:
    return raw_frame("binary", data, masked=False)


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_tcp_pieces_do_not_matter(size: int) -> None:
    """Frames byte by byte, or all in one piece, are the same conversation."""

    async def pieces(line: Line, command: Command) -> None:
        reply = b"\x83\xa4type\xa4lent\xa2id" + bytes([command["id"]]) + b"\xa3fee\xa210"
        data = wire(b"\x94\xa5moved\xa1Z\x03\x05") + wire(b"\x94\xa5moved\xa1Z\x04\x05") + wire(reply)
        for start in range(0, len(data), size):
            line.socket.transport.write(data[start : start + size])
            await asyncio.sleep(0)

    made = tried(one(), lend=pieces)
    assert (made.outcome, made.reason) == (Outcome.PASSED, "")


def test_a_repeated_stream_command_has_a_reply_of_its_own() -> None:
    """Two commands that echo alike have two replies, also when the second is a clean-up nobody awaits."""
    again = lending("again", watch(), cleanup=(watch(), watch()))

    async def acknowledge(line: Line, command: Command) -> None:
        await line.say(["watching", "A"])

    made = tried(again, watch=acknowledge)
    assert (made.outcome, made.reason) == (Outcome.PASSED, "")


async def endless(line: Line, command: Command) -> None:
    for first in itertools.count(3, 200):
        events = (msgpack.packb(["moved", "Z", number, 5]) for number in range(first, first + 200))
        line.socket.transport.write(b"".join(map(wire, events)))
        await asyncio.sleep(0)


async def garbled(line: Line, command: Command) -> None:
    for _ in range(2000):
        await line.raw(b"\xc1" * 20)


async def huge(line: Line, command: Command) -> None:
    await line.raw(b"\xc6\x01\x20\x00\x00" + bytes(0x1200000))


async def deep(line: Line, command: Command) -> None:
    await line.raw(b"\x91" * 100_000 + b"\xc0")


async def illegal(line: Line, command: Command) -> None:
    line.socket.transport.write(raw_frame(0xB, b"", masked=False))


def hostile() -> Iterator[object]:
    yield pytest.param(
        endless, (Outcome.BROKEN, Blame.TARGET), "more than a conversation may hold", id="endless"
    )
    yield pytest.param(
        garbled, (Outcome.FAILED, Blame.TARGET), "20 bytes that cannot be decoded", id="garbled"
    )
    yield pytest.param(
        huge, (Outcome.BROKEN, Blame.TARGET), "a message of more than 8388608 bytes", id="huge"
    )
    yield pytest.param(deep, (Outcome.FAILED, Blame.TARGET), "", id="deep")
    yield pytest.param(illegal, (Outcome.FAILED, Blame.TARGET), "frames as in RFC 6455", id="illegal")


@pytest.mark.parametrize(("answer", "judgement", "words"), list(hostile()))
def test_a_hostile_target_ends_in_bounded_time(
    answer: object, judgement: tuple[Outcome, Blame], words: str
) -> None:
    """Whatever comes, the conversation ends and the target is to blame."""
    begun = time.monotonic()
    made = tried(one(), lend=answer)  # type: ignore[arg-type]
    assert (made.outcome, made.blame) == judgement, made.reason
    assert words in made.reason
    assert time.monotonic() - begun < 20


def test_a_hostile_connection_does_not_harm_its_neighbour() -> None:
    """Another conversation at the same time passes."""

    async def main() -> tuple[Verdict, Verdict]:
        async with Desk(lend=endless) as bad, Desk() as good:
            worse, fine = one(), lending("fine")
            first, second = await asyncio.gather(play(worse, bad), play(fine, good))
            return verdict(worse, first), verdict(fine, second)

    worse, fine = asyncio.run(main())
    assert worse.blame is Blame.TARGET
    assert (fine.outcome, fine.reason) == (Outcome.PASSED, "")
