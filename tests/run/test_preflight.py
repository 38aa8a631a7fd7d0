"""Before the first case: an address that cannot be judged is one sentence, and harms no other service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from conformance.cases.case import Needs
from conformance.cases.steps import As, Connect
from conformance.conversation import Around
from conformance.run import Engine
from conformance.run.preflight import Health, preflight
from conformance.verdict import Blame, Outcome
from tests.ports import free_port
from tests.run.desk import (
    CARD,
    Desk,
    around,
    busy,
    contract,
    engine,
    judge,
    lend,
    lending,
    lent,
    nothing,
    target,
)
from tests.session.peers import (
    Handler,
    accept,
    close_frame,
    listening,
    until_end,
    upgrade_answer,
    upgrade_request,
)
from tests.verdict.stage import LENT, case


async def health(url: str, surroundings: Around | None = None) -> Health:
    at = target(url)
    return await preflight(contract(), at, judge(), surroundings or around(at))


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await until_end(reader)


async def http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    await until_end(reader)


async def goes_away(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await accept(reader, writer)
    writer.write(close_frame(1013, b"later"))
    await until_end(reader)


class EverSooner:
    """Closes when the first command came, then together with the upgrade."""

    def __init__(self) -> None:
        self.before = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await upgrade_request(reader)
        self.before += 1
        writer.write(upgrade_answer(request))
        if self.before == 1:
            await reader.read(1)
        writer.write(close_frame(1013, b"later"))
        await until_end(reader)


async def masks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await accept(reader, writer)
    await reader.read(1)
    writer.write(b"\x82\x81\x00\x00\x00\x00\xc0")
    await until_end(reader)


@asynccontextmanager
async def closed() -> AsyncIterator[int]:
    yield free_port()


@pytest.mark.parametrize(
    ("peer", "sentence"),
    [
        (None, "no TCP connection to 127.0.0.1:{port}: connection refused"),
        (silent, "the answer to the upgrade request did not come within 0.5 s"),
        (http, "answered HTTP 404 instead of a WebSocket upgrade"),
        (goes_away, "closed at once with 1013"),
        (EverSooner(), "closed at once with 1013"),
    ],
)
def test_an_address_that_is_no_desk_is_one_sentence(peer: Handler | None, sentence: str) -> None:
    """Closed, silent, HTTP, closing: the service is down, and the sentence says why."""

    async def main() -> tuple[Health, int]:
        async with listening(peer) if peer else closed() as port:
            return await health(f"ws://127.0.0.1:{port}"), port

    found, port = asyncio.run(main())
    assert found.down == {"library": f"library at ws://127.0.0.1:{port}: {sentence.format(port=port)}"}
    made = found.verdict(lending())
    assert made is not None
    assert (made.outcome, made.blame, made.reason) == (
        Outcome.BROKEN,
        Blame.ENVIRONMENT,
        found.down["library"],
    )


def test_frames_that_are_none_are_for_the_cases_to_judge() -> None:
    """Who masks its frames speaks, and breaks RFC 6455: that is no address that cannot be judged."""

    async def main() -> Health:
        async with listening(masks) as port:
            return await health(f"ws://127.0.0.1:{port}")

    assert asyncio.run(main()).down == {}


def test_a_mute_server_is_down_and_its_neighbour_is_not() -> None:
    """A WebSocket that never answers breaks its own service; the other's cases are judged."""
    there = (Connect("main", "annex"), lend(), lent(1))
    annex = replace(case(*there, clauses=(LENT,)), id="annex/commands/test", needs=Needs(("annex",)))

    async def main() -> list[tuple[Outcome, Blame, str]]:
        async with Desk(lend=nothing) as mute, Desk() as good:
            at = target(mute, addresses={"library": mute.url, "annex": good.url})
            async with engine(at) as playing:
                results = await playing.play([lending(), annex])
                return [(one.verdict.outcome, one.verdict.blame, one.verdict.reason) for one in results]

    made = asyncio.run(main())
    assert (Outcome.PASSED, Blame.NOBODY, "") in made
    broken = next(one for one in made if one[0] is not Outcome.PASSED)
    assert broken[:2] == (Outcome.BROKEN, Blame.ENVIRONMENT)
    assert broken[2].endswith("connected, but the target answered nothing")


def test_a_refused_credential_is_a_notice_and_breaks_who_needs_it() -> None:
    """Cases that need it are broken, blame environment; the others are judged."""
    who = As(("card",))
    member = replace(
        case(Connect("main", "library", who), lend(), lent(1), clauses=(LENT,)),
        id="library/auth/member",
        needs=Needs(("library",), who=(who,)),
    )

    async def main(*cards: str) -> tuple[dict[str, tuple[str, str]], tuple[str, ...]]:
        async with Desk() as desk:
            credentials = tuple(replace(CARD, value=value) for value in cards)
            playing: Engine
            async with engine(target(desk, credentials=credentials)) as playing:
                results = await playing.play([lending(), member])
                notices = (await playing.health()).notices
            return {r.case.id: (str(r.verdict.outcome), r.verdict.reason) for r in results}, notices

    made, notices = asyncio.run(main("wrong"))
    assert made["library/auth/member"] == ("broken", "the target refused the credential reader")
    assert made["library/commands/test"] == ("passed", "")
    assert notices == ("the target refused the credential reader for library",)
    made, notices = asyncio.run(main(CARD.value))
    assert made["library/auth/member"] == ("passed", "")
    assert notices == ()


@pytest.mark.parametrize("times", [2, 1000])
def test_a_target_that_is_busy_refuses_no_credential(times: int) -> None:
    """It is asked again; one that is always busy has said nothing of the credential either."""

    async def main() -> Health:
        async with Desk() as desk:
            desk.answers["enter"] = busy(times, desk.answers["enter"])
            at = target(desk, credentials=(CARD,))
            return await preflight(contract(), at, judge(), around(at))

    found = asyncio.run(main())
    assert (found.notices, found.refused) == ((), ())
    assert found.target.credentials == (CARD,)
