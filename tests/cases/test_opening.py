"""What a session is opened with: pure, from a service and what a target has for it."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from conformance.cases.carrying import Unopenable, secrets_of, spoken
from conformance.cases.composing import Opening
from conformance.cases.opening import asked, opening, unopenable
from conformance.cases.steps import As, Connect, Door
from conformance.cases.target import Credentials, Target
from conformance.contract import NOBODY, Carried, Handshake, Place, Protocol, Service, Source
from conformance.contract.rules import Rules

PASS = Handshake("pass", prefix="Bearer")
KEY = Handshake("key", Place.QUERY, "k", together=("sign",))
SIGN = Handshake("sign", Place.COOKIE, "s", together=("key",))
LAMP = Service(
    "lamp", Protocol.WEBSOCKET, "Lamp", "1", "lamp.yaml", "",
    address="/lamp", handshakes={each.scheme: each for each in (PASS, KEY, SIGN)},
)  # fmt: skip
HELD = {name: Credentials(name, f"{name}-secret", label=name) for name in ("pass", "key", "sign")}


def target(*held: str, security: tuple[str, ...] = (), values: dict[str, object] | None = None) -> Target:
    credentials = tuple(HELD[name] for name in held)
    return Target("desk", {"lamp": "ws://h"}, credentials, security={"lamp": security}, values=values or {})


def carried(made: Opening) -> dict[str, str]:
    return dict((*made.headers, *made.query))


@pytest.mark.parametrize(
    ("security", "held", "wanted"),
    [
        ((), ("pass",), {}),
        (("pass",), ("pass",), {"Authorization": "Bearer pass-secret"}),
        (("pass", "key"), ("key", "sign"), {"k": "key-secret", "Cookie": "s=sign-secret"}),
        (("key", "pass"), ("key", "pass"), {"Authorization": "Bearer pass-secret"}),
        (("pass", NOBODY), (), {}),
        (("pass", NOBODY), ("pass",), {"Authorization": "Bearer pass-secret"}),
    ],
)
def test_the_first_alternative_that_the_user_has_is_carried(
    security: tuple[str, ...], held: tuple[str, ...], wanted: dict[str, str]
) -> None:
    """With all that goes together with it; where nobody has to be known, none is missing."""
    assert carried(opening(LAMP, target(*held, security=security))) == wanted


def test_who_a_case_asks_for_goes_before_what_is_usual() -> None:
    """A case's own credential, nothing at all, or a wrong one."""
    here = target("pass", "key", "sign", security=("pass",))
    assert set(carried(opening(LAMP, here, who=HELD["key"]))) == {"k", "Cookie"}
    assert carried(opening(LAMP, here, door=Door(refusal=401))) == {}
    wrong = carried(opening(LAMP, here, door=Door("pass", 401)))
    assert wrong["Authorization"].startswith("Bearer never-issued")
    with pytest.raises(Unopenable, match="opens no session without a credential"):
        opening(LAMP, here, door=Door())
    assert carried(opening(LAMP, target("pass"), door=Door())) == {}


def test_what_is_missing_is_said_with_how_to_give_it() -> None:
    """In one sentence."""
    services = {"lamp": LAMP}
    assert unopenable(Connect("main", "lamp"), services, target("key", security=("key", "pass"))) == (
        "lamp asks for a credential for key and sign or pass: give --credential key=env:VARIABLE"
    )
    step = Connect("main", "lamp", As(("key",)))
    assert unopenable(step, services, target("key")).startswith(
        "key needs sign with it: a credential for sign"
    )
    assert unopenable(step, services, target("key", "sign")) == ""


@pytest.mark.parametrize(
    ("handshake", "secret", "wanted"),
    [
        (PASS, "a.b~c", "Bearer a.b~c"),
        (Handshake("b", prefix="Basic"), "é:ü:x", "Basic " + base64.b64encode("é:ü:x".encode()).decode()),
        (Handshake("k", Place.QUERY, "k"), "é \r\n&=", "é \r\n&="),
        (Handshake("h", Place.HEADER, "X-H"), "two words", "two words"),
    ],
)
def test_how_a_secret_is_written(handshake: Handshake, secret: str, wanted: str) -> None:
    """A query parameter may hold anything: it is percent-encoded on its way."""
    assert spoken(handshake, secret) == wanted


