"""Faults of HTTP answers around their bodies: status, content type, what is no body at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from conformance.contract import Contract, Protocol
from conformance.faults.altered import answering
from conformance.faults.fault import Derived, Fault, Kind
from conformance.faults.shadow import of_http, of_http_service
from conformance.reference.behaviour import HttpAnswer

FAMILY = "http"


def _status(status: int, answer: HttpAnswer) -> HttpAnswer:
    return replace(answer, status=status)


def _type(content_type: str, answer: HttpAnswer) -> HttpAnswer:
    return replace(answer, content_type=content_type)


def _cut(answer: HttpAnswer) -> HttpAnswer:
    return replace(answer, body=answer.body[:-1])


def _empty(answer: HttpAnswer) -> HttpAnswer:
    return replace(answer, body=b"")


def _more(answer: HttpAnswer) -> HttpAnswer:
    return replace(answer, body=answer.body + b"x")


RULES: tuple[tuple[str, str, str, Callable[[HttpAnswer], HttpAnswer]], ...] = (
    ("as-418", "status", "with a status that nobody documented", partial(_status, 418)),
    ("as-500", "status", "with 500", partial(_status, 500)),
    ("as-204", "status", "with 204", partial(_status, 204)),
    ("as-plain-text", "content-type", "as plain text", partial(_type, "text/plain")),
    ("as-html", "content-type", "as HTML", partial(_type, "text/html; charset=utf-8")),
    ("cut-short", "content-type", "with a body that lacks its last byte", _cut),
    ("with-more", "content-type", "with a byte behind its body", _more),
    ("empty", "content-type", "without a body", _empty),
)
"""Name, clause of the operation, sentence, what is done to the answer."""


def exposure_faults(contract: Contract, name: str = "") -> Iterator[Fault]:
    """One fault an operation that must not be there over HTTP, and is."""
    for service in contract.services.values():
        rules = service.rules.http
        clause = rules.clauses.get("not-exposed", "")
        hidden = contract.services.get(rules.not_exposed_service)
        if not clause or hidden is None:
            continue
        for operation in hidden.operations:
            yield Fault(
                f"{service.name}/exposes-{operation}",
                Kind.DERIVED,
                FAMILY,
                f"{operation} can be posted to {service.name}",
                (clause,),
                of_http_service(service),
                partial(_exposing, operation),
            )


def _exposing(operation: str) -> type[Derived]:
    class Exposing(Derived):
        """Answers on a path where nothing should be."""

        def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
            """200 for the operation's name."""
            answer = super().answer(service, method, path, answer)
            if path != f"/{operation}" or answer.status < 400:
                return answer
            self.applied += 1
            return HttpAnswer(200, b"{}")

    return Exposing


def answer_faults(contract: Contract, name: str = "") -> Iterator[Fault]:
    """Each way to spoil the first documented answer of an HTTP operation."""
    for service in contract.services.values():
        if service.protocol is not Protocol.HTTP:
            continue
        for operation in service.http:
            response = next((each for each in operation.responses if each.content), None)
            if response is None:
                continue
            shadow = of_http(operation) | of_http_service(service)
            documented = {each.status for each in operation.responses}
            for word, clause, says, change in RULES:
                if clause in operation.clauses and word.removeprefix("as-") not in documented:
                    yield Fault(
                        f"{service.name}/{operation.name}/{word}",
                        Kind.DERIVED,
                        FAMILY,
                        f"{operation.name} is answered {says}",
                        (operation.clauses[clause],),
                        shadow,
                        partial(answering, operation.method, operation.path, response, change),
                    )
