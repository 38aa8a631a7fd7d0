"""A sweep from a wish to its record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from conformance.cases.probing import Probing
from conformance.cases.target import Target
from conformance.contract import Contract
from conformance.conversation import Around, Unavailable
from conformance.errors import EnvironmentFailure, UsageError
from conformance.fronts.listing import documents
from conformance.fronts.options import Wish
from conformance.fronts.prepare import given
from conformance.fronts.secrets import learn
from conformance.fronts.versions import suite_version
from conformance.record import RunRecord
from conformance.run.endstate import close
from conformance.run.preflight import preflight
from conformance.run.sweep import Sweep, Wanted, sweep
from conformance.run.targets import make_target
from conformance.run.warden import Warden
from conformance.trading.roles import Trading
from conformance.transcript.redact import Secrets
from conformance.verdict import Judge, Tolerances

FORMAT = 1
NAMED = "nothing is asked of a host that was not named"


def aim(wish: Wish, record: RunRecord | None) -> tuple[Contract, Target]:
    """The contract and the trading services of the target. Raises DocumentError and UsageError."""
    about = given(wish)
    if about.embedded:
        if record is not None and record.header.target.embedded:
            raise UsageError(
                "that run was put to its embedded reference, which ended with it",
                hint="nothing is left there",
            )
        known = record.header.target.addresses if record is not None else {}
        where = (
            " ".join(f"--url {name}={url}" for name, url in known.items()) or "a TARGET, or --url NAME=URL"
        )
        raise UsageError(f"sweep needs the target: {NAMED}", hint=f"give {where}")
    contract, _ = documents(wish)
    target = make_target(contract, about)
    trading = {
        name: url
        for name, url in target.addresses.items()
        if name in contract.services and Trading.of(contract.services[name]) is not None
    }
    if not trading:
        raise UsageError(
            "none of these addresses trades, as far as the documents say",
            hint="their roles name no operation that places orders" if target.addresses else "",
        )
    if not target.credentials:
        raise UsageError("sweep needs the credentials of the accounts", hint="give --credential as for run")
    return contract, replace(target, addresses=MappingProxyType(trading))


def elsewhere(record: RunRecord, target: Target) -> str:
    """A sentence where the run was put to other addresses than the sweep; '' where it was not."""
    before = record.header.target.addresses
    for name, url in target.addresses.items():
        if before.get(name, "").rstrip("/") != url.rstrip("/"):
            return f"note: the run was put to {before.get(name) or 'no'} {name}, and this is {url}"
    return ""


async def swept(contract: Contract, target: Target, wanted: Wanted, secrets: Secrets) -> Sweep:
    """Sweeps. What cannot be reached is among what could not be seen."""
    learn(secrets, contract, target.credentials)
    judge = Judge(contract, contract.clauses, Tolerances(target.tolerance_ms))
    around = Around(
        contract=contract,
        probing=Probing(contract),
        target=target,
        value=_nothing,
        fresh=_Numbers().next,
        tag="sweep",
    )
    health = await preflight(contract, target, judge, around)
    around = replace(around, target=health.target)
    wardens: dict[str, Warden] = {}
    for name in target.addresses:
        trading = Trading.of(contract.services[name])
        if trading is not None and name not in health.down:
            commander = around.probing.commander(trading.service)
            wardens[name] = Warden(trading, commander, around, listening=False)
    try:
        made = await sweep(wardens.values(), wanted)
    finally:
        await close(wardens)
    made.unseen.update(health.down)
    for one in health.refused:
        made.unseen[one.label or one.scheme] = "the target refused the credential"
    return made


class _Numbers:
    def __init__(self) -> None:
        self.last = 0

    def next(self) -> int:
        """The next number."""
        self.last += 1
        return self.last


async def _nothing(name: str) -> object:
    raise Unavailable(f"a sweep asks for no {name}")


def as_object(made: Sweep, target: Target, wanted: Wanted, run: str) -> Mapping[str, Any]:
    """The record of a sweep (``schemas/sweep.schema.json``)."""

    def rows(orders: list[Any]) -> list[dict[str, str]]:
        names = (
            *("account", "client_id", "order_id", "was", "became", "filled", "why"),
            *("symbol", "side", "price", "size", "case"),
        )
        return [{name: getattr(each, name) for name in names} for each in orders]

    return {
        "format": FORMAT,
        "suite": suite_version(),
        "at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "target": {"name": target.name, "addresses": dict(target.addresses)},
        "run": run,
        "dry_run": wanted.dry,
        "all_tagged": wanted.every_tag,
        "meant": made.meant,
        "orders": rows(made.orders),
        "untouched": rows(made.strange),
        "seen": made.seen,
        "unseen": made.unseen,
        "open": len(made.open),
        "exit_code": made.exit_code,
    }


def write(stored: Mapping[str, Any], folder: Path, secrets: Secrets) -> Path:
    """Writes the record beside those of earlier sweeps, and says where."""
    path, number = folder / "sweep.json", 1
    try:
        folder.mkdir(parents=True, exist_ok=True)
        while path.exists():
            number += 1
            path = folder / f"sweep-{number}.json"
        path.write_text(secrets.redact_text(json.dumps(stored, indent=2)) + "\n", "utf-8")
    except OSError as error:
        raise EnvironmentFailure(
            f"cannot write {path}: {error.strerror}", hint="give another folder with --report-dir"
        ) from error
    return path
