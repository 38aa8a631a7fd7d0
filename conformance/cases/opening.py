"""What a session is opened with: the credentials and the values that a target has for it, or why it has none.

Pure: what only the target itself can tell is asked for by name (``asked``) and put in when it is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.cases.carrying import Unopenable, wrong
from conformance.cases.composing import Making, Opening, held_for
from conformance.cases.steps import Connect, Door, Generate, Request
from conformance.cases.target import Credentials, Target
from conformance.contract import NOBODY, Carried, Service


def asked(service: Service, target: Target, services: Mapping[str, Service]) -> tuple[str, ...]:
    """The run-wide values that an opening of this service needs from another service.

    Raises ``Unopenable`` where that one would have to be asked for a value before it can be opened, too: the
    asking would never end.
    """
    names: dict[str, None] = {}
    for each in _sourced(service, target):
        names[each.source] = None
        for other in services.values():
            gives = any(each.source in source.values for source in other.rules.sources)
            if gives and _sourced(other, target):
                what = f"the {each.place.phrase} {each.name} of {service.name}"
                told = (
                    f"{what} comes from {other.name}, which is not opened without a value of this kind either"
                )
                raise Unopenable(f"{told}: give --value {each.name}=…")
    return tuple(names)


def _sourced(service: Service, target: Target) -> list[Carried]:
    return [
        each
        for each in service.carried
        if each.source
        and each.required
        and each.name not in target.values
        and not held_for(service, each, target)
    ]


def opening(
    service: Service,
    target: Target,
    *,
    who: Credentials | None = None,
    door: Door | None = None,
    path: str = "",
    values: Mapping[str, object] | None = None,
) -> Opening:
    """What opens a session: as ``who`` when that one is carried, else as the target asks of everybody.

    ``values`` are those of ``asked``; without them each is taken to be there. Raises ``Unopenable``.
    """
    made = Making(service, target, values)
    made.path(path)
    for credentials in _holders(service, target, who, door):
        made.credential(credentials)
    for each in (*service.carried, *target.carried.get(service.name, ())):
        made.value(each)
    return made.opening()


def requesting(service: Service, target: Target, step: Request | Generate) -> Opening:
    """What an HTTP request carries: a credential for what it asks. Raises ``Unopenable``."""
    made = Making(service, target, None)
    schemes = _schemes_of(service, step)
    if schemes:
        for credentials in _alternative(service, target, schemes, step.service):
            made.credential(credentials)
    return made.opening()


def unopenable(step: object, services: Mapping[str, Service], target: Target) -> str:
    """Why a step cannot be put to the target for want of a credential or a value; '' when it can."""
    try:
        match step:
            case Connect(service=name, who=who, door=door, path=path) if name in services:
                service = services[name]
                held = target.credential(who.schemes, who.has, who.lacks) if who is not None else None
                asked(service, target, services)
                opening(service, target, who=held, door=door, path=path)
            case Request(service=name) | Generate(service=name) if name in services:
                requesting(services[name], target, step)
            case _:
                pass
    except Unopenable as why:
        return why.reason
    return ""


def _holders(
    service: Service, target: Target, who: Credentials | None, door: Door | None
) -> Iterator[Credentials]:
    """The credentials that an opening carries."""
    if door is not None and not door.wrong:
        if target.security.get(service.name) and not door.refusal and not _open_to_all(service, target):
            raise Unopenable(f"{service.name} opens no session without a credential at this address")
        return
    if door is not None:
        yield Credentials(door.wrong, wrong(service.handshakes[door.wrong]))
        yield from _others(service, target, door.wrong)
        return
    if who is not None and who.scheme in service.handshakes:
        yield who
        yield from _others(service, target, who.scheme)
        return
    yield from _alternative(service, target, target.security.get(service.name, ()), service.name)


def _open_to_all(service: Service, target: Target) -> bool:
    return NOBODY in target.security.get(service.name, ())


def _others(service: Service, target: Target, scheme: str) -> Iterator[Credentials]:
    """The credentials that have to go together with one of this scheme."""
    for name in service.handshakes[scheme].together:
        held = target.credential((name,))
        if held is None:
            raise Unopenable(_lacking(service, (name,), f"{scheme} needs {name} with it: "))
        yield held


def _alternative(
    service: Service, target: Target, schemes: tuple[str, ...], name: str
) -> Iterator[Credentials]:
    """The first alternative that the target's user has all credentials for."""
    for scheme in schemes:
        known = service.handshakes.get(scheme)
        held = target.credential((scheme,))
        if known is None or held is None or known.impossible:
            continue
        if all(target.credential((each,)) is not None for each in known.together):
            yield held
            yield from _others(service, target, scheme)
            return
    if schemes and NOBODY not in schemes:
        raise Unopenable(_lacking(service, schemes, f"{name} asks for "))


def _lacking(service: Service, schemes: tuple[str, ...], before: str) -> str:
    known = [service.handshakes[name] for name in schemes if name in service.handshakes]
    usable = [
        " and ".join((each.scheme, *each.together))
        for each in known
        if not any(service.handshakes[name].impossible for name in (each.scheme, *each.together))
    ]
    if not usable:
        why = next((each.impossible for each in known), "the documents do not say what it is")
        return f"{before}a credential for {' or '.join(schemes)}: {why}"
    first = usable[0].partition(" and ")[0]
    hint = f"give --credential {first}=env:VARIABLE"
    return f"{before}a credential for {' or '.join(usable)}: {hint}"


def _schemes_of(service: Service, step: Request | Generate) -> tuple[str, ...]:
    """What a request has to carry: what its operation asks for; elsewhere, what every operation does."""
    for each in service.http:
        if each.name == step.operation or (not step.operation and each.path == step.path.partition("?")[0]):
            return each.schemes
    first = service.http[0].schemes if service.http else ()
    return first if all(each.schemes for each in service.http) else ()
