"""HTTP answers held against their document."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.cases.conditions import unmet
from conformance.cases.matching import Ledger
from conformance.cases.reading import body_of
from conformance.cases.steps import Generate, Request
from conformance.codec import MISSING, codec_for
from conformance.contract import HttpOperation, Response, Service
from conformance.transcript import Exchange, Mark
from conformance.validation import judge as judge_value
from conformance.verdict.notes import Notes
from conformance.verdict.ruling import judge_rule, judge_succession
from conformance.verdict.steps import condition_words


class HttpJudge:
    """Judges the answers of one HTTP service."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._operations = {operation.name: operation for operation in service.http}

    def answered(
        self,
        notes: Notes,
        step: Request,
        exchange: Exchange,
        before: dict[str, object],
        ledger: Ledger,
    ) -> bool:
        """One answer, and what a scenario makes of it; False when the conversation cannot have gone on."""
        self.judge(notes, step, exchange, before)
        body = body_of(exchange.header("content-type"), exchange.body)
        if step.only not in (0, exchange.status):
            told = f"{step.method} {step.path} answered {exchange.status}, and this is about {step.only}"
            notes.unclear = notes.unclear or told
            return False
        if body is MISSING:
            return not (step.only or step.save or step.holds)
        wrong = unmet(step.holds, body, ledger.saved)
        if wrong is not None:
            condition, wanted, found = wrong
            where = f"{step.method} {step.path} {condition.pointer}"
            seen = "nothing" if found is MISSING else f"{found!r:.80}"
            notes.broken(step.clause, where, condition_words(condition, wanted), seen)
        ledger.keep(step.save, body)
        return True

    def judge(self, notes: Notes, step: Request, exchange: Exchange, before: dict[str, object]) -> None:
        """One answer. ``before`` holds the last good body by operation, for rules over successive ones."""
        operation = self._operations.get(step.operation)
        notes.kept(step.clause)
        where = f"{step.method} {step.path}"
        statuses = step.statuses
        response: Response | None = None
        if operation is not None:
            response = response_of(operation, exchange.status)
            if not statuses and response is None:
                documented = " or ".join(r.status for r in operation.responses)
                notes.broken(step.clause, where, f"status {documented}", f"status {exchange.status}")
                return
        if statuses and exchange.status not in statuses:
            wanted = " or ".join(str(status) for status in statuses)
            notes.broken(step.clause, where, f"status {wanted}", f"status {exchange.status}")
            return
        if exchange.failure:
            notes.broken(step.clause, where, "a whole answer", exchange.failure)
            return
        if step.require_header and exchange.header(step.require_header) is None:
            notes.broken(step.clause, where, f"the header {step.require_header}", "an answer without it")
        if step.no_body:
            if exchange.body:
                notes.broken(step.clause, where, "no body", f"a body of {len(exchange.body)} bytes")
            return
        if operation is not None and response is not None:
            self._body(notes, operation, response, exchange, where, before)

    def _body(
        self,
        notes: Notes,
        operation: HttpOperation,
        response: Response,
        exchange: Exchange,
        where: str,
        before: dict[str, object],
    ) -> None:
        if not response.content:
            return
        clause = operation.clauses.get("content-type", "")
        notes.kept(clause)
        sent = (exchange.header("content-type") or "").split(";")[0].strip().lower()
        schema = response.content.get(sent)
        if schema is None:
            wanted = " or ".join(response.content)
            notes.broken(clause, where, f"content type {wanted}", f"{sent!a}" if sent else "no content type")
            return
        codec = codec_for(sent)
        if codec is None:
            return
        decoded = codec.decode(exchange.body)
        for problem in decoded.problems:
            notes.broken(
                clause, f"{where} byte {problem.offset}", f"one well-formed {codec.name} value", problem.says
            )
        if decoded.value is MISSING:
            return
        judgement = judge_value(schema, decoded.value)
        notes.exercised |= judgement.exercised
        notes.findings += judgement.findings
        if judgement.findings:
            return
        for rule in operation.rules:
            applied, wrong = judge_rule(rule, operation.name, decoded.value)
            if operation.name in before:
                again, fallen = judge_succession(rule, operation.name, before[operation.name], decoded.value)
                applied, wrong = applied or again, wrong + fallen
            if applied:
                notes.kept(rule.clause)
            notes.findings += wrong
        before[operation.name] = decoded.value


def response_of(operation: HttpOperation, status: int) -> Response | None:
    """The documented response for a status: exact, by class (``5XX``), or ``default`` (OpenAPI 3.1,
    Responses Object)."""
    by_status = {response.status.upper(): response for response in operation.responses}
    return by_status.get(str(status)) or by_status.get(f"{status // 100}XX") or by_status.get("DEFAULT")


def judge_generated(notes: Notes, step: Generate, mark: Mark) -> None:
    """What Schemathesis found. No request made means that nothing was judged."""
    failures = mark.data.get("failures")
    error = mark.data.get("error")
    requests = mark.data.get("requests")
    if error and mark.data.get("blame") == "target":
        notes.broken(step.clause, f"{step.method} {step.path}", "a whole answer", str(error)[:200])
    elif error:
        notes.unclear = notes.unclear or f"generated requests could not be made: {error}"
    if isinstance(requests, int) and requests > 0:
        notes.kept(step.clause)
    if isinstance(failures, list | tuple):
        for failure in failures:
            if isinstance(failure, Mapping):
                notes.broken(
                    step.clause,
                    f"{step.method} {step.path}",
                    f"{failure.get('check', 'the documented answer')}",
                    f"{failure.get('message', '')}"[:200],
                )
