"""The secrets of a run: those that the user points at, those of the documents, those that a target issues."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, unquote_plus

from conformance.cases.carrying import secrets_of
from conformance.cases.case import Case
from conformance.cases.reading import Reader, reader_of
from conformance.cases.steps import Send
from conformance.cases.target import Credentials
from conformance.contract import Contract, find, identify
from conformance.fronts.options import Wish
from conformance.transcript import Direction, Transcript
from conformance.transcript.redact import SHORTEST, Secrets

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(.*)", re.DOTALL)
PLACE = re.compile(r"[^:@]*(:[0-9]*)?|\[[^]]*\](:[0-9]*)?")
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")

_last = Secrets()


def known(wish: Wish) -> Secrets:
    """What must not be told of a run, from before its first sentence; ``starred`` knows it from then on."""
    global _last
    _last = Secrets()
    for text in (wish.target, *wish.url):
        for secret in of_address(text):
            _last.add(secret)
    for text in wish.credential:
        for secret in _of_credential(text):
            _last.add(secret)
    return _last


def starred(text: str) -> str:
    """A sentence that this process tells, without the secrets of its run."""
    return _last.redact_text(text)


def of_address(text: str) -> Iterator[str]:
    """What an address should not hold: a password, or a name in its place, and the values of a query."""
    found = ADDRESS.search(text)
    if found is None:
        return
    place = re.split(r"[/?#]", found[1], maxsplit=1)[0]
    if "@" not in place and not PLACE.fullmatch(place):
        place = found[1]  # a password that holds what it should not
    user = place.rpartition("@")[0]
    secret = user.partition(":")[2] or user
    yield secret
    yield unquote(secret)
    for each in re.split(r"[&;#]", found[1].partition("?")[2]):
        value = each.partition("=")[2] or each
        yield value
        yield unquote_plus(value)


def _of_credential(text: str) -> Iterator[str]:
    """The secret that ``--credential`` points at, or what stands in its place by mistake."""
    place = text.partition("=")[2]
    kind, _, name = place.partition(":")
    name = name.partition(",")[0]
    if kind == "env":
        yield os.environ.get(name, "")
        if name not in os.environ and not VARIABLE.fullmatch(name):
            yield name  # most likely `env:$KEY`
    elif kind == "file":
        try:
            yield Path(name).expanduser().read_text("utf-8").strip()
        except (OSError, ValueError):
            return
    else:
        yield place


def of_documents(contract: Contract) -> Iterator[str]:
    """What the documents themselves state: credentials of any of their servers, passwords in addresses."""
    for service in contract.services.values():
        for server in service.servers:
            stated = server.stated.get("credentials")
            for one in stated if isinstance(stated, (list, tuple)) else ():
                if isinstance(one, Mapping) and isinstance(one.get("value"), str):
                    yield one["value"]
            if "@" in server.url:
                yield from of_address(server.url.partition("?")[0])


def learn(secrets: Secrets, contract: Contract, credentials: Iterable[Credentials]) -> list[str]:
    """Registers what a run begins with; a sentence for each credential that cannot be starred out."""
    for stated in of_documents(contract):
        secrets.add(stated)
    short: dict[str, None] = {}
    for credential in credentials:
        for service in contract.services.values():
            for secret in secrets_of(service.handshakes.values(), credential):
                secrets.add(secret)
                if secret and len(secret.encode("utf-8", "surrogatepass")) < SHORTEST:
                    short[credential.scheme] = None
    return [
        f"the secret of {scheme} is shorter than {SHORTEST} bytes: it is not starred out, for other texts "
        "would be, and may stand in every report"
        for scheme in short
    ]


class Harvest:
    """Registers every value that a document marks as secret, before the transcript that holds it is kept.

    Of what we sent, all that the case does not spell out itself: what was made of a credential shows most of
    it.
    """

    def __init__(self, contract: Contract, secrets: Secrets) -> None:
        self.secrets = secrets
        self._readers = {
            service.name: reader_of(service)
            for service in contract.services.values()
            if any(message.secrets for message in service.messages.values())
        }

    def look(self, case: Case, transcript: Transcript) -> None:
        """Looks through the frames of one conversation."""
        for name in case.needs.services:
            reader = self._readers.get(name)
            if reader is not None:
                for secret in _secrets(reader, transcript, frozenset(spelled_out(case))):
                    self.secrets.add(secret)


def _secrets(
    reader: Reader, transcript: Transcript, harmless: frozenset[str | bytes]
) -> Iterator[str | bytes]:
    for frame in transcript.frames():
        if frame.opcode not in ("binary", "text"):
            continue
        value = reader.value(frame.opcode, frame.data)
        if not isinstance(value, (Mapping, list, tuple)):
            continue
        ours = frame.direction is Direction.SENT
        for message in identify(reader.service, value, "client" if ours else "target"):
            for pointer in message.secrets:
                for _, secret in find(value, pointer):
                    if isinstance(secret, (str, bytes)) and not (ours and secret in harmless):
                        yield secret


def spelled_out(case: Case) -> Iterator[str | bytes]:
    """The texts that a case sends as they stand in it: anybody may know them."""
    for step in (*case.steps, *case.cleanup):
        if isinstance(step, Send):
            yield from _texts(step.payload)


def _texts(value: object) -> Iterator[str | bytes]:
    if isinstance(value, (str, bytes)):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each)
