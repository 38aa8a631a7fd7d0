"""What a session is opened with: the credentials and the values that a target has for it, or why it has none.

Pure: what only the target itself can tell is asked for by name (``asked``) and put in when it is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from conformance.cases.carrying import TOKEN, Unopenable, check, spoken, wrong
from conformance.cases.steps import Connect, Door, Generate, Request
from conformance.cases.target import Credentials, Target
from conformance.contract import NOBODY, Carried, Place, Service
from conformance.contract.handshake import as_text

Pair = tuple[str, str]

SUBPROTOCOL = "sec-websocket-protocol"
HOLE = re.compile(r"\{([^{}]+)\}")
# What a parameter may hold as it is, in a path and in a query (RFC 3986, 3.3 and 3.4): a blank may be a "+".
PLAIN = "-._~!$'()*,;:@"


@dataclass(frozen=True, slots=True)
class Opening:
    """What a request carries. ``credentials`` are those of the user's that are among it.

    ``path`` is the address with its parameters, ``names`` says what is carried and nothing of its values.
    """

    path: str = "/"
    headers: tuple[Pair, ...] = field(default=(), repr=False)
    query: tuple[Pair, ...] = field(default=(), repr=False)
    subprotocols: tuple[str, ...] = ()
    credentials: tuple[Credentials, ...] = ()
    names: tuple[str, ...] = ()


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
        and not _held(service, each, target)
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
    made = _Making(service, target, values)
    made.path(path)
    for credentials in _holders(service, target, who, door):
        made.credential(credentials)
    for each in service.carried:
        made.value(each)
    return made.opening()


def requesting(service: Service, target: Target, step: Request | Generate) -> Opening:
    """What an HTTP request carries: a credential for what it asks. Raises ``Unopenable``."""
    made = _Making(service, target, None)
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


def _held(service: Service, each: Carried, target: Target) -> Credentials | None:
    """The secret that the user gave for a value, by its name."""
    scheme = each.name in service.credentials or each.name in service.handshakes
    return None if scheme else target.credential((each.name,))


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


class _Making:
    """An opening in the making."""

    def __init__(self, service: Service, target: Target, values: Mapping[str, object] | None) -> None:
        self._service, self._target, self._values = service, target, values
        self._path = "/"
        self._found: dict[tuple[Place, str], Pair] = {}
        self._credentials: list[Credentials] = []

    def path(self, stated: str) -> None:
        """The address, its parameters at the user's values, else at those that the document knows."""
        service = self._service
        usual = stated in ("", service.address)
        template = (service.template or service.address) if usual else stated

        def change(hole: re.Match[str]) -> str:
            given = as_text(self._target.values.get(hole[1])) or service.parameters.get(hole[1])
            if not given:
                where = f"the address {template} of {service.name}"
                raise Unopenable(f"{where} has no value for {hole[1]}: give --value {hole[1]}=…")
            return quote(given, safe=PLAIN)

        self._path = HOLE.sub(change, template)

    def credential(self, credentials: Credentials) -> None:
        """Carries a credential where its scheme says."""
        known = self._service.handshakes[credentials.scheme]
        try:
            self._put(known.place, known.name, spoken(known, credentials.value))
        except Unopenable as why:
            raise Unopenable(f"no credential for {known.scheme} can be carried: {why}") from None
        self._credentials.append(credentials)

    def value(self, each: Carried) -> None:
        """Carries a value that the document asks for; one that it need not have only when it is given."""
        if self._key(each.place, each.name) in self._found:
            return  # a credential stands there
        what = f"the {each.place.phrase} {each.name} of {self._service.name}"
        text = self._text(each, what)
        if text is None:
            return
        try:
            check(each.place, each.name, text)
        except Unopenable as why:
            raise Unopenable(f"{what} cannot be sent: {why}") from None
        self._put(each.place, each.name, text)

    def _text(self, each: Carried, what: str) -> str | None:
        held = _held(self._service, each, self._target)
        if held is not None:
            self._credentials.append(held)
            return held.value
        if each.name in self._target.values:
            given = self._target.values[each.name]
        elif not each.required and not _is_subprotocol(each):
            return None
        elif each.required and each.source:
            given = self._values.get(each.source) if self._values is not None else ""
        else:
            given = each.value
        text = as_text(given)
        if text is None and each.required:
            option = f"--credential {each.name}=env:VARIABLE" if each.secret else f"--value {each.name}=…"
            raise Unopenable(f"{what} has no value: give {option}")
        return text

    def _key(self, place: Place, name: str) -> tuple[Place, str]:
        return place, name.lower() if place is Place.HEADER else name

    def _put(self, place: Place, name: str, value: str) -> None:
        self._found[self._key(place, name)] = (name, value)

    def opening(self) -> Opening:
        """All that was collected."""
        found = self._found
        cookies = [f"{name}={value}" for (place, _), (name, value) in found.items() if place is Place.COOKIE]
        headers = [
            pair
            for (place, key), pair in found.items()
            if place is Place.HEADER and key not in (SUBPROTOCOL, "cookie" if cookies else "")
        ]
        if cookies:
            given = found.get((Place.HEADER, "cookie"))
            headers.append(("Cookie", "; ".join([*([given[1]] if given else []), *cookies])))
        _, offered = found.get((Place.HEADER, SUBPROTOCOL), ("", ""))
        subprotocols = tuple(filter(None, (each.strip() for each in offered.split(","))))
        # RFC 6455, 4.1: the elements of Sec-WebSocket-Protocol are tokens.
        if any(not TOKEN.fullmatch(each) for each in subprotocols):
            raise Unopenable(f"{self._service.name} asks for a subprotocol that is none: {offered!a:.80}")
        return Opening(
            path=self._path,
            headers=tuple(headers),
            query=tuple(pair for (place, _), pair in found.items() if place is Place.QUERY),
            subprotocols=subprotocols,
            credentials=tuple(self._credentials),
            names=tuple(f"{place.phrase} {name}" for (place, _), (name, _value) in found.items()),
        )


def _is_subprotocol(each: Carried) -> bool:
    """One that a document fixes is offered: it says how everything behind it is to be read."""
    return each.place is Place.HEADER and each.name.lower() == SUBPROTOCOL
