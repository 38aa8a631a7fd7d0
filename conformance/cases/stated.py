"""A contract as it is at one target: what the target states of itself stands for what the documents say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from conformance.contract.model import Contract, Service
from conformance.contract.schema import Schema


def as_stated(contract: Contract, deadlines: Mapping[str, int], minimums: Mapping[str, int]) -> Contract:
    """The contract with these deadlines (ms, by name) and these minimums of command fields (by field)."""
    if not deadlines and not minimums:
        return contract
    services = {
        name: _with_minimums(_with_deadlines(service, deadlines), minimums)
        for name, service in contract.services.items()
    }
    told = {
        clause: replace(contract.clauses[clause], said=f"{contract.clauses[clause].says} {words}")
        for service in contract.services.values()
        for deadline in service.rules.deadlines
        if deadlines.get(deadline.name, deadline.after_ms) != deadline.after_ms
        for words in (f"This target states {deadlines[deadline.name]} ms for it, not {deadline.after_ms}.",)
        for clause in deadline.clauses.values()
        if clause in contract.clauses
    }
    return replace(
        contract,
        services=MappingProxyType(services),
        clauses=MappingProxyType({**contract.clauses, **told}),
    )


def lowerable(contract: Contract) -> set[str]:
    """The fields of commands of which a least value is promised."""
    return {
        name
        for service in contract.services.values()
        for message in service.messages.values()
        if message.sent_by_client
        for schema in message.payload.walk()
        for name, each in schema.properties.items()
        if "minimum" in each.values
    }


def _with_deadlines(service: Service, deadlines: Mapping[str, int]) -> Service:
    own = tuple(
        replace(each, after_ms=deadlines.get(each.name, each.after_ms)) for each in service.rules.deadlines
    )
    return replace(service, rules=replace(service.rules, deadlines=own))


def _with_minimums(service: Service, minimums: Mapping[str, int]) -> Service:
    messages = {
        name: replace(message, payload=_lowered(message.payload, minimums))
        if message.sent_by_client
        else message
        for name, message in service.messages.items()
    }
    return replace(service, messages=MappingProxyType(messages))


def _lowered(schema: Schema, minimums: Mapping[str, int]) -> Schema:
    """The schema with other minimums for the fields named; itself where nothing changes."""
    if not any(name in each.properties for each in schema.walk() for name in minimums):
        return schema
    properties = {name: _lowered(each, minimums) for name, each in schema.properties.items()}
    for name, least in minimums.items():
        field = properties.get(name)
        if field is not None and "minimum" in field.values:
            properties[name] = replace(field, values=MappingProxyType({**field.values, "minimum": least}))
    return replace(
        schema,
        properties=MappingProxyType(properties),
        all_of=tuple(_lowered(each, minimums) for each in schema.all_of),
        any_of=tuple(_lowered(each, minimums) for each in schema.any_of),
        one_of=tuple(_lowered(each, minimums) for each in schema.one_of),
    )
