"""Faults of the health endpoints."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.reference.behaviour import Behaviour, HttpAnswer
from conformance.reference.faults.fault import breaks

_COUNTERS = "counters never fall until a restart"
_METHODS = "other methods 405 with `Allow`; other paths 404"
_HEALTH = ("gateway-health/getHealth", "market-data-health/getHealth")
_ANSWERS = (*_HEALTH, "gateway-health/getLatency")


def _every(promise: str, operations: tuple[str, ...] = _ANSWERS) -> tuple[str, ...]:
    """The clauses of what each of these operations promises."""
    return tuple(f"{operation}/{promise}" for operation in operations)


def _both(promise: str) -> tuple[str, str]:
    """The clauses of what both services promise of their HTTP."""
    return f"gateway-health/http/{promise}", f"market-data-health/http/{promise}"


def _edit(answer: HttpAnswer, change: Callable[[dict[str, Any]], None]) -> HttpAnswer:
    """An answer whose JSON body was changed; other bodies stay."""
    if answer.content_type != "application/json":
        return answer
    value = json.loads(answer.body)
    change(value)
    return replace(answer, body=json.dumps(value).encode())


@breaks("200 for `ok` and `degraded`", *_every("status"), *_both("schemathesis"))
class HealthAnswers500(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        answer = super().answer(service, method, path, answer)
        return replace(answer, status=500) if answer.status == 200 else answer


@breaks("`GET /health`: `status`, `uptime_ms`, …", *_every("200/required", _HEALTH))
class HealthOmitsUptime(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        answer = super().answer(service, method, path, answer)
        return _edit(answer, lambda value: value.pop("uptime_ms", None))


@breaks("all integers on the wire", *_every("200/uptime_ms/type", _HEALTH))
class HealthUptimeAsString(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        answer = super().answer(service, method, path, answer)
        return _edit(
            answer,
            lambda value: value.update(uptime_ms=str(value["uptime_ms"])) if "uptime_ms" in value else None,
        )


@breaks("`status` (`ok`, `degraded`)", *_every("200/status/enum", _HEALTH))
class HealthIsCalledUp(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        answer = super().answer(service, method, path, answer)
        return _edit(answer, lambda value: value.update(status="UP") if "status" in value else None)


@breaks(
    "percentiles ordered",
    *(
        f"gateway-health/getLatency/rules/{rule}"
        for rule in ("p50-within-p90", "p90-within-p99", "p99-within-max")
    ),
)
class PercentilesOutOfOrder(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        def reorder(value: dict[str, Any]) -> None:
            for stage in value.get("stages", []):
                stage.update(p50_us=44, p90_us=33, p99_us=22, max_us=11)

        return _edit(super().answer(service, method, path, answer), reorder)


@breaks("all 0 when the count is 0", "gateway-health/getLatency/rules/nothing-measured")
class MeasuresWithoutCounting(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        def uncount(value: dict[str, Any]) -> None:
            for stage in value.get("stages", []):
                stage.update(count=0, p50_us=5, p90_us=5, p99_us=5, max_us=5)

        return _edit(super().answer(service, method, path, answer), uncount)


@breaks("counters of commands and errors", "gateway-health/scenarios/counters-move")
class CountersNeverMove(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        def stop(value: dict[str, Any]) -> None:
            if "commands_total" in value:
                value.update(commands_total=0, errors_total=0)

        return _edit(super().answer(service, method, path, answer), stop)


@breaks("`GET /health`: connections, subscriptions", "market-data-health/scenarios/connections-are-counted")
class CountsNoConnections(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        def forget(value: dict[str, Any]) -> None:
            if "subscriptions" in value:
                value.update(connections=0, subscriptions=0)

        return _edit(super().answer(service, method, path, answer), forget)


@breaks(
    _COUNTERS,
    "gateway-health/getHealth/rules/counters-do-not-fall",
    "gateway-health/getHealth/rules/ring-counters-do-not-fall",
    "gateway-health/getLatency/rules/clock-does-not-go-back",
    "market-data-health/getHealth/rules/uptime-does-not-fall",
)
class CountersFall(Behaviour):
    asked = 0

    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        def fall(value: dict[str, Any]) -> None:
            self.asked += 1
            for name in {"commands_total", "uptime_ms", "taken_at"} & set(value):
                value[name] = 10_000_000 - self.asked
            for ring in value.get("rings", {}).values():
                ring["dropped"] = 10_000_000 - self.asked

        return _edit(super().answer(service, method, path, answer), fall)


@breaks(
    "no more authenticated sessions than connections",
    "gateway-health/getHealth/rules/sessions-are-connections",
)
class CountsMoreSessionsThanConnections(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        def count(value: dict[str, Any]) -> None:
            if "authenticated_sessions" in value:
                value["authenticated_sessions"] = value["connections"] + 1

        return _edit(super().answer(service, method, path, answer), count)


@breaks(
    "`RingMetrics` {capacity, depth, high_watermark, dropped}",
    "gateway-health/getHealth/rules/depth-within-watermark",
)
class RingsAreDeeperThanTheyEverWere(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        def sink(value: dict[str, Any]) -> None:
            for ring in value.get("rings", {}).values():
                ring["depth"] = ring["high_watermark"] + 1

        return _edit(super().answer(service, method, path, answer), sink)


@breaks(
    "`RingMetrics` {capacity, depth, high_watermark, dropped}",
    "gateway-health/getHealth/rules/watermark-within-capacity",
)
class RingsHoldMoreThanTheyCan(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        def swell(value: dict[str, Any]) -> None:
            for ring in value.get("rings", {}).values():
                ring["high_watermark"] = ring["capacity"] + 1

        return _edit(super().answer(service, method, path, answer), swell)


@breaks(_METHODS, *_both("methods"))
class AnswersPostsWith200(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        answer = super().answer(service, method, path, answer)
        return HttpAnswer(200, b"{}") if answer.status == 405 else answer


@breaks(_METHODS, *_both("methods"))
class RefusesMethodsWithoutAllow(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        answer = super().answer(service, method, path, answer)
        kept = tuple(header for header in answer.headers if header[0] != "Allow")
        return replace(answer, headers=kept)


@breaks("order entry is not exposed over HTTP", "gateway-health/http/not-exposed")
class ExposesOrdersOverHttp(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        answer = super().answer(service, method, path, answer)
        exposed = service == "gateway-health" and "order" in path.lower()
        return HttpAnswer(200, b'{"orders": []}') if exposed else answer


@breaks("subscriptions are not exposed over HTTP", "market-data-health/http/not-exposed")
class ExposesSubscriptionsOverHttp(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        answer = super().answer(service, method, path, answer)
        exposed = service == "market-data" and "subscri" in path.lower()
        return HttpAnswer(200, b'{"subscribed": true}') if exposed else answer


@breaks(_METHODS, *_both("paths"))
class AnswersUnknownPathsWith200(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        answer = super().answer(service, method, path, answer)
        return HttpAnswer(200, b"{}") if answer.status == 404 else answer


@breaks("HEAD as GET", *_both("head"))
class RefusesHead(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        answer = super().answer(service, method, path, answer)
        if method == "HEAD" and answer.status == 200:
            return replace(answer, status=405, headers=(("Allow", "GET"),))
        return answer


@breaks("`application/json`", *_every("content-type"))
class HealthAsPlainText(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        return replace(super().answer(service, method, path, answer), content_type="text/plain")


@breaks("a plain GET of `/` on the shared market-data port 426", "market-data-health/http/upgrade")
class AnswersPlainGetsWith200(Behaviour):
    def answer(self, service: str, method: str, path: str, answer: HttpAnswer) -> HttpAnswer:
        answer = super().answer(service, method, path, answer)
        return HttpAnswer(200, b"hello\n", "text/plain") if answer.status == 426 else answer


@breaks(
    "503 with the same body when the WebSocket refuses",
    "gateway-health/scenarios/ok-means-connections",
    "market-data-health/scenarios/ok-means-connections",
)
class SaysOkWhileTheWebsocketIsDead(Behaviour):
    def upgrades(self) -> bool:
        return False

    def admits_being_closed(self) -> bool:
        return False
