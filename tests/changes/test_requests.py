"""Edits of a document of requests, and whom each breaks."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.changes import compare
from tests.changes.pair import HTTP, Document, breaks, changed, document, side
from tests.changes.test_edits import Row, set_at

GET = "paths./things.get"
WEB: list[Row] = [
    ("answer field gone", set_at(f"{GET}.responses.200.content.application/json.schema.required", []),
     "clients", "required"),
    ("answer new", set_at(f"{GET}.responses.503", {"description": "Down."}), "clients", "answer-new"),
    ("request bound less", set_at("paths./things.get.parameters",
     [{"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 50}}]), "clients", "maximum"),
    ("parameter new, required", set_at("paths./things.get.parameters",
     [{"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}},
      {"name": "who", "in": "query", "required": True, "schema": {"type": "string"}}]), "both", "parameter"),
    ("parameter gone", set_at("paths./things.get.parameters", []), "clients", "parameter"),
    ("body now required", set_at("paths./things.post.requestBody.required", True), "clients", "body"),
    ("operation gone", lambda given: given["paths"]["/things"].pop("post"), "clients", "operation-gone"),
    ("operation new", set_at("paths./other", {"get": {"responses": {"200": {"description": "x"}}}}), "server",
     "operation-new"),
    ("operation called otherwise", set_at("paths./things.get.operationId", "listThings"), "nobody",
     "operation-renamed"),
    ("header gone", set_at("paths./things.get.responses.200.headers", {}), "clients", "header"),
]  # fmt: skip


def thing(called: str, **schema: Any) -> Any:
    """Another request, of one thing."""

    def edit(given: Document) -> None:
        given["paths"][f"/things/{{{called}}}"] = {"get": {
            "parameters": [{"name": called, "in": "path", "required": True, "schema": schema}],
            "responses": {"200": {"description": "One.", "content": {"application/json": {"schema": {}}}}},
        }}  # fmt: skip

    return edit


def test_a_parameter_of_a_path_may_have_another_name() -> None:
    """It is where it stands; what is asked of it is compared."""
    given = {"type": "string", "format": "uuid", "maxLength": 9}
    for schema, whom, kinds in (
        (given, "nobody", {"operation-renamed", "parameter-renamed"}),
        ({**given, "maxLength": 8}, "clients", {"operation-renamed", "parameter-renamed", "maxLength"}),
    ):
        old, new = document(HTTP), document(HTTP)
        thing("id", **given)(old)
        thing("key", **schema)(new)
        changes = compare(side(old), side(new)).changes
        told = [(each.kind, each.says) for each in changes]
        assert breaks(changes) == whom, told
        assert {each.kind for each in changes} == kinds, told


def styled(schema: Document, **values: Any) -> Document:
    given = document(HTTP)
    given["paths"]["/things"]["get"]["parameters"] = [
        {"name": "limit", "in": "query", "schema": schema, **values}
    ]
    return given


@pytest.mark.parametrize(
    ("schema", "values", "whom"),
    [
        ({"type": "array"}, {"style": "pipeDelimited"}, "both"),
        ({"type": "array"}, {"explode": False}, "both"),
        ({"type": "array"}, {"style": "form", "explode": True}, "nobody"),
        ({"type": "string"}, {"explode": False}, "nobody"),
    ],
)
def test_how_a_parameter_is_written_is_compared(schema: Document, values: Document, whom: str) -> None:
    """By what it comes to: a style that is the default, and parts of what has none, say nothing."""
    assert breaks(compare(side(styled(schema)), side(styled(schema, **values))).changes) == whom


def test_http_edits_break_whom_they_break() -> None:
    """Requests are what clients send, answers what the target sends."""
    wrong = []
    for name, edit, whom, kind in WEB:

        def splitting(given: Document, edit: Any = edit) -> None:
            edit(given)

        report = changed(splitting, HTTP)
        told = [(each.kind, each.says, each.clients, each.server) for each in report.changes]
        if breaks(report.changes) != whom or kind not in [each.kind for each in report.changes]:
            wrong.append((name, whom, told))
    assert not wrong
