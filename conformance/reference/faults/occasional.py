"""A fault that shows only now and then: on a share of the connections, drawn by a seeded coin.

A connection has the fault in all that is decided while the service is busy with it, or has none of it. What
the service decides by itself (the market moves, the service starts) is drawn anew each time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from conformance.reference import connection
from conformance.reference.behaviour import Behaviour
from conformance.reference.faults.fault import Fault


def occasional(fault: Fault, chance: float, seed: int) -> Fault:
    """The fault, on this share of the connections. The same seed draws the same connections, by number."""
    name = f"{fault.name}@{chance:g}"
    alone = Random(f"{seed}/{name}")

    def wrong() -> bool:
        number = connection.current()
        coin = alone if number == connection.NOBODY else Random(f"{seed}/{name}/{number}")
        return coin.random() < chance

    return replace(fault, name=name, behaviour=_tossed(fault.behaviour, wrong))


def _tossed(faulty: type[Behaviour], wrong: Callable[[], bool]) -> type[Behaviour]:
    """A behaviour that makes each decision of the faulty one in its way, or in that of whatever it is based
    on."""
    own = [each for each in faulty.__mro__ if each not in Behaviour.__mro__]
    made: type[Behaviour] = type(faulty.__name__, (faulty,), {})

    def decision(name: str) -> Callable[..., Any]:
        def decide(self: Behaviour, *arguments: Any, **named: Any) -> Any:
            behind = made if wrong() else own[-1]
            return getattr(super(behind, self), name)(*arguments, **named)

        return decide

    for name in {name for each in own for name in vars(each)}:
        if callable(getattr(Behaviour, name, None)) and not name.startswith("__"):
            setattr(made, name, decision(name))
    return made
