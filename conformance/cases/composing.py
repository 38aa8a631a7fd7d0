"""An opening in the making: where each credential and each value goes, and which of two goes first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from conformance.cases.carrying import TOKEN, Unopenable, check, spoken
from conformance.cases.target import Credentials, Target
from conformance.contract import Carried, Place, Service
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


def held_for(service: Service, each: Carried, target: Target) -> Credentials | None:
    """The secret that the user gave for a value, by its name."""
    scheme = each.name in service.credentials or each.name in service.handshakes
    return None if scheme else target.credential((each.name,))


class Making:
    """An opening in the making: ``path``, then credentials, then values, then ``opening``."""

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
        held = held_for(self._service, each, self._target)
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
            option = f"--credential {each.name}=env:VARIABLE"
            if not each.secret:
                option = f"--value {each.name}=…, or {option} when it is secret"
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
