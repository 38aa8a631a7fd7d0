"""What the opening of a session carries besides what RFC 6455 asks for: credentials, and values of its own.

An HTTP request carries the same, in the same places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from conformance.contract.schema import Provenance
from conformance.documents.where import NOWHERE, Where

NOBODY = ""
"""Among the alternatives of a server's security: no credential is needed."""


class Place(StrEnum):
    """Where a request carries a value."""

    HEADER = "header"
    QUERY = "query"
    COOKIE = "cookie"

    @property
    def phrase(self) -> str:
        """What a value there is called in a sentence."""
        return {"header": "header", "query": "query parameter", "cookie": "cookie"}[self.value]


@dataclass(frozen=True, slots=True)
class Handshake:
    """How a security scheme is carried by the request that opens a session, or by any HTTP request.

    ``prefix`` stands before the secret in the header ``Authorization`` (RFC 9110, 11.6.2: the
    authentication scheme). ``impossible`` is why no credential of the scheme can be carried, '' when one
    can. ``together`` are schemes that are always asked for with this one. ``refusal`` is the HTTP status
    that the document promises to who has none, 0 without a promise. ``clauses``: without, wrong.
    """

    scheme: str
    place: Place = Place.HEADER
    name: str = "Authorization"
    prefix: str = ""
    impossible: str = ""
    together: tuple[str, ...] = ()
    refusal: int = 0
    where: Where = NOWHERE
    provenance: Provenance = Provenance.PUBLISHED
    clauses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Carried:
    """A value that a channel's ``ws`` binding asks for at the opening (WebSockets bindings 0.1.0).

    ``value`` is what its schema gives away, None when it gives nothing; ``source`` the run-wide value that
    it is, ''  without one. One that is ``secret`` is never given on a command line. ``allowed`` are the only
    values that it may have, ``types`` the types that a value has, ``demands`` what else its schema asks of
    one, as it stands there: each empty where the schema does not say.
    """

    place: Place
    name: str
    required: bool = False
    value: str | None = None
    source: str = ""
    secret: bool = False
    allowed: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    demands: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    where: Where = NOWHERE
