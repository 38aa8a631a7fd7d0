"""The options of both fronts, told once: ``--case`` here is ``--conformance-case`` for pytest."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from conformance.errors import UsageError

if TYPE_CHECKING:
    from conformance.record.moves import Moves
    from conformance.statistics.sequential import Plan


@dataclass(frozen=True, slots=True)
class Option:
    """An option: repeatable (``many``), a switch (``flag``), a number (``number``), else one text."""

    name: str
    metavar: str
    says: str
    many: bool = False
    flag: bool = False
    number: bool = False

    @property
    def key(self) -> str:
        """Its name in Python."""
        return self.name.replace("-", "_")


CONTRACT = (
    Option("contract", "DIR", "the folder of the contract documents (default: those of the suite itself)"),
    Option("asyncapi", "FILE", "an AsyncAPI document, or NAME=FILE; repeatable", many=True),
    Option("openapi", "FILE", "an OpenAPI document, or NAME=FILE; repeatable", many=True),
    Option("overlay", "FILE", "an overlay that completes a document, or NAME=FILE; repeatable", many=True),
    Option("scenarios", "FILE", "a scenario file, beside those of the folder; repeatable", many=True),
    Option("perspective", "VIEW", "whose point of view AsyncAPI documents are written from, target or client "
           "(found out when not given), or NAME=VIEW; repeatable", many=True),
    Option("reference", "URL=FILE", "a file that stands for a $ref's address (URL/=DIR: for those below), or "
           "a FILE or DIR outside the documents' folder that may be read; repeatable", many=True),
)  # fmt: skip
SELECTION = (
    Option("case", "PATTERN", "only cases of this id, below it, or like it; repeatable", many=True),
    Option("clause", "PATTERN", "only cases that enforce such a clause; repeatable", many=True),
)
DRAWN = (
    Option("sequences", "N", "how many sequences of orders are drawn (100); those beyond 100 are long",
           number=True),
    Option("subscribers", "N", "how many subscribe to a stream at once, to see the same (8; at most 500, or "
           "as many connections as are promised)", number=True),
)  # fmt: skip
TARGET = (
    Option("url", "NAME=URL", "a document's address (URL alone: of the only one); repeatable", many=True),
    Option("credential", "SCHEME=env:VAR", "where a secret is: env:VAR or file:PATH; then ,label=… "
           ",account=… ,permissions=a+b; repeatable", many=True),
    Option("allow-trading", "", "put cases that change state to the target, too", flag=True),
    Option("exclusive", "", "nobody else uses the target", flag=True),
    Option("each-endpoint", "", "put each case to every address of the target's environment, and tell what "
           "differs", flag=True),
    Option("trading-limit", "NAME=N", "nothing is sent that exceeds it: order_size, order_notional, orders, "
           "open_orders (a number or none) or distance; repeatable", many=True),
    Option("deadline", "NAME=MS", "the target's own value of a deadline; repeatable", many=True),
    Option("minimum", "NAME=N", "the least that the target takes in a field of commands, where that is less "
           "than documented; repeatable", many=True),
    Option("value", "NAME=VALUE", "a value instead of the one that the target gives, or for what an address "
           "or an opening asks for; repeatable", many=True),
    Option("tolerance", "MS", "added to each upper bound of time (250)", number=True),
    Option("fault", "NAME", "a named misbehaviour of the embedded reference, NAME@P: on the share P of the "
           "connections; repeatable", many=True),
    Option("variation", "NAME", "another way for the embedded reference to conform; repeatable", many=True),
)  # fmt: skip
REPEAT = (
    "play each case until a sequential test says sound, broken or intermittent: 32 times and more, "
    "error probability 5 percent"
)
PLAY = (
    Option("jobs", "N", "how many sessions may be open at once to one service (32)", number=True),
    Option("seed", "N", "what decides the order of the cases and all that moves by chance (0)", number=True),
    Option("repeat", "", REPEAT, flag=True),
    Option("replay", "MOVES", "nothing but this sequence of orders: its moves, or a file that holds them"),
    Option("report-dir", "DIR", "where run.jsonl and the reports go"),
    Option(
        "history",
        "URL",
        "what remembers all runs: a file, postgresql://USER@HOST/DATABASE, or none "
        "(default: $OMEN_CONFORMANCE_HISTORY, else reports/history.sqlite, with --report-dir none)",
    ),
)
GATE = (
    Option("waivers", "FILE", "waivers: promises that may be broken for now; repeatable", many=True),
    Option("strict", "", "what a target should keep fails the gate, too", flag=True),
    Option("build", "VERSION", "which build the target is, for waivers of some builds only"),
    Option("baseline", "RUN", "an earlier run: what it enforced and this one does not fails the gate"),
)
COUNTED = ("jobs", "subscribers")
"""What there is at least one of."""
ALL = (*CONTRACT, *SELECTION, *DRAWN, *TARGET, *PLAY, *GATE)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for, in either front. Texts are as given; nothing has been looked up yet."""

    target: str = ""
    contract: str = ""
    asyncapi: tuple[str, ...] = ()
    openapi: tuple[str, ...] = ()
    overlay: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    perspective: tuple[str, ...] = ()
    reference: tuple[str, ...] = ()
    case: tuple[str, ...] = ()
    clause: tuple[str, ...] = ()
    url: tuple[str, ...] = ()
    credential: tuple[str, ...] = ()
    allow_trading: bool = False
    exclusive: bool = False
    each_endpoint: bool = False
    trading_limit: tuple[str, ...] = ()
    deadline: tuple[str, ...] = ()
    minimum: tuple[str, ...] = ()
    value: tuple[str, ...] = ()
    tolerance: int | None = None
    fault: tuple[str, ...] = ()
    variation: tuple[str, ...] = ()
    jobs: int | None = None
    sequences: int | None = None
    subscribers: int | None = None
    seed: int | None = None
    replay: str = ""
    repeat: bool = False
    report_dir: str = ""
    history: str = ""
    baseline: str = ""
    waivers: tuple[str, ...] = ()
    strict: bool = False
    build: str = ""


