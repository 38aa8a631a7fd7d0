"""What the opening of a session carries, through the real command line: given, missing, wrong."""

from __future__ import annotations

import base64
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from websockets.http11 import Request

from tests.foreign.beacon import Beacon, Map, document, query, written
from tests.front.command import Ended, command, environment, run

SECRET = "tide/key+42&=é"
TOKEN = "low-water.mark~7"
Seen = Callable[[Request], str]

BEARER: Map = {"type": "http", "scheme": "bearer"}
CARRIED: dict[str, tuple[Map, str, Seen, str]] = {
    "bearer": (BEARER, TOKEN, lambda asked: asked.headers.get("Authorization", ""), f"Bearer {TOKEN}"),
    "basic": (
        {"type": "http", "scheme": "basic"},
        f"keeper:{SECRET}",
        lambda asked: asked.headers.get("Authorization", ""),
        "Basic " + base64.b64encode(f"keeper:{SECRET}".encode()).decode(),
    ),
    "other": (
        {"type": "http", "scheme": "Lantern"},
        TOKEN,
        lambda asked: asked.headers.get("Authorization", ""),
        f"Lantern {TOKEN}",
    ),
    "oauth": (
        {"type": "oauth2", "flows": {}},
        TOKEN,
        lambda asked: asked.headers.get("Authorization", ""),
        f"Bearer {TOKEN}",
    ),
    "header": (
        {"type": "httpApiKey", "in": "header", "name": "X-Key"},
        TOKEN,
        lambda asked: asked.headers.get("X-Key", ""),
        TOKEN,
    ),
    "query": (
        {"type": "httpApiKey", "in": "query", "name": "key"},
        SECRET,
        lambda asked: query(asked, "key"),
        SECRET,
    ),
    "cookie": (
        {"type": "httpApiKey", "in": "cookie", "name": "berth"},
        TOKEN,
        lambda asked: asked.headers.get("Cookie", ""),
        f"berth={TOKEN}",
    ),
}


def put(beacon: Beacon, made: Map, folder: Path, *words: str, secret: str = "", **more: str) -> Ended:
    """The document's cases put to the beacon; the secret in the environment, as users have it."""
    given = ("--credential", "pass=env:BEACON_PASS") if secret else ()
    env = environment(**({"BEACON_PASS": secret} if secret else {}), **more)
    path = written(folder, made)
    return run("--asyncapi", path, "--url", f"ws://{beacon.place}", *given, *words, cwd=folder, env=env)


def outcomes(ended: Ended) -> dict[str, int]:
    counts: dict[str, int] = {}
    for case in ended.record.cases:
        counts[case.outcome] = counts.get(case.outcome, 0) + 1
    return counts


def reasons(ended: Ended) -> set[str]:
    return {case.reason for case in ended.record.cases if case.reason}


def guard(seen: Seen, wanted: str, status: HTTPStatus = HTTPStatus.UNAUTHORIZED) -> Any:
    """A door that opens to who carries this, alone."""
    return lambda asked: None if seen(asked) == wanted else status


def promising(scheme: Map, status: int = 401) -> Map:
    """The scheme, with the promise of how who has no credential is refused."""
    return {**scheme, "x-conformance": {"upgrade": {"refusal": status}}}


@pytest.mark.parametrize("kind", CARRIED)
def test_a_credential_is_carried_where_its_scheme_says(kind: str, tmp_path: Path) -> None:
    """Every session carries it, every case passes, and who has none or a wrong one is turned away."""
    scheme, secret, seen, wanted = CARRIED[kind]
    with Beacon(guard(seen, wanted)) as beacon:
        ended = put(beacon, document({"pass": promising(scheme)}, ["pass"]), tmp_path, secret=secret)
    assert ended.code == 0, ended.out
    assert set(outcomes(ended)) == {"passed"}
    known = {case.id: case.outcome for case in ended.record.cases}
    assert known["beacon/auth/pass/upgrade-without"] == "passed"
    assert known["beacon/auth/pass/upgrade-wrong"] == "passed"
    strangers = [asked for asked in beacon.asked if seen(asked) != wanted]
    assert len(strangers) == 2


