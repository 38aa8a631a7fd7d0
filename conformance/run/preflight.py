"""Before the first case: is each address there at all, and are the user's credentials taken?

A closed port is one sentence, not five hundred red cases.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from conformance.cases.case import Case, Family, Needs
from conformance.cases.filling import sourced_names
from conformance.cases.opening import unopenable
from conformance.cases.reading import Reader, Seen, refuses
from conformance.cases.steps import As, Connect, Expect, Request, Send, Step
from conformance.cases.target import Credentials, Target
from conformance.contract import Contract, Level, Protocol, Provenance, Service
from conformance.conversation import Around, Conversation, Unavailable
from conformance.transcript import Transcript
from conformance.verdict import Blame, Judge, Outcome, Verdict
from conformance.verdict.rest import DENIED, SWITCHING, carried_by


@dataclass(frozen=True, slots=True)
class Health:
    """What the preflight found: services that are not there (why), and the target as far as it is usable.

    ``notices`` are sentences for the user, such as a refused credential. ``services`` are the contract's.
    """

    target: Target
    down: Mapping[str, str]
    notices: tuple[str, ...] = ()
    refused: tuple[Credentials, ...] = ()
    services: Mapping[str, Service] = field(default_factory=lambda: MappingProxyType({}))

    def verdict(self, case: Case) -> Verdict | None:
        """The verdict on a case that cannot be put to this target, or None."""
        for service in case.needs.services:
            if service in self.down:
                return Verdict(case.id, Outcome.BROKEN, Blame.ENVIRONMENT, self.down[service])
        for service, alias in case.needs.aliases:
            if why := self.down.get(place(service, alias)):
                return Verdict(case.id, Outcome.BROKEN, Blame.ENVIRONMENT, why)
        accounts = {one.account for one in self.target.credentials}
        for who in case.needs.who:
            lacking = self.target.credential(who.schemes, who.has, who.lacks) is None
            for one in self.refused:
                other = who.other_account and len(accounts) < 2 and one.account not in accounts
                if one.scheme in who.schemes and (lacking or other):
                    return _refused(case, one)
        before = replace(self.target, credentials=(*self.target.credentials, *self.refused))
        for step in case.steps if self.refused else ():
            if unopenable(step, self.services, self.target) and not unopenable(step, self.services, before):
                return _refused(case, self.refused[0])
        return None


def _refused(case: Case, one: Credentials) -> Verdict:
    reason = f"the target refused the credential {one.label or one.scheme}"
    return Verdict(case.id, Outcome.BROKEN, Blame.ENVIRONMENT, reason)


def _case(name: str, service: Service, steps: tuple[Step, ...]) -> Case:
    return Case(
        id=f"preflight/{name}",
        family=Family.TRANSPORT,
        service=service.name,
        says="Is the target there?",
        clauses=(),
        level=Level.MUST,
        provenance=Provenance.ASSUMED,
        steps=steps,
        needs=Needs(services=(service.name,)),
    )


async def preflight(contract: Contract, target: Target, judge: Judge, around: Around) -> Health:
    """Connects to each address once, and tries each credential once."""
    around = replace(around, value=_unasked)
    down: dict[str, str] = {}
    services = [contract.services[name] for name in target.addresses if name in contract.services]
    carried, turned_away = await _carried(services, around)
    target = replace(target, credentials=carried)
    around = replace(around, target=target)
    reasons = await asyncio.gather(*(_reach(service, judge, around) for service in services))
    down.update({service.name: reason for service, reason in zip(services, reasons, strict=True) if reason})
    down.update(await _unreached(services, around))
    usable, notices, refused = await _credentials(contract, target, around, down)
    told = tuple(f"the target refused the credential {one.label or one.scheme}" for one in turned_away)
    usable_target = replace(target, credentials=usable)
    return Health(usable_target, down, told + notices, turned_away + refused, contract.services)


async def _carried(
    services: Sequence[Service], around: Around
) -> tuple[tuple[Credentials, ...], tuple[Credentials, ...]]:
    """The user's credentials but those that a request carried in vain, and these."""
    good: list[Credentials] = []
    bad: list[Credentials] = []
    for one in around.target.credentials:
        at = next((each for each in services if one.scheme in each.handshakes), None)
        taken = at is None or await _is_taken(one, at, around)
        (good if taken else bad).append(one)
    return tuple(good), tuple(bad)


