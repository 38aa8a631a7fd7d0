"""Targets that are there and cannot be listened to: the cases judge them, and memory stays bounded."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from conformance.run import Result
from conformance.run.preflight import Health, preflight
from conformance.transcript import Transcript
from conformance.verdict import Blame, Outcome
from tests.run.desk import CARD, Desk, around, contract, engine, judge, lending, target
from tests.session.peers import Handler, accept, frame, listening, until_end, upgrade_answer, upgrade_request


async def wrong_upgrade(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    answer = upgrade_answer(await upgrade_request(reader))
    writer.write(answer.replace(b"Accept: ", b"Accept: x"))
    await until_end(reader)


async def reserved(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await accept(reader, writer)
    writer.write(frame(0x8B))
    await until_end(reader)


async def announces_much(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await accept(reader, writer)
    writer.write(b"\x82\x7f\x00\x00\x00\x00\x40\x00\x00\x00")
    await until_end(reader)


async def floods(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await accept(reader, writer)
    while True:
        writer.write(frame(0x89, b"p" * 125) * 100)
        await writer.drain()


@pytest.mark.parametrize("handler", [wrong_upgrade, reserved, announces_much, floods])
def test_who_misbehaves_is_there(handler: Handler) -> None:
    """It is no address without a service, and what it did to a credential was no refusal."""

    async def main() -> Health:
        async with listening(handler) as port:
            at = target(f"ws://127.0.0.1:{port}", credentials=(CARD,))
            return await preflight(contract(), at, judge(), around(at))

    health = asyncio.run(main())
    assert (health.down, health.notices, health.refused) == ({}, (), ())
    assert health.target.credentials == (CARD,)


def test_a_wrong_upgrade_is_the_targets() -> None:
    """A 101 that is not correct breaks the promise of the upgrade, in every case."""

    async def main() -> list[Result]:
        async with listening(wrong_upgrade) as port, engine(target(f"ws://127.0.0.1:{port}")) as at_work:
            return await at_work.play([lending(), replace(lending("other"), focused=True)])

    first, other = asyncio.run(main())
    assert (first.verdict.outcome, first.verdict.blame) == (Outcome.FAILED, Blame.TARGET)
    assert first.verdict.findings[0].clause == "library/transport/upgrade"
    assert "invalid Sec-WebSocket-Accept" in first.verdict.reason
    assert (other.verdict.outcome, other.verdict.blame) == (Outcome.SKIPPED, Blame.NOBODY)
    assert other.verdict.reason.startswith("another promise was broken first: upgrade: ")


@pytest.mark.parametrize("keep", [True, False])
def test_transcripts_are_let_go(keep: bool) -> None:
    """Whoever looks at each result as it comes needs no transcripts of a whole run in memory."""
    seen: list[Transcript] = []

    async def main() -> list[Result]:
        async with Desk() as desk:
            more = {"finished": lambda result: seen.append(result.transcript), "keep": keep}
            async with engine(target(desk), **more) as at_work:
                return await at_work.play([lending()])

    (result,) = asyncio.run(main())
    assert result.verdict.outcome is Outcome.PASSED
    assert seen[0].entries
    assert result.transcript.entries == (seen[0].entries if keep else ())