def test_without_a_credential_nothing_is_dialled(tmp_path: Path) -> None:
    """Neither passed nor broken: each case is skipped, and says what it would need."""
    with Beacon() as beacon:
        ended = put(beacon, document({"pass": BEARER}, ["pass"]), tmp_path)
    assert beacon.asked == []
    assert ended.code == 3
    assert set(outcomes(ended)) == {"skipped"}
    assert reasons(ended) == {
        "beacon asks for a credential for pass: give --credential pass=env:VARIABLE",
    }


def test_that_a_door_is_closed_is_seen_without_a_credential(tmp_path: Path) -> None:
    """The promise that strangers are refused needs no secret to be tried."""
    made = document({"pass": promising(BEARER)}, ["pass"])
    with Beacon(lambda asked: HTTPStatus.UNAUTHORIZED) as beacon:
        ended = put(beacon, made, tmp_path, "--clause", "beacon/credentials/pass/upgrade/without")
    assert ended.code == 0
    assert set(outcomes(ended)) == {"passed"}
    assert [asked.headers.get("Authorization") for asked in beacon.asked] == [None]


@pytest.mark.parametrize("clause", ["without", "wrong"])
@pytest.mark.parametrize(
    ("door", "seen"),
    [
        (lambda asked: None, "it was taken"),
        (guard(CARRIED["bearer"][2], CARRIED["bearer"][3], HTTPStatus.FORBIDDEN), "HTTP 403"),
    ],
)
def test_a_door_that_lets_anybody_in_is_caught(door: Any, seen: str, clause: str, tmp_path: Path) -> None:
    """An open door, and a refusal with another status than was promised, break the promise."""
    made = document({"pass": promising(BEARER)}, ["pass"])
    with Beacon(door) as beacon:
        ended = put(beacon, made, tmp_path, "--case", f"beacon/auth/pass/upgrade-{clause}", secret=TOKEN)
    assert ended.code == 1
    (case,) = ended.record.cases
    assert case.findings[0].clause == f"beacon/credentials/pass/upgrade/{clause}"
    assert case.findings[0].seen.endswith(seen)


@pytest.mark.parametrize("status", [404, 429, 500, 503])
def test_a_refusal_that_is_about_nobody_proves_nothing(status: int, tmp_path: Path) -> None:
    """A wrong path, too many requests, a sick target: the environment's, not a broken promise."""
    made = document({"pass": promising(BEARER)}, ["pass"])
    with Beacon(lambda asked: HTTPStatus(status)) as beacon:
        ended = put(beacon, made, tmp_path, "--case", "beacon/auth/pass/upgrade-without")
    assert ended.code == 3
    assert outcomes(ended) == {"broken": 1}
    assert reasons(ended) == {f"answered HTTP {status} instead of a WebSocket upgrade"}


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_credential_is_not_the_targets_fault(status: int, tmp_path: Path) -> None:
    """The user's own credential is refused: said once, blamed on the environment, by its label."""
    with Beacon(lambda asked: HTTPStatus(status)) as beacon:
        made = document({"pass": BEARER}, ["pass"])
        ended = put(beacon, made, tmp_path, secret="never-" + TOKEN)
    assert ended.code == 3
    assert set(outcomes(ended)) == {"broken"}
    assert reasons(ended) == {"the target refused the credential BEACON_PASS"}
    assert "the target refused the credential BEACON_PASS" in ended.out + ended.err
    assert len(beacon.asked) == 1


def test_an_operation_secured_at_the_handshake_counts_as_secured(tmp_path: Path) -> None:
    """Its cases carry the credential, one shows that a stranger is refused; without one they are skipped."""
    made = document({"pass": BEARER}, command=["pass"])
    with Beacon(knows=lambda asked: "Authorization" in asked.headers) as beacon:
        ended = put(beacon, made, tmp_path, secret=TOKEN)
    assert ended.code == 0, ended.out
    known = {case.id: case.outcome for case in ended.record.cases}
    assert known["beacon/auth/askLamp/unauthenticated"] == "passed"
    assert known["beacon/commands/askLamp/accepted"] == "passed"
    with Beacon() as beacon:
        ended = put(beacon, made, tmp_path)
    known = {case.id: case.outcome for case in ended.record.cases}
    assert known["beacon/commands/askLamp/accepted"] == "skipped"
    assert known["beacon/auth/askLamp/unauthenticated"] == "failed"  # this one lets strangers ask
    assert "needs a credential for pass" in reasons(ended)


