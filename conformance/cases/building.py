"""Collects the steps of one case, the clauses that it enforces, and from both what it needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from conformance.cases.case import Case, Family
from conformance.cases.facts import PATIENCE_MS, documented, refusal_code, slug
from conformance.cases.needs import needs
from conformance.cases.steps import (
    UNSAVED,
    As,
    Condition,
    Connect,
    Door,
    Expect,
    Idle,
    Ping,
    Send,
    Step,
    Unanswered,
)
from conformance.contract.clause import Clause, Level
from conformance.contract.model import Contract, Operation, Service
from conformance.contract.schema import Provenance

MAIN = "main"
WITNESS = "witness"


def gravity(clauses: Iterable[str], known: Mapping[str, Clause]) -> tuple[Level, Provenance]:
    """Level and provenance of a case: *should* or published only if all that it claims is."""
    return _gravity([known[each] for each in clauses if each in known])


def _gravity(claimed: Collection[Clause]) -> tuple[Level, Provenance]:
    should = published = bool(claimed)
    for clause in claimed:
        if clause.level is not Level.SHOULD:
            should = False
        if clause.provenance is not Provenance.PUBLISHED:
            published = False
    return (
        Level.SHOULD if should else Level.MUST,
        Provenance.PUBLISHED if published else Provenance.ASSUMED,
    )


class Script:
    """One case in the making: ``claim`` names what it is about; steps carry clauses of their own."""

    def __init__(self, contract: Contract, service: Service) -> None:
        self.contract = contract
        self.service = service
        self.steps: list[Step] = []
        self.cleanup: list[Step] = []
        self._claims: dict[str, Clause] = {}
        self._refused: set[int] = set()

    def claim(self, *clauses: str) -> None:
        """The case enforces these clauses; names that the contract does not know are left out."""
        known = self.contract.clauses
        for each in clauses:
            clause = known.get(each)
            if clause is not None:
                self._claims[each] = clause

    def connect(
        self,
        session: str = MAIN,
        *,
        who: As | None = None,
        path: str = "",
        clause: str = "",
        service: str = "",
        door: Door | None = None,
        alias: int = 0,
    ) -> None:
        """Open a session, authenticated when ``who`` is given; ``door``: otherwise than the target asks.

        ``alias``: at another address of the environment.
        """
        name = service or self.service.name
        self.steps.append(Connect(session, name, who, path, clause, door=door, alias=alias))

    def send(
        self,
        operation: Operation,
        payload: object,
        *,
        session: str = MAIN,
        fragments: int = 1,
        who: As | None = None,
        save: Mapping[str, str] = UNSAVED,
        more: bool = False,
        late: bool = False,
    ) -> int:
        """Send a command; the index of the step, for its reply. ``who`` fills a credential in the payload."""
        sent = Send(
            session, operation.name, payload, fragments=fragments, who=who, save=save, more=more, late=late
        )
        self.steps.append(sent)
        return len(self.steps) - 1

    def raw(self, data: bytes, *, opcode: str = "binary", session: str = MAIN) -> int:
        """Send these bytes as they are."""
        self.steps.append(Send(session, raw=data, opcode=opcode))
        return len(self.steps) - 1

    def answered(
        self, index: int, operation: Operation, *, clause: str = "", save: Mapping[str, str] = UNSAVED
    ) -> None:
        """The command was taken: one of its documented replies, in time, with its correlation."""
        narrowed = operation.narrowed
        where = tuple(Condition(at, "eq", value) for at, value in narrowed.items())
        replies = operation.replies[:1] if narrowed else documented(self.service, operation)
        self._reply(index, operation, replies, clause or operation.clauses.get("reply", ""), where, save)

    def any_reply(
        self, index: int, operation: Operation, *, clause: str = "", save: Mapping[str, str] = UNSAVED
    ) -> None:
        """The command got some documented reply, a refusal among them."""
        refusals = self.service.rules.refusals
        replies = operation.replies + ((refusals.message,) if refusals else ())
        clause = clause or operation.clauses.get("reply", "")
        self._reply(index, operation, tuple(dict.fromkeys(replies)), clause, (), save)

    def _reply(
        self,
        index: int,
        operation: Operation,
        replies: tuple[str, ...],
        clause: str,
        where: tuple[Condition, ...],
        save: Mapping[str, str],
    ) -> None:
        self.steps.append(
            Expect(
                self._session_of(index),
                replies,
                clause,
                reply_to=index,
                where=where,
                save=save,
                within_ms=operation.within_ms or PATIENCE_MS,
                where_clause=clause,
                within_clause=operation.clauses.get("within", ""),
                correlation_clause=operation.clauses.get("correlation", ""),
            )
        )

    def refused(
        self, index: int, clause: str, *, code: str | int = "", role: str = "", correlated: bool = True
    ) -> None:
        """The command was refused: with ``code``, or the code that plays ``role``, or any."""
        refusals = self.service.rules.refusals
        assert refusals is not None, "a refusal is expected only of a service that says how it refuses"
        sent = self.steps[index]
        operation = self.service.operations.get(sent.operation) if isinstance(sent, Send) else None
        wanted = code or refusal_code(self.service, role)
        several = () if code else refusals.of(role)[1:]
        named = Condition(refusals.code, "among", (wanted, *several)) if several else None
        named = named or (Condition(refusals.code, "eq", wanted) if wanted else None)
        if operation is not None and correlated:
            self.claim(operation.clauses.get("correlation", ""))
        self._refused.add(index)
        self.steps.append(
            Expect(
                self._session_of(index),
                (refusals.message,),
                clause,
                reply_to=index,
                where=(named,) if named is not None else (),
                within_ms=(operation.within_ms if operation else 0) or PATIENCE_MS,
                correlated=correlated,
                where_clause=(refusals.clauses.get(role, "") if wanted else "") or clause,
                within_clause=operation.clauses.get("within", "") if operation else "",
                correlation_clause=operation.clauses.get("correlation", "")
                if operation and correlated
                else "",
            )
        )

    def unanswered(self, index: int, clause: str, *roles: str) -> None:
        """The command came too late to be looked at; a refusal of one of these roles may say so."""
        sent = self.steps[index]
        operation = self.service.operations.get(sent.operation) if isinstance(sent, Send) else None
        within = (operation.within_ms if operation else 0) or PATIENCE_MS
        refusals = self.service.rules.refusals
        codes = tuple(code for role in (*roles, "busy") for code in (refusals.of(role) if refusals else ()))
        self._refused.add(index)
        self.steps.append(Unanswered(self._session_of(index), index, clause, within, codes))

    def hasten(self) -> None:
        """Send all commands (and pause between them, and ping) before the first reply is waited for.

        A deadline may leave little time. Only where replies are told apart by what they echo; of commands
        that need nothing of a reply.
        """
        sent = [each for each in self.steps if isinstance(each, Send) and each.operation]
        names = [self.service.operations[each.operation].message for each in sent]
        if not all(self.service.messages[name].correlation for name in names):
            return
        rank = {Connect: 0, Send: 1, Idle: 1, Ping: 1}
        order = sorted(range(len(self.steps)), key=lambda place: rank.get(type(self.steps[place]), 2))
        moved = {old: new for new, old in enumerate(order)}
        steps = [self.steps[place] for place in order]
        self.steps = [
            replace(each, reply_to=moved[each.reply_to])
            if isinstance(each, Expect) and each.reply_to is not None
            else each
            for each in steps
        ]
        self._refused = {moved[place] for place in self._refused}

    def add(self, *steps: Step) -> None:
        """Append steps that need no help."""
        self.steps.extend(steps)

    def _session_of(self, index: int) -> str:
        sent = self.steps[index]
        assert isinstance(sent, Send)
        return sent.session

    def case(
        self,
        family: Family,
        words: str,
        says: str,
        *,
        focused: bool = False,
        exclusive: bool = False,
    ) -> Case:
        """The finished case ``service/family/words``."""
        level, provenance = _gravity(self._claims.values())
        path = "/".join(map(slug, words.split("/")))
        return Case(
            id=f"{slug(self.service.name)}/{family.value}/{path}",
            family=family,
            service=self.service.name,
            says=says,
            clauses=tuple(self._claims),
            level=level,
            provenance=provenance,
            steps=tuple(self.steps),
            needs=needs(self.contract, (*self.steps, *self.cleanup), exclusive=exclusive),
            focused=focused,
            resource=self._resource(),
            cleanup=tuple(reversed(self.cleanup)),  # what was made last is undone first
        )

    def _resource(self) -> str:
        """Cases that are meant to change an account, or that may find it changed, share it one at a time.

        Making a credential, and making it worthless, changes nothing that another case looks at.
        """
        sent = [
            step
            for index, step in enumerate(self.steps)
            if isinstance(step, Send) and step.operation and index not in self._refused
        ]
        sessions = (
            {step.session: step.service for step in self.steps if isinstance(step, Connect)} if sent else {}
        )
        for step in sent:
            service = self.contract.services[sessions.get(step.session, self.service.name)]
            if not service.operations[step.operation].changes_state:
                continue
            keys = ((each.issued_by, each.revoked_by) for each in service.credentials.values())
            if not any(step.operation in each for each in keys):
                return f"{service.name}/account"
        return ""
