"""The one pure matching function: which received message a step was waiting for.

The conversation asks it live to know when to go on, the verdict asks it again from the transcript; both
get the same answer because both feed a ``Ledger`` the same facts in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from conformance.cases.conditions import unmet
from conformance.cases.correlation import correlation, echoed, identifying, identity
from conformance.cases.reading import Seen
from conformance.cases.steps import UNSAVED, Expect, Unanswered
from conformance.codec import MISSING
from conformance.contract import Operation, Service, find


@dataclass(frozen=True, slots=True)
class Sent:
    """A command on the wire: the step that sent it, its operation (None for bytes no document describes)."""

    step: int
    session: str
    operation: Operation | None
    value: object
    at: int
    identities: dict[str, Mapping[str, tuple[object, ...]]] = field(
        default_factory=dict, repr=False, compare=False
    )
    """What an answer of a name must echo to be its own (a memory)."""


@dataclass
class Ledger:
    """What one conversation has sent, seen and used up so far. Grows only; holds no clock and no wire."""

    services: dict[str, Service] = field(default_factory=dict)  # by session
    sent: dict[int, Sent] = field(default_factory=dict)
    seen: dict[str, list[Seen]] = field(default_factory=dict)
    consumed: set[int] = field(default_factory=set)
    answered: set[int] = field(default_factory=set)
    saved: dict[str, object] = field(default_factory=dict)
    claimed: dict[int, tuple[int, bool]] = field(default_factory=dict)
    """Message -> how many commands were asked whether it is theirs, and whether it is one's (a memory)."""

    @property
    def heard(self) -> tuple[str, ...]:
        """The names of the messages that the target sent, each once."""
        every = (seen for messages in self.seen.values() for seen in messages)
        return tuple(dict.fromkeys(name for seen in every for name in seen.names))

    def match(
        self, step: Expect, until: int | None = None, among: Sequence[Seen] | None = None
    ) -> Seen | None:
        """The message that satisfies the step's waiting, or None while there is none.

        ``until`` leaves out what arrived later (ns). A reply is the first message that can be an answer
        to the command, right or wrong; an event is the first of its kind that meets the step's conditions,
        an ordered one the first behind what the session was waiting for. ``among``: only these messages are
        looked at.
        """
        behind = self.settled(step.session) if step.ordered else -1
        for seen in self.seen.get(step.session, ()) if among is None else among:
            if seen.index in self.consumed or (until is not None and seen.at > until):
                continue
            if step.reply_to is not None:
                sent = self.sent.get(step.reply_to)
                if sent is not None and seen.at >= sent.at and self._answers(seen, sent, step):
                    return seen
            elif seen.index > behind and self._is_event(seen, step):
                return seen
        return None

    def enter(self, sent: Sent, save: Mapping[str, str] = UNSAVED) -> None:
        """Enters a command that was sent, and saves what its step wants saved of it."""
        self.sent[sent.step] = sent
        self.keep(save, sent.value)

    def use(self, step: Expect, seen: Seen) -> None:
        """Uses a matched message up, and saves what the step wants saved."""
        self.consumed.add(seen.index)
        if step.reply_to is not None:
            self.answered.add(step.reply_to)
        if seen.messages and step.messages and not set(step.messages) & set(seen.names):
            return  # another message's value in the same place means something else
        self.keep(step.save, seen.value)

    def keep(self, save: Mapping[str, str], value: object) -> None:
        """Saves parts of a value: name -> pointer."""
        for name, pointer in save.items():
            for _path, found in find(value, pointer):
                self.saved[name] = found
                break

    def settled(self, session: str) -> int:
        """The index of the last message that this session was waiting for: a silence begins behind it.

        -1 when it has not got any. Indexes, not times: what arrived in one piece has one time.
        """
        return max(
            (seen.index for seen in self.seen.get(session, ()) if seen.index in self.consumed), default=-1
        )

    def echoes(self, sent: Sent, reply: str) -> Mapping[str, tuple[object, ...]]:
        """What a reply of that name to that command must echo."""
        if sent.operation is None or sent.value is MISSING:
            return {}
        return correlation(self.services[sent.session], sent.operation, reply, sent.value)

    def called(self, step: int) -> str:
        """What tells a command's reply from those of the commands sent right before or behind it, in words.

        '' for a command that was sent alone.
        """
        sent = self.sent.get(step)
        beside = (self.sent.get(step - 1), self.sent.get(step + 1))
        if sent is None or sent.operation is None:
            return ""
        if not any(each is not None and each.session == sent.session for each in beside):
            return ""
        at = identifying(self.services[sent.session], sent.operation)
        for _path, value in find(sent.value, at) if at else ():
            return f" to {at} {value!r:.40}"
        return ""

    def _is_event(self, seen: Seen, step: Expect) -> bool:
        if step.messages and not set(step.messages) & set(seen.names):
            return False
        return unmet(step.where, seen.value, self.saved, seen.names) is None

    def carries(self, seen: Seen, sent: Sent, *, distinctly: bool = False) -> bool:
        """Whether a message echoes what an answer to this command must echo.

        ``distinctly``: by something that tells it from the answer to another command; nil tells nothing.
        """
        if sent.operation is None or sent.value is MISSING:
            return False
        for name in seen.names:
            echoes = sent.identities.get(name)
            if echoes is None:
                echoes = identity(self.services[sent.session], sent.operation, name, sent.value)
                sent.identities[name] = echoes
            if echoes and echoed(seen.value, echoes):
                if not distinctly:
                    return True
                values = [value for pointer in echoes for _path, value in find(seen.value, pointer)]
                return any(value is not None for value in values)
        return False

    def _ends(self, seen: Seen, sent: Sent) -> bool:
        """Whether a message is a deadline's own refusal, which names no command: none that has a name of its
        own can claim it."""
        rules = self.services[sent.session].rules
        codes = [code for _path, code in find(seen.value, rules.refusals.code)] if rules.refusals else []
        if not any(deadline.refusal in codes for deadline in rules.deadlines):
            return False
        echoes = [self.echoes(sent, name) for name in seen.names]
        return any(
            all(value is None for _path, value in find(seen.value, pointer)) and None not in allowed
            for each in echoes
            for pointer, allowed in each.items()
        )

    def _answers(self, seen: Seen, sent: Sent, step: Expect) -> bool:
        if not seen.readable or not seen.messages:
            return True  # nobody else can claim it, and waiting longer would hide it
        replies = set(step.messages) | set(sent.operation.replies if sent.operation else ())
        if self.carries(seen, sent):
            refusals = self.services[sent.session].rules.refusals
            refusal = {refusals.message} if refusals else set[str]()
            if not set(seen.names) & set(step.messages) and self._suits_another(seen, sent):
                return False
            # An event may tell which command caused it, and is no reply for all that.
            return any(message.name in replies | refusal or not message.event for message in seen.messages)
        if self._is_anothers(seen, sent.session):
            return False
        if self._ends(seen, sent):
            return False
        return any(message.name in replies or not message.event for message in seen.messages)

    def _is_anothers(self, seen: Seen, session: str) -> bool:
        """Whether some command of the session can claim a message by what it echoes."""
        asked, found = self.claimed.get(seen.index, (0, False))
        if not found and asked < len(self.sent):
            later = list(self.sent.values())[asked:]
            found = any(
                self.carries(seen, each, distinctly=True) for each in later if each.session == session
            )
            self.claimed[seen.index] = (len(self.sent), found)
        return found

    def _suits_another(self, seen: Seen, sent: Sent) -> bool:
        """Whether a command with the same id, still unanswered, may be answered with this message."""
        return any(
            other.operation is not None
            and set(seen.names) & set(other.operation.replies)
            and self.carries(seen, other)
            for other in self.sent.values()
            if other.session == sent.session and other is not sent and other.step not in self.answered
        )


def taken(ledger: Ledger, step: Unanswered) -> Seen | None:
    """The reply that says a command was looked at which should not have been, or None."""
    sent = ledger.sent.get(step.reply_to)
    refusals = ledger.services[step.session].rules.refusals
    for seen in ledger.seen.get(step.session, ()) if sent is not None else ():
        told = find(seen.value, refusals.code) if refusals and refusals.message in seen.names else []
        if any(code in step.codes for _path, code in told):
            continue
        if sent is not None and ledger.carries(seen, sent, distinctly=True):
            return seen
    return None


def describe(seen: Seen) -> str:
    """A short name for a received message, for sentences."""
    if not seen.readable:
        return f"{len(seen.data)} bytes that cannot be decoded"
    return " or ".join(seen.names) if seen.messages else "a message that no document describes"
