"""Commands in the other encodings of their values: MessagePack leaves the choice to who writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.commands import open_for
from conformance.cases.reading import codec_of
from conformance.cases.steps import Send
from conformance.cases.stimuli import usual_command
from conformance.codec import MESSAGEPACK, SPELLINGS

SAYS = {
    "widest": "every value in the longest format that MessagePack has for it",
    "mixed": "its values in short and in long formats",
}


def spelling_cases(commander: Commander) -> Iterator[Case]:
    """One case for each command and each way to write it, but for the usual one: the shortest."""
    service = commander.service
    for operation in service.operations.values():
        clause = operation.clauses.get("reply", "")
        written = codec_of(service, operation.message) is MESSAGEPACK
        if not clause or not written or not operation.replies or not commander.forms.can_make(operation):
            continue
        for spelling in SPELLINGS:
            script = commander.script()
            script.claim(clause)
            who = open_for(commander, script, operation)
            index = script.send(operation, usual_command(commander, script, operation), who=who)
            sent = script.steps[index]
            assert isinstance(sent, Send)
            script.steps[index] = replace(sent, spelling=spelling)
            commander.accepted(script, index, operation)
            says = f"{operation.name} is answered as ever with {SAYS[spelling]}."
            yield script.case(Family.COMMANDS, f"{operation.name}/{spelling}-encoding", says)
