"""Who sends a message, in the words of those who describe it: ``sent by the client``, ``the server sends``.

Only plain words count. Whoever is called neither client nor server may be on either side, and what one of
many clients has sent may come from the server.
"""

from __future__ import annotations

import re
from typing import Final

CLIENT, SERVER = "client", "server"
OTHER: Final = {CLIENT: SERVER, SERVER: CLIENT}

_OF: Final = r"(?:(?:the|any|an?|all|each|every|connected|subscribed|websocket|ws|api) ){0,3}"
_END: Final = r"(?![\w'’-])"
_WHAT: Final = r"(?: [\w`'’/-]+){0,5}?"
_THING: Final = (
    r"(?:messages?|events?|commands?|requests?|responses?|repl(?:y|ies)|acknowledge?ments?|notifications?"
    r"|updates?|frames?|errors?|data)"
)
_SENT: Final = r"(?:sent|send|published|emitted|issued|pushed|broadcast)"
_SENDS: Final = r"(?:sends?|publish(?:es)?|emits?|issues?|push(?:es)?|broadcasts?)"
_PATTERNS: Final = tuple(
    (turned, re.compile(pattern.replace("SIDE", r"(client|server)s?" + _END)))
    for turned, pattern in (
        (False, rf"\b{_SENT} (?:by|from) (?:the |an? )?(?:websocket |ws |api )?SIDE"),
        (False, rf"\b(?:receive[sd]?|receiving){_WHAT} from (?:the |an? )?(?:websocket |ws |api )?SIDE"),
        (False, rf"\b{_THING} from (?:the )?(?:websocket |ws |api )?SIDE"),
        (False, rf"(?<!other )(?<!another )\bSIDE {_SENDS}\b"),
        (False, rf"^(?:the )?SIDE {_THING}\b"),
        (False, r"\b(client|server)[- ]to[- ](?:client|server)\b"),
        (True, rf"\b(?:sent|send|sends|sending|pushe[sd]|broadcast){_WHAT} to {_OF}SIDE"),
        (True, rf"\b{_THING} to {_OF}SIDE"),
        (True, rf"\breceived by {_OF}SIDE"),
    )
)


def sender(text: str) -> tuple[str, str]:
    """``client`` or ``server``, and the words that say so; both '' where none do or they disagree."""
    plain = " ".join(text.lower().split())
    found: dict[str, str] = {}
    for turned, pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            side = OTHER[match.group(1)] if turned else match.group(1)
            known = found.get(side)
            if known is None or len(match.group()) < len(known):
                found[side] = match.group()
    return next(iter(found.items())) if len(found) == 1 else ("", "")
