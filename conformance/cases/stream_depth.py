"""Streams beside others: all at once, in one batch, ended in a burst, refused beside, told to several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from conformance.cases.abreast import Abreast, Watched
from conformance.cases.building import MAIN, WITNESS, Script
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander, stream_id
from conformance.cases.facts import PATIENCE_MS
from conformance.cases.filling import further
from conformance.cases.steps import Expect, Send, Silence
from conformance.cases.stimuli import subscribed
from conformance.cases.stream_clocks import clock, near_the_clock
from conformance.cases.streams import data_messages, first, following, of_stream
from conformance.cases.wrong_streams import wrong_commands
from conformance.contract.model import Operation
from conformance.contract.rules import StreamKind, Streams

SECLUDED = 1
"""The value of which hardly another case has a stream: it may go on while nobody has it."""
BUSY = 6
"""Events that a witness gets while another connection has none any more."""


def stream_depth_cases(commander: Commander) -> Iterator[Case]:
    """What streams promise beside each other, of one WebSocket service."""
    streams = commander.service.rules.streams
    if streams is None:
        return
    yield from clock(commander, streams)
    for kind in streams.kinds:
        yield from near_the_clock(commander, streams, kind)
        yield from _lasting(commander, streams, kind)
        yield from _shared(commander, streams, kind)
        yield from _undisturbed(commander, streams, kind)
        if not commander.named_by_target(kind):
            yield from _in_one_batch(commander, streams, kind)
            yield from _in_a_burst(commander, streams, kind)
    if len(streams.kinds) > 1:
        yield from _all(commander, streams)
        if not any(map(commander.named_by_target, streams.kinds)):
            yield from _all_ended(commander, streams)


# -- numbers -----------------------------------------------------------------------------------------


def _lasting(commander: Commander, streams: Streams, kind: StreamKind) -> Iterator[Case]:
    clause = kind.clauses.get("lasting", "")
    if not clause:
        return
    script = commander.script()
    script.claim(clause)
    script.connect()
    subscribed(commander, script, kind, another=SECLUDED)
    script.add(first(streams, kind), following(streams, kind))
    unsubscribe = commander.service.operations[streams.unsubscribe]
    script.answered(script.send(unsubscribe, further(commander.unsubscription(kind), SECLUDED)), unsubscribe)
    subscribed(commander, script, kind, another=SECLUDED)
    # Behind its acknowledgement: more than one event of the stream that was ended may be left over.
    script.add(*(replace(each, ordered=True) for each in (first(streams, kind), following(streams, kind))))
    says = f"Numbers of the {kind.name} stream go on where it is ended and begun again, and never fall."
    yield script.case(Family.STREAMS, f"{kind.name}/lasting", says)


def _shared(commander: Commander, streams: Streams, kind: StreamKind) -> Iterator[Case]:
    clause = kind.clauses.get("shared", "")
    if not clause:
        return
    script = commander.script()
    script.claim(clause)
    script.connect()
    _begin(commander, script, [kind], MAIN)
    script.add(first(streams, kind, MAIN, _own(MAIN, kind)))
    script.connect(WITNESS)
    _begin(commander, script, [kind], WITNESS)
    if kind.snapshot:  # what comes before it, it includes
        script.add(first(streams, kind, WITNESS, _own(WITNESS, kind)))
    script.add(Abreast(WITNESS, MAIN, (_watched(kind, clause, WITNESS, MAIN, same=clause),), times=2,
                       witness_ms=PATIENCE_MS))  # fmt: skip
    says = f"A later subscriber of the {kind.name} stream gets what an earlier one gets, to number and byte."
    yield script.case(Family.STREAMS, f"{kind.name}/shared", says)


# -- beside others -----------------------------------------------------------------------------------


def _undisturbed(commander: Commander, streams: Streams, kind: StreamKind) -> Iterator[Case]:
    clause = kind.clauses.get("undisturbed", "")
    wrong = wrong_commands(commander, streams, kind) if clause else []
    if not wrong:
        return
    script = commander.script()
    script.claim(clause, kind.clauses.get("sequence", ""))
    for session in (WITNESS, MAIN):
        script.connect(session)
        _begin(commander, script, [kind], session)
    script.add(first(streams, kind, MAIN, _own(MAIN, kind)))
    for each in wrong:
        each.put(script)
    script.add(_abreast(kind, clause))
    says = f"The {kind.name} stream goes on, without a gap, beside {len(wrong)} commands that are refused."
    yield script.case(Family.STREAMS, f"{kind.name}/undisturbed", says)


def _in_one_batch(commander: Commander, streams: Streams, kind: StreamKind) -> Iterator[Case]:
    clause = kind.clauses.get("sequence", "")
    if not clause:
        return
    begin, end = (commander.service.operations[each] for each in (streams.subscribe, streams.unsubscribe))
    own = _own(MAIN, kind)
    script = commander.script()
    script.claim(
        *(kind.clauses.get(each, "") for each in ("acknowledged-first", "snapshot-first", "sequence"))
    )
    script.connect(WITNESS)
    _begin(commander, script, [kind], WITNESS)
    script.connect()
    commands = [(begin, commander.subscription(kind)), (end, commander.unsubscription(kind, own))]
    _batch(script, streams, [*commands, *commands, commands[0]], own)
    script.add(first(streams, kind, MAIN, own), _abreast(kind, clause))
    says = f"The {kind.name} stream, begun and ended and begun again in one batch, runs as any other."
    yield script.case(Family.STREAMS, f"{kind.name}/in-one-batch", says)


def _in_a_burst(commander: Commander, streams: Streams, kind: StreamKind) -> Iterator[Case]:
    clause = kind.clauses.get("silent-after-unsubscribe", "")
    others = [each for each in streams.kinds if each is not kind][: len(_held(commander, streams)) - 1]
    if not clause or not others:
        return
    begin, end = (commander.service.operations[each] for each in (streams.subscribe, streams.unsubscribe))
    script = commander.script()
    script.claim(clause)
    script.connect(WITNESS)
    _begin(commander, script, [kind], WITNESS)
    script.connect()
    _begin(commander, script, others[: len(others) // 2], MAIN)
    sent = _sent(script, [(begin, commander.subscription(kind)),
                          *((begin, commander.subscription(each)) for each in others[len(others) // 2 :]),
                          (end, commander.unsubscription(kind, _own(MAIN, kind)))])  # fmt: skip
    for each, index in zip([kind, *others[len(others) // 2 :]], sent, strict=False):
        _begun(script, streams, begin, index, _own(MAIN, each))
    script.answered(sent[-1], end)
    silent = Silence(
        MAIN,
        data_messages(kind),
        clause,
        where=of_stream(streams, kind, _own(MAIN, kind)),
        witness=WITNESS,
        witness_ms=PATIENCE_MS,
        witness_where=of_stream(streams, kind, _own(WITNESS, kind)),
    )
    script.add(silent)
    says = f"Nothing of the {kind.name} stream arrives once it ended in the midst of what others bring."
    yield script.case(Family.STREAMS, f"{kind.name}/silent-in-a-burst", says)


def _all(commander: Commander, streams: Streams) -> Iterator[Case]:
    promised = ("acknowledged-first", "snapshot-first", "sequence")
    kinds = [kind for kind in _held(commander, streams) if "sequence" in kind.clauses]
    if not kinds:
        return
    script = commander.script()
    for kind in kinds:
        script.claim(*(kind.clauses.get(each, "") for each in promised))
    alone = {kind.name: f"{WITNESS}-{kind.name}" for kind in kinds}  # who has one stream is not told less
    for kind in kinds:
        script.connect(alone[kind.name])
        _begin(commander, script, [kind], alone[kind.name])
    script.connect()
    _begin(commander, script, kinds, MAIN)
    script.add(*(first(streams, kind, MAIN, _own(MAIN, kind)) for kind in kinds if kind.snapshot))
    script.add(*(_abreast(kind, kind.clauses["sequence"], alone[kind.name]) for kind in kinds))
    says = f"All {len(kinds)} streams run on one connection, begun at once, each without a gap."
    yield script.case(Family.STREAMS, "all-at-once", says)


def _all_ended(commander: Commander, streams: Streams) -> Iterator[Case]:
    end = commander.service.operations[streams.unsubscribe]
    script = commander.script()
    script.claim(end.clauses.get("reply", ""))
    kinds = _held(commander, streams)
    for kind in kinds:
        script.claim(kind.clauses.get("silent-after-unsubscribe", ""))
    for session in (WITNESS, MAIN):
        script.connect(session)
        _begin(commander, script, kinds, session)
    ends = [(end, commander.unsubscription(kind, _own(MAIN, kind))) for kind in kinds]
    for index in _sent(script, ends):
        script.answered(index, end)
    names = tuple(dict.fromkeys(name for kind in kinds for name in data_messages(kind)))
    script.add(*(Expect(WITNESS, names, "", within_ms=PATIENCE_MS, optional=True) for _ in range(BUSY)))
    commander.probe(script)
    says = f"All {len(kinds)} streams, ended in one batch, are silent where others still get them."
    yield script.case(Family.STREAMS, "all-silent-at-once", says)


# -- several on one connection -----------------------------------------------------------------------


def _held(commander: Commander, streams: Streams) -> tuple[StreamKind, ...]:
    """The kinds of which one connection may have a stream each."""
    return streams.kinds[: commander.service.rules.limits.get("streams", len(streams.kinds))]


def _own(session: str, kind: StreamKind) -> str:
    """Under this name the id of a session's stream is saved, where the session has several."""
    return f"{session}.{kind.name}"


