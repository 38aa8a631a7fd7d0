"""Security schemes and ws bindings, as each version of the documents writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.contract import NOBODY, Contract, Place, Service, load
from conformance.documents.find import find
from conformance.errors import DocumentError
from tests.foreign.beacon import Map, document, written

BEARER: Map = {"type": "http", "scheme": "bearer"}


def read(folder: Path, made: Map) -> Contract:
    return load(find(asyncapi=[written(folder, made)]))


def service(folder: Path, made: Map) -> Service:
    return read(folder, made).services["beacon"]


@pytest.mark.parametrize(
    ("scheme", "place", "name", "prefix"),
    [
        (BEARER, Place.HEADER, "Authorization", "Bearer"),
        ({"type": "http", "scheme": "BASIC"}, Place.HEADER, "Authorization", "BASIC"),
        ({"type": "http", "scheme": "Lantern"}, Place.HEADER, "Authorization", "Lantern"),
        ({"type": "oauth2", "flows": {}}, Place.HEADER, "Authorization", "Bearer"),
        (
            {"type": "openIdConnect", "openIdConnectUrl": "https://nobody.example/"},
            Place.HEADER, "Authorization", "Bearer",
        ),
        ({"type": "httpApiKey", "in": "query", "name": "k"}, Place.QUERY, "k", ""),
        ({"type": "httpApiKey", "in": "cookie", "name": "k"}, Place.COOKIE, "k", ""),
        ({"type": "httpApiKey", "in": "header", "name": "X-K"}, Place.HEADER, "X-K", ""),
    ],
)  # fmt: skip
def test_where_a_scheme_is_carried(scheme: Map, place: Place, name: str, prefix: str, tmp_path: Path) -> None:
    """As its type says."""
    made = service(tmp_path, document({"pass": scheme}, ["pass"])).handshakes["pass"]
    assert (made.place, made.name, made.prefix, made.impossible) == (place, name, prefix, "")


@pytest.mark.parametrize(
    "scheme",
    [
        {"type": "X509"},
        {"type": "userPassword"},
        {"type": "apiKey", "in": "password"},
        {"type": "http", "scheme": "Digest"},
        {"type": "gssapi"},
    ],
)
def test_what_cannot_be_carried_says_why(scheme: Map, tmp_path: Path) -> None:
    """It is known, and no credential for it can be carried."""
    assert service(tmp_path, document({"pass": scheme}, ["pass"])).handshakes["pass"].impossible


def _servers(security: dict[str, list[Any]], schemes: Map) -> Map:
    """A 2.6 document with a server for each list of requirements."""
    made = document(schemes)
    lamp = made["channels"]["lamp"]["messages"]["lamp"]
    return {
        "asyncapi": "2.6.0",
        "info": made["info"],
        "defaultContentType": "application/json",
        "servers": {
            name: {"url": "127.0.0.1:9", "protocol": "ws", **({"security": each} if each else {})}
            for name, each in security.items()
        },
        "channels": {
            "/lamp": {
                "publish": {
                    "operationId": "ask",
                    "security": [{"pass": []}],
                    "message": {"name": "lamp", **lamp},
                }
            }
        },
        "components": {"securitySchemes": schemes},
    }


def test_requirements_are_alternatives_and_their_schemes_go_together(tmp_path: Path) -> None:
    """2.6.0, "Security Requirement Object": all of one object, any of the list; an empty one: nobody."""
    key = {"type": "httpApiKey", "in": "query", "name": "k"}
    lists: dict[str, list[Any]] = {
        "one": [{"pass": []}],
        "both": [{"key": [], "sign": []}],
        "either": [{"pass": []}, {"key": [], "sign": []}],
        "maybe": [{"pass": []}, {}],
        "open": [],
    }
    made = service(tmp_path, _servers(lists, {"pass": BEARER, "key": key, "sign": {**key, "name": "s"}}))
    assert {each.name: each.security for each in made.servers} == {
        "one": ("pass",),
        "both": ("key",),
        "either": ("pass", "key"),
        "maybe": ("pass", NOBODY),
        "open": (),
    }
    assert made.handshakes["key"].together == ("sign",)
    assert made.handshakes["sign"].together == ("key",)
    assert made.handshakes["pass"].together == ()
    assert made.operations["ask"].schemes == ("pass",)


def test_a_scheme_that_stands_in_the_list_itself_is_known_by_its_name(tmp_path: Path) -> None:
    """AsyncAPI 3: security is a list of Security Scheme Objects."""
    own = {"type": "httpApiKey", "in": "query", "name": "k"}
    made = service(tmp_path, document({}, [own], command=[{"type": "http", "scheme": "bearer"}]))
    assert made.servers[0].security == ("k",)
    assert made.operations["askLamp"].schemes == ("http",)
    assert set(made.handshakes) == {"k", "http"}


def test_one_that_is_used_in_band_is_no_matter_of_the_handshake(tmp_path: Path) -> None:
    """Its extension names the command that carries it."""
    told = {"credential": {"operation": "askLamp", "location": "/say", "success": "lit"}}
    made = service(
        tmp_path, document({"pass": {**BEARER, "x-conformance": told}}, ["pass"], command=["pass"])
    )
    assert made.handshakes == {}
    assert made.servers[0].security == ()
    assert made.operations["askLamp"].schemes == ("pass",)


def test_a_name_without_a_scheme_is_refused(tmp_path: Path) -> None:
    """Nobody knows which credential is meant."""
    with pytest.raises(DocumentError, match="security names 'lost', which is no security scheme"):
        read(tmp_path, _servers({"one": [{"lost": []}]}, {"pass": BEARER}))


def test_a_name_without_a_scheme_is_noted_in_openapi(tmp_path: Path) -> None:
    """It can be lived with: what it secures cannot be tried, and says so."""
    path = tmp_path / "health.json"
    path.write_text(
        json.dumps(
            {
                "openapi": "3.1.0",
                "info": {"title": "Health", "version": "1"},
                "security": [{"lost": []}],
                "paths": {"/health": {"get": {"responses": {"200": {"description": "well"}}}}},
            }
        )
    )
    made = load(find(openapi=[str(path)]))
    assert [note.says for note in made.notes if note.rule == "unknown-security-scheme"] == [
        "No security scheme is called 'lost': what is secured by it cannot be tried."
    ]
    assert made.services["health"].handshakes["lost"].impossible


@pytest.mark.parametrize(("asked", "keys"), [(["pass"], {"wrong", "without"}), ([], {"wrong"})])
def test_a_refusal_is_a_promise_only_where_it_is_stated(
    asked: list[str], keys: set[str], tmp_path: Path
) -> None:
    """`upgrade`: a clause for each; who has none is refused only where a server asks for it."""
    promised = {**BEARER, "x-conformance": {"upgrade": {"refusal": 403}}}
    contract = read(tmp_path, document({"pass": promised}, asked))
    made = contract.services["beacon"].handshakes["pass"]
    assert made.refusal == 403
    assert set(made.clauses) == keys
    assert all(clause in contract.clauses for clause in made.clauses.values())
    silent = service(tmp_path, document({"pass": BEARER}, asked)).handshakes["pass"]
    assert (silent.refusal, dict(silent.clauses)) == (0, {})


@pytest.mark.parametrize("status", [200, 500, "401", None])
def test_only_a_refusal_is_a_refusal(status: object, tmp_path: Path) -> None:
    """A 4xx: anything else is refused with its line."""
    with pytest.raises(DocumentError, match="refusal"):
        read(tmp_path, document({"pass": {**BEARER, "x-conformance": {"upgrade": {"refusal": status}}}}))


def test_values_of_a_binding(tmp_path: Path) -> None:
    """What a schema gives away, through references and allOf; what the handshake makes itself is left out."""
    binding = {
        "method": "POST",
        "query": {"$ref": "#/components/schemas/Asked"},
        "headers": {
            "type": "object",
            "properties": {
                "X-Ship": {"type": "string", "format": "password"},
                "Upgrade": {"const": "websocket"},
                "Sec-WebSocket-Key": {"type": "string"},
            },
        },
    }
    made = document(binding=binding)
    made["components"]["schemas"] = {
        "Asked": {
            "allOf": [
                {"type": "object", "required": ["a"], "properties": {"a": {"enum": ["x", "y"]}}},
                {"type": "object", "properties": {"b": {"x-conformance": {"source": "berth"}}}},
            ]
        }
    }
    contract = read(tmp_path, made)
    found = {each.name: each for each in contract.services["beacon"].carried}
    assert set(found) == {"a", "b", "X-Ship"}
    assert (found["a"].place, found["a"].required, found["a"].value) == (Place.QUERY, True, "x")
    assert (found["b"].required, found["b"].value, found["b"].source) == (False, None, "berth")
    assert (found["X-Ship"].place, found["X-Ship"].secret) == (Place.HEADER, True)
    assert [note.rule for note in contract.notes if "GET" in note.says] == ["handshake-method"]


def test_openapi_security_is_the_operations_own_or_the_documents(tmp_path: Path) -> None:
    """OpenAPI 3.1: an operation's list replaces the root's; an empty one asks for nothing."""
    answers = {"200": {"description": "ok"}}
    made = {
        "openapi": "3.1.0",
        "info": {"title": "Infirmary", "version": "1"},
        "security": [{"pass": []}],
        "paths": {
            "/a": {"get": {"operationId": "a", "responses": answers}},
            "/b": {"get": {"operationId": "b", "security": [], "responses": answers}},
            "/c": {"get": {"operationId": "c", "security": [{"key": []}, {}], "responses": answers}},
        },
        "components": {
            "securitySchemes": {"pass": BEARER, "key": {"type": "apiKey", "in": "query", "name": "k"}}
        },
    }
    path = tmp_path / "infirmary.json"
    path.write_text(json.dumps(made), "utf-8")
    (known,) = load(find(openapi=[str(path)])).services.values()
    assert {each.name: each.schemes for each in known.http} == {"a": ("pass",), "b": (), "c": ("key", NOBODY)}
    assert known.handshakes["key"].place is Place.QUERY


@pytest.mark.parametrize(
    "scheme",
    [
        {**BEARER, "x-conformance": {"upgrade": {"refusal": 401}, "credential": {
            "operation": "askLamp", "location": "/say", "success": "lit"}}},
        {"type": "X509", "x-conformance": {"upgrade": {"refusal": 401}}},
    ],
)  # fmt: skip
def test_a_promise_about_upgrades_that_cannot_be_tried_is_noted(scheme: Map, tmp_path: Path) -> None:
    """Nothing falls through: it gives no clause, and says why."""
    contract = read(tmp_path, document({"pass": scheme}, ["pass"]))
    (note,) = [each for each in contract.notes if each.rule == "idle-upgrade"]
    assert note.says.startswith("How an upgrade without a pass is refused cannot be tried: ")
    assert not any("/upgrade/" in clause for clause in contract.clauses if "credentials" in clause)
