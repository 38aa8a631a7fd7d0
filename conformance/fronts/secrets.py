"""Secrets that come up while a run goes: credentials that the target itself issues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.cases.case import Case
from conformance.cases.reading import Reader
from conformance.contract import Contract, find, identify
from conformance.transcript import Direction, Transcript
from conformance.transcript.redact import Secrets


class Harvest:
    """Registers every value that a document marks as secret, before the transcript that holds it is kept."""

    def __init__(self, contract: Contract, secrets: Secrets) -> None:
        self.secrets = secrets
        self._readers = {
            service.name: Reader(service)
            for service in contract.services.values()
            if any(message.secrets for message in service.messages.values())
        }

    def look(self, case: Case, transcript: Transcript) -> None:
        """Looks through the frames of one conversation."""
        for name in case.needs.services:
            reader = self._readers.get(name)
            if reader is not None:
                for secret in _secrets(reader, transcript):
                    self.secrets.add(secret)


def _secrets(reader: Reader, transcript: Transcript) -> Iterator[str | bytes]:
    for frame in transcript.frames():
        if frame.direction is not Direction.RECEIVED or frame.opcode not in ("binary", "text"):
            continue
        value = reader.codec_at(frame.opcode).decode(frame.data).value
        if not isinstance(value, (Mapping, list, tuple)):
            continue
        for message in identify(reader.service, value, "target"):
            for pointer in message.secrets:
                for _, secret in find(value, pointer):
                    if isinstance(secret, (str, bytes)):
                        yield secret
