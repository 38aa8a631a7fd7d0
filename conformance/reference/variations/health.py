"""The same health in other HTTP."""

# The decorator above each class says what is left open, and the method that it replaces says how.
# ruff: noqa: D101, D102

import json
from dataclasses import replace
from typing import Any

from conformance.reference.behaviour import Behaviour, HttpAnswer
from conformance.reference.variations.variation import conforms

Fields = list[tuple[str, str]]


class _Retelling(Behaviour):
    """Changes the values that health answers with."""

    def retell(self, path: str, value: dict[str, Any]) -> dict[str, Any]:
        return value

    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        answer = super().answer(service, method, path, answer)
        if answer.status != 200:
            return answer
        return replace(answer, body=json.dumps(self.retell(path, json.loads(answer.body))).encode())


@conforms("HTTP header names know no case and no order, and unknown ones are ignored.")
class OtherHttpHeaders(Behaviour):
    def http_headers(self, status: int, headers: Fields) -> Fields:
        told = [(name.lower(), value) for name, value in reversed(super().http_headers(status, headers))]
        return [("x-request-id", "0"), *told, ("CACHE-CONTROL", "no-store"), ("Vary", "Accept")]


@conforms("HTTP/1.1 bodies may come in chunks: none says how long it is.")
class ChunkedBodies(Behaviour):
    def http_headers(self, status: int, headers: Fields) -> Fields:
        told = super().http_headers(status, headers)
        return [(name, value) for name, value in told if name.lower() != "content-length"]

    def http_pieces(self, body: bytes) -> list[bytes]:
        return [piece[at : at + 5] for piece in super().http_pieces(body) for at in range(0, len(piece), 5)]


@conforms("Either side may end a connection after any response.")
class ConnectionsClose(Behaviour):
    def http_headers(self, status: int, headers: Fields) -> Fields:
        told = [each for each in super().http_headers(status, headers) if each[0].lower() != "connection"]
        return [*told, ("Connection", "Upgrade, close" if status == 426 else "close")]


@conforms("A media type has parameters and knows no case; `charset` says nothing new of JSON.")
class ContentTypeWithCharset(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        answer = super().answer(service, method, path, answer)
        if answer.content_type == "application/json":
            return replace(answer, content_type='Application/JSON; Charset="UTF-8"')
        return answer


@conforms("JSON has many spellings: white space, escapes, members in another order.")
class SpelledOutJson(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        answer = super().answer(service, method, path, answer)
        if answer.status not in (200, 503):
            return answer
        text = json.dumps(_backwards(json.loads(answer.body)), indent="\t", separators=(" ,", " : "))
        spelled = text.replace('"status"', '"\\u0073tatus"').replace('"name"', '"n\\u0061m\\u0065"')
        return replace(answer, body=f"\r\n {spelled}\r\n\t ".encode())


def _backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _backwards(value[key]) for key in reversed(value)}
    return [_backwards(item) for item in value] if isinstance(value, list) else value


@conforms("200 for `ok` and `degraded`: it is degraded, and takes connections.")
class DegradedButUp(_Retelling):
    def retell(self, path: str, value: dict[str, Any]) -> dict[str, Any]:
        value = super().retell(path, value)
        return value | {"status": "degraded"} if "status" in value else value


@conforms("`rings` maps names, whatever they are, and stages are a list: other names, and many of them.")
class OtherRingsAndStages(_Retelling):
    def retell(self, path: str, value: dict[str, Any]) -> dict[str, Any]:
        value = dict(super().retell(path, value))
        if "rings" in value:
            full = {"capacity": 1, "depth": 1, "high_watermark": 1, "dropped": 2**64 - 1}
            value["rings"] = {"": full, "größte/~0 ring": full} | {f"r{n}": full for n in range(40)}
        if "stages" in value:
            idle = {"count": 0, "p50_us": 0, "p90_us": 0, "p99_us": 0, "max_us": 0}
            value["stages"] = [{"name": "同じ"} | idle, {"name": "同じ"} | idle, *value["stages"]]
        return value


@conforms("`rings` and `stages` may be empty: nothing inside is told.")
class NoRingsAndStages(_Retelling):
    def retell(self, path: str, value: dict[str, Any]) -> dict[str, Any]:
        value = super().retell(path, value)
        return value | {name: type(value[name])() for name in ("rings", "stages") if name in value}


@conforms(
    "Of 404, 405 and 426 a status and `Allow` are promised: no body, no content type, other methods beside."
)
class BareRefusals(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        answer = super().answer(service, method, path, answer)
        return replace(answer, body=b"") if answer.status in (404, 405, 426) else answer

    def http_headers(self, status: int, headers: Fields) -> Fields:
        told = super().http_headers(status, headers)
        if status not in (404, 405, 426):
            return told
        allowed = [(name, "HEAD,GET" if name == "Allow" else value) for name, value in told]
        return [(name, value) for name, value in allowed if name != "Content-Type"]


@conforms("Of 404, 405 and 426 only a status and `Allow` are promised: JSON, as a proxy may send it.")
class JsonRefusals(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        answer = super().answer(service, method, path, answer)
        if answer.status not in (404, 405, 426):
            return answer
        return replace(answer, body=b'{"error": "no"}', content_type="application/problem+json")
