"""The steps of a conversation: one small language for derived cases and scenarios alike.

Steps are data. A conversation plays them, a verdict judges them again from the transcript; neither the
steps nor their order know a wire. Times are milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

NOTHING: Mapping[str, object] = MappingProxyType({})
UNSAVED: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Saved:
    """A value that an earlier step of the same conversation saved."""

    name: str


@dataclass(frozen=True, slots=True)
class Sourced:
    """A value that the target gave (see ``contract.rules.Source``)."""

    name: str


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A number made of others: ``times`` times ``base`` (``Saved``, ``Sourced`` or a hole), and ``plus``."""

    base: object
    times: int = 1
    plus: object = 0


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a message: ``op`` is eq, among, ne, lt, le, gt, ge, multiple_of, present or absent.

    The value of ``among`` is a tuple of literals. ``of`` are the messages that it is about; empty: all.
    """

    pointer: str
    op: str
    value: object = None
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class As:
    """Who a session authenticates as: the permissions it has, some it lacks, another account or the same."""

    schemes: tuple[str, ...]
    has: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    other_account: bool = False


@dataclass(frozen=True, slots=True)
class Door:
    """An opening that carries no credential, or a ``wrong`` one of that scheme.

    ``refusal`` is the HTTP status that has to answer it; 0: it is taken as any other.
    """

    wrong: str = ""
    refusal: int = 0


@dataclass(frozen=True, slots=True)
class Connect:
    """Opens a session to a service, with the credential of ``who`` where an opening carries it; else
    authenticates on it and waits for the acceptance.

    ``door``: it is opened otherwise than the target asks. ``promised``: the target has just said that it
    takes connections; if it has none to give (HTTP 5xx), that breaks ``clause``.
    """

    session: str
    service: str
    who: As | None = None
    path: str = ""
    clause: str = ""
    promised: bool = False
    door: Door | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """Sends a command (``payload`` may hold ``payloads.holes``), or the bytes ``raw`` as they are.

    ``operation`` names the command whose reply rules apply; empty for what no document describes. ``who``
    says whose credential fills a credential hole of the payload (a session that authenticates by its own
    steps). ``save`` keeps values of the command as it was sent.
    """

    session: str
    operation: str = ""
    payload: object = None
    raw: bytes | None = None
    opcode: str = "binary"
    fragments: int = 1
    who: As | None = None
    save: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Expect:
    """Waits for a message of the target.

    ``reply_to`` is the index of the ``Send`` that it answers, or None for an event. ``messages`` are the
    acceptable message names. For replies ``where`` is judged on the reply; for events it selects; ``holds``
    is judged on either. ``since`` is ``step`` or ``connected``: what ``within_ms`` and ``not_before_ms``
    count from. ``correlated`` says whether the reply must carry the command's correlation. ``ordered``: only
    what comes behind everything that this session was waiting for before counts. Clauses: ``clause`` (comes
    at all, is one of ``messages``, and in order), ``where_clause``, ``within_clause``,
    ``correlation_clause``, ``early_clause``.
    """

    session: str
    messages: tuple[str, ...]
    clause: str
    reply_to: int | None = None
    where: tuple[Condition, ...] = ()
    holds: tuple[Condition, ...] = ()
    save: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    within_ms: int = 2000
    not_before_ms: int = 0
    since: str = "step"
    correlated: bool = True
    optional: bool = False
    ordered: bool = False
    where_clause: str = ""
    within_clause: str = ""
    correlation_clause: str = ""
    early_clause: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """No such message may arrive: until ``witness`` has seen one (and a probe was answered), or for
    ``for_ms``.

    ``messages`` empty means: no application message at all. Without a witness the session's probe after
    the window is the proof that the connection was alive. What the witness sees meets ``witness_where``,
    which is ``where`` when it is empty.
    """

    session: str
    messages: tuple[str, ...]
    clause: str
    where: tuple[Condition, ...] = ()
    for_ms: int = 300
    witness: str = ""
    witness_ms: int = 2000
    witness_where: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Close:
    """The target closes the connection, with one of ``codes`` (empty: any)."""

    session: str
    codes: tuple[int, ...]
    clause: str
    within_ms: int = 2000
    not_before_ms: int = 0
    since: str = "step"
    early_clause: str = ""
    late_clause: str = ""


@dataclass(frozen=True, slots=True)
class Disconnect:
    """We close the connection with 1000 and wait for the target's answer."""

    session: str


@dataclass(frozen=True, slots=True)
class Ping:
    """A WebSocket ping, answered by a pong with the same data (RFC 6455, 5.5.2 and 5.5.3)."""

    session: str
    data: bytes
    clause: str
    within_ms: int = 2000


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is said for ``for_ms`` but pongs, and the target keeps the connection: ``clause``."""

    session: str
    for_ms: int
    clause: str


@dataclass(frozen=True, slots=True)
class Stall:
    """Stops reading, asks for more than lies between the target and us can hold, and reads again when what
    came was left unread for ``for_ms``.

    ``asks`` are rows of commands; the row that brings most is sent over and over. What the target makes of
    that is the next steps' to say; ``clause`` is for a connection that was closed before. Replies may take
    ``reply_ms``: who is not closed before is left unread once more, for so much longer.
    """

    session: str
    asks: tuple[tuple[object, ...], ...]
    for_ms: int
    clause: str
    reply_ms: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. ``operation`` names the documented operation that the answer is judged by, or ''.

    ``statuses`` are the acceptable ones (empty: whatever the operation documents); ``clause`` is for them.
    ``require_header`` must be present in the answer; ``no_body`` says that the body must be empty.
    With another status than ``only`` (0: any) the answer proves nothing; ``holds`` is judged on its body.
    """

    service: str
    method: str
    path: str
    clause: str
    operation: str = ""
    statuses: tuple[int, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    require_header: str = ""
    no_body: bool = False
    within_ms: int = 5000
    only: int = 0
    holds: tuple[Condition, ...] = ()
    save: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Generate:
    """Requests generated by Schemathesis for one documented operation, judged by it."""

    service: str
    operation: str
    method: str
    path: str
    clause: str
    within_ms: int = 60000


Step = Connect | Send | Expect | Silence | Close | Disconnect | Ping | Idle | Stall | Request | Generate