async def _is_taken(one: Credentials, service: Service, around: Around) -> bool:
    """Whether a request that carries a credential is not refused for that: tried once."""
    others = tuple(each for each in around.target.credentials if each.scheme != one.scheme)
    alone = replace(around, target=replace(around.target, credentials=(one, *others)))
    steps: tuple[Step, ...] = (Connect("main", service.name, As((one.scheme,))),)
    if service.protocol is Protocol.HTTP:
        asking = (each for each in service.http if one.scheme in each.schemes and "{" not in each.path)
        operation = next((each for each in asking if each.method.upper() in ("GET", "HEAD")), None)
        if operation is None:
            return True
        method = operation.method.upper()
        steps = (Request(service.name, method, operation.path, clause="", operation=operation.name),)
    transcript = await Conversation(
        _case(f"credential-{one.label or one.scheme}", service, steps), alone
    ).play()
    statuses = [mark.data.get("status") for mark in transcript.marks("refused")]
    statuses += [exchange.status for exchange in transcript.exchanges()]
    told = {*DENIED, service.handshakes[one.scheme].refusal}
    return not told & set(statuses)


async def _unasked(name: str) -> object:
    raise Unavailable(f"{name} is not asked for before the target is known to be there")


PAUSES_S = (0.1, 0.4, 1.6, 0.0)
"""A target that was too busy to look at a credential is asked again."""

GARBAGE = b"\xc1"
"""What no encoding begins with: a target that speaks at all says that it does not understand."""


ENDED_BY_US = ("violation", "oversize", "flooded")


async def _reach(service: Service, judge: Judge, around: Around) -> str:
    """Why a service cannot be judged, or ''."""
    address = around.target.addresses[service.name]
    steps: tuple[Step, ...]
    if service.protocol is Protocol.HTTP:
        path = service.http[0].path if service.http else "/"
        steps = (Request(service.name, "GET", path, clause="", within_ms=3000),)
    else:
        steps = (Connect("main", service.name),)
        harmless = around.probing.probe(service)
        if harmless is not None and not sourced_names(harmless[1]):
            operation, payload = harmless
            steps += (
                Send("main", operation.name, payload),
                Expect("main", operation.replies, clause="", reply_to=1, within_ms=3000),
            )
    if unopenable(steps[0], around.contract.services, around.target):
        return ""  # nothing is dialled: each case says why
    transcript = await Conversation(_case(service.name, service, steps), around).play()
    if any(True for _ in transcript.marks("expired")):
        # It left one command unanswered; whether it answers anything is another question.
        garbage: tuple[Step, ...] = (
            Connect("main", service.name),
            Send("main", raw=GARBAGE),
            Expect("main", (), clause="", within_ms=1000),
        )
        again = await Conversation(_case(service.name, service, garbage), around).play()
        if any(mark.step == len(garbage) - 1 for mark in again.marks("satisfied")):
            return ""
    if misbehaved(transcript):
        return ""  # it is there: what it does is for the cases to judge
    for kind in ("failed", "refused"):
        for mark in transcript.marks(kind):
            who = carried_by(transcript, "main") if mark.data.get("status") in DENIED else ()
            if who:
                told = f"the target refused the credential {' and '.join(who)}"
                return f"{service.name} at {address}: {told} (HTTP {mark.data.get('status')})"
            reason = str(
                mark.data.get("reason")
                or f"answered HTTP {mark.data.get('status')} instead of a WebSocket upgrade"
            )
            return f"{service.name} at {address}: {reason}"
    for exchange in transcript.exchanges():
        if exchange.failure and not exchange.status:
            return f"{service.name} at {address}: {exchange.failure}"
    if any(True for kind in ("expired", "unplayable") for _ in transcript.marks(kind)):
        for mark in transcript.marks("closed"):
            if mark.data.get("by") != "us":
                return f"{service.name} at {address}: closed at once with {mark.data.get('code')}"
        heard = (frame.opcode for frame in transcript.frames() if frame.direction == "received")
        if {"text", "binary"} & set(heard):
            return ""  # it speaks: what it says is for the cases to judge
        return f"{service.name} at {address}: connected, but the target answered nothing"
    return ""


