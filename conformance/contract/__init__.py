"""What the documents promise together: ``load()`` reads them into one frozen ``Contract``."""

from conformance.contract.carried import NOBODY, Carried, Handshake, Place
from conformance.contract.clause import Binds, Clause, Level
from conformance.contract.discriminators import closest, identifier, identify
from conformance.contract.loading import load
from conformance.contract.model import (
    Contract,
    Credential,
    HttpOperation,
    Message,
    Operation,
    Protocol,
    Response,
    Server,
    Service,
)
from conformance.contract.rules import (
    Deadline,
    MessageRule,
    Refusals,
    Source,
    StreamClock,
    StreamKind,
    Streams,
)
from conformance.contract.schema import Dialect, Provenance, Schema
from conformance.documents.notes import Applied, Note
from conformance.documents.pointers import find, finder, split
from conformance.documents.where import Where

__all__ = [
    "NOBODY",
    "Applied",
    "Binds",
    "Carried",
    "Clause",
    "Contract",
    "Credential",
    "Deadline",
    "Dialect",
    "Handshake",
    "HttpOperation",
    "Level",
    "Message",
    "MessageRule",
    "Note",
    "Operation",
    "Place",
    "Protocol",
    "Provenance",
    "Refusals",
    "Response",
    "Schema",
    "Server",
    "Service",
    "Source",
    "StreamClock",
    "StreamKind",
    "Streams",
    "Where",
    "closest",
    "find",
    "finder",
    "identifier",
    "identify",
    "load",
    "split",
]  # fmt: skip
