"""The page of the states of a connection, made from the gateway's document.

``python docs/sessions.py`` writes sessions.md anew; a test holds the page against what this makes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from conformance.contract import Service, load  # noqa: E402
from conformance.contract.sessions import Does, Entry, Sessions, State, Way  # noqa: E402

PAGE = HERE / "sessions.md"
INTRODUCTION = """\
# The states of a connection

Made by `python docs/sessions.py` from `sessions` in [the gateway's document]({document}).
The cases `gateway/auth/sessions/…` come from the same table: each legal move is one, and each illegal one.
"""


def edges(service: Service, sessions: Sessions) -> Iterator[tuple[str, str, str]]:
    """From, to, and what leads there, in the table's order."""
    living = [state for state in sessions.states if not state.over]
    for state, way in sessions.ways(*Entry):
        for origin in _origins(service, sessions, living, way):
            yield origin, state.name, _why(service, way)
    for state in sessions.states:
        if state.over:
            yield state.name, "[*]", _end(service, state)


def _origins(service: Service, sessions: Sessions, living: list[State], way: Way) -> Iterator[str]:
    match way.entry:
        case Entry.OPENED:
            yield "[*]"
        case Entry.ACCEPTED:
            operation = service.credentials[way.name].operation
            yield from (each.name for each in living if each.cells[operation].does is Does.TAKEN)
        case Entry.EXPIRED | Entry.REVOKED:
            found = sessions.entered_by(Entry.ACCEPTED, way.name)
            yield from [found.name] if found is not None else []
        case Entry.DEADLINE:
            (deadline,) = (each for each in service.rules.deadlines if each.name == way.name)
            stopped = {
                each.scheme for each in service.credentials.values() if each.success == deadline.stopped_by
            }
            yield from (each.name for each in living if not any(one.name in stopped for one in each.entered))
        case Entry.CLOSED:
            yield from (each.name for each in living)


def _why(service: Service, way: Way) -> str:
    match way.entry:
        case Entry.OPENED:
            return "the connection opens"
        case Entry.ACCEPTED:
            return f"{service.credentials[way.name].operation} with {way.name}"
        case Entry.EXPIRED | Entry.REVOKED:
            return f"{way.name} {way.entry}"
        case Entry.DEADLINE:
            (deadline,) = (each for each in service.rules.deadlines if each.name == way.name)
            missed = f"no {deadline.stopped_by} within {deadline.after_ms} ms"
            return f"{missed}, {deadline.refusal}, close {deadline.close}"
        case Entry.CLOSED:
            return "closed by the client"


def _end(service: Service, state: State) -> str:
    refusals = service.rules.refusals
    told = " or ".join(map(str, refusals.of(state.told))) if refusals and state.told else ""
    said = [
        told,
        f"close {state.close}" if state.close else "",
        f"within {state.within_ms} ms" if state.within_ms else "",
    ]
    return ", ".join(filter(None, said))


def cell(service: Service, sessions: Sessions, state: State, operation: str) -> str:
    """What a command does in a state, in a word or two."""
    found = state.cells.get(operation)
    if found is None:
        return "?"
    refusals = service.rules.refusals
    if found.does is Does.REFUSED and refusals is not None:
        return " or ".join(f"`{code}`" for code in refusals.of(found.role))
    if found.does is Does.ENDS:
        return f"close {found.code}"
    if found.does is Does.NOTHING:
        return "–"
    schemes = [each.scheme for each in service.credentials.values() if each.operation == operation]
    led = [sessions.entered_by(Entry.ACCEPTED, scheme) for scheme in schemes]
    return " or ".join(f"→ {each.name}" for each in led if each is not None) or "taken"


def page(service: Service) -> str:
    """The whole page."""
    sessions = service.rules.sessions
    assert sessions is not None
    lines = [INTRODUCTION.format(document="../" + service.file), "```mermaid", "stateDiagram-v2"]
    for origin, state, why in edges(service, sessions):
        lines.append(f"    {origin} --> {state}" + (f": {why}" if why else ""))
    lines += ["```", ""]
    lines.append("| command | " + " | ".join(state.name for state in sessions.states) + " |")
    lines.append("|---|" + "---|" * len(sessions.states))
    for operation in service.operations:
        cells = (cell(service, sessions, state, operation) for state in sessions.states)
        lines.append(f"| `{operation}` | " + " | ".join(cells) + " |")
    lines += [
        "",
        "A code means that the command is refused with it; – that it is not looked at any more.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(load().services["gateway"]), "utf-8")
