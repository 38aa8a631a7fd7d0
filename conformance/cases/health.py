"""HTTP services: status, body, rules, methods, paths, and what must not be exposed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.cases.case import Case, Family
from conformance.cases.commanding import Commander
from conformance.cases.steps import Generate, Request
from conformance.contract.model import HttpOperation, Response, Service

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def health_cases(commander: Commander) -> Iterator[Case]:
    """All cases of one HTTP service."""
    for operation in commander.service.http:
        yield from _answers(commander, operation)
        yield from _body(commander, operation)
        yield from _rules(commander, operation)
        yield from _head(commander, operation)
        yield from _generated(commander, operation)
    yield from _methods(commander)
    yield from _paths(commander)
    yield from _upgrade(commander)
    yield from _not_exposed(commander)


def healthy(operation: HttpOperation) -> Response | None:
    """The documented answer of a target that is well: the first 2XX, else the only one there is."""
    for response in operation.responses:
        if response.status.startswith("2"):
            return response
    return operation.responses[0] if len(operation.responses) == 1 else None


def body_groups(response: Response) -> Mapping[str, tuple[str, ...]]:
    """The clauses of a body: one group a top-level field with all below it, ``shape`` for the body itself."""
    found: dict[str, dict[str, None]] = {}
    for schema in response.content.values():
        for node in schema.walk():
            group = node.words[0] if node.words else "shape"
            found.setdefault(group, {}).update((each, None) for each in node.clauses.values())
    return {name: tuple(clauses) for name, clauses in found.items() if clauses}


def _asks(operation: HttpOperation, clause: str) -> Request:
    return Request(
        operation.service, operation.method.upper(), operation.path, clause, operation=operation.name
    )


def _plain(operation: HttpOperation) -> bool:
    """Whether the path can be requested as it stands: one with parameters needs values that nobody gave."""
    return "{" not in operation.path and operation.method.upper() in ("GET", "HEAD")


def _answers(commander: Commander, operation: HttpOperation) -> Iterator[Case]:
    if not _plain(operation):
        return
    shown = f"{operation.method.upper()} {operation.path}"
    for name, says in (
        ("status", f"{shown} answers with a documented status."),
        ("content-type", f"{shown} answers with a documented content type."),
    ):
        clause = operation.clauses.get(name, "")
        if clause:
            script = commander.script()
            script.claim(clause)
            script.add(_asks(operation, clause))
            yield script.case(Family.HEALTH, f"{operation.name}/{name}", says, focused=True)


def _body(commander: Commander, operation: HttpOperation) -> Iterator[Case]:
    response = healthy(operation)
    if response is None or not _plain(operation):
        return
    for group, clauses in body_groups(response).items():
        script = commander.script()
        script.claim(*clauses)
        script.add(_asks(operation, operation.clauses.get("status", "")))
        what = (
            "the body has exactly the documented shape" if group == "shape" else f"{group} is as documented"
        )
        says = f"{operation.method.upper()} {operation.path}: {what}."
        yield script.case(Family.HEALTH, f"{operation.name}/body/{group}", says, focused=True)


def _rules(commander: Commander, operation: HttpOperation) -> Iterator[Case]:
    if not _plain(operation):
        return
    for rule in operation.rules:
        script = commander.script()
        script.claim(rule.clause)
        status = operation.clauses.get("status", "")
        times = 2 if rule.kind == "not_decreasing" else 1
        script.add(*(_asks(operation, status) for _ in range(times)))
        yield script.case(
            Family.HEALTH, f"{operation.name}/rules/{rule.name}", rule.says or rule.name, focused=True
        )


def _head(commander: Commander, operation: HttpOperation) -> Iterator[Case]:
    clause = commander.service.rules.http.clauses.get("head", "")
    response = healthy(operation)
    if not clause or operation.method.upper() != "GET" or not _plain(operation) or response is None:
        return
    script = commander.script()
    script.claim(clause)
    statuses = tuple(int(each.status) for each in operation.responses if each.status.isdigit())
    script.add(Request(operation.service, "HEAD", operation.path, clause, statuses=statuses, no_body=True))
    says = f"HEAD {operation.path} answers like GET, without a body."
    yield script.case(Family.HEALTH, f"{operation.name}/head", says)


def _generated(commander: Commander, operation: HttpOperation) -> Iterator[Case]:
    clause = commander.service.rules.http.clauses.get("schemathesis", "")
    if clause:
        script = commander.script()
        script.claim(clause)
        method = operation.method.upper()
        script.add(Generate(operation.service, operation.name, method, operation.path, clause))
        says = f"{method} {operation.path} keeps its document whatever is asked of it (Schemathesis)."
        yield script.case(Family.HEALTH, f"{operation.name}/generated", says)


def _methods(commander: Commander) -> Iterator[Case]:
    rules = commander.service.rules.http
    clause = rules.clauses.get("methods", "")
    if not clause or not rules.methods_status:
        return
    for path in _documented_paths(commander.service):
        known = {each.method.upper() for each in commander.service.http if each.path == path}
        for method in METHODS:
            # Without the promise that HEAD answers as GET, nobody says what a HEAD gets.
            if method in known or method == "HEAD":
                continue
            script = commander.script()
            script.claim(clause)
            request = Request(
                commander.service.name,
                method,
                path,
                clause,
                statuses=(rules.methods_status,),
                require_header=rules.methods_header,
            )
            script.add(request)
            says = f"{method} {path} is not documented and answers {rules.methods_status}."
            yield script.case(Family.HEALTH, f"methods/{_word(path)}/{method.lower()}", says)


def _paths(commander: Commander) -> Iterator[Case]:
    rules = commander.service.rules.http
    clause = rules.clauses.get("paths", "")
    if not clause or not rules.paths_status:
        return
    known = _documented_paths(commander.service)
    odd = {"unknown": "/no-such-path", "unknown-deep": "/no/such/path"}
    for path in known:
        odd[f"below-{_word(path)}"] = path.rstrip("/") + "/no-such-path"
        odd[f"beside-{_word(path)}"] = path.rstrip("/") + "x"
    for name, path in odd.items():
        if path in known or any(_matches(each, path) for each in known):
            continue
        script = commander.script()
        script.claim(clause)
        script.add(Request(commander.service.name, "GET", path, clause, statuses=(rules.paths_status,)))
        says = f"GET {path} is not documented and answers {rules.paths_status}."
        yield script.case(Family.HEALTH, f"paths/{name}", says)


def _upgrade(commander: Commander) -> Iterator[Case]:
    rules = commander.service.rules.http
    clause = rules.clauses.get("upgrade", "")
    if clause and rules.upgrade_path and rules.upgrade_status:
        script = commander.script()
        script.claim(clause)
        request = Request(
            commander.service.name, "GET", rules.upgrade_path, clause, statuses=(rules.upgrade_status,)
        )
        script.add(request)
        says = f"A plain GET of the WebSocket path {rules.upgrade_path} answers {rules.upgrade_status}."
        yield script.case(Family.HEALTH, "upgrade", says)


def _not_exposed(commander: Commander) -> Iterator[Case]:
    rules = commander.service.rules.http
    clause = rules.clauses.get("not-exposed", "")
    hidden = commander.contract.services.get(rules.not_exposed_service)
    if not clause or hidden is None:
        return
    known = _documented_paths(commander.service)
    for name in hidden.operations:
        path = f"/{name}"
        if any(_matches(each, path) for each in known):
            continue
        script = commander.script()
        script.claim(clause)
        request = Request(
            commander.service.name,
            "POST",
            path,
            clause,
            statuses=rules.not_exposed_statuses,
            headers=(("Content-Type", "application/json"),),
            body=b"{}",
        )
        script.add(request)
        says = f"{name} of {hidden.name} is not exposed over HTTP."
        yield script.case(Family.HEALTH, f"not-exposed/{name}", says)


def _documented_paths(service: Service) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.path for each in service.http))


def _matches(template: str, path: str) -> bool:
    """Whether a path template (OpenAPI 3.1, 4.8.8) can mean this path."""
    wanted, given = template.strip("/").split("/"), path.strip("/").split("/")
    return len(wanted) == len(given) and all(
        "{" in word or word == other for word, other in zip(wanted, given, strict=True)
    )


def _word(path: str) -> str:
    return path.strip("/").replace("/", "-") or "root"