@pytest.mark.parametrize(
    ("handshake", "secret"),
    [
        (PASS, "a\r\nb"),
        (PASS, "a\0b"),
        (PASS, "clé"),
        (PASS, "trailing "),
        (PASS, "\udce9"),
        (Handshake("k", Place.QUERY, "k"), "\udce9"),
        (Handshake("b", prefix="Basic"), "nobody"),
        (Handshake("b", prefix="Basic"), "a:\udce9"),
        (Handshake("c", Place.COOKIE, "c"), 'a"b'),
        (Handshake("c", Place.COOKIE, "c;d"), "plain"),
        (Handshake("h", Place.HEADER, "X:Y"), "plain"),
        (Handshake("h", Place.HEADER, "X\r\nY"), "plain"),
        (Handshake("s", prefix="Bearer\r\nX: 1"), "plain"),
    ],
)
def test_what_would_break_out_is_refused(handshake: Handshake, secret: str) -> None:
    """And no sentence of it holds the secret."""
    with pytest.raises(Unopenable) as refused:
        spoken(handshake, secret)
    assert secret not in str(refused.value).replace("plain ", "")


def test_basic_gives_the_password_away_alone() -> None:
    """What a peer says back may be a part of it."""
    basic = Handshake("b", prefix="Basic")
    assert set(secrets_of([basic], Credentials("b", "keeper:pass:word"))) == {"keeper:pass:word", "pass:word"}
    assert set(secrets_of([basic], Credentials("c", "keeper:pass"))) == {"keeper:pass"}


def asking(**more: Carried) -> Service:
    return replace(LAMP, handshakes={}, carried=tuple(more.values()))


def test_values_are_the_users_then_the_documents() -> None:
    """Optional ones are left out unless the user gives them; a subprotocol that is fixed is offered."""
    service = asking(
        a=Carried(Place.QUERY, "a", required=True, value="document"),
        b=Carried(Place.QUERY, "b", required=True, value="document"),
        c=Carried(Place.HEADER, "c", value="document"),
        d=Carried(Place.HEADER, "d", value="document"),
        e=Carried(Place.HEADER, "Sec-WebSocket-Protocol", value="v2, v1"),
    )
    made = opening(service, target(values={"b": 7, "d": True}))
    assert carried(made) == {"a": "document", "b": "7", "d": "true"}
    assert made.subprotocols == ("v2", "v1")
    assert made.names == (
        "query parameter a",
        "query parameter b",
        "header d",
        "header Sec-WebSocket-Protocol",
    )
    assert "document" not in repr(made)


def test_a_credential_stands_before_a_value_of_the_same_name() -> None:
    """A scheme and a binding may describe the same header."""
    service = replace(LAMP, carried=(Carried(Place.HEADER, "authorization", required=True),))
    assert carried(opening(service, target("pass", security=("pass",)))) == {
        "Authorization": "Bearer pass-secret"
    }


@pytest.mark.parametrize("given", [None, ["a"], {"a": 1}])
def test_what_is_no_one_text_is_no_value(given: object) -> None:
    """A binding does not say how a list is written."""
    service = asking(a=Carried(Place.QUERY, "a", required=True))
    with pytest.raises(Unopenable, match="query parameter a of lamp has no value: give --value a"):
        opening(service, target(values={} if given is None else {"a": given}))


def test_parameters_of_the_address() -> None:
    """The user's, else the document's; encoded so that none becomes another segment or parameter."""
    service = replace(
        LAMP, address="/lamp/red?x={y}", template="/lamp/{c}?x={y}", parameters={"c": "red", "y": ""}
    )
    assert opening(service, target(values={"y": "a&b=c"})).path == "/lamp/red?x=a%26b%3Dc"
    assert opening(service, target(values={"y": "z", "c": "a/b ?"})).path == "/lamp/a%2Fb%20%3F?x=z"
    with pytest.raises(Unopenable, match="no value for y: give --value y"):
        opening(service, target())


def _source(service: str) -> Rules:
    made = Source("s", service, "ask", {}, "lit", "", {}, {"berth": "/berth"}, "run", "")
    return Rules(sources=(made,))


def test_values_that_another_service_gives() -> None:
    """They are asked for by name; one that would need itself first is never asked."""
    service = asking(a=Carried(Place.QUERY, "a", required=True, source="berth"))
    pier = Service("pier", Protocol.WEBSOCKET, "Pier", "1", "pier.yaml", "", rules=_source("pier"))
    known = {"lamp": service, "pier": pier}
    assert asked(service, target(), known) == ("berth",)
    assert asked(service, target(values={"a": "x"}), known) == ()
    assert carried(opening(service, target(), values={"berth": 9})) == {"a": "9"}
    assert unopenable(Connect("main", "lamp"), known, target()) == ""
    own = replace(service, rules=_source("lamp"))
    assert unopenable(Connect("main", "lamp"), {"lamp": own}, target()).endswith("give --value a=…")
