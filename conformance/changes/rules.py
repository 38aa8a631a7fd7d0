"""Rules that a document's extensions state: deadlines, limits, refusals, streams, rules between values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from conformance.changes.addresses import listed
from conformance.changes.entry import CLIENT, whom
from conformance.changes.ground import Ground
from conformance.contract.carried import Carried, Handshake, Place
from conformance.contract.clause import Level
from conformance.contract.model import Service
from conformance.contract.rules import MessageRule

UNHEARD = frozenset({"where", "clauses", "clause", "provenance", "says", "name", "scheme", "raw"})
LESS = {
    "after_ms": (True, False), "within_ms": (False, True), "snapshot_within_ms": (False, True),
    "message_bytes": (True, False), "streams": (True, False), "unread_ms": (True, False),
    "idle_ms": (True, False), "spread_ms": (False, True),
}  # fmt: skip
"""Numbers of which less breaks (clients, server); more breaks the others."""
RESTRICTING = frozenset({"the deadline", "the limit", "the handshake value"})
"""What, when it is new, restricts who was free before."""


def rules(ground: Ground, old: Service, new: Service) -> None:
    """Compare the rules of two services, and what they ask for at the opening."""
    name = new.name
    keyed(ground, name, "", "the deadline", _by_name(old.rules.deadlines), _by_name(new.rules.deadlines))
    keyed(ground, name, "", "the credential", old.credentials, new.credentials)
    keyed(ground, name, "", "the security scheme", old.handshakes, new.handshakes)
    kinds = [_by_name(each.rules.streams.kinds if each.rules.streams else ()) for each in (old, new)]
    keyed(ground, name, "", "the stream", kinds[0], kinds[1])
    carried = [{f"{one.place} {_heard(one)}": one for one in each.carried} for each in (old, new)]
    keyed(ground, name, "", "the handshake value", carried[0], carried[1])
    for title, field in (("the refusals", "refusals"), ("the streams", "streams")):
        was, now = getattr(old.rules, field), getattr(new.rules, field)
        if was is not None and now is not None:
            _fields(ground, name, "", title, was, now, skip=("kinds", "codes", "order", "message"))
    _limits(ground, old, new)
    for what, was, now in (("title", old.title, new.title), ("version", old.version, new.version)):
        if was != now:
            ground.tell("text", name, "", f"the {what}: {was} → {now}", old=old.where, new=new.where)


def keyed(
    ground: Ground, service: str, subject: str, what: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> None:
    """Rules that have names: new ones, gone ones, and those that say something else."""
    for name, rule in old.items():
        if name not in new:
            freed = what in RESTRICTING and not _clauses(rule)
            ground.tell(
                "rule-gone", service, subject, f"{what} {name} is gone", clients=not freed, server=freed,
                old=rule.where, gone=_clauses(rule),
            )  # fmt: skip
        else:
            _fields(ground, service, subject, f"{what} {name}", rule, new[name])
    for name, rule in new.items():
        if name not in old:
            asked = what == "the handshake value" and not rule.required
            ground.tell(
                "rule-new", service, subject, f"{what} {name} is new",
                clients=what in RESTRICTING and not asked, server=True, new=rule.where, come=_clauses(rule),
            )  # fmt: skip


def _fields(
    ground: Ground, service: str, subject: str, what: str, old: Any, new: Any, skip: Iterable[str] = ()
) -> None:
    gone, come = _clauses(old), _clauses(new)
    named = [each.name for each in fields(old) if each.name not in UNHEARD and each.name not in skip]
    if isinstance(old, Handshake) and _heard(old) != _heard(new):
        named.append("name")
    for field in differing(old, new, named):
        was, now = getattr(old, field), getattr(new, field)
        clients, server, unsure = True, True, True
        if field in LESS and was and now:
            clients, server, unsure = (*(LESS[field] if now < was else LESS[field][::-1]), False)
        elif field == "level":
            clients, server, unsure = now is Level.SHOULD, now is Level.MUST, False
        elif field == "or_equal" or field == "required":
            clients, server, unsure = bool(now), bool(was), False
        elif field == "allowed":
            if set(was) == set(now):
                continue
            clients, server, unsure = (*listed(was, now), False)
        elif field == "demands" and (was.items() <= now.items() or now.items() <= was.items()):
            tightened = len(was) < len(now)
            clients, server = whom(CLIENT, tightened=tightened, loosened=not tightened)
            unsure = False
        elif field in ("place", "name", "prefix"):
            unsure = False
        elif field in ("value", "source", "secret", "permissions", "issued_by", "issued_at"):
            clients, server, unsure = False, False, False
        end = ", direction not known" if unsure else ""
        ground.tell(
            "rule", service, subject, f"{what}: {field} {_shown(was)} → {_shown(now)}{end}", clients=clients,
            server=server, unsure=unsure, old=old.where, new=new.where, gone=gone, come=come,
        )  # fmt: skip


def differing(old: Any, new: Any, named: Iterable[str]) -> list[str]:
    """The fields in which two values differ."""
    return [field for field in named if getattr(old, field) != getattr(new, field)]


def _limits(ground: Ground, old: Service, new: Service) -> None:
    for name in dict.fromkeys((*old.rules.limits, *new.rules.limits)):
        was, now = old.rules.limits.get(name), new.rules.limits.get(name)
        if was == now:
            continue
        key = f"limits/{name}"
        gone, come = old.rules.clauses.get(key, ""), new.rules.clauses.get(key, "")
        clients, server = True, was is None
        if was is not None and now is not None:
            less = LESS.get(name, (True, True))
            clients, server = less if now < was else less[::-1]
        said = " → ".join("none" if each is None else str(each) for each in (was, now))
        ground.tell(
            "limit", new.name, "", f"the limit {name}: {said}", clients=clients, server=server,
            gone=[gone], come=[come],
        )  # fmt: skip


def _heard(carried: Handshake | Carried) -> str:
    """The name on the wire; of a header in any letter case (RFC 9110, 5.1)."""
    return carried.name.lower() if carried.place is Place.HEADER else carried.name


def _by_name(some: Iterable[Any]) -> dict[str, Any]:
    return {each.name: each for each in some}


def _clauses(rule: Any) -> tuple[str, ...]:
    if isinstance(rule, MessageRule):
        return (rule.clause,) if rule.clause else ()
    return tuple(getattr(rule, "clauses", {}).values())


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {each}" for key, each in value.items()) + "}"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if value in ("", 0, None) else str(value)