def place(service: str, alias: int) -> str:
    """What an other address of a service is called among those that are down."""
    return f"{service}/{alias}"


async def _unreached(services: Sequence[Service], around: Around) -> dict[str, str]:
    """The aliases to which no connection can be had, and why; what one answers is for the cases to judge."""
    down: dict[str, str] = {}
    for service in services:
        for alias, address in enumerate(around.target.aliases.get(service.name, {}).values(), 1):
            step = Connect("main", service.name, alias=alias)
            if unopenable(step, around.contract.services, around.target):
                continue
            transcript = await Conversation(_case(f"{service.name}-{alias}", service, (step,)), around).play()
            for mark in transcript.marks("failed"):
                if mark.data.get("status") != SWITCHING:
                    down[place(service.name, alias)] = (
                        f"{service.name} at {address}: {mark.data.get('reason')}"
                    )
    return down


def misbehaved(transcript: Transcript) -> bool:
    """Whether somebody speaks there, and so that we could not go on listening."""
    wrong = any(mark.data.get("status") == SWITCHING for mark in transcript.marks("failed"))
    return wrong or any(True for kind in ENDED_BY_US for _ in transcript.marks(kind))


def _last(service: Service, transcript: Transcript) -> Seen | None:
    """The message that came last."""
    heard = [
        frame
        for frame in transcript.frames()
        if frame.direction == "received" and frame.opcode in ("text", "binary")
    ]
    return Reader(service).read(0, heard[-1].at, heard[-1].opcode, heard[-1].data) if heard else None


def answered_otherwise(service: Service, transcript: Transcript) -> bool:
    """Whether what came last is no refusal of what was asked, where the service says how it refuses."""
    last, refusals = _last(service, transcript), service.rules.refusals
    if last is None or refusals is None:
        return False
    return refusals.message not in last.names or refuses(service, last, "busy")


async def _credentials(
    contract: Contract, target: Target, around: Around, down: Mapping[str, str]
) -> tuple[tuple[Credentials, ...], tuple[str, ...], tuple[Credentials, ...]]:
    usable: list[Credentials] = []
    notices: list[str] = []
    refused: list[Credentials] = []
    for one in target.credentials:
        service = next(
            (
                contract.services[name]
                for name in target.addresses
                if name in contract.services and one.scheme in contract.services[name].credentials
            ),
            None,
        )
        if service is None or service.name in down or target.embedded:
            usable.append(one)
            continue
        scheme = service.credentials[one.scheme]
        steps: tuple[Step, ...] = (Connect("main", service.name, As((one.scheme,))),)
        others = tuple(each for each in target.credentials if each.scheme != one.scheme)
        alone = replace(around, target=replace(target, credentials=(one, *others)))
        for pause in PAUSES_S:
            conversation = Conversation(_case(f"credential-{one.label or one.scheme}", service, steps), alone)
            transcript = await conversation.play()
            last = _last(service, transcript)
            if last is None or not refuses(service, last, "busy"):
                break
            await asyncio.sleep(pause)
        granted = conversation.saved.get("permissions")
        if conversation.stopped and (misbehaved(transcript) or answered_otherwise(service, transcript)):
            usable.append(one)  # that is no refusal: the cases judge what it is
        elif conversation.stopped:
            notices.append(f"the target refused the credential {one.label or one.scheme} for {service.name}")
            refused.append(one)
        elif not one.permissions and scheme.permissions and isinstance(granted, list):
            usable.append(replace(one, permissions=frozenset(str(each) for each in granted)))
        else:
            usable.append(one)
    return tuple(usable), tuple(notices), tuple(refused)