def test_schemes_of_one_requirement_go_together(tmp_path: Path) -> None:
    """Both are carried; with one alone nothing is dialled."""
    schemes = {"pass": BEARER, "berth": CARRIED["cookie"][0]}
    words = ("--credential", "berth=env:BERTH")
    with Beacon(guard(CARRIED["cookie"][2], f"berth={TOKEN}")) as beacon:
        ended = put(beacon, _two(schemes), tmp_path, *words, secret=TOKEN, BERTH=TOKEN)
        assert not {"failed", "broken"} & set(outcomes(ended)), ended.out
        assert outcomes(ended)["passed"]
        assert {asked.headers.get("Authorization") for asked in beacon.asked} == {f"Bearer {TOKEN}"}
        beacon.asked.clear()
        ended = put(beacon, _two(schemes), tmp_path, secret=TOKEN)
    assert beacon.asked == []
    assert reasons(ended) == {
        "beacon asks for a credential for pass and berth: give --credential pass=env:VARIABLE"
    }


def _two(schemes: dict[str, Map]) -> Map:
    """An AsyncAPI 2.6 document whose server asks for all of them at once."""
    made = document(schemes)
    lamp = made["channels"]["lamp"]["messages"]
    return {
        "asyncapi": "2.6.0",
        "info": made["info"],
        "defaultContentType": "application/json",
        "servers": {
            "rock": {"url": "127.0.0.1:9", "protocol": "ws", "security": [{name: [] for name in schemes}]}
        },
        "channels": {
            "/lamp": {
                "publish": {"operationId": "askLamp", "message": {"name": "lamp", **lamp["lamp"]}},
                "subscribe": {
                    "operationId": "tell",
                    "message": {"oneOf": [{"name": each, **lamp[each]} for each in ("lit", "out")]},
                },
            }
        },
        "components": made["components"],
    }


IMPOSSIBLE = [
    ({"type": "X509"}, "client certificates are not supported"),
    ({"type": "http", "scheme": "digest"}, "HTTP digest is not supported"),
]
FOREIGN = [
    ({"type": "userPassword"}, "over HTTP that is the type http with the scheme basic"),
    ({"type": "apiKey", "in": "user"}, "over HTTP that is the type httpApiKey"),
    ({"type": "scramSha256"}, "of another protocol"),
]


@pytest.mark.parametrize(("scheme", "says"), IMPOSSIBLE)
def test_a_scheme_that_is_not_supported_is_said_clearly(scheme: Map, says: str, tmp_path: Path) -> None:
    """Never a silent pass: skipped with the reason; giving a credential for it is refused."""
    made = document({"pass": scheme}, ["pass"])
    with Beacon() as beacon:
        ended = put(beacon, made, tmp_path)
        assert ended.code == 3
        assert set(outcomes(ended)) == {"skipped"}
        assert all(says in reason for reason in reasons(ended))
        refused = put(beacon, made, tmp_path, secret=TOKEN)
    assert refused.code == 2
    assert says in refused.sentence
    assert beacon.asked == []


@pytest.mark.parametrize(("scheme", "says"), FOREIGN)
def test_what_no_handshake_carries_is_no_condition_of_one(scheme: Map, says: str, tmp_path: Path) -> None:
    """Documents misuse such types: sessions are opened without, and the run says so."""
    with Beacon() as beacon:
        ended = put(beacon, document({"pass": scheme}, ["pass"]), tmp_path)
    assert ended.code == 0, ended.out
    told = " ".join((ended.out + ended.err).split())
    assert "sessions are opened without a pass" in told
    assert says in told


