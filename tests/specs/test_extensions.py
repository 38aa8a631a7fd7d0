"""The extensions are well formed, and everything that they point at is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from .reading import (
    ASYNCAPI,
    DOCUMENTS,
    METHODS,
    OPENAPI,
    SERVICES,
    Map,
    at_pointer,
    branches,
    command,
    literals,
    load,
    meant,
    messages,
    payload,
    refusal_codes,
    replies,
    schema_file,
    walk,
)

EXTENSIONS = schema_file("extensions.schema.json")


def place(at: tuple[str, ...], http: bool) -> str:
    """The name of the extension that may stand at a path."""
    match at:
        case ():
            return "openapiRoot" if http else "asyncapiRoot"
        case ("info",):
            return "info"
        case ("components", "securitySchemes", _):
            return "securityScheme"
        case ("paths", _, method) if method in METHODS:
            return "httpOperation"
        case ("operations", _):
            return "operation"
        case ("components", "messages", _):
            return "message"
        case ("servers", _):
            return "server"
        case ("components", "schemas", *_):
            return "schema"
    return "nowhere"


def extensions(path: str) -> Iterator[tuple[str, str, Any]]:
    """Every extension of a document: where it stands, which kind it is, what it says."""
    for at, node in walk(load(path)):
        if isinstance(node, dict) and "x-conformance" in node:
            yield "/".join(at), place(at, path in OPENAPI), node["x-conformance"]


def rules(path: str) -> Iterator[tuple[str, Map, Map, Map]]:
    """Every rule over values: where it stands, itself, its document, and the schema that it is about."""
    document = load(path)
    if path in ASYNCAPI:
        for name, message in messages(document).items():
            for rule in message.get("x-conformance", {}).get("rules", ()):
                yield f"{name}/{rule['name']}", rule, document, payload(document, name)
    else:
        for item in document["paths"].values():
            for operation in item.values():
                schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
                for rule in operation.get("x-conformance", {}).get("rules", ()):
                    yield f"{operation['operationId']}/{rule['name']}", rule, document, schema


def pointers(rule: Map) -> list[str]:
    """Every pointer of a rule, from the root of the value."""
    base = rule["each"] + "/*" if "each" in rule else ""
    found: list[str] = []
    for key in ("at", "left", "right", "when"):
        value = rule.get(key, [])
        found += value if isinstance(value, list) else [value]
    return [base + pointer for pointer in found]


def there(document: Map, message: str, pointer: str) -> bool:
    """Whether a message of a document can have a value at a pointer."""
    return bool(at_pointer(document, payload(document, message), pointer))


def value_names() -> set[str]:
    """The names of all values that targets give, over the whole contract."""
    return {
        name
        for path in SERVICES.values()
        for source in load(path)["x-conformance"].get("sources", {}).values()
        for name in source["values"]
    }


def operations(path: str) -> Map:
    """The operations of a document."""
    found: Map = load(path)["operations"]
    return found


def test_extension_schemas_are_schemas() -> None:
    """Our own JSON Schemas satisfy the meta-schema, and there is one for each place."""
    jsonschema.Draft202012Validator.check_schema(EXTENSIONS)
    assert set(EXTENSIONS["$defs"]) >= {
        "info",
        "securityScheme",
        "operation",
        "message",
        "schema",
        "asyncapiRoot",
        "server",
        "openapiRoot",
        "httpOperation",
    }


@pytest.mark.parametrize("path", DOCUMENTS)
def test_extensions_satisfy_their_schemas(path: str) -> None:
    """Every extension satisfies the JSON Schema of its place."""
    found = list(extensions(path))
    assert found
    for at, kind, value in found:
        judge = jsonschema.Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": EXTENSIONS["$defs"]})
        assert [f"{at} {error.json_path}: {error.message}" for error in judge.iter_errors(value)] == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("info", {"name": "gateway", "nick": "gw"}),
        ("operation", {"within": 2000}),
        ("operation", {"correlates": {"PongEvent": {"1": "{/nonce}"}}}),
        ("schema", {"source": "symbol", "unique": True}),
        ("schema", {"unknown": "unknown_symbol"}),
        ("message", {"rules": [{"name": "x", "says": "X.", "kind": "rising", "at": "/1"}]}),
        ("message", {"rules": [{"name": "x", "says": "X.", "kind": "less", "left": "/1"}]}),
        ("message", {"rules": [{"name": "x", "says": "no full stop", "kind": "positive", "at": "/1"}]}),
        ("message", {"rules": [{"name": "x", "says": "X.", "kind": "positive", "at": "/1", "right": "/2"}]}),
        ("asyncapiRoot", {"refusals": {"message": "error", "code": "/code", "codes": {"bad": "x"}}}),
        ("asyncapiRoot", {"close": {"oversize": 109}}),
        ("asyncapiRoot", {"sources": {"now": {"operation": "a", "message": "b", "values": {}}}}),
        ("asyncapiRoot", {"x-provenance": "guessed"}),
        ("server", {"credentials": [{"scheme": "apiKey"}]}),
        ("openapiRoot", {"paths": {"status": "404"}}),
    ],
)
def test_wrong_extensions_are_refused(kind: str, value: Map) -> None:
    """An extension with an unknown key, a missing part or a value of the wrong kind is refused."""
    judge = jsonschema.Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": EXTENSIONS["$defs"]})
    assert not judge.is_valid(value)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_provenance_marks_are_legal(path: str) -> None:
    """Every mark is published or assumed; the root says assumed, and what is published says so."""
    document = load(path)
    marks = [
        node["x-provenance"]
        for _, node in walk(document)
        if isinstance(node, dict) and "x-provenance" in node
    ]
    assert set(marks) == {"published", "assumed"}
    assert document["x-provenance"] == "assumed"


@pytest.mark.parametrize("path", DOCUMENTS)
def test_rules_point_at_values(path: str) -> None:
    """Every pointer of a rule leads to a value of the type that the rule compares."""
    names: set[str] = set()
    for name, rule, document, schema in rules(path):
        assert name not in names, f"{name} is there twice"
        names.add(name)
        for pointer in pointers(rule):
            found = at_pointer(document, schema, pointer)
            assert found, f"{name}: nothing at {pointer}"
            wanted = "string" if rule.get("compare") == "decimal" else "integer"
            for one in found:
                kinds = {
                    kind
                    for base in [one, *(meant(document, base) for base in one.get("allOf", []))]
                    for kind in (
                        [base["type"]] if isinstance(base.get("type"), str) else base.get("type", [])
                    )
                }
                assert wanted in kinds, f"{name}: {pointer} is {kinds}"
    assert names


@pytest.mark.parametrize("path", ASYNCAPI)
def test_correlation_ids_point_at_values(path: str) -> None:
    """Every correlationId leads to a field that each form of the message requires."""
    document = load(path)
    for name, message in messages(document).items():
        if "correlationId" not in message:
            continue
        location = meant(document, message["correlationId"])["location"]
        start, _, pointer = location.partition("#")
        assert start == "$message.payload"
        for branch in branches(document, payload(document, name)):
            assert at_pointer(document, branch, pointer), name
            assert pointer[1:] in branch["required"], name


def test_every_gateway_message_with_a_request_id_is_correlated() -> None:
    """A gateway message has a correlationId exactly when its payload has a request_id."""
    document = load("gateway/asyncapi.yaml")
    for name, message in messages(document).items():
        assert ("correlationId" in message) == there(document, name, "/request_id"), name


@pytest.mark.parametrize("path", ASYNCAPI)
def test_operations_point_at_values(path: str) -> None:
    """What an operation says of its replies is about messages that answer it, and fields that they have."""
    document = load(path)
    for name in document["operations"]:
        extension = document["operations"][name].get("x-conformance", {})
        narrowed = extension.get("reply")
        if narrowed:
            assert narrowed["message"] in replies(document, name)
            for pointer, value in narrowed["where"].items():
                (schema,) = at_pointer(document, payload(document, narrowed["message"]), pointer)
                assert value in literals(document, schema)
        for reply, templates in extension.get("correlates", {}).items():
            assert reply in replies(document, name)
            for pointer, template in templates.items():
                assert there(document, reply, pointer), f"{name}: {reply}{pointer}"
                for text in filter(None, template if isinstance(template, list) else [template]):
                    for part in text.split("{")[1:]:
                        assert there(document, command(document, name), part.partition("}")[0]), text


@pytest.mark.parametrize("path", ASYNCAPI)
def test_every_command_is_answered_in_time(path: str) -> None:
    """Every command has documented replies and a time within which one comes."""
    for name, operation in operations(path).items():
        if operation["action"] == "receive":
            assert replies(load(path), name), name
            assert operation["x-conformance"]["within_ms"] == 2000, name


def test_security_schemes_point_at_values() -> None:
    """A credential stands in a field of its command, and is accepted by a message that answers it."""
    document = load("gateway/asyncapi.yaml")
    codes = refusal_codes(document)
    for name, scheme in document["components"]["securitySchemes"].items():
        credential = scheme["x-conformance"]["credential"]
        assert there(document, command(document, credential["operation"]), credential["location"]), name
        assert credential["success"] in replies(document, credential["operation"]), name
        assert there(document, credential["success"], credential["permissions"]), name
        assert credential["refusal"] in codes, name
        issued = scheme["x-conformance"].get("issued")
        if issued:
            first = replies(document, issued["operation"])[0]
            assert there(document, first, issued["location"]), name


def test_stated_credentials_fit() -> None:
    """The keys of a local server are of known schemes, hold known permissions, and are all different."""
    document = load("gateway/asyncapi.yaml")
    stated = document["servers"]["local"]["x-conformance"]["credentials"]
    permissions = set(document["components"]["schemas"]["Permission"]["enum"])
    assert {one["scheme"] for one in stated} <= set(document["components"]["securitySchemes"])
    assert all(set(one["permissions"]) <= permissions for one in stated)
    assert len({one["value"] for one in stated}) == len({one["label"] for one in stated}) == 5
    servers = document["servers"].values()
    trusted = [each["host"] for each in servers if "credentials" in each.get("x-conformance", {})]
    assert trusted == ["localhost:3001"]


@pytest.mark.parametrize("path", ASYNCAPI)
def test_roles_lead_somewhere(path: str) -> None:
    """Every role names an operation, a place in a message, or a value that stands in that place."""
    document = load(path)
    roles = document["x-conformance"]["roles"]
    leading = [(role, one) for role, to in roles.items() for one in (to if isinstance(to, list) else [to])]
    for role, target in leading:
        message, marked, rest = target.partition("#")
        if not marked:
            assert message in document["operations"], role
            continue
        pointer, _, value = rest.partition("=")
        found = at_pointer(document, payload(document, message), pointer)
        assert found, f"{role}: nothing at {target}"
        if value:
            assert any(value in literals(document, schema) for schema in found), role


@pytest.mark.parametrize("path", ASYNCAPI)
def test_probe_needs_no_authentication(path: str) -> None:
    """The harmless round trip of a service is an operation without security that changes nothing."""
    document = load(path)
    probe = document["operations"][document["x-conformance"]["roles"]["session.probe"]]
    assert "security" not in probe
    assert probe["x-conformance"]["changes_state"] is False


@pytest.mark.parametrize("path", ASYNCAPI)
def test_refusal_codes_are_documented(path: str) -> None:
    """Every code that an extension names is one that the refusing message can carry."""
    document = load(path)
    root, codes = document["x-conformance"], refusal_codes(document)
    named = set(root["refusals"]["codes"].values())
    named |= {one["refusal"] for one in root.get("deadlines", ())}
    named |= {root["streams"][key] for key in ("repeated", "absent", "exhausted") if "streams" in root}
    named |= {
        value["unknown"] for _, kind, value in extensions(path) if kind == "schema" and "unknown" in value
    }
    assert named <= codes
    assert set(root["refusals"]["order"]) <= set(root["refusals"]["codes"])


@pytest.mark.parametrize("path", ASYNCAPI)
def test_deadlines_name_messages(path: str) -> None:
    """What stops a deadline is a message of the document."""
    document = load(path)
    for deadline in document["x-conformance"].get("deadlines", ()):
        assert deadline["stopped_by"] in messages(document)


def test_streams_point_at_values() -> None:
    """Ids, sequences and times of streams stand where the document says, in every event of every kind."""
    document = load("market-data/asyncapi.yaml")
    streams = document["x-conformance"]["streams"]
    channels = set(document["components"]["schemas"]["MarketDataChannel"]["enum"])
    assert {streams["subscribe"], streams["unsubscribe"]} <= set(document["operations"])
    for message in (streams["acknowledged"], streams["ended"]):
        assert there(document, message, streams["id"])
    assert {kind["name"] for kind in streams["kinds"]} == channels
    seen: set[str] = set()
    for kind in streams["kinds"]:
        sent = set(replies(document, kind["name"])) | {
            one["$ref"].rpartition("/")[2] for one in document["operations"][kind["name"]]["messages"]
        }
        stated = {*kind["events"], *filter(None, [kind.get("snapshot")])}
        assert stated == sent, kind["name"]
        seen |= stated
        for message in stated:
            for pointer in (streams["id"], streams["sequence"], streams["time"][message]):
                assert there(document, message, pointer), f"{message}{pointer}"
        forms = branches(document, payload(document, command(document, streams["subscribe"])))
        assert any(set(kind["command"]) == set(form["required"]) - {"type"} for form in forms), kind["name"]
    assert set(streams["time"]) == seen


@pytest.mark.parametrize("path", ASYNCAPI)
def test_sources_give_what_hints_ask_for(path: str) -> None:
    """Every source leads to its values, and every value that a command or stream asks for has a source."""
    document = load(path)
    for name, source in document["x-conformance"]["sources"].items():
        assert source["operation"] in document["operations"], name
        base = source["each"] + "/*" if "each" in source else ""
        for pointer in (*source["values"].values(), *source.get("where", {})):
            assert there(document, source["message"], base + pointer), f"{name}: {pointer}"
        if "undo" in source:
            assert source["undo"] in document["operations"], name
    asked = {node["source"] for _, node in walk(document) if isinstance(node, dict) and "source" in node}
    assert {one for one in asked if isinstance(one, str)} <= value_names()


def test_value_names_are_unique() -> None:
    """No two sources of the contract give a value of the same name."""
    names = [
        name
        for path in SERVICES.values()
        for source in load(path)["x-conformance"]["sources"].values()
        for name in source["values"]
    ]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("path", OPENAPI)
def test_http_rules_name_services(path: str) -> None:
    """What is not exposed over HTTP are the commands of a document that is there."""
    assert load(path)["x-conformance"]["not_exposed"]["service"] in SERVICES


def test_document_names_are_unique() -> None:
    """Every document has a name of its own."""
    names = [load(path)["info"]["x-conformance"]["name"] for path in DOCUMENTS]
    assert names == ["gateway", "market-data", "gateway-health", "market-data-health"]