def wish(given: Mapping[str, object], target: str = "") -> Wish:
    """The wish out of what a front has parsed (by ``Option.key``; None and absent: not given)."""
    made: dict[str, object] = {"target": target}
    for option in ALL:
        value = given.get(option.key)
        if value is None:
            continue
        if option.many:
            assert isinstance(value, (list, tuple))
            made[option.key] = tuple(value)
        elif option.number:
            made[option.key] = whole(f"--{option.name}", str(value), least=1 if option.name in COUNTED else 0)
        else:
            made[option.key] = value
    return Wish(**made)  # type: ignore[arg-type]


def plan(wish: Wish) -> Plan | None:
    """How long each case is played: None for once."""
    from conformance.statistics.sequential import Plan  # nothing for whoever only has the plugin installed

    return Plan() if wish.repeat else None


def whole(option: str, text: str, least: int = 0) -> int:
    """A whole number; a UsageError says what it is not."""
    if not (text.isascii() and text.isdigit()) or int(text) < least:
        raise UsageError(f"{option} must be a whole number of at least {least}, not {text!r}")
    return int(text)


def views(texts: tuple[str, ...]) -> dict[str, str]:
    """``VIEW`` (for all documents, by the name '') and ``NAME=VIEW``; a UsageError for anything else."""
    made = pairs("--perspective", tuple(text for text in texts if "=" in text))
    for view in (text for text in texts if "=" not in text):
        if made.get("", view) != view:
            raise UsageError("--perspective says both target and client for all documents")
        made[""] = view
    for view in made.values():
        if view not in ("target", "client"):
            raise UsageError(f"--perspective must be target or client, not {view!r}")
    return made


def pairs(option: str, texts: tuple[str, ...]) -> dict[str, str]:
    """``NAME=VALUE`` texts as a mapping; a UsageError for anything else, and for a name given twice."""
    made: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise UsageError(f"{option} must be NAME=VALUE, not {text!r}")
        if name in made:
            raise UsageError(f"{option} gives {name} twice")
        made[name] = value
    return made


def repeat_command(wish: Wish, case: str, moves: Moves | None = None) -> str:
    """The command that puts one case again, the same way. It points at secrets and holds none.

    A sequence that became shorter is played as it became.
    """
    if moves is not None and (moves.drawn or wish.replay):
        wish = replace(wish, replay=str(moves), sequences=None)
    again = _again(wish)
    return again if wish.replay else f"{again} {shlex.join(['--case', case])}"


@lru_cache(maxsize=8)
def _again(wish: Wish) -> str:
    """What is the same for all cases of a run."""
    words = ["omen-conformance", "run"]
    if wish.target:
        words.append(wish.target)
    for option in ALL:
        value = getattr(wish, option.key)
        if option in (*SELECTION, *GATE) or option.name in ("jobs", "report-dir", "history") or value is None:
            continue
        if option.flag:
            words += [f"--{option.name}"] if value else []
        elif option.many:
            words += [word for each in value for word in (f"--{option.name}", each)]
        elif value != "":
            words += [f"--{option.name}", str(value)]
    return shlex.join(words)
