"""The hostile servers by name: what each does, and what a run against it has to say."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatch

from tests.hostile.answers import ANSWERS
from tests.hostile.frames import FRAMES
from tests.hostile.opening import OPENING, TLS, as_it_is, asks_for_a_certificate
from tests.hostile.servers import Act

KIOSK = ("kiosk/transport/ping/empty", "kiosk/commands/*/accepted", "kiosk/layouts/poked/size")
UPGRADE, CLOSING, POKE = "kiosk/transport/upgrade", "kiosk/transport/close-answered", "kiosk/commands/poke/*"
STRANGER, ASKED = "kiosk/auth/badge/wrong-never-issued", "kiosk/commands/ask/accepted"
HEALTH = ("kiosk/health",)
GENERATED = "kiosk/health/getHealth/generated"

Verdict = tuple[str, str, str]
"""An outcome, a blame, and words that the reason holds; each may be one of several, by ``|``."""

NOT_THE_SUITE: Verdict = ("passed|failed|skipped|broken", "nobody|target", "")
ANYTHING: Verdict = ("passed|failed|skipped|broken", "nobody|target|environment", "")
HONEST: Verdict = ("passed", "nobody", "")


@dataclass(frozen=True)
class Entry:
    """One hostile server.

    ``told`` holds the verdicts by case, the first pattern that fits (without one a case passes), ``code``
    the run's exit code (None: 1 or 3, after the cases). ``waits_s`` is how long the suite itself may wait,
    by its own time limits.
    """

    act: Act
    told: Mapping[str, Verdict]
    code: int | None
    waits_s: float = 5
    cases: tuple[str, ...] = KIOSK
    scheme: str = "ws"
    tls: Callable[[ssl.SSLContext], None] | None = None
    trusted: bool = False

    @property
    def company(self) -> tuple[object, ...]:
        """Who may be put to the test in one run with it: what is alike, and takes neither time nor memory."""
        return self.code, self.scheme, self.trusted, self.waits_s

    def verdict(self, case: str) -> Verdict:
        """What has to be said of a case of the kiosk, whatever its name there."""
        return next((verdict for pattern, verdict in self.told.items() if fnmatch(case, pattern)), HONEST)


def _absent(words: str, **more: object) -> Entry:
    """Nobody is there who could be judged: all cases of the service say so, and why."""
    return replace(Entry({}, {"kiosk*": ("broken", "environment", words)}, 3), **more)  # type: ignore[arg-type]


def _caught(words: str, **more: object) -> Entry:
    """The reply to the poke breaks a promise."""
    told = {POKE: ("failed", "target", words), "kiosk/layouts/poked/*": NOT_THE_SUITE}
    return replace(Entry({}, told, 1), **more)  # type: ignore[arg-type]


def _cut(words: str, **more: object) -> Entry:
    """The reply to the poke was more than anybody would listen to."""
    told = {POKE: ("broken", "target", words), "kiosk/layouts/poked/*": NOT_THE_SUITE}
    return replace(Entry({}, told, 3), **more)  # type: ignore[arg-type]


def _much(words: str) -> Entry:
    """More than anybody would listen to: told as such, or as the reply that did not come in time.

    Who sends that much may well be too busy to answer others.
    """
    told = {POKE: ("failed|broken", "target", f"{words}|{LATE}"), "kiosk/*": NOT_THE_SUITE}
    return Entry({}, told, None, 30)


def _everywhere(outcome: str, code: int, words: str, **more: object) -> Entry:
    """The service is there, and shows in each case what it is."""
    told = {"kiosk/layouts/*": NOT_THE_SUITE, "kiosk/*": (outcome, "target", words)}
    return replace(Entry({}, told, code), **more)  # type: ignore[arg-type]


def _answered(words: str, case: str = "*/content-type", **more: object) -> Entry:
    """The health answer breaks a promise; what generated requests saw is no better."""
    told: dict[str, Verdict] = {case: ("failed", "target", words), GENERATED: ("failed", "target", "")}
    made = Entry({}, {**told, "kiosk/*": NOT_THE_SUITE}, 1, cases=HEALTH, scheme="http", waits_s=12)
    return replace(made, **more)  # type: ignore[arg-type]


def _unanswered(words: str, **more: object) -> Entry:
    return _absent(words, cases=HEALTH, scheme="http", waits_s=12, **more)


FLOOD = "sent more than a conversation may hold"
LARGE = "a message of more than 8388608 bytes"
RFC = "expected frames as in RFC 6455, got "
UPGRADED = "expected an upgrade as in RFC 6455, got the 101 answer is not a correct upgrade: "
LOST = "a connection lost without a close frame"
WHOLE = "expected a whole answer, got "
LATE = "expected poked within 4000 ms, got nothing"
TEN = 15  # seconds: an upgrade is waited for as long as ten

_TOLD: dict[str, Entry] = {
    "answers-byte-by-byte": Entry({}, {}, 0),
    "never-answers-the-upgrade": _absent("the answer to the upgrade request did not come", waits_s=TEN),
    "answers-the-upgrade-in-drips": _absent("the answer to the upgrade request did not come", waits_s=TEN),
    "upgrade-of-endless-headers": _absent("the answer is not HTTP/1.1"),
    "upgrade-of-one-endless-line": _absent("expected no more than 8192 bytes"),
    "refusal-of-endless-body": _absent("answered HTTP 403 instead"),
    "refusal-with-nasty-words": _absent("answered HTTP 403 instead"),
    "refuses-with-more-than-it-announced": _absent("answered HTTP 503 instead"),
    "upgrade-answered-with-status-999": _absent("answered HTTP 999 instead"),
    "endless-100-continue": _absent("answered HTTP 100 instead"),
    "upgrade-redirected": _absent("answered HTTP 302 instead"),
    "wrong-accept": _everywhere("failed", 1, UPGRADED + "invalid Sec-WebSocket-Accept"),
    "unasked-subprotocol": _everywhere("failed", 1, UPGRADED + "no subprotocols supported"),
    "upgrade-with-nasty-words": _absent("the answer is not HTTP/1.1"),
    "bomb-in-an-unasked-extension": _everywhere("failed", 1, UPGRADED + "no extensions supported"),
    "speaks-garbage-at-once": _absent("the answer is not HTTP/1.1"),
    "closes-before-the-upgrade": _absent("closed the connection without an answer"),
    "resets-before-the-upgrade": _absent("connection"),
    "closes-inside-the-upgrade": _absent("ended in the middle of the answer, after 39 bytes"),
    "resets-inside-the-upgrade": _absent(" at ws://"),
    "closes-right-after-the-upgrade": _absent("closed at once with 1001"),
    "resets-right-after-the-upgrade": _absent("closed at once with 1006"),
    "valid-upgrade-then-silence": _absent("connected, but the target answered nothing", waits_s=TEN),
    "half-closes-after-the-upgrade": _absent("closed at once with 1006"),
    "takes-a-few-connections-only": Entry({}, {"kiosk/*": ("passed|broken", "nobody|environment", "")}, 3),
    "plain-http-on-a-tls-port": _absent("the peer does not speak TLS on this port"),
    "tls-handshake-never-answered": _absent("the TLS handshake did not come within 10 s", waits_s=TEN),
    "tls-handshake-dropped": _absent("dropped the connection during the TLS handshake"),
    "tls-handshake-of-garbage": _absent("the TLS handshake failed"),
    "tls-alert": _absent("the TLS handshake failed"),
    "tls-untrusted-certificate": _absent("the certificate is self-signed", tls=as_it_is),
    "tls-wants-our-certificate": _absent(" at wss://", tls=asks_for_a_certificate, trusted=True),
    "events-without-end-at-once": Entry(
        {}, {"*": ("failed|broken", "target", FLOOD + "|got nothing but")}, None, 30, (ASKED,)
    ),
    "garbage-at-once": _everywhere("failed", 1, RFC + "invalid opcode"),
    "one-gigabyte-announced-at-once": _everywhere("broken", 3, LARGE),
    "silence-after-a-command": _caught(LATE, waits_s=10),
    "endless-valid-events": _much(FLOOD),
    "endless-noise-in-messages": _much("cannot be decoded"),
    "endless-large-messages": _much(FLOOD),
    "endless-garbage": _much(RFC),
    "one-endless-frame": _much(LARGE),
    "one-frame-just-within-the-limit-and-silence": _caught(LATE, waits_s=10),
    "one-gigabyte-announced": _cut(LARGE),
    "deflate-bomb": _caught(RFC + "reserved bits must be 0"),
    "endless-fragments": _much(LARGE),
    "endless-empty-fragments": _much(FLOOD),
    "ping-flood": _much(FLOOD),
    "answers-ten-thousand-times": _much("expected exactly one reply, got another one"),
    "nested-100000-deep": _caught("size: expected integer, got array"),
    "nested-maps-100000-deep": _caught("size: expected integer, got map"),
    "map-of-40000-keys": _caught("size: expected integer, got map"),
    "map-of-a-million-keys": _caught("size: expected integer, got map"),
    "array-of-a-million": _caught("size: expected integer, got array"),
    "array-of-4-giga-announced": _caught("size: expected integer, got array"),
    "map-of-4-giga-announced": _caught("size: expected integer, got map"),
    "str-of-4-giga-announced": _caught("size: expected integer"),
    "bin-of-4-giga-announced": _caught("size: expected integer"),
    "invalid-utf8-in-a-str": _caught("size: expected integer, got str"),
    "invalid-utf8-in-a-text-frame": _caught("expected map, got int"),
    "largest-integer": _caught("expected at most 1000, got int 18446744073709551615"),
    "not-a-number": _caught("expected integer, got float nan"),
    "infinity": _caught("expected integer, got float -inf"),
    "nasty-words-in-every-string": _caught("<script>alert(1)</script>"),
    "nasty-message-type": _caught("expected 'poked', got str"),
    "nasty-close-reason": _caught("got a close with 4000"),
    "close-with-an-invalid-code": _caught("got a close with 1005"),
    "close-with-half-a-code": _caught("got a close with 1005"),
    "close-with-invalid-utf8": _caught("got a close with 1000"),
    "reserved-bit": _caught(RFC + "reserved bits must be 0"),
    "reserved-opcode": _caught(RFC + "invalid opcode"),
    "masked-frame": _caught(RFC + "incorrect masking"),
    "control-frame-too-long": _caught(RFC + "control frame too long"),
    "control-frame-in-fragments": _caught(RFC + "fragmented control frame"),
    "continuation-of-nothing": _caught(RFC + "unexpected continuation frame"),
    "closes-inside-a-frame": _caught(LOST),
    "closes-inside-a-fragmented-message": _caught(LOST),
    "resets-after-a-command": _caught(LOST),
    "resets-inside-a-frame": _caught(LOST),
    "resets-inside-a-fragmented-message": _caught(LOST),
    "half-closes-after-a-command": _caught(LOST),
    "reads-nothing-more": _caught(LATE, waits_s=10),
    "close-never-answered": Entry(
        {}, {CLOSING: ("failed", "target", "a Close frame in answer to ours")}, 1, 12, (*KIOSK, CLOSING)
    ),
    "connection-kept-after-the-close": Entry({}, {}, 0, 12, (*KIOSK, CLOSING)),
    "lets-nobody-in": Entry(
        {}, {"kiosk/commands/enter/*": ("broken", "environment", "refused the credential")}, 3
    ),
    "lets-everybody-in": Entry(
        {},
        {STRANGER: ("failed", "target", "expected denied 'stranger', got entered")},
        1,
        cases=(*KIOSK, STRANGER),
    ),
    "tells-the-badge": Entry(
        {}, {"kiosk/commands/enter/*": ("failed", "target", "no credential in it")}, 1
    ),
    "http-never-answers": _unanswered("the whole answer did not come"),
    "http-endless-headers": _unanswered("the answer is not HTTP/1.1: Receive buffer too long"),
    "http-endless-status-line": _unanswered("the answer is not HTTP/1.1: Receive buffer too long"),
    "http-endless-body": _answered(WHOLE + "the answer's body is larger than 1048576 bytes"),
    "http-endless-chunks": _answered(WHOLE + "the answer's body came in more than 10000 pieces"),
    "http-chunks-of-garbage": _answered(WHOLE + "the answer broke off or broke HTTP in its body"),
    "http-dripping-body": _answered(WHOLE + "the whole answer did not come", waits_s=40),
    "http-length-too-long": _answered(WHOLE + "the answer broke off or broke HTTP in its body"),
    "http-length-too-short": _answered("one well-formed JSON value"),
    "http-length-of-words": _unanswered("the answer is not HTTP/1.1: bad Content-Length"),
    "http-gzip-bomb": _answered("one well-formed JSON value", waits_s=40),
    "http-endless-100-continue": _unanswered("answer "),
    "http-status-999": _answered("expected status 200, got status 999"),
    "http-redirected": _answered("expected status 200, got status 302"),
    "http-nasty-words": _answered("expected at most 40 characters", "*/body/note"),
    "http-nested-100000-deep": _answered("nested more than 64 deep"),
    "http-integer-of-a-million-digits": _answered("an integer of 1000000 digits"),
    "http-not-a-number": _answered("no JSON value begins with b'N'"),
    "http-invalid-utf8": _answered("a string holds invalid UTF-8"),
    "http-resets-inside-the-body": _answered(WHOLE + "the peer reset the connection"),
    "http-two-faced-endless-body": _answered("larger than 1048576 bytes", GENERATED),
    "http-two-faced-endless-100-continue": _answered("did not come within 10 s", GENERATED, waits_s=40),
    "http-two-faced-endless-headers": _answered(WHOLE, GENERATED),
    "http-two-faced-redirect": _answered("Undocumented status code: Received: 302", GENERATED),
    "http-closes-without-an-answer": _unanswered("the peer closed the connection without an answer"),
}  # fmt: skip


def _made(acts: Mapping[str, Act], **more: object) -> Iterable[tuple[str, Entry]]:
    for name, act in acts.items():
        yield name, replace(_TOLD[name], act=act, **more)  # type: ignore[arg-type]


ENTRIES: dict[str, Entry] = {
    **dict(_made(OPENING)),
    **dict(_made(TLS, scheme="wss")),
    **dict(_made(FRAMES)),
    **dict(_made(ANSWERS)),
}
assert ENTRIES.keys() == _TOLD.keys()
ENTRIES["keeps-its-promises"] = Entry({}, {}, 0, cases=(*KIOSK, UPGRADE, CLOSING, STRANGER))
ENTRIES["keeps-its-promises-of-health"] = Entry({}, {}, 0, cases=HEALTH, scheme="http")
