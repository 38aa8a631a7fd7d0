"""Collects the steps of one case, the clauses that it enforces, and from both what it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conformance.cases.case import Case, Family
from conformance.cases.facts import PATIENCE_MS, documented, refusal_code, slug
from conformance.cases.needs import needs
from conformance.cases.steps import UNSAVED, As, Condition, Connect, Door, Expect, Send, Step
from conformance.contract.clause import Clause, Level
from conformance.contract.model import Contract, Operation, Service
from conformance.contract.schema import Provenance

MAIN = "main"
WITNESS = "witness"


def gravity(clauses: Iterable[str], known: Mapping[str, Clause]) -> tuple[Level, Provenance]:
    """Level and provenance of a case: *should* or published only if all that it claims is."""
    should = published = True
    claimed = False
    for each in clauses:
        clause = known.get(each)
        if clause is not None:
            claimed = True
            should = should and clause.level is Level.SHOULD
            published = published and clause.provenance is Provenance.PUBLISHED
    should, published = should and claimed, published and claimed
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
        self._claims: dict[str, None] = {}
        self._refused: set[int] = set()

    def claim(self, *clauses: str) -> None:
        """The case enforces these clauses; names that the contract does not know are left out."""
        known = self.contract.clauses
        for each in clauses:
            if each in known:
                self._claims[each] = None

    def connect(
        self,
        session: str = MAIN,
        *,
        who: As | None = None,
        path: str = "",
        clause: str = "",
        service: str = "",
        door: Door | None = None,
    ) -> None:
        """Open a session, authenticated when ``who`` is given; ``door``: otherwise than the target asks."""
        self.steps.append(Connect(session, service or self.service.name, who, path, clause, door=door))

    def send(
        self,
        operation: Operation,
        payload: object,
        *,
        session: str = MAIN,
        fragments: int = 1,
        who: As | None = None,
        save: Mapping[str, str] = UNSAVED,
    ) -> int:
        """Send a command; the index of the step, for its reply. ``who`` fills a credential in the payload."""
        self.steps.append(Send(session, operation.name, payload, fragments=fragments, who=who, save=save))
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

    def any_reply(self, index: int, operation: Operation, *, save: Mapping[str, str] = UNSAVED) -> None:
        """The command got some documented reply, a refusal among them."""
        refusals = self.service.rules.refusals
        replies = operation.replies + ((refusals.message,) if refusals else ())
        clause = operation.clauses.get("reply", "")
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
        level, provenance = gravity(self._claims, self.contract.clauses)
        path = "/".join(slug(part) for part in words.split("/"))
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
            cleanup=tuple(self.cleanup),
        )

    def _resource(self) -> str:
        """Cases that are meant to change an account, or that may find it changed, share it one at a time."""
        for index, step in enumerate(self.steps):
            if isinstance(step, Send) and step.operation and index not in self._refused:
                operation = self.service.operations[step.operation]
                if operation.changes_state:
                    return f"{self.service.name}/account"
        return ""
