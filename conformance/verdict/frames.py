"""One received message held against the contract: its bytes, its name, its schema, its rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conformance.cases.reading import Seen
from conformance.contract import Clause, Message, Schema, Service, closest, split
from conformance.validation import Finding, nearest
from conformance.validation import judge as judge_value
from conformance.validation.compiled import quick
from conformance.validation.judge import node_of
from conformance.validation.node import Node
from conformance.verdict.ruled import Ruled
from conformance.verdict.ruling import judge_rule

MOST_KEPT = 4096
"""Sets of clauses that are remembered, one for each way in which messages exercised them."""

# MessagePack and JSON problems by the clause that they break; all others break "decodable".
WIRE = {"trailing": "wire/one-object", "duplicate_key": "wire/unique-keys"}


class FrameJudge:
    """Judges the data messages of one service."""

    def __init__(self, service: Service, clauses: Mapping[str, Clause]) -> None:
        self.service = service
        self.clauses = clauses
        self.any_bytes = bool(service.unread) and "wire/known-message" not in service.rules.clauses
        self._plans: dict[str, tuple[Node, Ruled]] = {}
        self._known: dict[tuple[frozenset[str], frozenset[str]], frozenset[str]] = {}

    def finding(self, clause: str, where: str, expected: str, seen: str) -> Finding:
        """A finding that is not about a schema keyword."""
        known = self.clauses.get(clause)
        document = str(known.where) if known else self.service.file
        return Finding(clause=clause, where=where, expected=expected, seen=seen, path=(), document=document)

    def good(self, seen: Seen) -> frozenset[str] | None:
        """The clauses exercised by a message with which nothing is wrong; None where ``judge`` is to look."""
        if len(seen.messages) != 1 or seen.problems or seen.opcode != seen.expected_opcode:
            return None
        message = seen.messages[0]
        plan = self._plans.get(message.name)
        if plan is None:
            plan = self._plans[message.name] = node_of(message.payload), Ruled(message.rules, message.name)
        judgement = quick(plan[0], seen.value)
        ruled = None if judgement is None else plan[1](seen.value)
        if judgement is None or ruled is None:
            return None
        key = judgement.exercised, ruled
        known = self._known.get(key)
        if known is None:
            known = judgement.exercised | ruled | self._bytes(seen)[1] | {self._known_message}
            if len(self._known) < MOST_KEPT:
                self._known[key] = known
        return known

    @property
    def _known_message(self) -> str:
        return self.service.rules.clauses.get("wire/known-message", "wire/known-message")

    def judge(self, seen: Seen, expected: Iterable[str] = ()) -> tuple[list[Finding], set[str]]:
        """The findings on one message and the clauses that it exercised.

        ``expected`` are the messages that the conversation was waiting for: they explain best a message
        that nothing identifies.
        """
        good = self.good(seen)
        if good is not None:
            return [], set(good)
        findings, exercised = self._bytes(seen)
        if not seen.messages and self.any_bytes:
            return [], set()  # it may be one of those that cannot be read
        if not seen.readable:
            return findings, exercised
        known = self._known_message
        exercised.add(known)
        candidates = seen.messages
        unknown = not candidates
        if unknown:
            names = dict.fromkeys(expected)  # in their order: of two that fit alike the first explains it
            near = [self.service.messages[name] for name in names if name in self.service.messages]
            like = closest(self.service, seen.value)
            moved = self._moved(seen.value)
            candidates = tuple(each for each in near if each in moved) or moved[:1] or tuple(near)
            candidates = candidates or ((like,) if like else ())
        best: tuple[list[Finding], set[str]] | None = None
        for message in candidates:
            judged = self._message(message, seen.value)
            if unknown and message.event and not self._gone_wrong(message, seen.value, judged[0]):
                continue
            if best is None or len(judged[0]) < len(best[0]):
                best = judged
        if best is not None:
            findings += best[0]
            exercised |= best[1]
        if unknown and not (best and best[0]):
            findings.append(
                self.finding(known, "message", "one of the documented messages", _short(seen.value))
            )
        return findings, exercised

    def _moved(self, value: object) -> tuple[Message, ...]:
        """The messages whose positions explain an array by the fewest edits.

        An array that lost its mark may well be another than the one that was waited for.
        """
        if not isinstance(value, (list, tuple)):
            return ()
        arrays = [
            each
            for each in self.service.messages.values()
            if each.sent_by_target and each.payload.values.get("type") == ("array",)
        ]
        return tuple(arrays[number] for number in nearest([each.payload for each in arrays], value))

    def _gone_wrong(self, message: Message, value: object, findings: Iterable[Finding]) -> bool:
        """Whether an event that no mark names can be this message with but its marks wrong.

        Else it is a message that no document describes, whose differences from this one tell nobody anything.
        A list is explained whatever is wrong, for its positions may have moved, and so is a map in its place.
        """
        if not isinstance(value, Mapping) or message.payload.values.get("type") == ("array",):
            return True
        marks = {split(place) for place in message.marks}
        around = {place[:-1] for place in marks}

        def marking(finding: Finding) -> bool:
            path, clause = tuple(map(str, finding.path)), self.clauses.get(finding.clause)
            keyword = clause.keyword if clause is not None else ""
            return path in marks or (keyword == "required" and path in around)

        return value.keys() <= _names(message.payload) and all(map(marking, findings))

    def _bytes(self, seen: Seen) -> tuple[list[Finding], set[str]]:
        rules = self.service.rules.clauses
        findings: list[Finding] = []
        exercised = {
            rules[name]
            for name in ("wire/binary", "wire/text", "wire/decodable", "wire/one-object", "wire/unique-keys")
            if name in rules
        }
        if seen.opcode != seen.expected_opcode:
            name = f"wire/{seen.expected_opcode}"
            findings.append(
                self.finding(
                    rules.get(name, name),
                    "frame",
                    f"a {seen.expected_opcode} frame",
                    f"a {seen.opcode} frame",
                )
            )
        for problem in seen.problems:
            name = WIRE.get(problem.kind, "wire/decodable")
            findings.append(
                self.finding(
                    rules.get(name, name),
                    f"byte {problem.offset}",
                    "exactly one well-formed object",
                    problem.says,
                )
            )
        return findings, exercised

    def _message(self, message: Message, value: object) -> tuple[list[Finding], set[str]]:
        judgement = judge_value(message.payload, value)
        findings, exercised = list(judgement.findings), set(judgement.exercised)
        if not findings:  # rules speak about well-formed messages
            for rule in message.rules:
                applied, wrong = judge_rule(rule, message.name, value)
                if applied:
                    exercised.add(rule.clause)
                findings += wrong
        return findings, exercised


def _names(schema: Schema) -> set[str]:
    """The members that a map of this schema may have, whichever alternative it is."""
    parts = (*schema.all_of, *schema.any_of, *schema.one_of)
    return set(schema.properties).union(*map(_names, parts))


def _short(value: object) -> str:
    text = ascii(value)
    return text if len(text) <= 80 else text[:77] + "..."
