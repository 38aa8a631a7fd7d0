"""The foreign hub with derived faults, live: its cases catch them, as those of the packaged documents do."""

from __future__ import annotations

import asyncio
from functools import cache

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from conformance.cases.catalogue import Catalogue, catalogue
from conformance.cases.target import Credentials, Target
from conformance.faults import Fault
from conformance.faults.fault import Derived
from conformance.proof.record import FaultLine
from conformance.proof.trial import told
from conformance.run import Engine
from tests.faults.stage import behaviour
from tests.faults.test_foreign import NAME, Texts, harbour, made
from tests.foreign.harbour import TOKEN, Hub, Line

AT_ONCE = 8
EVERY = 5
OPEN = {
    # A refused credential is the environment's: whoever gave it has to look.
    f"{NAME}/signIn/is-always-refused",
    # What is not heard for its bytes is a credential's fate unknown.
    f"{NAME}/signIn/is-never-answered",
    # Two messages answer one operation: what is like neither may be meant as either.
    *(f"{NAME}/tides/as-{kind}" for kind in ("array", "str", "nil")),
}
"""Faults that nobody can pin on their clause, each with its reason."""


class FaultyLine(Line):
    """A connection whose messages pass a fault on their way in and out."""

    def __init__(self, socket: ServerConnection, hub: Hub, fault: Derived) -> None:
        super().__init__(socket, hub)
        self.fault = fault

    async def say(self, value: object) -> None:
        for frame in self.fault.outgoing(NAME, value):
            await asyncio.sleep(frame.delay_secs)
            await self.socket.send(frame.payload, text=frame.is_text)

    async def hear(self, data: str | bytes) -> None:
        payload = data.encode() if isinstance(data, str) else data
        payload, is_text = self.fault.incoming(NAME, payload, isinstance(data, str))
        await super().hear(payload.decode() if is_text else payload)


class FaultyHub(Hub):
    """A hub all of whose connections have a fault."""

    def __init__(self, fault: Derived) -> None:
        super().__init__()
        self.derived = fault

    async def _line(self, socket: ServerConnection) -> None:
        line = FaultyLine(socket, self, self.derived)
        try:
            async for data in socket:
                await line.hear(data)
        except ConnectionClosed:
            pass
        finally:
            for task in line.feeds.values():
                task.cancel()


@cache
def whole() -> Catalogue:
    return catalogue(harbour())


async def trial(fault: Fault) -> FaultLine:
    """The cases that claim what a fault breaks, put to a hub that has it."""
    derived = behaviour(fault, Texts)
    async with FaultyHub(derived) as hub:
        target = Target("pier", {NAME: f"ws://{hub.place}"}, credentials=(Credentials("token", TOKEN),))
        cases = [case for case in whole().cases if set(case.clauses) & set(fault.clauses)]
        async with Engine(harbour(), whole(), target) as engine:
            results = await engine.play(cases)
    return told(fault, results, derived.applied, 0.0)


def test_derived_faults_are_caught_by_the_cases_of_their_document() -> None:
    """Every fifth of them: a case that claims the clause names it first, and nothing else turns red."""
    found = [each for each in made().values() if each.name.startswith(f"{NAME}/") and each.name not in OPEN]
    assert len(found) > 400
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(fault: Fault) -> FaultLine:
        async with turns:
            return await trial(fault)

    async def main() -> list[FaultLine]:
        return list(await asyncio.gather(*(one(fault) for fault in found[::EVERY])))

    lines = asyncio.run(main())
    assert [(line.name, line.outcome, line.also_red, line.inconclusive) for line in lines
            if line.outcome != "caught"] == []  # fmt: skip


def test_nonsense_in_answer_to_a_credential_is_no_refusal() -> None:
    """The target's broken promise, and not the fault of whoever gave the credential."""
    line = asyncio.run(trial(made()[f"{NAME}/signedIn/missing-kind"]))
    assert line.outcome == "caught"
    line = asyncio.run(trial(made()[f"{NAME}/signIn/is-always-refused"]))
    assert line.outcome == "inconclusive"
    assert {each.reason for each in line.inconclusive} == {"the target refused the credential token"}
