"""What each variation looks like on the wire: one small scene each, told by its name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.variations.wiretap import Scene

Act = Callable[[Scene], Awaitable[None]]
SCENES: dict[str, Act] = {}


def differs(name: str) -> Callable[[Act], Act]:
    """The scene that shows how a variation differs from the plain reference."""

    def register(act: Act) -> Act:
        assert name not in SCENES, name
        SCENES[name] = act
        return act

    return register
