"""Whether a target offers what a case needs; if not, the case is skipped with the reason."""

from __future__ import annotations

from conformance.cases.case import Case
from conformance.cases.steps import As
from conformance.cases.target import Target
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


def unfit(case: Case, target: Target) -> Verdict | None:
    """A skipped verdict with the first reason against putting the case to the target, or None."""

    def skipped(reason: str) -> Verdict:
        return Verdict(case.id, Outcome.SKIPPED, Blame.NOBODY, reason)

    for service in (*case.needs.services, *case.needs.reached):
        if service not in target.addresses:
            return skipped(f"no address for {service}: give --url {service}=URL")
    if case.needs.exclusive and not target.exclusive:
        return skipped("needs a target that nobody else uses (exclusive)")
    if case.needs.trading and not target.trading:
        return skipped("may change state at the target: needs --allow-trading")
    accounts = {one.account for one in target.credentials}
    for who in case.needs.who:
        if who.other_account and len(accounts) < 2:
            return skipped(f"needs {_who(who)}")
        if target.credential(who.schemes, who.has, who.lacks) is None:
            return skipped(f"needs {_who(who)}")
    return None
