"""Sequences: what two accounts do with each other in a quiet symbol, drawn by chance, judged by an oracle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from conformance.cases.building import gravity
from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.moving import who
from conformance.cases.needs import needs
from conformance.cases.steps import Moves
from conformance.cases.unfolding import promises_of, saved_of, snapshot_saves
from conformance.contract.model import Service
from conformance.trading.draw import LONG, SHORT, USUAL, Drawn
from conformance.trading.quiet import QUIET
from conformance.trading.roles import Trading
from conformance.trading.sequence import ACCOUNTS, Sequence
from conformance.trading.themes import THEMES

ROLES = (
    *("order.cancel", "order.cancel.id", "order.amend", "order.amend.id", "order.amend.size"),
    *("order.read", "order.read.id", "order.side.buy", "order.side.sell", "order.place.price"),
    *("order.place.type", "order.type.limit", "order.place.time_in_force", "order.time_in_force.rest"),
    *("account.snapshot", "account.orders", "account.positions"),
    *("account.positions.symbol", "account.positions.size"),
    *("market.snapshot", "market.snapshot.symbol", "market.best_bid", "market.best_ask"),
)
"""Without these no sequence can be played, or what it comes to cannot be said."""

REPLAYED = "sequence-replayed"
SAYS = "Two accounts trade with each other, and what becomes of their orders is what was promised: {}."


@dataclass(frozen=True, slots=True)
class Sequences:
    """How many sequences are drawn from which seed; ``replayed`` is one to be played as it is."""

    count: int = USUAL
    seed: int = 0
    replayed: Sequence | None = None


DRAWN = Sequences()


def sequence_cases(commander: Commander, wanted: Sequences = DRAWN) -> Iterator[Case]:
    """The cases of one service: none where its document says too little of orders, or of their accounts."""
    trading = Trading.of(commander.service)
    if trading is None or not is_playable(commander.service, trading):
        return
    promises = promises_of(commander.service)
    themes = [each for each in THEMES if each in promises]
    if not themes:
        return
    if wanted.replayed is not None:
        clauses = tuple(commander.service.rules.clauses[f"trading/{theme}"] for theme in themes)
        yield _case(commander, trading, REPLAYED, wanted.replayed, clauses, "as it was given")
    common = _case(commander, trading, "sequence", None, (), "")
    for number in range(1, wanted.count + 1):
        theme = themes[(number - 1) % len(themes)]
        most = SHORT if number <= USUAL else LONG
        place = (number - 1 if number <= USUAL else number - 1 - USUAL) // len(themes)
        clause = commander.service.rules.clauses[f"trading/{theme}"]
        level, provenance = gravity((clause,), commander.contract.clauses)
        yield replace(
            common,
            id=f"{common.id}-{number:03d}",
            says=SAYS.format(f"{theme} is put to the test"),
            clauses=(clause,),
            level=level,
            provenance=provenance,
            steps=(
                *common.steps[:-1],
                _moves(commander.service, Drawn(wanted.seed, theme, promises, place, most)),
            ),
        )


def draw_ahead(cases: Iterable[Case]) -> None:
    """Draw what these cases play, before anything else has to keep time."""
    for case in cases:
        step = case.steps[-1] if case.steps else None
        if isinstance(step, Moves) and isinstance(step.drawn, Drawn):
            _ = step.drawn.sequence


def is_playable(service: Service, trading: Trading) -> bool:
    """Whether a document says enough to play a sequence, and to say what has to become of it."""
    flat = (trading.pointer(role) for role in service.rules.roles if role.startswith("order.place."))
    return (
        not trading.lacks(*ROLES)
        and service.rules.refusals is not None
        and all(at.count("/") <= 1 for at in flat)
    )


def _case(
    commander: Commander,
    trading: Trading,
    words: str,
    sequence: Sequence | None,
    clauses: tuple[str, ...],
    what: str,
) -> Case:
    """Two accounts connect and say how they stand; all else follows from that."""
    script = commander.script()
    script.claim(*clauses)
    snapshot = trading.operation("account.snapshot")
    assert snapshot is not None
    for number, account in enumerate(ACCOUNTS):
        script.connect(account, who=who(commander, trading, number))
    asked = [script.send(snapshot, commander.command(snapshot), session=account) for account in ACCOUNTS]
    for account, index in zip(ACCOUNTS, asked, strict=True):
        script.answered(index, snapshot, save=snapshot_saves(trading, account))
    script.add(_moves(commander.service, sequence))
    case = script.case(Family.COMMANDS, words, SAYS.format(what), exclusive=True)
    return replace(
        case,
        needs=needs(commander.contract, case.steps, exclusive=True),
        resource=f"{commander.service.name}/account",
    )


def _moves(service: Service, drawn: object) -> Moves:
    known = (*(name for account in ACCOUNTS for name in saved_of(account)), *(f"${name}" for name in QUIET))
    return Moves(service.name, drawn, known)
