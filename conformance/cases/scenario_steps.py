"""The steps of one scenario: the file's words into the step language, each checked against the contract."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from conformance.cases.building import MAIN, Script
from conformance.cases.commanding import Commander
from conformance.cases.facts import PATIENCE_MS
from conformance.cases.scenario_requests import read_request
from conformance.cases.scenario_values import (
    Known,
    check_pointer,
    conditions,
    exists,
    flag,
    mapping,
    number,
    one_of,
    only,
    required,
    text,
    value,
    words,
)
from conformance.cases.steps import As, Close, Connect, Disconnect, Expect, Request, Send, Silence, Step
from conformance.contract import find
from conformance.contract.model import Message, Operation, Service
from conformance.documents.tree import Node
from conformance.payloads import Hole

PAUSE_MS = 300
OTHER = "other"
HOW = ("close", "drop", "reset")


def _expects(step: Step) -> bool:
    match step:
        case Request(holds=holds):
            return bool(holds)
        case Connect(promised=promised):
            return promised
        case _:
            return isinstance(step, Expect | Silence | Close)


class StepReader:
    """Reads the steps of one scenario in order, for each may only use what came before it."""

    def __init__(
        self, commanders: Mapping[str, Commander], service: str, clause: str, stated: Collection[str] = ()
    ) -> None:
        self.clause = clause
        self.sessions: dict[str, str] = {}
        self._commanders = commanders
        self._service = service
        self._script: Script = commanders[service].script()
        self._open_now: set[str] = set()
        self._saved: set[str] = set()
        self._known = Known(commanders[service].contract, self._saved, stated)
        self._unanswered: dict[int, Operation] = {}
        self._words: dict[str, Callable[[Node], None]] = {
            "connect": self._connect,
            "send": self._send,
            "expect": self._expect,
            "silence": self._silence,
            "close": self._close,
            "disconnect": self._disconnect,
            "request": self._request,
        }

    @property
    def steps(self) -> list[Step]:
        """The steps read so far."""
        return self._script.steps

    @property
    def cleanup(self) -> list[Step]:
        """What undoes, at the end, what the steps made."""
        return self._script.cleanup

    def read(self, steps: Node) -> None:
        """Read the whole list. Raises DocumentError at the first thing that is wrong."""
        if not isinstance(steps.value, list) or not steps.value:
            raise steps.refuse("a scenario has no steps", expected="a list of steps")
        for node in steps.elements():
            mapping(node, "a step")
            if len(node.value if isinstance(node.value, dict) else ()) != 1:
                raise node.refuse("a step is one word", expected=one_of(self._words))
            ((word, child),) = node.items()
            if word not in self._words:
                raise child.refuse(f"no step is called {word!r}", expected=one_of(self._words))
            if not self.sessions and word not in ("connect", "request"):
                self._open(MAIN, self._service, None)
            self._words[word](mapping(child, word))
        if not any(_expects(step) for step in self.steps):
            raise steps.refuse(
                "a scenario that expects nothing proves nothing", expected="expect, silence or close"
            )

    def _open(self, session: str, service: str, who: As | None, promised: bool = False) -> None:
        self.sessions[session] = service
        self._open_now.add(session)
        clause = self.clause if promised else ""
        self._script.add(Connect(session, service, who, clause=clause, promised=promised))

    def _connect(self, node: Node) -> None:
        only(node, ("session", "service", "as", "promised"), "connect")
        session = text(required(node, "session", "connect"), "a session")
        if session in self._open_now:
            raise node.refuse(f"session {session!r} is already open", expected="a new name")
        service = node.get("service")
        name = text(service, "a service") if service is not None else self._service
        if service is not None and name not in self._commanders:
            raise service.refuse(f"no document is called {name!r}", expected=one_of(self._commanders))
        who = self._who(node, self._commanders[name].service)
        self._open(session, name, who, flag(node.get("promised")))

    def _who(self, node: Node, service: Service) -> As | None:
        wanted = node.get("as")
        if wanted is None:
            return None
        mapping(wanted, "as")
        only(wanted, ("has", "lacks", "account"), "as")
        held = tuple(each.scheme for each in service.credentials.values() if not each.issued_by)
        held += tuple(each.scheme for each in service.handshakes.values() if not each.impossible)
        if not held:
            raise wanted.refuse(f"{service.name} has no credential to authenticate with")
        account = wanted.get("account")
        if account is not None and account.value != OTHER:
            raise account.refuse(f"no account is called {account.value!r}", expected=OTHER)
        has, lacks = words(wanted.get("has"), "has"), words(wanted.get("lacks"), "lacks")
        return As(held, frozenset(has), frozenset(lacks), other_account=account is not None)

    def _session(self, node: Node) -> tuple[str, Commander]:
        name = node.text("session", default=MAIN)
        if name not in self._open_now:
            raise (node.get("session") or node).refuse(
                f"session {name!r} is not open here", expected=one_of(self._open_now)
            )
        return name, self._commanders[self.sessions[name]]

    def _send(self, node: Node) -> None:
        only(node, ("operation", "with", "without", "save", "session"), "send")
        session, commander = self._session(node)
        named = required(node, "operation", "send")
        operation = commander.service.operations.get(text(named, "an operation"))
        if operation is None:
            known = one_of(commander.service.operations)
            raise named.refuse(f"{commander.service.name} has no operation {named.value!r}", expected=known)
        command = commander.service.messages[operation.message]
        fields: dict[str, object] = {}
        given = node.get("with")
        for name, child in mapping(given, "with").items() if given is not None else ():
            if not exists(command.payload, (name,)):
                raise child.refuse(f"{operation.name} has no field {name!r}")
            fields[name] = value(child, self._known, in_command=True)
        payload = commander.command_with(operation, fields)
        left_out = node.get("without")
        for name in words(left_out, "without"):
            if left_out is not None and not exists(command.payload, (name,)):
                raise left_out.refuse(f"{operation.name} has no field {name!r}")
            payload = {key: each for key, each in payload.items() if key != name}
        made = commander.prepared(self._script, payload, session)
        save = self._kept(node, command)
        index = self._script.send(
            operation, made, session=session, who=self._holder(session, commander, made), save=save
        )
        self._unanswered[index] = operation

    def _kept(self, node: Node, message: Message) -> dict[str, str]:
        """The ``save`` of a step: name -> pointer into the message."""
        save: dict[str, str] = {}
        wanted = node.get("save")
        for name, child in mapping(wanted, "save").items() if wanted is not None else ():
            check_pointer(child, text(child, "a saved pointer"), message)
            save[name] = str(child.value)
        self._saved.update(save)
        return save

    def _holder(self, session: str, commander: Commander, payload: Mapping[str, object]) -> As | None:
        """Whose credential fills an open place for one: that of the session, else any of its scheme."""
        for credential in commander.service.credentials.values():
            if any(isinstance(found, Hole) for _path, found in find(payload, credential.location)):
                opened = (
                    step for step in self.steps if isinstance(step, Connect) and step.session == session
                )
                return next((step.who for step in opened if step.who is not None), As((credential.scheme,)))
        return None

    def _message(self, node: Node, commander: Commander) -> Message:
        named = required(node, "message", "a step that waits")
        message = commander.service.messages.get(text(named, "a message"))
        if message is None or not message.sent_by_target:
            known = one_of(each.name for each in commander.service.from_target())
            raise named.refuse(f"{commander.service.name} never sends {named.value!r}", expected=known)
        return message

    def _answers(self, session: str, message: Message) -> int | None:
        """The last command of the session that is still unanswered and may be answered with this message."""
        for index in sorted(self._unanswered, reverse=True):
            sent = self.steps[index]
            if (
                isinstance(sent, Send)
                and sent.session == session
                and message.name in self._unanswered[index].replies
            ):
                return index
        return None

    def _expect(self, node: Node) -> None:
        only(node, ("message", "where", "holds", "save", "within_ms", "ordered", "session"), "expect")
        session, commander = self._session(node)
        message = self._message(node, commander)
        where = conditions(node.get("where"), message, self._known)
        save = self._kept(node, message)
        index = self._answers(session, message)
        operation = self._unanswered.pop(index) if index is not None else None
        if operation is not None:
            save |= commander.undoable(self._script, operation, message.name, session)
        patience = (operation.within_ms if operation else 0) or PATIENCE_MS
        self._script.add(
            Expect(
                session,
                (message.name,),
                self.clause,
                reply_to=index,
                where=where,
                holds=conditions(node.get("holds"), message, self._known),
                save=save,
                within_ms=number(node.get("within_ms"), patience),
                ordered=flag(node.get("ordered")),
                where_clause=self.clause,
                within_clause=self.clause,
                correlation_clause=operation.clauses.get("correlation", "") if operation else "",
            )
        )

    def _silence(self, node: Node) -> None:
        only(node, ("message", "where", "for_ms", "session", "witness"), "silence")
        session, commander = self._session(node)
        message = self._message(node, commander)
        where = conditions(node.get("where"), message, self._known)
        witness = node.text("witness")
        if witness and (witness not in self._open_now or witness == session):
            others = one_of(name for name in self._open_now if name != session)
            raise required(node, "witness", "silence").refuse(
                f"session {witness!r} cannot be the witness", expected=others
            )
        self._script.add(
            Silence(
                session,
                (message.name,),
                self.clause,
                where,
                for_ms=number(node.get("for_ms"), PAUSE_MS),
                witness=witness,
            )
        )

    def _close(self, node: Node) -> None:
        only(node, ("code", "within_ms", "session"), "close")
        session, _ = self._session(node)
        code = node.get("code")
        codes = (number(code, 0),) if code is not None else ()
        self._script.add(
            Close(
                session,
                codes,
                self.clause,
                number(node.get("within_ms"), PATIENCE_MS),
                late_clause=self.clause,
            )
        )

    def _request(self, node: Node) -> None:
        services = {name: commander.service for name, commander in self._commanders.items()}
        step = read_request(node, services, self._service, self.clause, self._known)
        self._saved.update(step.save)
        self._script.add(step)

    def _disconnect(self, node: Node) -> None:
        only(node, ("session", "how"), "disconnect")
        session, _ = self._session(node)
        how = node.text("how", default=HOW[0])
        if how not in HOW:
            raise required(node, "how", "disconnect").refuse(
                f"a connection cannot be ended by {how!r}", expected=one_of(HOW)
            )
        self._open_now.remove(session)
        self._script.add(Disconnect(session, how))
