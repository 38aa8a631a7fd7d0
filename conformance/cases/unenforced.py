"""Why a promise is enforced by no case: one sentence that a reader can judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from sys import intern

from conformance.cases.facts import always_asked, concerned, once
from conformance.cases.forms import Forms
from conformance.cases.health import healthy
from conformance.cases.stimuli import is_reachable
from conformance.contract.clause import Binds, Clause
from conformance.contract.clauses import slug
from conformance.contract.model import Contract, HttpOperation, Message, Operation, Response, Service
from conformance.contract.schema import Schema

RULES = {
    "refusals/busy": "a case may not load the target until it is busy",
    "close/shutdown": "a case cannot make the target shut down",
    "close/slow_reader": "the document does not say how long a reader may leave messages unread",
    "limits/unread_ms": "no command is known that brings much, or a deadline ends connections sooner",
    "limits/spread_ms": "the document knows no stream with a snapshot, or no time for reading none of it",
    "limits/idle_ms": "a deadline ends connections sooner, and no credential is known that stops it",
    "limits/streams": "the document does not know enough streams to reach the limit",
    "streams/exhausted": "the document does not know enough streams, or no limit, to go beyond",
}
"""Promises that no derived case can put to a target, whatever its documents say."""

EVERY_MESSAGE = "every message that comes is held against it; no case is about it alone"
NO_WAY = "the document does not say how a case could bring a connection there, or what would show it"
NO_ROLE = "the roles of the documents do not lead to all that it speaks of"
NO_QUESTION = "the document does not say enough for a case to ask the same at two addresses"
NO_COMMAND = "the document has no command that could bring it about"
NO_REFUSAL = "the document does not say how {role} is refused"
ROLES = {
    "security": ("unauthenticated", "a command without authentication"),
    "permissions": ("forbidden", "a command without permission"),
}


def reasons(contract: Contract, unclaimed: Iterable[str]) -> dict[str, str]:
    """Clause id -> reason, for these clauses."""
    forms = {name: Forms(service) for name, service in contract.services.items()}
    known = (contract.clauses[each] for each in unclaimed if each in contract.clauses)
    return {clause.id: intern(_reason(contract, forms, clause)) for clause in known}


def _reason(contract: Contract, forms: Mapping[str, Forms], clause: Clause) -> str:
    if clause.unenforceable:
        return clause.unenforceable
    service = contract.services[clause.service]
    rest = clause.id.removeprefix(clause.service + "/")
    if rest in RULES:
        return RULES[rest]
    if rest.startswith("wire/"):
        return EVERY_MESSAGE
    if rest.startswith("market/"):
        return NO_ROLE
    if rest.startswith("endpoints/"):
        return NO_QUESTION
    if rest.startswith("sessions/"):
        return NO_WAY if service.rules.refusals is not None else NO_REFUSAL.format(role="a command")
    if clause.path[:1] == ("scenarios",):
        return "its scenario file was not given"
    unsent = _unsent(forms[clause.service], clause)
    if unsent:
        return unsent
    if clause.kind == "schema":
        return _of_client(service, clause) if clause.binds is Binds.CLIENT else _of_target(service, clause)
    last = rest.rsplit("/", 1)[-1]
    if last == "security" and always_asked(service):
        return "no server of the document opens a session without a credential"
    if last in ROLES:
        role, phrase = ROLES[last]
        if service.rules.refusals is None or role not in service.rules.refusals.codes:
            return NO_REFUSAL.format(role=phrase)
    if clause.subject in service.messages:
        return _of_target(service, clause)
    if rest.startswith("refusals/"):
        return "no command of the document is refused in this way"
    if not service.operations and not service.http:
        return NO_COMMAND
    if service.rules.refusals is None:
        return NO_REFUSAL.format(role="a command")
    return "no rule of the document says how a case could bring it about"


def of_message(forms: Forms, message: Message) -> str:
    """Why no case is about a message: neither claims a clause of it nor sends, awaits or forbids it."""
    service = forms.service
    if not (message.sent_by_target or message.sent_by_client):
        return "no operation of the document sends it"
    if message.sent_by_client and not message.sent_by_target:
        senders = [each for each in concerned(service).get(message.name, ()) if each.message == message.name]
        if not senders:
            return "it answers the target, and no case makes the target ask"
        return next(filter(None, (_never(forms, each) for each in senders)), "no case needs it")
    if not is_reachable(service, message):
        return f"no command or stream of the document makes the target send {message.name}"
    return f"nothing harmless is known that makes the target send {message.name}"


def of_operation(forms: Forms, operation: Operation | HttpOperation) -> str:
    """Why no case puts an operation to the target, nor claims a clause of it."""
    if isinstance(operation, HttpOperation):
        return f"{operation.name} is not requested: nobody gave values for its path or its body"
    return _never(forms, operation) or "nothing that the document promises of it can be judged"


def _never(forms: Forms, operation: Operation) -> str:
    """Why an operation is never sent, or ''."""
    if not forms.can_make(operation):
        return f"no {operation.message} can be made from its schema that is valid and a map"
    if not operation.replies:
        return f"the document states no reply to {operation.name}: nothing would show what became of it"
    return ""


def _unsent(forms: Forms, clause: Clause) -> str:
    """Why the command that a clause is about is never sent, or ''."""
    service = forms.service
    for operation in concerned(service).get(clause.subject, ()):
        if not forms.can_make(operation):
            return _never(forms, operation)
    return ""


def _of_client(service: Service, clause: Clause) -> str:
    refusals = service.rules.refusals
    if refusals is None or "invalid" not in refusals.codes:
        return NO_REFUSAL.format(role="a broken command")
    field = next((each for each in _schemas(service, clause) if clause.id in each.clauses.values()), None)
    if clause.keyword == "maximum" and field is not None and _beyond_the_wire(field.values.get("maximum")):
        return "no encoding of the service holds a larger integer"
    return "every value that breaks this promise breaks another one first"


def _schemas(service: Service, clause: Clause) -> Iterator[Schema]:
    names = {clause.subject, *(each.message for each in concerned(service).get(clause.subject, ()))}
    for name in names & service.messages.keys():
        if service.messages[name].sent_by_client:
            yield from service.messages[name].payload.walk()


def _beyond_the_wire(limit: object) -> bool:
    """MessagePack, int format family: integers end at 2**64 - 1."""
    return isinstance(limit, int) and limit >= 2**64 - 1


def _of_target(service: Service, clause: Clause) -> str:
    message = service.messages.get(clause.subject)
    if message is not None:
        if not is_reachable(service, message):
            return f"no command or stream of the document makes the target send {message.name}"
        if message.sent_by_client:
            return _of_client(service, clause)
        return f"nothing harmless is known that makes the target send {message.name}"
    operation, response = _answers(service).get("/".join(clause.id.split("/")[:3]), (None, None))
    if operation is None or response is None:
        return "no case was derived for it"
    if healthy(operation) is not response:
        return f"a case cannot bring the service to answer {response.status}"
    return f"{operation.name} is not requested: nobody gave values for its path or its body"


@once
def _answers(service: Service) -> Mapping[str, tuple[HttpOperation, Response]]:
    """The first three words of a clause's id -> the operation and the response that it is about."""
    found: dict[str, tuple[HttpOperation, Response]] = {}
    for operation in service.http:
        for response in operation.responses:
            words = (slug(service.name), slug(operation.name), slug(response.status))
            found.setdefault("/".join(words), (operation, response))
    return found
