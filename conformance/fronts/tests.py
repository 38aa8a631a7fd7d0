"""The suite's tests and the engine behind them: hooks that are there once the suite is collected."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from conformance.cases.case import Case
from conformance.cases.steps import Expect
from conformance.errors import ConformanceError, UsageError
from conformance.fronts.artefacts import Artefacts
from conformance.fronts.background import Background
from conformance.fronts.baseline import earlier_run
from conformance.fronts.ci import summarise
from conformance.fronts.history import history_of
from conformance.fronts.listing import told
from conformance.fronts.options import Wish, repeat_command, wish
from conformance.fronts.prepare import Prepared, prepare
from conformance.fronts.secrets import known, starred
from conformance.fronts.telling import plain, sentence, story
from conformance.gate.decision import Seen, decide
from conformance.history.address import Address
from conformance.record import RunRecord
from conformance.run import Result
from conformance.run.engine import JOBS
from conformance.verdict import Outcome

PATIENT_MS = 1000
"""A case that may wait as long as this starts early, whatever its own place is; a window of them at once."""


class Told(Exception):
    """A verdict that is not green, told in our own words instead of a traceback."""

    def __init__(self, sentence: str, story: str) -> None:
        super().__init__(sentence, story)
        self.sentence = sentence
        self.story = story

    def __str__(self) -> str:
        return self.sentence


class PromiseBroken(Told, AssertionError):
    """The target broke a promise: the test fails."""


class CannotJudge(Told):
    """The case could not be judged: an error, and nobody's failure."""


@dataclass(frozen=True, slots=True)
class Crash:
    """What pytest's short summary shows of a report."""

    message: str
    path: str = ""
    lineno: int = 0


class Story:
    """A report's text: the finding, the command that repeats it, the transcript."""

    def __init__(self, told: Told) -> None:
        self.reprcrash = Crash(told.sentence)
        self.text = told.story

    def __str__(self) -> str:
        return self.text

    def toterminal(self, out: Any) -> None:
        """Writes the text."""
        for line in self.text.split("\n"):
            out.line(line)


