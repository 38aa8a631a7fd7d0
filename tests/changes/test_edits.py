"""A table of single edits, and whom each breaks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.changes.pair import Document, breaks, changed, message

Row = tuple[str, Any, str, str]


def put(name: str, *path: str | int, **values: Any) -> Any:
    """Set members of a schema; None takes one away. ``_`` for names that Python keeps for itself."""

    def edit(given: Document) -> None:
        here = message(name, *path)(given)
        for key, value in values.items():
            key = key.rstrip("_")
            if value is None:
                here.pop(key, None)
            else:
                here[key] = value

    return edit


def op(name: str, **values: Any) -> Any:
    def edit(given: Document) -> None:
        given["operations"][name].update(values)

    return edit


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/channels/c/messages/{name}"}


def new_message(given: Document, name: str, payload: dict[str, Any]) -> None:
    given["channels"]["c"]["messages"][name] = {"payload": payload}


def new_event(given: Document) -> None:
    new_message(
        given, "news", {"type": "object", "required": ["op"], "properties": {"op": {"const": "news"}}}
    )
    given["operations"]["ticking"]["messages"].append(ref("news"))


def gone_event(given: Document) -> None:
    del given["operations"]["ticking"]


def new_command(given: Document) -> None:
    new_message(
        given, "sell", {"type": "object", "required": ["op"], "properties": {"op": {"const": "sell"}}}
    )
    new_message(
        given, "sold", {"type": "object", "required": ["op"], "properties": {"op": {"const": "sold"}}}
    )
    given["operations"]["selling"] = {
        "action": "receive", "channel": {"$ref": "#/channels/c"}, "messages": [ref("sell")],
        "reply": {"messages": [ref("sold")]},
    }  # fmt: skip


def gone_command(given: Document) -> None:
    del given["operations"]["buying"]
    for each in ("buy", "bought", "oops"):
        del given["channels"]["c"]["messages"][each]
    given["x-conformance"].pop("refusals")


def renamed_message(given: Document) -> None:
    messages = given["channels"]["c"]["messages"]
    messages["tock"] = messages.pop("tick")
    given["operations"]["ticking"]["messages"] = [ref("tock")]


def renamed_operation(given: Document) -> None:
    given["operations"]["purchase"] = given["operations"].pop("buying")


def renamed_field(given: Document) -> None:
    members = message("bought", "properties")(given)
    members["cost"] = members.pop("price")


def moved_field(given: Document) -> None:
    members = message("bought", "properties")(given)
    members["deep"]["properties"]["price"] = members.pop("price")


def inserted(index: int, title: str = "new", schema: str = "boolean") -> Any:
    def edit(given: Document) -> None:
        payload = message("tick")(given)
        payload["items"].insert(index, {"title": title, "type": schema})
        payload["minItems"] = payload["maxItems"] = 4

    return edit


def swapped(given: Document) -> None:
    items = message("tick", "items")(given)
    items[1], items[2] = items[2], items[1]


def taken_out(given: Document) -> None:
    payload = message("tick")(given)
    del payload["items"][1]
    payload["minItems"] = payload["maxItems"] = 2


def rule(**values: Any) -> Any:
    def edit(given: Document) -> None:
        for key, value in values.items():
            if value is None:
                given["x-conformance"].pop(key)
            else:
                given["x-conformance"][key] = value

    return edit


def set_at(path: str, value: Any) -> Any:
    def edit(given: Document) -> None:
        *way, last = path.split(".")
        here: Any = given
        for each in way:
            here = here[each]
        here[last] = value

    return edit


IN, OUT = ("buy", "properties"), ("bought", "properties")
TABLE: list[Row] = [
    # what clients send
    ("client minimum up", put(*IN, "size", minimum=2), "clients", "minimum"),
    ("client minimum down", put(*IN, "size", minimum=0), "server", "minimum"),
    ("client maximum up", put(*IN, "size", maximum=11), "server", "maximum"),
    ("client maximum gone", put(*IN, "size", maximum=None), "server", "maximum"),
    ("client maximum exclusive", put(*IN, "size", maximum=None, exclusiveMaximum=10), "clients", "maximum"),
    ("client length less", put(*IN, "note", maxLength=8), "clients", "maxLength"),
    ("client multiple new", put(*IN, "size", multipleOf=2), "clients", "multipleOf"),
    ("client now required", put("buy", required=["op", "size", "note"]), "clients", "required"),
    ("client no longer required", put("buy", required=["op"]), "server", "required"),
    ("client new optional", put(*IN, tag={"type": "string"}), "server", "field-new"),
    ("client optional gone", put(*IN, note=None), "clients", "field-gone"),
    ("client map closed", put("buy", additionalProperties=False), "clients", "members"),
    ("client type widened", put(*IN, "size", type=["integer", "string"]), "server", "type"),
    ("client type other", put(*IN, "note", type="integer"), "both", "type"),
    # what the target sends
    ("target enum grows", put(*OUT, "state", enum=["open", "done", "lost"]), "clients", "enum"),
    ("target enum shrinks", put(*OUT, "state", enum=["open"]), "server", "enum"),
    ("target enum exchanged", put(*OUT, "state", enum=["open", "lost"]), "both", "enum"),
    ("target minimum down", put(*OUT, "price", minimum=-1), "clients", "minimum"),
    ("target minimum up", put(*OUT, "price", minimum=1), "server", "minimum"),
    ("target number to integer", put(*OUT, "price", type="integer"), "server", "type"),
    ("target may be nil", put(*OUT, "price", type=["number", "null"]), "clients", "type"),
    ("target pattern other", put(*OUT, "id", pattern="^[a-z0-9]+$"), "both", "pattern"),
    ("target pattern gone", put(*OUT, "id", pattern=None), "clients", "pattern"),
    ("target format gone", put(*OUT, "when", format_=None), "clients", "clause-gone"),
    ("target format other", put(*OUT, "when", format_="date"), "both", "clause-changed"),
    ("target no longer required", put("bought", required=["op"]), "clients", "required"),
    ("target now required", put("bought", required=["op", "id", "state"]), "server", "required"),
    ("target new optional, open", put(*OUT, tag={"type": "string"}), "server", "field-new"),
    ("target new optional, closed", put(*OUT, "deep", "properties", b={"type": "string"}), "clients",
     "field-new"),
    ("target field gone", put(*OUT, state=None), "clients", "field-gone"),
    ("target map opened", put(*OUT, "deep", additionalProperties=None), "clients", "members"),
    ("target alternative new", put(*OUT, "side", oneOf=[
        {"title": "long", "type": "string"}, {"title": "short", "type": "integer"},
        {"title": "flat", "type": "boolean"}]), "clients", "alternative-new"),
    ("target alternative gone", put(*OUT, "side", oneOf=[
        {"title": "long", "type": "string"}, {"title": "short", "type": "string"}]), "both", "type"),
    ("target not new", put(*OUT, "id", not_={"const": "x"}), "server", "not"),
    ("target becomes a choice", put(*OUT, price={"oneOf": [
        {"type": "number", "minimum": 0}, {"type": "string"}]}), "clients", "alternative-new"),
    ("target becomes a choice with nil", put(*OUT, price={"oneOf": [
        {"type": "number", "minimum": 0}, {"type": "null"}]}), "clients", "type"),
    ("field renamed", renamed_field, "both", "field-renamed"),
    ("field moved", moved_field, "both", "field-moved"),
    ("position inserted", inserted(1), "both", "position-inserted"),
    ("position appended", inserted(3), "both", "position-appended"),
    ("position taken out", taken_out, "both", "position-gone"),
    ("positions swapped", swapped, "both", "position-moved"),
    ("position called otherwise", put("tick", "items", 1, title="cost"), "both", "position-renamed"),
    # messages and commands
    ("event new", new_event, "clients", "message-new"),
    ("event gone", gone_event, "both", "direction"),
    ("command new", new_command, "server", "operation-new"),
    ("command gone", gone_command, "clients", "operation-gone"),
    ("message renamed", renamed_message, "nobody", "message-renamed"),
    ("operation renamed", renamed_operation, "nobody", "operation-renamed"),
    ("reply new", op("buying", reply={"messages": [ref("bought"), ref("oops"), ref("tick")]}), "clients",
     "reply-new"),
    ("reply gone", op("buying", reply={"messages": [ref("oops")]}), "both", "reply-gone"),
    ("security new", op("buying", security=[{"$ref": "#/components/securitySchemes/key"}]), "both",
     "security"),
    ("content type", set_at("defaultContentType", "application/msgpack"), "both", "content-type"),
    ("content type spelt otherwise", set_at("defaultContentType", "application/json; charset=utf-8"),
     "nobody", "content-type"),
    # rules
    ("deadline shorter", op("buying", **{"x-conformance": {"within_ms": 400}}), "server", "deadline"),
    ("deadline longer", op("buying", **{"x-conformance": {"within_ms": 600}}), "clients", "deadline"),
    ("limit smaller", rule(limits={"message_bytes": 900}), "clients", "limit"),
    ("limit larger", rule(limits={"message_bytes": 2000}), "server", "limit"),
    ("silence gone", rule(silence=None), "clients", "clause-gone"),
    ("code other", rule(refusals={"message": "oops", "code": "/code", "codes": {"invalid": "late"}}), "both",
     "clause-changed"),
    ("close code new", rule(close={"oversize": 1009}), "server", "clause-new"),
    # harmless
    ("title", set_at("info.title", "Toy and more"), "nobody", "text"),
    ("description", put(*OUT, "price", description="In cents."), "nobody", ""),
    ("server new", set_at("servers.other", {"host": "b.example", "protocol": "ws"}), "nobody", "server"),
    ("server gone", set_at("servers", {}), "clients", "server"),
    ("address", set_at("channels.c.address", "/toys"), "both", "address"),
    ("misspelt keyword", put(*OUT, "id", maxlength=3), "nobody", "clause-new"),
    ("const as enum", put(*OUT, "op", const=None, enum=["bought"]), "nobody", "rewritten"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "whom", "kind"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_an_edit_breaks_whom_it_breaks(edit: Any, whom: str, kind: str) -> None:
    """One edit: the right class, and a change of the right kind that says so."""
    report = changed(edit)
    told = [(each.kind, each.says, each.clients, each.server) for each in report.changes]
    assert breaks(report.changes) == whom, told
    if kind:
        assert kind in [each.kind for each in report.changes], told


ONE_LINE = ["message renamed", "field renamed", "field moved", "position inserted", "position taken out",
            "positions swapped", "target new optional, open", "target enum grows", "command new",
            "client now required", "target becomes a choice", "target becomes a choice with nil",
            "operation renamed"]  # fmt: skip


@pytest.mark.parametrize("name", ONE_LINE)
def test_one_cause_is_told_once(name: str) -> None:
    """Not forty removed and forty added: one change, however many clauses it moves."""
    edit = next(row[1] for row in TABLE if row[0] == name)
    report = changed(edit)
    told = [(each.kind, each.says) for each in report.changes]
    assert len(report.changes) == 1, told
