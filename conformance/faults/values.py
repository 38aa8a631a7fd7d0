"""Faults in values: each one-fault mutant of each message that the target sends, and of each HTTP body."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from conformance.cases.reading import codec_of
from conformance.codec import JSON
from conformance.contract import (
    Contract,
    HttpOperation,
    Message,
    Protocol,
    Response,
    Schema,
    Service,
    identify,
)
from conformance.faults.altered import altering, answering, with_body, written
from conformance.faults.fault import Fault, Kind
from conformance.faults.shadow import of_http, of_http_service, of_message, of_service
from conformance.payloads import Mutant, broken_again, exemplified, mutants
from conformance.reference.behaviour import Behaviour

FAMILY = "value"


def value_faults(contract: Contract, name: str = "") -> Iterator[Fault]:
    """One fault a mutant of a message of the target; with a name, only those of the message it names."""
    for service in contract.services.values():
        everything = of_service(contract, service)
        for message in service.from_target():
            if not name.startswith(f"{service.name}/{message.name}/" if name else ""):
                continue
            shadow = of_message(service, message)
            codec = codec_of(service)
            for mutant in mutants(message.payload):
                if not written(codec, mutant):
                    continue
                broken = exemplified(mutant.value)
                known = any(each.name == message.name for each in identify(service, broken))
                yield Fault(
                    f"{service.name}/{message.name}/{mutant.label}",
                    Kind.DERIVED,
                    FAMILY,
                    f"{message.name}: {mutant.says}",
                    (mutant.clause,),
                    shadow if known else everything,  # whoever waits may take it for what he waits for
                    partial(_message, service, message, mutant),
                    mutant.also,
                )


def body_faults(contract: Contract, name: str = "") -> Iterator[Fault]:
    """One fault a mutant of a body that an HTTP service answers with; with a name, of the one it names."""
    for service in contract.services.values():
        if service.protocol is not Protocol.HTTP:
            continue
        for operation in service.http:
            if not name.startswith(f"{service.name}/{operation.name}/" if name else ""):
                continue
            shadow = of_http(operation) | of_http_service(service)
            for response in operation.responses:
                for schema in response.content.values():
                    for mutant in mutants(schema):
                        if not written(JSON, mutant):
                            continue
                        yield Fault(
                            f"{service.name}/{operation.name}/{response.status}/{mutant.label}",
                            Kind.DERIVED,
                            FAMILY,
                            f"{operation.name} {response.status}: {mutant.says}",
                            (mutant.clause,),
                            shadow,
                            partial(_body, operation, response, schema, mutant),
                            mutant.also,
                        )


def _message(service: Service, message: Message, mutant: Mutant) -> type[Behaviour]:
    return altering(service, message.name, partial(broken_again, message.payload, mutant))


def _body(operation: HttpOperation, response: Response, schema: Schema, mutant: Mutant) -> type[Behaviour]:
    change = partial(broken_again, schema, mutant)
    return answering(operation.method, operation.path, response, lambda answer: with_body(answer, change))