@pytest.mark.parametrize(("scheme", "says"), [*IMPOSSIBLE, *FOREIGN])
def test_an_operation_that_asks_for_it_is_skipped(scheme: Map, says: str, tmp_path: Path) -> None:
    """With the reason: nobody can have such a credential here."""
    with Beacon() as beacon:
        ended = put(beacon, document({"pass": scheme}, command=["pass"]), tmp_path)
    known = {case.id: case for case in ended.record.cases}
    accepted = known["beacon/commands/askLamp/accepted"]
    assert accepted.outcome == "skipped"
    assert says in accepted.reason


@pytest.mark.parametrize(
    ("kind", "secret", "says"),
    [
        ("bearer", "a\r\nX-Evil: 1", "line break"),
        ("header", "a\nb", "line break"),
        ("bearer", "clé", "characters that a header cannot hold"),
        ("header", " blank ", "blanks at an end"),
        ("cookie", "a;b=c", "characters that a cookie cannot hold"),
        ("basic", "nobody", "USER:PASSWORD"),
        ("basic", "a:b\nc", "line break"),
    ],
)
def test_what_cannot_be_carried_is_refused_and_not_repeated(
    kind: str, secret: str, says: str, tmp_path: Path
) -> None:
    """No header is broken out of, and the sentence does not hold the secret."""
    with Beacon() as beacon:
        ended = put(beacon, document({"pass": CARRIED[kind][0]}, ["pass"]), tmp_path, secret=secret)
    assert ended.code == 2
    assert says in ended.sentence
    assert secret not in ended.err
    assert beacon.asked == []


def test_a_huge_credential_is_carried_whole_or_refused_by_the_target(tmp_path: Path) -> None:
    """Sixty kilobytes in a query: what the target makes of it is told, and the secret is not."""
    secret = "0123456789abcdef" * 4096
    made = document({"pass": CARRIED["query"][0]}, ["pass"])
    with Beacon() as beacon:
        ended = put(beacon, made, tmp_path, secret=secret[:4000])
        assert ended.code == 0, ended.out
        assert query(beacon.asked[0], "key") == secret[:4000]
        ended = put(beacon, made, tmp_path, secret=secret)
    assert ended.code == 3
    assert secret[:64] not in ended.out + ended.err


def test_values_of_a_binding_are_carried(tmp_path: Path) -> None:
    """A constant, a default, the first of an enum, an example, and the user's own; optional ones are not."""
    binding = {
        "query": {
            "type": "object",
            "required": ["fixed", "usual", "first", "like", "mine"],
            "properties": {
                "fixed": {"const": "a b&c"},
                "usual": {"default": 7},
                "first": {"enum": [True, False]},
                "like": {"examples": ["ü"]},
                "mine": {"type": "string"},
                "left-out": {"default": "x"},
            },
        },
        "headers": {
            "type": "object",
            "required": ["X-Ship"],
            "properties": {"X-Ship": {"type": "string"}, "Connection": {"const": "Upgrade"}},
        },
    }
    made = document(binding=binding)
    with Beacon(subprotocols=()) as beacon:
        words = ("--value", "mine=50% = half", "--value", "X-Ship=Ada")
        ended = put(beacon, made, tmp_path, *words)
    assert ended.code == 0, ended.out
    asked = beacon.asked[-1]
    names = ("fixed", "usual", "first", "like", "mine", "left-out")
    assert [query(asked, name) for name in names] == ["a b&c", "7", "true", "ü", "50% = half", ""]
    assert asked.headers.get_all("X-Ship") == ["Ada"]
    assert asked.headers.get_all("Connection") == ["Upgrade"]


def test_a_value_that_nobody_gave_keeps_everything_from_being_dialled(tmp_path: Path) -> None:
    """The cases are skipped and say how to give it."""
    made = document(binding={"query": {"type": "object", "required": ["berth"], "properties": {"berth": {}}}})
    with Beacon() as beacon:
        ended = put(beacon, made, tmp_path)
    assert beacon.asked == []
    assert ended.code == 3
    assert set(outcomes(ended)) == {"skipped"}
    assert reasons(ended) == {
        "the query parameter berth of beacon has no value: "
        "give --value berth=…, or --credential berth=env:VARIABLE when it is secret"
    }


