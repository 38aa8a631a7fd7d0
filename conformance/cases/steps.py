"""The steps of a conversation: one small language for derived cases and scenarios alike.

Steps are data. A conversation plays them, a verdict judges them again from the transcript; neither the
steps nor their order know a wire. Times are milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from conformance.cases.abreast import Abreast as Abreast
from conformance.cases.loads import Compare as Compare
from conformance.cases.loads import Gather as Gather
from conformance.cases.loads import Stall as Stall
from conformance.cases.terms import Condition as Condition
from conformance.cases.terms import Reckoned as Reckoned
from conformance.cases.terms import Saved as Saved
from conformance.cases.terms import Sourced as Sourced
from conformance.frozen import swift

NOTHING: Mapping[str, object] = MappingProxyType({})
UNSAVED: Mapping[str, str] = MappingProxyType({})


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


@swift
@dataclass(frozen=True, slots=True)
class Connect:
    """Opens a session to a service, with the credential of ``who`` where an opening carries it; else
    authenticates on it and waits for the acceptance.

    ``door``: it is opened otherwise than the target asks. ``promised``: the target has just said that it
    takes connections; if it has none to give (HTTP 5xx), that breaks ``clause``. ``alias``: at which other
    address of the environment, counted from 1 (0: at the address itself).
    """

    session: str
    service: str
    who: As | None = None
    path: str = ""
    clause: str = ""
    promised: bool = False
    door: Door | None = None
    alias: int = 0


@swift
@dataclass(frozen=True, slots=True)
class Send:
    """Sends a command (``payload`` may hold ``payloads.holes``), or the bytes ``raw`` as they are.

    ``operation`` names the command whose reply rules apply; empty for what no document describes. ``who``
    says whose credential fills a credential hole of the payload (a session that authenticates by its own
    steps). ``save`` keeps values of the command as it was sent. ``more``: it waits for the session's next
    command, and goes out together with it. ``late``: it goes out right behind our Close. ``part``: no
    more of it goes out than ``half`` of its frame, or (``open``) a first fragment that holds all of it.
    ``spelling``: in which encodings its values are written (``codec.SPELLINGS``; '': the shortest ones).
    ``every_ms``: it is sent again and again, anew each time, until the connection is over.
    """

    session: str
    operation: str = ""
    payload: object = None
    raw: bytes | None = None
    opcode: str = "binary"
    fragments: int = 1
    who: As | None = None
    save: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    more: bool = False
    late: bool = False
    part: str = ""
    spelling: str = ""
    every_ms: int = 0


@swift
@dataclass(frozen=True, slots=True)
class Expect:
    """Waits for a message of the target.

    ``reply_to`` is the index of the ``Send`` that it answers, or None for an event. ``messages`` are the
    acceptable message names. For replies ``where`` is judged on the reply; for events it selects; ``holds``
    is judged on either. ``since`` is ``step`` or ``connected``: what ``within_ms`` and ``not_before_ms``
    count from. ``correlated`` says whether the reply must carry the command's correlation. ``ordered``: only
    what comes behind everything that this session was waiting for before counts. ``steady``: to be
    busy is no excuse for the target. Clauses: ``clause`` (comes
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
    steady: bool = False
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
    which is ``where`` when it is empty. ``ends``: the target is about to close the session, which is silent
    up to its end and answers no probe.
    """

    session: str
    messages: tuple[str, ...]
    clause: str
    where: tuple[Condition, ...] = ()
    for_ms: int = 300
    witness: str = ""
    witness_ms: int = 2000
    witness_where: tuple[Condition, ...] = ()
    ends: bool = False


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
    """We end the connection, and go on when it is over.

    ``how``: ``close`` it with 1000 and wait for the answer; ``drop`` it, TCP ends without a Close (RFC 6455,
    7.1.5: "considered to be 1006"); ``reset`` it (RFC 9293, 3.9.1: ABORT).
    """

    session: str
    how: str = "close"


@dataclass(frozen=True, slots=True)
class Ping:
    """A WebSocket ping, answered by a pong with the same data (RFC 6455, 5.5.2); 0 ms: or by none."""

    session: str
    data: bytes
    clause: str
    within_ms: int = 2000


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is said for ``for_ms`` but pongs, and the target keeps the connection: ``clause``.

    ``since``: what that counts from, ``step`` or ``connected``; ``overdue``: the step, and it is as much
    longer as the target may be late.
    """

    session: str
    for_ms: int
    clause: str
    since: str = "step"


@dataclass(frozen=True, slots=True)
class Reading:
    """From now on what comes on this connection is read, or (not ``on``) left unread until it is again.

    What is left unread is stamped when it is read: its time proves nothing. So a command can be sent after
    the target has ended the connection, and before its end is heard of.
    """

    session: str
    on: bool


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The command of the step ``reply_to`` is looked at no more: until the connection is over, or
    ``within_ms``, it gets no reply but a refusal with one of ``codes``."""

    session: str
    reply_to: int
    clause: str
    within_ms: int = 2000
    codes: tuple[str | int, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Moves:
    """The moves of a sequence, as steps behind this one, which is the last: ``unfolding`` makes them.

    They follow from how two accounts of ``service`` stand: from what was saved under the names ``known``.
    ``drawn`` is the sequence (``trading.Sequence``), or what gives it. ``begun``: the accounts have no orders
    left in its symbol.
    """

    service: str
    drawn: object
    known: tuple[str, ...]
    begun: bool = False


Step = (
    Connect
    | Send
    | Expect
    | Silence
    | Close
    | Disconnect
    | Ping
    | Idle
    | Reading
    | Abreast
    | Unanswered
    | Stall
    | Gather
    | Compare
    | Request
    | Generate
    | Moves
)
