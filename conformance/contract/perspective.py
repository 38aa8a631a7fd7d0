"""From whose point of view is a document written?

The specification says: the application's that the document describes, here the target's (3.0.0, "Operation
Object"; in 2.x the words turn it round, 2.6.0, "Channel Item Object": ``publish`` is what clients may send).
Many documents are written by clients for themselves. What gives them away is gathered as evidence, each piece
a sentence with its place; only when all but nothing speaks against it a document is read as the client's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from conformance.contract.gathered import RECEIVE, SEND, Gathered, Sent
from conformance.contract.senders import CLIENT, SERVER, sender
from conformance.documents.notes import Note
from conformance.documents.pointers import split
from conformance.documents.references import References
from conformance.documents.structure import EXTENSION
from conformance.documents.tree import Node
from conformance.documents.where import Where
from conformance.documents.words import words
from conformance.errors import DocumentError

CONVERTED = re.compile(r"(?:publish|subscribe)\.message(?:\.\d+)?")
"""Names that a converter from 2.x gives messages that had none: by their operation, of either side."""


def _words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


ASKS_FIRST = _words_of(
    "add amend auth authenticate authorize cancel connect create delete echo fetch get join leave list "
    "login logon logout modify place query register remove request resume set submit subscribe unsubscribe"
)
ASKS_LAST = _words_of("cmd command query req request sub subscribe unsub unsubscribe")
TELLS_LAST = _words_of(
    "ack acknowledged acknowledgement added authenticated cancelled canceled changed completed confirmation "
    "confirmed connected created deleted error event executed failed failure filled heartbeat notification "
    "ok placed pong rejected reply res response result snapshot status subscribed success unsubscribed "
    "update updated"
)
THINGS = _words_of(
    "book candle candles data depth feed ohlc orderbook quote quotes stream ticker tickers trade trades"
)
ALONE = {"ping": True, "pong": False, "hello": None}
OWN = _words_of("handle on process receive send")
"""What an operation does with its messages: words of whoever wrote it, about himself, on either side."""
VAGUE = _words_of("connect echo fetch get list query request")
"""First words of operations that say what a reader comes by as well as what it asks for."""
TURNS = frozenset({"publish", "subscribe"})
"""Words of 2.x in names of operations: there they stand for the opposite of what the target does."""
MARKS = _words_of("action channel cmd command event kind method msgtype op operation request type")
SHOWN = 4
CLEAR = 3  # the least weight, and how many times as heavy as what speaks against it


class View(StrEnum):
    """Whose sending is called sending."""

    TARGET = "target"
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason to read a document from one point of view."""

    view: View
    weight: int
    says: str
    where: Where


def settle(root: Node, references: References, gathered: Sequence[Gathered], given: str = "") -> View:
    """The point of view that is asked for, else that the document states, else what the evidence shows.

    What is found out, and what cannot be told, is a Note.
    """
    stated = given or root.text("info", EXTENSION, "perspective")
    if stated:
        return View(stated)
    found = list(evidence(root, references, gathered))
    client = [each for each in found if each.view is View.CLIENT]
    weight = {view: sum(each.weight for each in found if each.view is view) for view in View}
    enough = weight[View.CLIENT] >= CLEAR
    if weight[View.CLIENT] <= weight[View.TARGET] or (weight[View.TARGET] and not enough):
        return View.TARGET
    clear = enough and weight[View.CLIENT] >= CLEAR * weight[View.TARGET]
    reasons = "; ".join(f"{each.says} ({each.where})" for each in client)
    where = client[0].where
    if not clear:
        says = (
            "the document may be written from the client's point of view, and is read as the target's: "
            f"{reasons}"
        )
        references.notes.append(Note("perspective-unclear", where, says))
        return View.TARGET
    says = (
        f"the document is written from the client's point of view: {reasons}; "
        "--perspective target overrides this"
    )
    references.notes.append(Note("perspective-client", where, says, loud=True))
    return View.CLIENT


