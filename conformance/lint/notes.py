"""What was noticed while documents were read: each note becomes a finding of its rule."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.lint.desk import Desk
from conformance.lint.rule import Finding, Rule, Severity, place

ERROR, WARNING, NOTE = Severity
LEFT_OUT = "Nothing that it promises is tested."
LENIENT = "The document breaks its specification here; what it means is clear, and other tools may refuse it."
RULES: tuple[Rule, ...] = (
    Rule(
        "perspective-client",
        WARNING,
        "a document that is written from the client's point of view",
        "Its send is the target's receive: read the other way, every case would be put to the wrong side.",
        "Nothing, when it is so; --perspective target says that it is not.",
    ),
    Rule(
        "perspective-unclear",
        WARNING,
        "a document that may be written from the client's point of view",
        "If it is, commands and events are exchanged, and every case is put to the wrong side.",
        "Say --perspective client or --perspective target.",
    ),
    Rule(
        "topic-channels",
        WARNING,
        "channels that look like topics of one address",
        "Each is taken for an address of its own, where the target may not answer at all.",
        "Say x-conformance address at the root, in an overlay if need be.",
    ),
    Rule(
        "absolute-address",
        NOTE,
        "a channel whose address is a whole URL",
        "Host and port come from the servers; only the path of the URL counts.",
        "Put host and protocol under servers, and the path into the address.",
    ),
    Rule(
        "other-protocol",
        NOTE,
        "a server or channel that speaks no WebSocket",
        LEFT_OUT,
        "Nothing, when that is meant; else mend the protocol.",
    ),
    Rule(
        "protocol-spelling",
        NOTE,
        "a protocol in an unusual spelling",
        LENIENT,
        "Write ws or wss, in small letters.",
    ),
    Rule(
        "unread-message",
        WARNING,
        "a message that cannot be read",
        "Its schema, a pattern in it or its encoding is not supported: nothing that it promises is tested.",
        "Describe it in JSON Schema, with patterns of ECMA-262, and its content as JSON or MessagePack.",
    ),
    Rule(
        "operation-id-twice",
        NOTE,
        "an operationId that is given twice in an OpenAPI document",
        LENIENT,
        "Give each operation an id of its own.",
    ),
    Rule(
        "channel-not-listed",
        WARNING,
        "an operation on a channel that the document does not list",
        "A channel that is but a component is no part of the application (AsyncAPI 3.0.0, Channels Object).",
        "Refer to it under channels, and to that from the operation.",
    ),
    Rule(
        "reply-elsewhere",
        WARNING,
        "a reply that comes at another address",
        "It comes over another connection, where no case can match it to its command.",
        "Describe the reply on the channel of the command, when it comes there.",
    ),
    Rule(
        "message-not-in-channel",
        WARNING,
        "an operation with a message that its channel does not have",
        "The specification wants messages of the operation's own channel; tools drop others, or refuse them.",
        "List the message under the channel's messages, and refer to it there.",
    ),
    Rule(
        "message-by-component",
        NOTE,
        "an operation that names a message by its component",
        "The specification wants a reference to the channel's own messages; some tools refuse others.",
        "Refer to #/channels/…/messages/….",
    ),
    Rule(
        "session-gap",
        WARNING,
        "a command of which a state of the connection says nothing",
        "Nobody knows what it does there, and no case tries it.",
        "List it under the state's commands, or give the state a default.",
    ),
    Rule(
        "unsourced-value",
        NOTE,
        "a value that commands ask for and no source gives",
        "Only who runs the suite can say it: without it, what needs it is skipped.",
        "Nothing, when only the operator knows it; else say where it comes from: x-conformance sources.",
    ),
    Rule(
        "unknown-security-scheme",
        WARNING,
        "security that names a scheme which is not there",
        "Nobody knows which credential is meant, so what is secured by it cannot be tried.",
        "Describe it under components.securitySchemes, or mend the name.",
    ),
    Rule(
        "idle-upgrade",
        NOTE,
        "a refusal of the opening of a session that cannot be tried",
        "The document says how an opening without a credential is refused, and none can be made without.",
        "Nothing, when the reason in the sentence is as it should be.",
    ),
    Rule(
        "foreign-scheme",
        WARNING,
        "a server that asks for a credential which no handshake carries",
        "Sessions are opened without it: what needs it is refused, or was never secured.",
        "Use http or httpApiKey, or say in the scheme's x-conformance credential which command carries it.",
    ),
    Rule(
        "handshake-method",
        WARNING,
        "a WebSocket binding with a method other than GET",
        "RFC 6455, section 4.1: the opening handshake is a GET, so no client can do as the document says.",
        "Take the method out.",
    ),
    Rule(
        "reference-base",
        WARNING,
        "a reference that its $id leads astray",
        "With $id a reference is relative to that URL; it is read as if the $id were not there.",
        "Take the $id out, or write the reference relative to it.",
    ),
    Rule(
        "overlay-target-matches-nothing",
        WARNING,
        "an action of an overlay that selects nothing",
        "What it was to add or remove is as it was: usually the document has changed under it.",
        "Mend the JSONPath of target, or take the action out.",
    ),
    Rule(
        "overlay-changes-nothing",
        WARNING,
        "an overlay of which no action selects anything",
        "It is given and has no effect: usually it is for another document.",
        "Say extends in the overlay, or NAME=FILE, and look at its targets.",
    ),
    Rule(
        "overlay-action-does-nothing",
        WARNING,
        "an action of an overlay without update, copy and remove",
        "It changes nothing.",
        "Say update, copy or remove (Overlay Specification, Action Object), or take the action out.",
    ),
    Rule(
        "overlay-names-no-document",
        WARNING,
        "an overlay that does not say which document it is for",
        "It is guessed from its targets; another document may make the guess wrong.",
        "Say extends in the overlay, or give it as NAME=FILE.",
    ),
    Rule(
        "unknown-key",
        WARNING,
        "a key that the specification does not know",
        LENIENT,
        "Take it out, or begin it with x-.",
    ),
    Rule(
        "unusual-key", NOTE, "a name of letters that the specification does not allow", LENIENT, "Rename it."
    ),
    Rule(
        "bare-properties",
        WARNING,
        "a binding whose schema is but a map of names",
        "Its keys are no keywords of JSON Schema, so it promises nothing, whatever they are meant to say.",
        "Put them under properties, and say type: object.",
    ),
    Rule(
        "discriminator-not-required",
        NOTE,
        "a discriminator that its schema does not require",
        LENIENT,
        "List the property under required.",
    ),
    Rule(
        "api-key-place",
        WARNING,
        "a scheme whose type and place do not go together",
        LENIENT,
        "In AsyncAPI apiKey is for user and password, httpApiKey for header, query and cookie.",
    ),
    Rule(
        "not-a-text", NOTE, "a number, a date or nothing where a text belongs", LENIENT, "Put it in quotes."
    ),
)
UNEXPLAINED = "This was noticed while the documents were read; it may decide what is tested."


def check(desk: Desk) -> Iterator[Finding]:
    """The notes of the contract."""
    known = {rule.id: rule for rule in RULES}
    for note in desk.contract.notes:
        rule = known.get(note.rule) or generic(note.rule, loud=note.loud)
        yield place(note.where, rule, note.says)


def generic(identity: str, *, loud: bool) -> Rule:
    """A rule for a note that has no entry of its own."""
    severity = Severity.WARNING if loud else Severity.NOTE
    words = identity.replace("-", " ")
    return Rule(
        identity,
        severity,
        words,
        UNEXPLAINED,
        "Read the sentence, and change the document if it is not meant.",
    )