def _begin(commander: Commander, script: Script, kinds: Iterable[StreamKind], session: str) -> None:
    """Subscribe to all of these in one batch."""
    streams = commander.service.rules.streams
    assert streams is not None
    begin = commander.service.operations[streams.subscribe]
    kinds = list(kinds)
    sent = _sent(script, [(begin, commander.subscription(kind)) for kind in kinds], session)
    for kind, index in zip(kinds, sent, strict=True):
        _begun(script, streams, begin, index, _own(session, kind))


def _begun(script: Script, streams: Streams, begin: Operation, index: int, own: str) -> None:
    script.answered(index, begin, save={stream_id(own): streams.id.of(streams.acknowledged)})


def _batch(script: Script, streams: Streams, commands: Sequence[tuple[Operation, object]], own: str) -> None:
    """Begin and end one stream, again and again, without waiting for a reply."""
    for (operation, _), index in zip(commands, _sent(script, commands), strict=True):
        if operation.name == streams.subscribe:
            _begun(script, streams, operation, index, own)
        else:
            script.answered(index, operation)


def _sent(script: Script, commands: Sequence[tuple[Operation, object]], session: str = MAIN) -> list[int]:
    """All of them sent together."""
    sent = [script.send(operation, payload, session=session) for operation, payload in commands]
    for index in sent[:-1]:
        step = script.steps[index]
        assert isinstance(step, Send)
        script.steps[index] = replace(step, more=True)
    return sent


def _watched(kind: StreamKind, clause: str, session: str, witness: str, same: str = "") -> Watched:
    own, other = (stream_id(_own(each, kind)) for each in (session, witness))
    return Watched(kind.name, data_messages(kind), clause, own, other, kind.snapshot, same)


def _abreast(kind: StreamKind, clause: str, witness: str = WITNESS) -> Abreast:
    """What the witness gets comes to the main connection too."""
    return Abreast(MAIN, witness, (_watched(kind, clause, MAIN, witness),), witness_ms=PATIENCE_MS)