def evidence(root: Node, references: References, gathered: Sequence[Gathered]) -> Iterator[Evidence]:
    """All that speaks for either point of view."""
    sent = [each for group in gathered for each in group.sent]
    nodes = {name: node for group in gathered for name, node in group.messages.items()}
    yield from _title(root)
    yield from _replies(sent)
    yield from _ours(sent, nodes)
    sides = _sides(sent)
    yield from _described(sent, sides, nodes)
    own = [name for name in sides if not _placed(nodes[name])]
    names = {name: asks for name in own if (asks := asking(name)) is not None}
    yield from _words("is named", names, sides, nodes)
    marks = {
        name: (asks, word)
        for name, node in nodes.items()
        if name in sides
        for word in _marks(node, references)
        if (asks := asking(word)) is not None
    }
    shown = {name: word for name, (_, word) in marks.items() if word.lower() != name.lower()}
    yield from _words("is marked", {name: marks[name][0] for name in shown}, sides, nodes, shown)
    silent = [each for each in sent if not any(name in names or name in marks for name in each.messages)]
    yield from _words(
        "stands under",
        {each.name: asks for each in silent if (asks := doing(each.name)) is not None},
        {each.name: each.action for each in silent},
        {each.name: each.node for each in silent},
    )


def asking(name: str) -> bool | None:
    """Whether a name is that of something asked (True) or told (False); None when it could be either."""
    if CONVERTED.fullmatch(name):
        return None
    tokens = list(words(name))
    while tokens and (tokens[-1] in ("message", "msg", "payload") or tokens[-1].isdigit()):
        tokens.pop()
    if len(tokens) == 1 and tokens[0] in ALONE:
        return ALONE[tokens[0]]
    if not tokens:
        return None
    if tokens[-1] in ASKS_LAST:
        return True
    if tokens[-1] in TELLS_LAST:
        return False
    if tokens[0] in ASKS_FIRST:
        return True
    return False if tokens[-1] in THINGS else None


def doing(name: str) -> bool | None:
    """Whether an operation's name says that something is asked (``placeOrder``) or told (``onBook``).

    With more care than ``asking``: an operation may be named by what it is about, whoever asks for it, so
    only what somebody ``sends`` or ``receives`` is told; and ``onJoin`` is what happens, no command.
    """
    rest = words(name)
    own = rest[0] if rest and rest[0] in OWN else ""
    rest = rest[1:] if own else rest
    asks = asking("-".join(rest))
    if not rest or rest[0] in VAGUE or TURNS & {*rest}:
        return None
    if asks:
        return None if own == "on" else True
    return asks if own and rest[0] not in ASKS_FIRST else None


def _title(root: Node) -> Iterator[Evidence]:
    title = root.get("info", "title")
    said = str(title.value).lower().split() if title is not None else []
    if title is not None and said[-1:] == ["client"]:
        yield Evidence(View.CLIENT, CLEAR, f"it describes {title.value!r}", title.where)


def _replies(sent: Iterable[Sent]) -> Iterator[Evidence]:
    """Who is answered asks, and clients ask."""
    for action, view in ((SEND, View.CLIENT), (RECEIVE, View.TARGET)):
        answered = [each for each in sent if each.action == action and each.replies]
        if answered:
            says = f"{_listed(each.name for each in answered)} {action}s what is answered"
            yield Evidence(view, 2 * min(len(answered), 5), says, answered[0].node.where)


def _ours(sent: Iterable[Sent], nodes: Mapping[str, Node]) -> Iterator[Evidence]:
    """What only a command can have."""
    for action, view in ((SEND, View.CLIENT), (RECEIVE, View.TARGET)):
        ruled = {each.name: each.node for each in sent if each.action == action and each.node.get(EXTENSION)}
        for each in sent:
            ours = (name for name in each.messages if nodes[name].get(EXTENSION, "operation") is not None)
            ruled.update({name: nodes[name] for name in ours if each.action == action})
        if ruled:
            says = f"what it {action}s has rules for commands: {_listed(ruled)}"
            yield Evidence(view, 10, says, next(iter(ruled.values())).where)