class Tests:
    """Stands behind the tests of the suite; registered as a plugin when the first of them is collected."""

    __test__ = False

    def __init__(self, given: Mapping[str, object], target: str, worker: str = "") -> None:
        self.worker = worker
        self.failure: ConformanceError | None = None
        self.wish = Wish()
        self.baseline: RunRecord | None = None
        self.history: Address | None = None
        self.prepared: Prepared | None = None
        try:
            self.wish = wish(given, target)
            known(self.wish)
            self.baseline = earlier_run(self.wish)
            self.history = None if worker else history_of(self.wish)
            self.prepared = prepare(self.wish)
        except ConformanceError as failure:
            self.failure = failure
        self.artefacts: Artefacts | None = None
        self.background: Background | None = None
        self.window = 0 if worker else self.wish.jobs or JOBS
        self.patient: deque[Case] = deque()
        self.early: list[Case] = []
        self.order: list[Case] = []
        self.places: dict[str, int] = {}
        self.seldom: list[str] = []
        self.seen: list[Seen] = []
        self.shut: tuple[str, ...] = ()

    def cases(self, family: str) -> list[Case]:
        """The cases of one family."""
        return [case for case in self.prepared.cases if case.family == family] if self.prepared else []

    def kept(self, case: Case) -> Callable[[], None]:
        """Waits for the verdict; skips, or raises what makes an error; what is returned raises a failure.

        A failure that does not fail the gate is one that was expected: xfailed, unless ``--runxfail``.
        """
        assert self.background is not None
        result = self.background.result(case)
        verdict = result.verdict
        self._note(result)
        if verdict.outcome is Outcome.SKIPPED:
            pytest.skip(plain(self._starred(verdict.reason)))
        if verdict.outcome is Outcome.BROKEN:
            raise CannotJudge(self._starred(sentence(verdict, result.repeats)), self._story(result))

        def kept() -> None:
            if verdict.outcome is Outcome.FAILED:
                excuse = self.background.gate.excuse(verdict.findings) if self.background else None
                if excuse is not None:
                    pytest.xfail(plain(self._starred(str(excuse))))
                told = self._starred(sentence(verdict, result.repeats))
                raise PromiseBroken(told, self._story(result))

        return kept

    def _note(self, result: Result) -> None:
        """Keeps what the gate wants to know; with artefacts, these do; and what passed, seen to fail."""
        assert self.background is not None
        if result.repeats is not None and result.repeats.is_seldom:
            seen = f"{result.case.id} passed, and was seen to fail: {result.verdict.reason}"
            self.seldom.append(self._starred(seen))
        if self.artefacts is None and self.background.gate.waivers:
            verdict = result.verdict
            held = frozenset(self.background.gate.claims.keys() & verdict.exercised)
            ended = str(verdict.outcome), str(verdict.blame)
            self.seen.append(Seen(result.case.id, *ended, verdict.findings, held))

    def _story(self, result: Result) -> str:
        assert self.background is not None
        return story(result, repeat_command(self.wish, result.case.id), self.background.secrets)

    def _starred(self, text: str) -> str:
        assert self.background is not None
        return self.background.secrets.redact_text(text)

    # -- hooks --------------------------------------------------------------------------------------

    def pytest_collection_modifyitems(self) -> None:
        """What kept the cases from being made becomes one sentence, before anything runs."""
        if self.failure is not None:
            raise pytest.UsageError(starred(str(self.failure)))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remembers the order in which the cases will be asked for."""
        self.order = [case for item in session.items if (case := _case(item)) is not None]
        self.places = {case.id: place for place, case in enumerate(self.order)}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Starts the engine before the first case, and the cases ahead of this one within the window."""
        case = _case(item)
        if case is None or self.prepared is None:
            return
        if self.background is None:
            self._start(self.prepared)
        assert self.background is not None
        at = self.places[case.id]
        for ahead in self.order[at : at + 1 + self.window]:
            self.background.submit(ahead)
        while self.patient and self.background.unfinished(self.early) < self.window:
            self.early.append(self.patient.popleft())
            self.background.submit(self.early[-1])

    def _start(self, prepared: Prepared) -> None:
        try:
            if self.wish.report_dir:
                folder = Path(self.wish.report_dir).expanduser() / self.worker
                self.artefacts = Artefacts(folder, self.wish, self.baseline, self.history)
            chosen = replace(prepared, cases=tuple(self.order), picked=self._picked(prepared))
            self.background = Background(chosen, self.wish, self.artefacts)
            self.background.start()
        except ConformanceError as failure:
            if self.artefacts is not None:
                self.artefacts.failed(failure, failure.exit_code)
            code = (
                pytest.ExitCode.USAGE_ERROR
                if isinstance(failure, UsageError)
                else pytest.ExitCode.INTERNAL_ERROR
            )
            pytest.exit(starred(str(failure)), returncode=code)
        self.patient.extend(sorted((one for one in self.order if _wait_ms(one) >= PATIENT_MS), key=_wait_ms))
        self.patient.reverse()

    def _picked(self, prepared: Prepared) -> str:
        """What pytest selected by its own options and arguments: nobody misses the others."""
        some, all_ = len(self.order), len(prepared.cases)
        return f"{some} of {all_} cases, as pytest selected them" if some < all_ else ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Puts our own words in the place of a traceback."""
        report = yield
        if call.excinfo is not None and isinstance(call.excinfo.value, Told):
            report.longrepr = Story(call.excinfo.value)  # type: ignore[assignment]
        return report

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Cancels what still plays and writes the artefacts; a gate that stays shut fails the session."""
        if self.background is None:
            return
        self.background.stop()
        interrupted = exitstatus == pytest.ExitCode.INTERRUPTED
        if self.artefacts is None:
            self.shut = decide(self.background.gate, self.seen, interrupted=interrupted).reasons
        elif self.background.began:
            record = self.artefacts.end(interrupted=interrupted)
            summarise(record)
            self.shut = record.end.gate if record.end is not None else ()
        if self.shut and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Says what was noticed in the documents, what passed and was seen to fail, why the gate stays shut,
        and where the artefacts are."""
        for line in told(self.prepared.documented) if self.prepared is not None else ():
            terminalreporter.write_line(starred(line))
        for line in self.background.told if self.background is not None else ():
            terminalreporter.write_line(plain(f"conformance: {line}"), yellow=True)
        for line in self.seldom:
            terminalreporter.write_line(plain(line), yellow=True)
        for reason in self.shut:
            terminalreporter.write_line(plain(starred(f"conformance: {reason}")), red=True)
        if self.artefacts is not None:
            terminalreporter.write_line(f"conformance: the artefacts are in {self.artefacts.folder}")


def _wait_ms(case: Case) -> int:
    """How long a case may wait: what it has to, and for events that come when the target has some."""
    events = (step.within_ms for step in case.steps if isinstance(step, Expect) and step.reply_to is None)
    return case.patience_ms + sum(events)


def _case(item: pytest.Item) -> Case | None:
    callspec = getattr(item, "callspec", None)
    case = callspec.params.get("case") if callspec is not None else None
    return case if isinstance(case, Case) else None
