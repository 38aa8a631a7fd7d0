"""What a run leaves behind: ``run.jsonl`` as it goes, and reports of it at its end."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from conformance.comparison import Comparison
from conformance.errors import DocumentError, EnvironmentFailure
from conformance.fronts.baseline import COMPARISON, held_against, write_comparison
from conformance.fronts.history import Keeper
from conformance.fronts.options import Wish, repeat_command
from conformance.fronts.prepare import Prepared
from conformance.fronts.secrets import Harvest, known, learn
from conformance.fronts.versions import suite_version, versions
from conformance.gate.decision import Seen, decide
from conformance.gate.excuses import NO_GATE
from conformance.history.address import Address
from conformance.record import (
    CaseLine,
    End,
    Header,
    Intent,
    IntentEnd,
    Notice,
    RunRecord,
    SourceLine,
    TargetEntry,
    WaiverLine,
    Writer,
    header,
)
from conformance.record.conclusion import never_heard
from conformance.record.sources import sources
from conformance.reporting.html import NAME as REPORT
from conformance.reporting.html import write_html
from conformance.reporting.junit import write_junit
from conformance.reporting.markdown import write_markdown
from conformance.reporting.summary import write_summary
from conformance.run import Result
from conformance.run.engine import JOBS
from conformance.run.targets import REFERENCE
from conformance.transcript import Frame, Transcript

RUN, SUMMARY, JUNIT, PAGE = "run.jsonl", "summary.json", "junit.xml", "summary.md"

# What the reports show excerpts of. What a hostile target sends must not fill the memory: the transcripts
# beyond this many bytes are in the run file alone.
KEPT = 32 * 1024 * 1024
ENTRY = 1024

NEVER_BEGAN = {True: "unusable contract", False: "inconclusive"}


def report_folder(wish: Wish) -> Path:
    """The folder that was asked for, or a fresh one under ``reports``."""
    if wish.report_dir:
        return Path(wish.report_dir).expanduser()
    target = wish.target or (wish.url[0] if wish.url else REFERENCE)
    if "://" in target:  # neither who asks nor what for is anything to name a folder after
        target = re.split(r"[?#]", target.partition("://")[2])[0].rpartition("@")[2]
    words = re.sub(r"[^A-Za-z0-9.]+", "-", target).strip("-.")[:60] or "target"
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{words}"
    folder, number = Path("reports") / name, 1
    while folder.exists():
        number += 1
        folder = Path("reports") / f"{name}-{number}"
    return folder


class Artefacts:
    """The artefacts of one run. Making one fails with one sentence when the folder cannot be written to.

    With a ``baseline`` there is a ``comparison`` with it, once the run has come to its end. ``history``
    remembers a run that began.
    """

    def __init__(
        self, folder: Path, wish: Wish, baseline: RunRecord | None = None, history: Address | None = None
    ) -> None:
        self.folder = folder
        self.baseline = baseline
        self.comparison: Comparison | None = None
        self.wish = wish
        self.keeper = Keeper(history)
        self.secrets = known(wish)
        self.writer = Writer(folder / RUN, self.secrets)
        for name in (SUMMARY, JUNIT, PAGE, REPORT):
            if (folder / name).is_dir():
                raise EnvironmentFailure(f"cannot write {folder / name}: it is a folder")
        self.gate = NO_GATE
        self.doubts: tuple[str, ...] = ()
        """Why nobody can be sure how the run went, whatever its cases say."""
        self._header: Header | None = None
        self._harvest: Harvest | None = None
        self._lines: dict[str, CaseLine] = {}
        self._notices: list[Notice] = []
        self._waivers: list[WaiverLine] = []
        self._intents: dict[int, Intent] = {}
        self._intent_ends: dict[int, IntentEnd] = {}
        self._sources: list[SourceLine] = []
        self._room = KEPT

    def begin(self, prepared: Prepared) -> Header:
        """Writes the header: what is put to whom, and the documents' texts."""
        self.gate = prepared.gate
        seen = learn(self.secrets, prepared.contract, prepared.target.credentials)
        self._harvest = Harvest(prepared.contract, self.secrets)
        made = header(
            suite=suite_version(),
            target=prepared.target,
            services=prepared.contract.services.values(),
            overlays=prepared.contract.overlays,
            notes=prepared.contract.notes,
            clauses=prepared.catalogue.clauses.values(),
            cases=prepared.cases,
            unenforceable=prepared.catalogue.unenforced,
            seed=self.wish.seed or 0,
            jobs=self.wish.jobs or JOBS,
            selection=[
                *(f"--case {one}" for one in self.wish.case),
                *(f"--clause {one}" for one in self.wish.clause),
                *filter(None, [prepared.picked]),
            ],
            build=self.wish.build,
            versions=versions(),
        )
        self._header = self.writer.header(made)
        contract = prepared.documented
        for line in sources(contract.files, contract.clauses.values()):
            self._sources.append(self.writer.source(line))
        for sentence in seen:
            self.notice(sentence)
        return self._header

    def played(self, result: Result) -> None:
        """One play of a case that is played again and again: its secrets are known from now on."""
        if self._harvest is not None:
            self._harvest.look(result.case, result.transcript)

    def finished(self, result: Result) -> CaseLine:
        """Writes how a case ended."""
        self.played(result)
        line = self.writer.case(
            result.verdict,
            result.transcript,
            started=result.started,
            ended=result.ended,
            repeat=repeat_command(self.wish, result.case.id, result.moves),
            repeats=result.repeats,
            moves=result.moves,
        )
        self._lines[line.id] = self._bounded(line)
        return line

    def _bounded(self, line: CaseLine) -> CaseLine:
        if line.transcript is None:
            return line
        if line.outcome == "passed":  # the reports tell nothing of it
            return replace(line, transcript=None)
        self._room -= weight(line.transcript)
        return line if self._room >= 0 else replace(line, transcript=None)

    def notice(self, text: str) -> str:
        """Writes a sentence about the run itself, and says it as it may be told: without secrets."""
        self._told()
        self._notices.append(self.writer.notice(text))
        return self._notices[-1].text

    def end(self, *, interrupted: bool = False) -> RunRecord:
        """Writes the last line and the reports."""
        self._told()
        assert self._header is not None
        unheard = never_heard(self._header.clauses, self._lines.values())
        if unheard:
            self.notice(f"{' and '.join(unheard)} sent no message in the whole run, which proves nothing")
        seen = tuple(Seen.of(line, self._header.clauses, self.gate) for line in self._lines.values())
        also: tuple[str, ...] = ()
        if self.baseline is not None and not interrupted:
            so_far = replace(self._record(None), waivers=decide(self.gate, seen).waivers)
            _, also = held_against(self.baseline, so_far, strict=self.wish.strict)
        unsure = (*unheard, *self.doubts)
        made = decide(self.gate, seen, interrupted=interrupted, unheard=unsure, also=also)
        self._waivers += map(self.writer.waiver, made.waivers)
        self.keeper.open(self.notice)
        end = self.writer.end(
            made.verdict, made.exit_code, interrupted=interrupted,
            gate=made.reasons, waived=made.waived, warned=made.warned,
        )  # fmt: skip
        record = self._close(end)
        if self.baseline is not None and not interrupted:
            self.comparison, also = held_against(self.baseline, record, strict=self.wish.strict)
            write_comparison(self.comparison, also, self.folder / COMPARISON)
        late: list[str] = []
        self.keeper.keep(record, late.append)
        told = (Notice(self.secrets.redact_text(one)) for one in late)
        return replace(record, notices=(*record.notices, *told))

    def failed(self, failure: Exception, code: int) -> RunRecord | None:
        """The run could not begin, or could not go on: the artefacts say why, as far as they still can.

        The record of it; None when it could not be written. A run that has its last line keeps it: what
        failed then was a report, which can be made again.
        """
        if self.writer.closed:
            return None
        try:
            self.notice(str(failure))
            verdict = NEVER_BEGAN[isinstance(failure, DocumentError) or code == 2]
            if code == 4:
                verdict = "broken suite"
            return self._close(self.writer.end(verdict, code))
        except EnvironmentFailure:
            self.writer.close()
            return None

    def _told(self) -> None:
        """A run that could not begin has a header all the same: a run file starts with one."""
        if self._header is None:
            target = TargetEntry(self.wish.target or REFERENCE, {})
            seed, jobs = self.wish.seed or 0, self.wish.jobs or JOBS
            self._header = self.writer.header(Header(suite_version(), _now(), target, (), seed, jobs, (), ()))

    def _close(self, end: End) -> RunRecord:
        assert self._header is not None
        self.writer.close()
        record = self._record(end)
        write_summary(record, self.folder / SUMMARY)
        write_junit(record, self.folder / JUNIT)
        write_markdown(record, self.folder / PAGE)
        write_html(record, self.folder / REPORT, record.path)
        return record

    def intent(self, sent: Intent, at: int) -> None:
        """An order is about to be sent: that is on the disk when this returns."""
        self._intents[sent.number] = self.writer.intent(sent, at, durable=True)

    def intent_end(self, end: IntentEnd) -> None:
        """This became of an order."""
        self._intent_ends[end.number] = self.writer.intent_end(end)

    def _record(self, end: End | None) -> RunRecord:
        assert self._header is not None
        return RunRecord(
            self._header,
            tuple(self._lines.values()),
            tuple(self._notices),
            end,
            str(self.folder / RUN),
            tuple(self._sources),
            tuple(self._waivers),
            tuple(self._intents.values()),
            tuple(self._intent_ends.values()),
        )


def weight(transcript: Transcript) -> int:
    """How much memory a transcript takes, roughly."""
    return sum(
        ENTRY + (len(entry.data) if isinstance(entry, Frame) else len(getattr(entry, "body", b"")))
        for entry in transcript.entries
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