def _described(
    sent: Sequence[Sent], sides: Mapping[str, str], nodes: Mapping[str, Node]
) -> Iterator[Evidence]:
    """Who sends it, as operations and messages are described."""
    every = [(each.name, each.action, each.node) for each in sent]
    every += [(name, action, nodes[name]) for name, action in sides.items()]
    for view, senders in (
        (View.CLIENT, {SEND: CLIENT, RECEIVE: SERVER}),
        (View.TARGET, {SEND: SERVER, RECEIVE: CLIENT}),
    ):
        found: dict[str, tuple[str, Node]] = {}
        for name, action, node in every:
            said = [each for key in ("summary", "description") if (each := sender(node.text(key)))[0]]
            if said and all(who == senders[action] for who, _ in said):
                found.setdefault(name, (f"it {action}s {name} ({said[0][1]!r})", node))
        if found:
            where = next(iter(found.values()))[1].where
            says = _listed(says for says, _ in found.values())
            yield Evidence(view, min(CLEAR * len(found), 6), says, where)


def _sides(sent: Iterable[Sent]) -> dict[str, str]:
    """The action by which each message moves; messages that go both ways, and replies, left out."""
    found: dict[str, set[str]] = {}
    for each in sent:
        for name in each.messages:
            found.setdefault(name, set()).add(each.action)
        for name in each.replies:
            found.setdefault(name, set()).add(SEND if each.action == RECEIVE else RECEIVE)
    return {name: next(iter(actions)) for name, actions in found.items() if len(actions) == 1}


def _placed(message: Node) -> bool:
    """Whether a message of 2.x has no name of its own: it is called by its place, ``<channel>.subscribe``."""
    *_, above, last = ("", "", *split(message.pointer))
    inline = last == "message" or above == "oneOf"
    return inline and not any(message.text(key).strip() for key in ("messageId", "name", "title"))


def _words(
    verb: str,
    asks: dict[str, bool],
    sides: dict[str, str],
    nodes: dict[str, Node],
    shown: dict[str, str] | None = None,
) -> Iterator[Evidence]:
    for view, asked_by in ((View.CLIENT, SEND), (View.TARGET, RECEIVE)):
        asked = [name for name, ask in asks.items() if ask and sides[name] == asked_by]
        told = [name for name, ask in asks.items() if not ask and sides[name] != asked_by]
        if not asked and not told:
            continue
        reasons = [
            f"{what} {verb} {_listed((shown or {}).get(name, name) for name in names)}"
            for names, what in ((asked, f"what it {asked_by}s"), (told, f"what it {_other(asked_by)}s"))
            if names
        ]
        where = nodes[(asked or told)[0]].where
        yield Evidence(view, min(len(asked) + len(told), 6), " and ".join(reasons), where)


def _other(action: str) -> str:
    return RECEIVE if action == SEND else SEND


def _marks(message: Node, references: References) -> Iterator[str]:
    """The constants by which a payload says what it is."""
    payload = message.get("payload")
    schema = _followed(payload, references) if payload is not None else None
    for name, node in schema.named("properties") if schema is not None else ():
        if "".join(words(name)) not in MARKS:
            continue
        member = _followed(node, references) or node
        values = [each for each in (member.get("const"), *member.listed("enum")) if each is not None]
        if len(values) == 1 and isinstance(values[0].value, str):
            yield values[0].value


def _followed(schema: Node, references: References) -> Node | None:
    """What a schema refers to; None for what means more than a place in a file: a hint needs no more."""
    try:
        return references.resolve(schema)
    except DocumentError:
        return None


def _listed(names: Iterable[str]) -> str:
    found = list(dict.fromkeys(names))
    return ", ".join(found[:SHOWN]) + (" …" if len(found) > SHOWN else "")
