"""What a standard document cannot say: the typed form of the ``x-conformance`` extensions.

Every value here is read from a document; a rule that a document does not state is ``None`` or empty, and
nothing is tested for it. Pointers are RFC 6901; a segment ``*`` stands for each element.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from conformance.contract.clause import Level
from conformance.contract.schema import EMPTY, Provenance
from conformance.contract.sessions import Sessions
from conformance.documents.where import NOWHERE, Where

STREAM_ID = "stream"
"""How ``unsubscribe_with`` calls the id that the target gave a stream."""


@dataclass(frozen=True, slots=True)
class MessageRule:
    """A rule over the values of one message (or, ``not_decreasing``, over successive ones).

    ``kind``: ascending, descending, less, positive, milliseconds (since the epoch), not_decreasing, equal,
    sum, zero_when. ``at`` are the pointers the rule looks at; for ``less`` and ``equal`` they are (left,
    right); for ``sum`` all but the last add up to the last; for ``zero_when`` the last is the condition's
    pointer. ``each`` is a base for all pointers.
    """

    name: str
    says: str
    kind: str
    at: tuple[str, ...]
    each: str = ""
    compare: str = "integer"
    or_equal: bool = False
    level: Level = Level.MUST
    provenance: Provenance = Provenance.PUBLISHED
    where: Where = NOWHERE
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Refusals:
    """How a service refuses: the message, where its code stands, and which code means what.

    ``codes`` maps the roles malformed, unknown_operation, invalid, unauthenticated, forbidden, unsupported,
    busy to codes on the wire; ``also`` holds the other codes of a role that has several.
    """

    message: str
    code: str
    codes: Mapping[str, str | int]
    also: Mapping[str, tuple[str | int, ...]] = field(default_factory=lambda: MappingProxyType({}))
    order: tuple[str, ...] = ()
    where: Where = NOWHERE
    provenance: Provenance = Provenance.PUBLISHED
    clauses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, role: str) -> tuple[str | int, ...]:
        """All codes that play this role."""
        return (self.codes[role], *self.also.get(role, ())) if role in self.codes else ()


@dataclass(frozen=True, slots=True)
class Deadline:
    """A connection that has not received ``stopped_by`` is refused and closed in [after, after + within]."""

    name: str
    stopped_by: str
    after_ms: int
    within_ms: int
    refusal: str | int
    close: int
    where: Where = NOWHERE
    provenance: Provenance = Provenance.PUBLISHED
    clauses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # error, early, close


@dataclass(frozen=True, slots=True)
class StreamClock:
    """How near the times of live events are to the target's clock, which ``message`` tells at ``at``."""

    message: str
    at: str
    within_ms: int


@dataclass(frozen=True, slots=True)
class StreamKind:
    """One kind of stream: the subscribe command's fields, its snapshot, its events.

    ``clauses``: acknowledged-first, snapshot-first (where there is a snapshot), sequence,
    silent-after-unsubscribe; where the document states it, shared, lasting, undisturbed, clock.
    """

    name: str
    command: Mapping[str, object]
    snapshot: str
    events: tuple[str, ...]
    where: Where = NOWHERE
    provenance: Provenance = Provenance.PUBLISHED
    clauses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Places:
    """Where something stands in messages: ``everywhere`` at one pointer, or in ``each`` at its own."""

    everywhere: str = ""
    each: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, message: str) -> str:
        """The pointer into the message of that name, '' where it does not stand in it."""
        return self.each.get(message, self.everywhere)

    def __str__(self) -> str:
        return self.everywhere or ", ".join(f"{name}: {at}" for name, at in self.each.items())


@dataclass(frozen=True, slots=True)
class Streams:
    """Subscriptions: the operations, the acknowledgements, where id and sequence stand in data events.

    ``unsubscribe_with`` are the fields of the command that ends a stream, where it does not name the stream
    as the one did that began it; ``{saved: stream}`` is the id that the target gave it. ``clock`` is None
    where no time is promised. ``clauses``: repeated, absent, exhausted (each only where the document names
    the code), clock.
    """

    subscribe: str
    unsubscribe: str
    acknowledged: str
    ended: str
    id: Places
    sequence: Places
    time: Places
    repeated: str | int
    absent: str | int
    exhausted: str | int
    snapshot_within_ms: int
    kinds: tuple[StreamKind, ...]
    unsubscribe_with: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    clock: StreamClock | None = None
    where: Where = NOWHERE
    clauses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Source:
    """Where values come from: a field of a reply or event of the target.

    ``values`` maps a value's name (one name space over the contract) to its pointer, relative to each
    element at ``each`` when that is set. ``scope`` is ``run`` (asked once a run) or ``case`` (made anew).
    """

    name: str
    service: str
    operation: str
    fields: Mapping[str, object]
    message: str
    each: str
    filter: Mapping[str, object]
    values: Mapping[str, str]
    scope: str
    undo: str
    where: Where = NOWHERE


@dataclass(frozen=True, slots=True)
class HttpRules:
    """Rules that OpenAPI cannot state. ``None``, 0 or empty: the document does not promise it."""

    methods_status: int = 0
    methods_header: str = ""
    paths_status: int = 0
    head: bool = False
    upgrade_path: str = ""
    upgrade_status: int = 0
    not_exposed_service: str = ""
    not_exposed_statuses: tuple[int, ...] = ()
    clauses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Rules:
    """The root extension of a WebSocket document.

    ``roles``: where each role leads, as the document writes it (see ``trading.roles``).

    ``clauses`` maps rule names without a type of their own to clause ids: ``silence/before_first_command``,
    ``limits/message_bytes``, ``limits/streams``, ``limits/idle_ms``, ``close/oversize``, ``wire/binary``,
    ``transport/upgrade``, ``trading/numbered`` …
    """

    roles: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    refusals: Refusals | None = None
    deadlines: tuple[Deadline, ...] = ()
    streams: Streams | None = None
    sessions: Sessions | None = None
    silent_before_first_command: bool = False
    limits: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    close: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    sources: tuple[Source, ...] = ()
    http: HttpRules = HttpRules()
    clauses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    raw: Mapping[str, object] = field(default_factory=lambda: EMPTY)
