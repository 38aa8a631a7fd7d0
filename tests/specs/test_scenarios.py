"""The scenario files are well formed, and speak of what the documents know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from .reading import (
    SCENARIOS,
    SERVICES,
    Map,
    at_pointer,
    branches,
    command,
    literals,
    load,
    messages,
    payload,
    refusal_codes,
    schema_file,
)
from .test_extensions import value_names

SCHEMA = schema_file("scenario.schema.json")
HEALTH = {f"{name}-health": f"{name}/health.openapi.yaml" for name in SERVICES}


def cases() -> Iterator[Any]:
    """Every scenario with the name of its service, as parameters."""
    for path in SCENARIOS:
        file = load(path)
        for case in file["cases"]:
            yield pytest.param(file["service"], case, id=f"{file['service']}/{case['family']}/{case['name']}")


def stated_names() -> set[str]:
    """The values that scenario files declare, for the target's user to state."""
    return {name for path in SCENARIOS for name in load(path).get("values", {})}


def names_used(value: Any, key: str) -> set[str]:
    """The names that `{saved: name}` or `{source: name}` mean, anywhere in a step."""
    if isinstance(value, dict):
        if isinstance(value.get(key), str) and set(value) <= {key, "times", "plus"}:
            return {value[key], *names_used(value.get("plus"), key)}
        return {name for one in value.values() for name in names_used(one, key)}
    if isinstance(value, list):
        return {name for one in value for name in names_used(one, key)}
    return set()


@pytest.mark.parametrize("path", SCENARIOS)
def test_scenario_files_satisfy_their_schema(path: str) -> None:
    """A scenario file satisfies its JSON Schema, names its service, and has each case once."""
    file = load(path)
    judge = jsonschema.Draft202012Validator(SCHEMA)
    assert [f"{error.json_path}: {error.message[:200]}" for error in judge.iter_errors(file)] == []
    assert file["service"].removesuffix("-health") == path.partition("/")[0]
    assert path.endswith("/health-scenarios.yaml") == file["service"].endswith("-health")
    names = [case["name"] for case in file["cases"]]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "step",
    [
        {"wait": {"for_ms": 100}},
        {"connect": {"session": "main"}, "send": {"operation": "auth"}},
        {"connect": {}},
        {"send": {"with": {"a": 1}}},
        {"expect": {"message": "order", "where": {"/a": {"near": 1}}}},
        {"request": {"status": 200}},
        {"expect": {"message": "order", "where": {"a": {"eq": 1}}}},
        {"expect": {"message": "order", "where": {"/a": {"eq": {"stored": "x"}}}}},
        {"close": {"code": 99}},
    ],
)
def test_wrong_steps_are_refused(step: Map) -> None:
    """A step with an unknown verb, two verbs, or an unknown condition is refused."""
    judge = jsonschema.Draft202012Validator({"$ref": "#/$defs/step", "$defs": SCHEMA["$defs"]})
    assert not judge.is_valid(step)


@pytest.mark.parametrize(("service", "case"), list(cases()))
def test_steps_speak_of_what_is_there(service: str, case: Map) -> None:
    """Operations, fields, messages, pointers, codes and saved names of a scenario all exist."""
    sessions: dict[str, str] = {}
    saved: set[str] = set()
    known_values = value_names() | stated_names()
    for step in case["steps"]:
        ((verb, said),) = step.items()
        if verb == "connect":
            assert said["session"] not in sessions, "two sessions of one name"
            sessions[said["session"]] = said.get("service", service)
            continue
        if verb == "request":
            asked = HEALTH[said.get("service", service)]
            assert names_used(said, "saved") <= saved, step
            assert said["operation"] in {one["get"]["operationId"] for one in load(asked)["paths"].values()}
            saved |= set(said.get("save", {}))
            continue
        if "session" not in said:
            assert len(sessions) == 1, f"which session? {step}"
        session = said.get("session") or next(iter(sessions))
        document = load(SERVICES[sessions[session]])
        assert names_used(said, "saved") <= saved, step
        assert names_used(said, "source") <= known_values, step
        if verb == "send":
            forms = branches(document, payload(document, command(document, said["operation"])))
            fields = {field for form in forms for field in form["properties"]}
            assert set(said.get("with", {})) | set(said.get("without", ())) <= fields, step
            assert {pointer.removeprefix("/") for pointer in said.get("save", {}).values()} <= fields, step
            saved |= set(said.get("save", {}))
        if verb in ("expect", "silence"):
            assert said["message"] in messages(document), step
            schema = payload(document, said["message"])
            refusals = document["x-conformance"]["refusals"]
            for pointer, condition in (said.get("where", {}) | said.get("holds", {})).items():
                found = at_pointer(document, schema, pointer)
                assert found, f"nothing at {said['message']}{pointer}"
                wanted = condition.get("eq")
                allowed = {value for one in found for value in literals(document, one)}
                if isinstance(wanted, str) and allowed:
                    assert wanted in allowed, step
                if (said["message"], pointer) == (refusals["message"], refusals["code"]):
                    assert wanted in refusal_codes(document), step
            for pointer in said.get("save", {}).values():
                assert at_pointer(document, schema, pointer), f"nothing at {said['message']}{pointer}"
            saved |= set(said.get("save", {}))
            if "witness" in said:
                assert said["witness"] in sessions, step


@pytest.mark.parametrize(("service", "case"), list(cases()))
def test_orders_are_taken_back(service: str, case: Map) -> None:
    """A scenario cancels every order that it leaves resting, or sees it filled."""
    resting = 0
    steps = [next(iter(step.items())) for step in case["steps"]]
    for number, (verb, said) in enumerate(steps):
        if verb == "send":
            answers = [one["message"] for word, one in steps[number:] if word == "expect"]
            refused = steps[number + 1][1].get("message") == "error"
            if said["operation"] == "placeOptionOrder" and "orderAccepted" in answers and not refused:
                resting += said.get("with", {}).get("time_in_force", "gtc") == "gtc"
            if said["operation"] == "cancelOptionOrder" and "orderCancelled" in answers and not refused:
                resting -= 1
        elif said.get("message") == "order" and said.get("session", "main") == "main":
            resting -= said.get("where", {}).get("/order/status") == {"eq": "filled"}
    assert resting == 0


def test_stated_values_are_stated_of_the_reference() -> None:
    """What a scenario file declares is stated of the servers on this machine, and nothing else is."""
    stated = {
        name
        for path in SERVICES.values()
        for server in load(path)["servers"].values()
        for name in server.get("x-conformance", {}).get("values", {})
    }
    assert stated == stated_names()


def test_there_are_enough() -> None:
    """Both services have scenarios, some forty in all, and so has their health."""
    assert {load(path)["service"]: len(load(path)["cases"]) > 10 for path in SCENARIOS} == {
        "gateway": True,
        "gateway-health": False,
        "market-data": True,
        "market-data-health": False,
    }
