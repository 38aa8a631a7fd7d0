"""The one pure matching function: which received message a step was waiting for.

The conversation asks it live to know when to go on, the verdict asks it again from the transcript; both
get the same answer because both feed a ``Ledger`` the same facts in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.cases.conditions import unmet
from conformance.cases.correlation import correlation, echoed
from conformance.cases.reading import Seen
from conformance.cases.steps import UNSAVED, Expect
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


@dataclass
class Ledger:
    """What one conversation has sent, seen and used up so far. Grows only; holds no clock and no wire."""

    services: dict[str, Service] = field(default_factory=dict)  # by session
    sent: dict[int, Sent] = field(default_factory=dict)
    seen: dict[str, list[Seen]] = field(default_factory=dict)
    consumed: set[int] = field(default_factory=set)
    answered: set[int] = field(default_factory=set)
    saved: dict[str, object] = field(default_factory=dict)

    @property
    def heard(self) -> tuple[str, ...]:
        """The names of the messages that the target sent, each once."""
        every = (seen for messages in self.seen.values() for seen in messages)
        return tuple(dict.fromkeys(name for seen in every for name in seen.names))

    def match(self, step: Expect, until: int | None = None) -> Seen | None:
        """The message that satisfies the step's waiting, or None while there is none.

        ``until`` leaves out what arrived later (ns). A reply is the first message that can be an answer
        to the command, right or wrong; an event is the first of its kind that meets the step's conditions,
        an ordered one the first behind what the session was waiting for.
        """
        behind = self.settled(step.session) if step.ordered else -1
        for seen in self.seen.get(step.session, ()):
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

    def _is_event(self, seen: Seen, step: Expect) -> bool:
        if step.messages and not set(step.messages) & set(seen.names):
            return False
        return unmet(step.where, seen.value, self.saved, seen.names) is None

    def carries(self, seen: Seen, sent: Sent, *, distinctly: bool = False) -> bool:
        """Whether a message echoes what an answer to this command must echo.

        ``distinctly``: by something that tells it from the answer to another command; nil tells nothing.
        """
        for name in seen.names:
            echoes = self.echoes(sent, name)
            if echoes and echoed(seen.value, echoes):
                values = [value for pointer in echoes for _path, value in find(seen.value, pointer)]
                return not distinctly or any(value is not None for value in values)
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
            # An event may tell which command caused it, and is no reply for all that.
            return any(message.name in replies | refusal or not message.event for message in seen.messages)
        rivals = [
            other for other in self.sent.values() if other.session == sent.session and other is not sent
        ]
        if any(self.carries(seen, rival, distinctly=True) for rival in rivals):
            return False
        if self._ends(seen, sent):
            return False
        return any(message.name in replies or not message.event for message in seen.messages)


def describe(seen: Seen) -> str:
    """A short name for a received message, for sentences."""
    if not seen.readable:
        return f"{len(seen.data)} bytes that cannot be decoded"
    return " or ".join(seen.names) if seen.messages else "a message that no document describes"
