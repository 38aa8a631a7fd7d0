"""The child process in which Schemathesis works: a line of JSON in for each job, a line of JSON out.

Run as a script and importing nothing of this package, so that Schemathesis and Hypothesis, and the time
and memory that they take, stay out of the process that measures. It ends when its standard input does.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any

import hypothesis
import requests
import schemathesis
from requests.adapters import HTTPAdapter
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup

# What a document promises of every answer. The others assume what no document said: that 5xx is never
# meant, that a lenient parser is wrong, that unasked requests may be made.
CHECKED = (
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
MOST_FAILURES = 20
MOST_TEXT = 4096
MOST_MEMORY = 4 * 1024**3
MOST_BODY = 1024 * 1024
REQUEST_TIMEOUT_S = 10.0


class UnusableError(Exception):
    """A job that cannot be done; the reason is in words."""


class Worker:
    """Keeps loaded documents between jobs."""

    def __init__(self) -> None:
        load_all_checks()
        self.checks = CHECKS.get_by_names(CHECKED)
        self.schemas: dict[tuple[str, str], Any] = {}

    def run(self, job: dict[str, Any]) -> dict[str, Any]:
        """One job and its result; see ``generated.Generator.run`` for both."""
        result: dict[str, Any] = {
            "requests": 0,
            "checks": 0,
            "statuses": {},
            "failures": [],
            "error": "",
            "blame": "",
        }
        try:
            operation = self._operation(job)
        except UnusableError as unusable:
            return {**result, "error": str(unusable), "blame": "contract"}
        except Exception as error:  # noqa: BLE001 - whatever the library finds wrong with the document
            return {**result, "error": f"the document cannot be used: {_short(error)}", "blame": "contract"}
        play = _Play(self.checks, job, result)
        try:
            play.all(operation)
        except Exception as error:  # noqa: BLE001 - whatever it finds wrong when it generates
            return {
                **result,
                "error": f"no requests could be generated: {_short(error)}",
                "blame": "contract",
            }
        if not result["requests"]:
            return {**result, "error": "no request could be generated", "blame": "contract"}
        return result

    def _operation(self, job: dict[str, Any]) -> Any:
        key = (job["document"], job["base_url"])
        if key not in self.schemas:
            schema = schemathesis.openapi.from_path(job["document"], config=SchemathesisConfig())
            # Operations keep the base URL of the moment of their first access.
            schema.config.update(base_url=job["base_url"])
            self.schemas[key] = schema
        wanted = f"{job['method'].upper()} {job['path']}"
        labels = []
        for found in self.schemas[key].get_all_operations():
            operation = found.ok()
            if operation.label == wanted:
                return operation
            labels.append(operation.label)
        raise UnusableError(f"the document has no operation {wanted}; it has {', '.join(labels) or 'none'}")


class _Bounded(HTTPAdapter):
    """Takes no more of an answer than may be checked, however small it was packed."""

    def send(self, request: Any, **how: Any) -> requests.Response:  # type: ignore[override]
        """Sends a request, and reads the answer's body."""
        response = super().send(request, **{**how, "stream": True})
        body = b""
        for piece in response.iter_content(64 * 1024):
            body += piece
            if len(body) > MOST_BODY:
                response.close()
                raise requests.ConnectionError(f"the answer's body is larger than {MOST_BODY} bytes")
        response._content = body
        return response


