"""Whether a target offers what a case needs; if not, the case is skipped with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from conformance.cases.case import Case
from conformance.cases.opening import unopenable
from conformance.cases.steps import As
from conformance.cases.target import Target
from conformance.contract import Service
from conformance.verdict import Blame, Outcome, Verdict


def _who(one: As) -> str:
    words = f"a credential for {' or '.join(one.schemes)}"
    if one.has:
        words += f" with {', '.join(sorted(one.has))}"
    if one.lacks:
        words += f" without {', '.join(sorted(one.lacks))}"
    if one.other_account:
        words += " of another account"
    return words


NONE: Mapping[str, Service] = MappingProxyType({})
ORDINALS = {1: "second", 2: "third"}


def unfit(case: Case, target: Target, services: Mapping[str, Service] = NONE) -> Verdict | None:
    """A skipped verdict with the first reason against putting the case to the target, or None.

    ``services`` are those of the contract, which say what the opening of a session carries.
    """

    def skipped(reason: str) -> Verdict:
        return Verdict(case.id, Outcome.SKIPPED, Blame.NOBODY, reason)

    for service in (*case.needs.services, *case.needs.reached):
        if service not in target.addresses:
            return skipped(f"no address for {service}: give --url {service}=URL")
    for service, alias in case.needs.aliases:
        if not target.address(service, alias):
            return skipped(
                f"no {ORDINALS.get(alias, 'other')} address of {service}: give --url {service}/NAME=URL"
            )
    if case.needs.exclusive and not target.exclusive:
        return skipped("needs a target that nobody else uses (exclusive)")
    if case.needs.trading and not target.trading:
        return skipped("may change state at the target: needs --allow-trading")
    accounts = {one.account for one in target.credentials}
    for who in case.needs.who:
        if who.other_account and len(accounts) < 2:
            return skipped(f"needs {_who(who)}")
        if target.credential(who.schemes, who.has, who.lacks) is None:
            why = _impossible(who, services)
            return skipped(f"needs {_who(who)}" + (f": {why}" if why else ""))
    for step in (*case.steps, *case.cleanup):
        why = unopenable(step, services, target)
        if why:
            return skipped(why)
    return None


def _impossible(who: As, services: Mapping[str, Service]) -> str:
    """Why nobody can have such a credential, or ''."""
    known = [
        each.handshakes[name] for each in services.values() for name in who.schemes if name in each.handshakes
    ]
    return known[0].impossible if known and all(each.impossible for each in known) else ""
