"""Faults of acceptance: a broken command comes through as a whole one, for the promise that is overlooked."""

from __future__ import annotations

from itertools import islice

from conformance.cases.correlation import correlation, echoed
from conformance.cases.reading import codec_of
from conformance.contract import Operation, Service, identify
from conformance.faults import Fault
from conformance.faults.accepting import mended
from conformance.payloads import Mutant, exemplified, mutants
from conformance.validation import judge
from tests.faults.stage import behaviour, contract, family, operations, smallest, values

OTHERS = 9


def overlooked(service: Service, operation: Operation) -> dict[str, Fault]:
    """Clause -> the fault that overlooks it in this command."""
    found = family("accepted", f"{service.name}/{operation.name}/accepts/")
    return {fault.clauses[0]: fault for fault in found}


def written(service: Service, operation: Operation) -> list[tuple[Mutant, object, bytes]]:
    """Each broken command that the encoding can hold: its mutant, value and bytes."""
    made = []
    for mutant in mutants(service.messages[operation.message].payload):
        value = exemplified(mutant.value)
        try:
            made.append((mutant, value, codec_of(service).encode(value)))
        except ValueError:
            continue
    return made


def test_each_broken_command_is_mended_on_its_way_in() -> None:
    """By the fault of its own clause; its answer is never a refusal, and goes to the command as sent."""
    number = 0
    for service, operation in operations(contract()):
        refusals = service.rules.refusals
        assert refusals is not None
        codec, message = codec_of(service), service.messages[operation.message]
        refusal = smallest(service, refusals.message)
        by_clause = overlooked(service, operation)
        assert set(by_clause) == {mutant.clause for mutant, _, _ in written(service, operation)}
        for mutant, sent, payload in written(service, operation):
            number += 1
            one = behaviour(by_clause[mutant.clause])
            arrived, is_text = one.incoming(service.name, payload, False)
            whole = codec.decode(arrived).value
            told = (one.__class__, mutant.label, sent, whole)
            assert not is_text
            assert arrived != payload, told
            assert judge(message.payload, whole).ok, told
            assert message.name in {each.name for each in identify(service, whole, "client")}, told
            (frame,) = one.outgoing(service.name, refusal)
            answer = codec.decode(frame.payload).value
            names = [each.name for each in identify(service, answer)]
            assert names, told
            assert refusals.message not in names, told
            assert one.applied == 1
            if names[0] in operation.replies:
                echoes = correlation(service, operation, names[0], sent)
                assert echoed(answer, echoes), told
    assert number > 800


def test_whole_commands_pass_and_so_do_other_violations() -> None:
    """What keeps its schema, or breaks another clause, arrives as it was sent, and is answered as ever."""
    for service, operation in operations(contract()):
        refusals = service.rules.refusals
        assert refusals is not None
        codec, message = codec_of(service), service.messages[operation.message]
        refusal = smallest(service, refusals.message)
        broken = written(service, operation)
        for number, (clause, fault) in enumerate(overlooked(service, operation).items()):
            one = behaviour(fault)
            other = (payload for mutant, _, payload in broken[number % 7 :: 7] if mutant.clause != clause)
            whole = (codec.encode(value) for value in values(message)[:OTHERS])
            for payload in (*whole, *islice(other, OTHERS)):
                assert one.incoming(service.name, payload, False) == (payload, False), fault.name
                (frame,) = one.outgoing(service.name, refusal)
                assert codec.decode(frame.payload).value == refusal
            assert one.applied == 0


def test_what_is_no_command_of_the_service_passes() -> None:
    """Bytes that nobody can read, frames of the other kind, messages to the other service."""
    for service, operation in operations(contract()):
        for fault in list(overlooked(service, operation).values())[:3]:
            one = behaviour(fault)
            _, _, payload = next(
                each for each in written(service, operation) if each[0].clause == fault.clauses[0]
            )
            for name, data, is_text in (
                (service.name, b"\xc1", False),
                (service.name, b"", False),
                (service.name, payload, True),
                ("another", payload, False),
            ):
                assert one.incoming(name, data, is_text) == (data, is_text)
            assert one.applied == 0


def test_a_command_is_mended_with_as_little_as_possible() -> None:
    """What was right in it stays: an id, a choice, an optional field."""
    near = 0
    for service, operation in operations(contract()):
        message = service.messages[operation.message]
        known = values(message)
        for mutant, sent, _ in written(service, operation):
            if isinstance(sent, dict) and isinstance(known[0], dict):
                made = mended(message, sent, known[0])
                assert isinstance(made, dict)
                kept = [name for name in made if name in sent and made[name] == sent[name]]
                assert len(kept) >= min(len(made), len(sent)) - 2, (mutant.label, sent, made)
                near += made != known[0]
    assert near > 100