class _Play:
    """The requests of one job; what they show goes into ``result``."""

    def __init__(self, checks: list[Any], job: dict[str, Any], result: dict[str, Any]) -> None:
        self.checks = checks
        self.job = job
        self.result = result
        self.ends = 0.0
        self.seen: set[tuple[str, str]] = set()
        self.session = requests.Session()
        # Neither proxies nor credentials from the environment.
        self.session.trust_env = False
        self.session.verify = job.get("verify") or True
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, _Bounded())

    def all(self, operation: Any) -> None:
        """Plays up to ``max_examples`` generated requests, within the time limit."""
        settings = hypothesis.settings(
            max_examples=int(self.job["max_examples"]),
            deadline=None,
            database=None,
            derandomize=False,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
            verbosity=hypothesis.Verbosity.quiet,
        )

        @hypothesis.seed(int(self.job["seed"]))
        @settings
        @hypothesis.given(case=operation.as_strategy())
        def play(case: Any) -> None:
            self.one(case)

        with self.session:
            play()

    def one(self, case: Any) -> None:
        """One request and the checks of its answer; failures are collected: shrinking only repeats them."""
        # The limit is on what the target is asked, so that our own slow start costs it nothing.
        self.ends = self.ends or time.monotonic() + float(self.job["time_limit_s"])
        left = self.ends - time.monotonic()
        if left <= 0 or self.result["error"]:
            return
        headers = dict(self.job.get("headers") or [])
        query = dict(self.job.get("query") or [])
        timeout = min(REQUEST_TIMEOUT_S, left)
        self.result["requests"] += 1
        try:
            with _at_most(timeout):
                response = case.call(
                    session=self.session,
                    headers=headers,
                    timeout=timeout,
                    allow_redirects=False,
                    **({"params": query} if query else {}),
                )
        except requests.RequestException as error:
            # Raised further, Hypothesis would look for another example of it.
            self.result["blame"], self.result["error"] = _no_answer(error)
            return
        status = str(response.status_code)
        self.result["statuses"][status] = self.result["statuses"].get(status, 0) + 1
        for check in self.checks:
            self.result["checks"] += 1
            try:
                case.validate_response(response, checks=[check], headers=headers)
            except (FailureGroup, Failure) as failed:
                for failure in _each(failed):
                    self.failed(check.__name__, failure, case, headers, response.status_code)

    def failed(
        self, check: str, failure: BaseException, case: Any, headers: dict[str, str], status: int
    ) -> None:
        """Notes a failure once for each check and message."""
        title = str(getattr(failure, "title", "") or type(failure).__name__)
        message = "; ".join(str(getattr(failure, "message", "") or failure).split("\n"))
        if (check, message) in self.seen or len(self.result["failures"]) >= MOST_FAILURES:
            return
        self.seen.add((check, message))
        self.result["failures"].append(
            {
                "check": check,
                "message": _bounded(f"{title}: {message}" if message != title else title),
                "request": _bounded(case.as_curl_command(headers=headers)),
                "status": status,
            }
        )


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Ends a request after so long, whatever trickles in: the library's own limit is for each read."""

    def ended(number: int, frame: object) -> None:
        raise requests.ReadTimeout(f"the whole answer did not come within {seconds:.3g} s")

    if not hasattr(signal, "setitimer"):  # not a POSIX system
        yield
        return
    before = signal.signal(signal.SIGALRM, ended)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _each(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _each(one)
    else:
        yield error


def _no_answer(error: requests.RequestException) -> tuple[str, str]:
    """Whose it is that there was no answer, and a sentence."""
    cause: object = error
    while isinstance(cause, BaseException):
        inner = getattr(cause, "reason", None) or (cause.args[-1] if cause.args else None)
        if not isinstance(inner, BaseException):
            break
        cause = inner
    why = str(cause).rpartition(": ")[2] or type(error).__name__
    before = (requests.ConnectTimeout, requests.exceptions.SSLError, requests.exceptions.InvalidURL)
    if isinstance(error, before) or "NewConnectionError" in str(error):
        return "environment", f"no connection: {_bounded(why)}"
    return "target", f"the connection gave no whole answer: {_bounded(why)}"


def _short(error: BaseException) -> str:
    return _bounded(f"{type(error).__name__}: {error}".strip().replace("\n", " "))


def _bounded(text: str) -> str:
    return text if len(text) <= MOST_TEXT else text[:MOST_TEXT] + f"… (+{len(text) - MOST_TEXT} characters)"


def _limit_memory() -> None:
    """A hostile endless answer may cost this process its life, but not the machine its memory."""
    try:
        import resource
    except ImportError:  # not a POSIX system
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def main() -> None:
    """Serves jobs until standard input ends."""
    # Whatever a library prints goes to stderr: stdout carries results alone.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _limit_memory()
    worker = Worker()
    for line in sys.stdin:
        answers.write(json.dumps(worker.run(json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
