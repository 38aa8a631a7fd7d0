"""Credentials: where the user says that they are, and those that a document states of a loopback address.

``SCHEME=env:VARIABLE`` or ``SCHEME=file:PATH``, then ``,label=…``, ``,account=…``, ``,permissions=a+b``. A
secret is never an argument itself: arguments are seen by every process of the machine.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from conformance.cases.carrying import Unopenable, check, spoken
from conformance.cases.target import Credentials
from conformance.contract import Contract, Server
from conformance.errors import UsageError
from conformance.run.addresses import parse_address
from conformance.run.variables import carried_at

SYNTAX = "SCHEME=env:VARIABLE or SCHEME=file:PATH, then ,label=… ,account=… ,permissions=a+b"
SETTINGS = ("label", "account", "permissions")


def parse_credential(text: str, contract: Contract) -> Credentials:
    """The credential that ``--credential`` points at. No complaint repeats what may be a secret."""
    scheme, equals, rest = text.partition("=")
    schemes = _names(contract)
    if not equals:
        raise UsageError("--credential names no place of the secret", hint=f"expected {SYNTAX}")
    if scheme not in schemes:
        known = f"there are {', '.join(schemes)}" if schemes else "the documents have none"
        raise UsageError("--credential names a security scheme that is not in the documents", hint=known)
    kind, colon, place = rest.partition(":")
    if not colon or kind not in ("env", "file"):
        raise UsageError(
            f"--credential {scheme}: a secret is never given on the command line itself",
            hint=f"expected {SYNTAX}",
        )
    place, *settings = place.split(",")
    said = _settings(scheme, settings)
    value = _from_environment(scheme, place) if kind == "env" else _from_file(scheme, place)
    _fits(scheme, value, contract)
    granted = said.get("permissions")
    _known_permissions(scheme, granted.split("+") if granted else [], contract)
    return Credentials(
        scheme=scheme,
        value=value,
        label=said.get("label", place if kind == "env" else Path(place).name),
        account=said.get("account", ""),
        permissions=frozenset(granted.split("+")) if granted else frozenset(),
    )


def _names(contract: Contract) -> list[str]:
    """What a credential can be given for: a security scheme, or a value that an opening carries."""
    names = {
        name
        for service in contract.services.values()
        for name in (*service.credentials, *service.handshakes, *(each.name for each in carried_at(service)))
    }
    return sorted(names)


def _fits(scheme: str, value: str, contract: Contract) -> None:
    """A secret that no request can carry is the user's to mend; nothing is said of what it is."""
    known = [each.handshakes[scheme] for each in contract.services.values() if scheme in each.handshakes]
    in_band = any(scheme in each.credentials for each in contract.services.values())
    reasons = []
    for each in known:
        try:
            spoken(each, value)
        except Unopenable as why:
            reasons.append(why.reason)
    if reasons and len(reasons) == len(known) and not in_band:
        raise UsageError(f"--credential {scheme} cannot be used: {reasons[0]}")
    if known or in_band:
        return
    for service in contract.services.values():
        for one in carried_at(service):
            if one.name == scheme:
                try:
                    check(one.place, one.name, value)
                except Unopenable as why:
                    raise UsageError(f"--credential {scheme} cannot be used: {why}") from None


def stated_credentials(servers: Mapping[str, Server]) -> tuple[Credentials, ...]:
    """What the documents state at these servers, where they are on the loopback."""
    found: list[Credentials] = []
    for server in servers.values():
        stated = server.stated.get("credentials")
        if isinstance(stated, (list, tuple)) and parse_address(server.url.partition("?")[0]).loopback:
            found += [credential(one) for one in stated if isinstance(one, Mapping)]
    return tuple(found)


def credential(stated: Mapping[str, object]) -> Credentials:
    """A credential as a document, or the embedded reference, states it."""
    permissions = stated.get("permissions")
    return Credentials(
        scheme=str(stated["scheme"]),
        value=str(stated["value"]),
        label=str(stated.get("label", "")),
        account=str(stated.get("account", "")),
        permissions=frozenset(map(str, permissions))
        if isinstance(permissions, (list, tuple))
        else frozenset(),
    )


def _settings(scheme: str, texts: list[str]) -> dict[str, str]:
    said: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or name not in SETTINGS or not value:
            what = f"--credential {scheme}: a setting that no credential has"
            raise UsageError(what, hint=f"expected {SYNTAX}")
        said[name] = value
    return said


def _known_permissions(scheme: str, words: list[str], contract: Contract) -> None:
    """A slip of the pen would be blamed on the target, which does what its documents say of other words.

    A permission that no operation asks for may well exist, so only what is nearly a known word is refused.
    """
    operations = (one for service in contract.services.values() for one in service.operations.values())
    known = sorted({word for operation in operations for word in operation.permissions})
    for word in words:
        near = get_close_matches(word.lower(), known, n=1, cutoff=0.75)
        if word not in known and near:
            raise UsageError(
                f"--credential {scheme}: no operation asks for the permission {word!r}",
                hint=f"did you mean {near[0]}?",
            )


def _from_environment(scheme: str, variable: str) -> str:
    value = os.environ.get(variable, "")
    if not value:
        raise UsageError(f"--credential {scheme}: the environment variable {variable} is not set or empty")
    return value


def _from_file(scheme: str, path: str) -> str:
    try:
        value = Path(path).expanduser().read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise UsageError(f"--credential {scheme}: {path} cannot be read: {why}") from None
    if not value:
        raise UsageError(f"--credential {scheme}: {path} is empty")
    return value