def test_a_value_cannot_break_out_of_its_header(tmp_path: Path) -> None:
    """A line break in it is never sent."""
    made = document(binding={"headers": {"type": "object", "required": ["X-A"], "properties": {"X-A": {}}}})
    with Beacon() as beacon:
        ended = put(beacon, made, tmp_path, "--value", "X-A=1\r\nX-Evil: 1")
    assert beacon.asked == []
    assert all("line break" in reason for reason in reasons(ended))


def test_a_secret_value_is_never_an_argument(tmp_path: Path) -> None:
    """`format: password`: only by --credential, as any secret."""
    secret = {"type": "string", "format": "password"}
    binding = {"query": {"type": "object", "required": ["pass"], "properties": {"pass": secret}}}
    made = document(binding=binding)
    with Beacon(guard(CARRIED["query"][2], "")) as beacon:
        refused = put(beacon, made, tmp_path, "--value", f"pass={TOKEN}")
        assert refused.code == 2
        assert TOKEN not in refused.err
        assert beacon.asked == []
        ended = put(beacon, made, tmp_path, secret=TOKEN)
    assert ended.code == 0, ended.out
    assert query(beacon.asked[0], "pass") == TOKEN


def test_a_fixed_subprotocol_is_offered(tmp_path: Path) -> None:
    """`Sec-WebSocket-Protocol` with a constant: the peer that insists on it takes the session."""
    headers = {"type": "object", "properties": {"Sec-WebSocket-Protocol": {"const": "lamp.v2"}}}
    with Beacon(subprotocols=("lamp.v2",)) as beacon:
        ended = put(beacon, document(binding={"headers": headers}), tmp_path)
        assert ended.code == 0, ended.out
        assert {asked.headers.get("Sec-WebSocket-Protocol") for asked in beacon.asked} == {"lamp.v2"}
        ended = put(beacon, document(), tmp_path)
    assert ended.code == 3  # without it this peer refuses


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "has no value for port (give --value port=…)"),
        (("--value", "port=8", "--value", "sea=baltic"), "no such address (expected north or south)"),
        (("--value", "prot=8"), "no such name in the documents (did you mean port?)"),
    ],
)
def test_an_address_with_a_variable_left_is_never_dialled(
    words: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    """One sentence, before anything is sent."""
    ended = command("run", "rock", "--asyncapi", written(tmp_path, _variable()), *words, cwd=tmp_path)
    assert ended.code == 2
    assert ended.sentence.endswith(says)


def _variable() -> Map:
    variables = {"port": {}, "sea": {"default": "north", "enum": ["north", "south"]}}
    return document(server={"host": "127.0.0.1:{port}", "pathname": "/{sea}", "variables": variables})


def test_variables_of_an_address_are_the_users_or_the_documents(tmp_path: Path) -> None:
    """`--value` wins over a default."""
    with Beacon() as beacon:
        words = ("--value", f"port={beacon.place.partition(':')[2]}", "--value", "sea=south")
        asyncapi = written(tmp_path, _variable())
        ended = run("rock", "--asyncapi", asyncapi, *words, cwd=tmp_path)
    assert ended.code == 0, ended.out + ended.err
    assert {asked.path for asked in beacon.asked} == {"/south/lamp"}


def test_a_query_in_an_address_is_carried(tmp_path: Path) -> None:
    """Its constants, its variables, and a key that the user gives as a credential."""
    variables = {"port": {}, "edition": {"default": "8"}, "key": {}}
    there = {"host": "127.0.0.1:{port}", "pathname": "/ws?v={edition}&plain=a%20b&apikey={key}"}
    made = document(server={**there, "variables": variables})
    with Beacon() as beacon:
        words = ("rock", "--asyncapi", written(tmp_path, made), "--value", "port=" + beacon.place[10:])
        ended = run(*words, cwd=tmp_path)
        assert beacon.asked == []
        assert set(outcomes(ended)) == {"skipped"}
        assert all("query parameter apikey of beacon has no value" in each for each in reasons(ended))
        env = environment(KEY=SECRET)
        ended = run(*words, "--credential", "apikey=env:KEY", cwd=tmp_path, env=env)
    assert ended.code == 0, ended.out + ended.err
    asked = beacon.asked[0]
    assert asked.path.startswith("/ws/lamp?v=8&plain=a%20b&apikey=")
    assert query(asked, "apikey") == SECRET
    assert SECRET not in (ended.folder / "run.jsonl").read_text("utf-8")


def test_parameters_of_a_channel_are_filled_or_its_cases_skipped(tmp_path: Path) -> None:
    """An address with a hole in it is not dialled; a value is percent-encoded."""
    made = document(address="/lamp/{colour}")
    with Beacon() as beacon:
        ended = put(beacon, made, tmp_path)
        assert beacon.asked == []
        assert set(outcomes(ended)) == {"skipped"}
        assert all("has no value for colour: give --value colour=…" in each for each in reasons(ended))
        ended = put(beacon, made, tmp_path, "--value", "colour=red/green")
    assert ended.code == 0, ended.out
    assert {asked.path for asked in beacon.asked} == {"/lamp/red%2Fgreen"}


def test_a_value_of_another_service_is_asked_for_first(tmp_path: Path) -> None:
    """A run-wide value: the one service gives it, the other is opened with it."""
    pier = document()
    pier["info"]["title"] = "Pier"
    source = {"operation": "askLamp", "message": "lit", "values": {"berth": "/told"}}
    pier["x-conformance"]["sources"] = {"berths": source}
    berth = {"type": "string", "x-conformance": {"source": "berth"}}
    made = document(binding={"query": {"type": "object", "required": ["at"], "properties": {"at": berth}}})
    with Beacon() as one, Beacon(guard(lambda asked: query(asked, "at"), "lit")) as other:
        ended = run(
            "--asyncapi", written(tmp_path, pier, "pier.json"), "--asyncapi", written(tmp_path, made),
            "--url", f"pier=ws://{one.place}", "--url", f"beacon=ws://{other.place}",
            cwd=tmp_path,
        )  # fmt: skip
    assert ended.code == 0, ended.out
    assert set(outcomes(ended)) == {"passed"}
    assert {query(asked, "at") for asked in other.asked} == {"lit"}


def test_a_door_before_an_authentication_in_band(tmp_path: Path) -> None:
    """Every session carries what opens the door, also those that authenticate by a command."""
    made = document({"pass": BEARER, "word": {"type": "userPassword"}}, ["pass"], command=["word"])
    lamp = made["channels"]["lamp"]["messages"]["lamp"]["payload"]
    hail = {**lamp, "required": ["say", "id", "word"]}
    hail["properties"] = {
        **lamp["properties"],
        "say": {"const": "lamp"},
        "word": {"type": "string", "format": "password"},
    }
    ask = made["operations"]["askLamp"]
    made["channels"]["lamp"]["messages"]["hail"] = {
        "payload": hail,
        "correlationId": {"location": "$message.payload#/id"},
    }
    hailed = {**ask, "messages": [{"$ref": "#/channels/lamp/messages/hail"}]}
    made["operations"]["hail"] = {name: value for name, value in hailed.items() if name != "security"}
    told = {"operation": "hail", "location": "/word", "success": "lit"}
    made["components"]["securitySchemes"]["word"]["x-conformance"] = {"credential": told}
    with Beacon(guard(CARRIED["bearer"][2], f"Bearer {TOKEN}")) as beacon:
        ended = put(
            beacon, made, tmp_path, "--credential", "word=env:WORD", secret=TOKEN, WORD="gull-and-fog"
        )  # fmt: skip
    known = {case.id: case.outcome for case in ended.record.cases}
    assert known["beacon/auth/word/accepted"] == "passed"
    assert known["beacon/commands/askLamp/accepted"] == "passed"
    assert {asked.headers.get("Authorization") for asked in beacon.asked} == {f"Bearer {TOKEN}"}
    assert "gull-and-fog" not in (ended.folder / "run.jsonl").read_text("utf-8")
