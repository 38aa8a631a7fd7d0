"""Playing crowds: many sessions subscribe to one stream, are listened to, and compared."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict

from conformance.cases.composing import Opening as Carried
from conformance.cases.filling import sourced_names
from conformance.cases.reading import Reader
from conformance.cases.steps import Compare, Connect, Gather
from conformance.conversation.around import LATE_MS
from conformance.conversation.chorus import MOST_EVENTS, Chorus, Part, Told
from conformance.conversation.commands import chosen, openings
from conformance.conversation.floor import MS, Floor, Stop
from conformance.conversation.follower import Follower
from conformance.conversation.gathered import Crowd
from conformance.conversation.listening import Judging, Listening
from conformance.session import Session
from conformance.session.websocket import MAX_MESSAGE
from conformance.transcript import Direction

AT_ONCE = 16
"""Sessions that are opened at the same time."""
AGAIN_S = 0.5
"""How long the witness waits before it begins the stream again."""
HELD = 64 * 1024 * 1024
SMALLEST = 256 * 1024
"""Bytes of messages that are not whole yet, of all sessions together; of each at least so many."""
BUDGET = 32 * 1024 * 1024
BUDGET_EACH = 128 * 1024
"""Bytes that a crowd may be sent, and so many more for each of it: then it is cut off."""
CHECKPOINTS = 4
LONGEST_ID = 200


class Opening:
    """How each session of a crowd is opened, and what it says."""

    def __init__(self, floor: Floor, step: Gather, crowd: Crowd, ears: Callable[[], Judging]) -> None:
        self.floor = floor
        self.step = step
        self.crowd = crowd
        self.codec = Reader(floor.around.contract.services[step.service]).codec_for(step.operation)
        self.begin = self.end = b""
        self._ears = ears
        self._carried: Carried | None = None

    async def prepare(self, index: int) -> None:
        """Asks for all that is needed; the conversation ends here where something is missing."""
        floor, step = self.floor, self.step
        floor.ledger.services[step.session] = floor.around.contract.services[step.service]
        who = chosen(floor, step.session, index, step.who) if step.who is not None else None
        self._carried = await openings(floor, index, Connect(step.session, step.service, step.who), who)
        self.begin = await self._command(index, step.operation, step.command)
        if step.end is not None:
            self.end = await self._command(index, "", step.end)

    async def _command(self, index: int, operation: str, payload: object) -> bytes:
        floor = self.floor
        await floor.resolve(sourced_names(payload))
        filled = floor.filler.fill(payload, floor.ledger.saved)
        return self.codec.encode(await floor.admitted(index, self.step.session, operation, filled))

    async def session(self, name: str) -> Session:
        """Opens the session of that name; what it is told is listened to."""
        around, crowd, carried = self.floor.around, self.crowd, self._carried
        assert carried is not None
        listening = crowd.listening

        def stop() -> None:
            listening.recorder.flood(name)

        witness = name == self.step.witness
        follower = Follower(self._ears(), crowd.chorus, name, witness=witness, stop=stop)
        listening.lives[name] = crowd.followers[name] = follower
        if not witness:
            crowd.chorus.parts.append(follower.part)
        url = around.target.addresses[self.step.service].rstrip("/") + carried.path
        return await listening.open(
            name,
            url,
            headers=carried.headers,
            query=carried.query,
            subprotocols=carried.subprotocols,
            ssl=around.ssl if url.startswith("wss") else None,
            timeout_s=around.connect_timeout_s,
            max_size=min(MAX_MESSAGE, max(SMALLEST, HELD // self.step.count)),
        )

    async def join(self, number: int) -> None:
        """Opens one session, and begins the stream on it."""
        session = await self.session(f"{self.step.session}-{number}")
        if session.is_open:
            await session.send(self.begin, opcode=self.codec.opcode)

    async def witness(self) -> None:
        """Begins and ends the stream over and over: each snapshot tells how far it has come."""
        crowd, floor = self.crowd, self.floor
        session = await self.session(self.step.witness)
        follower = crowd.followers[self.step.witness]
        while session.is_open and not crowd.missed_ms:
            begun = floor.recorder.now()
            await session.send(self.begin, opcode=self.codec.opcode)

            def told(since: int = begun) -> bool:
                return follower.witnessed_at > since or not session.is_open

            if not await crowd.wait(told, floor.until(begun, self.step.snapshot_ms, LATE_MS)):
                crowd.missed_ms = (floor.recorder.now() - begun) / 1e6
            await session.send(self.end, opcode=self.codec.opcode)
            await asyncio.sleep(AGAIN_S)


async def gather(floor: Floor, index: int, step: Gather) -> None:
    """Opens the sessions and begins the stream on each; unless each is acknowledged it ends here."""
    service = floor.around.contract.services[step.service]
    streams = service.rules.streams
    kind = next((each for each in streams.kinds if each.name == step.kind), None) if streams else None
    if kind is None or floor.around.ears is None:
        floor.recorder.mark("skipped", step.session, index, reason="nobody is there to judge what comes")
        raise Stop
    ears = floor.around.ears(step.service, tuple(kind.clauses.values()))
    chorus = Chorus(service, kind, BUDGET + BUDGET_EACH * step.count)
    listening = Listening(floor.recorder.case, lambda: Follower(ears(), chorus), behind=floor.recorder)
    crowd = Crowd(step, floor.recorder.now(), chorus, listening)
    floor.crowds[step.session] = crowd
    opening = Opening(floor, step, crowd, ears)
    await opening.prepare(index)
    for first in range(1, step.count + 1, AT_ONCE):
        some = range(first, min(first + AT_ONCE, step.count + 1))
        await asyncio.gather(*(opening.join(number) for number in some))
        if not all(floor.connected(f"{step.session}-{number}") for number in some):
            raise Stop
    if step.end is not None:
        crowd.witness = asyncio.create_task(opening.witness())
    until = floor.until(floor.recorder.now(), step.within_ms, LATE_MS)
    there = await crowd.wait(lambda: chorus.acknowledged == step.count, until)
    if not there:
        _facts(floor, crowd, index, None)
    _over(floor, crowd, index, there)
    if not there:
        raise Stop


async def compare(floor: Floor, index: int, step: Compare) -> None:
    """Listens until there is enough to compare, and until each has come as far as the first."""
    crowd = floor.crowds[step.session]
    chorus = crowd.chorus
    floor.around.settle()

    def enough() -> bool:
        return all(part.events >= step.events or part.deviates for part in chorus.parts)

    await crowd.wait(enough, floor.recorder.now() + step.for_ms * MS)
    most = chorus.most

    def there() -> bool:
        return most is None or all(part.ahead(most) for part in chorus.parts)

    begun = floor.recorder.now()
    caught_up = await crowd.wait(there, floor.until(begun, step.spread_ms, LATE_MS))
    crowd.waited_ms = (floor.recorder.now() - begun) / 1e6
    _facts(floor, crowd, index, most)
    _over(floor, crowd, index, caught_up)
    await crowd.end()


def _over(floor: Floor, crowd: Crowd, index: int, satisfied: bool) -> None:
    """Marks how a waiting ended, and by how much our own loop lagged while the crowd was there."""
    lag = round(floor.around.lag(crowd.begun), 1)
    floor.recorder.mark("satisfied" if satisfied else "expired", crowd.step.session, index, lag_ms=lag)


def _facts(floor: Floor, crowd: Crowd, index: int, most: int | None) -> None:
    """Marks what each was told, with the messages that show what deviates."""
    chorus, mark = crowd.chorus, floor.recorder.mark
    _findings(floor, crowd, index)
    for each in chorus.deviations:
        if each.others is not None:
            _shown(floor, each.other, each.others)
        _shown(floor, each.name, each.told)
        mark(
            "deviates", each.name, index, number=each.number, other=each.other, shown=each.others is not None
        )
    begun = [part for part in chorus.parts if part.base is not None]
    since = max((part.base or 0 for part in begun), default=0) + 1
    until = min((part.last for part in begun if not part.astray), default=since)
    checkpoints = _checkpoints(since, min(until, since + MOST_EVENTS))
    for part in chorus.parts:
        mark(
            "followed",
            part.name,
            index,
            stream=part.stream[:LONGEST_ID] if isinstance(part.stream, str) else part.stream,
            acknowledged=bool(part.acknowledged_at),
            base=part.base,
            last=part.last,
            events=part.events,
            digests=list(part.chain(checkpoints, since)) if part.base is not None else [],
            deviates=part.deviates,
            later_ms=round(part.later_ms, 1),
            latest=part.latest,
            messages=crowd.followers[part.name].judged,
        )
    for name in _telling(chorus.parts, most):
        for told in crowd.followers[name].last:
            _shown(floor, name, told)
    ears = [follower.ear for follower in crowd.listening.lives.values()]
    mark(
        "compared",
        crowd.step.session,
        index,
        since=since,
        most=most,
        exercised=sorted(set().union(*(ear.exercised for ear in ears))),
        overrun=any(ear.overrun for ear in ears),
        missed_ms=round(crowd.missed_ms, 1),
        waited_ms=round(crowd.waited_ms, 1),
        **asdict(crowd.listening.tally()),
    )


def _findings(floor: Floor, crowd: Crowd, index: int) -> None:
    """Marks the first finding on each clause behind the message that shows it, and how many there were."""
    counts: dict[str, int] = {}
    for follower in crowd.listening.lives.values():
        for clause, count in follower.ear.broken.items():
            counts[clause] = counts.get(clause, 0) + count
    for clause, (name, finding, told) in crowd.chorus.findings.items():
        _shown(floor, name, told)
        floor.recorder.mark("told", name, index, times=counts.get(clause, 1), finding=asdict(finding))


def _shown(floor: Floor, name: str, told: Told) -> None:
    """Keeps a message in the transcript, stamped with the moment at which it came."""
    floor.recorder.frame(name, Direction.RECEIVED, told.opcode, told.data, told.at)


def _checkpoints(since: int, until: int) -> list[int]:
    """Numbers at which the digests of all are compared, the last one among them."""
    if until < since:
        return []
    step = max(1, -(-(until - since + 1) // CHECKPOINTS))
    return [*range(until, since - 1, -step)][::-1]


def _telling(parts: Sequence[Part], most: int | None) -> list[str]:
    """Whose last messages are kept: the first one's, and those of the first who is not where it should be."""
    odd = [
        part.name
        for part in parts
        if part.deviates or not part.acknowledged_at or (most is not None and not part.ahead(most))
    ]
    return list(dict.fromkeys([*(part.name for part in parts[:1]), *odd[:1]]))
