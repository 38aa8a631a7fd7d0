"""`omen-conformance run`: puts every case to a target and says which promises it keeps."""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import Sequence

from conformance.errors import ConformanceError, DocumentError, UsageError
from conformance.fronts import options as known
from conformance.fronts.artefacts import Artefacts, report_folder
from conformance.fronts.baseline import earlier_run, writes_over
from conformance.fronts.ci import tell
from conformance.fronts.history import history_of
from conformance.fronts.listing import told
from conformance.fronts.parsing import add
from conformance.fronts.playing import play
from conformance.fronts.prepare import prepare
from conformance.fronts.secrets import known as known_secrets
from conformance.fronts.secrets import starred
from conformance.record import RunRecord
from conformance.reporting.comparison import beside
from conformance.reporting.paper import Paper, count
from conformance.reporting.progress import Progress
from conformance.reporting.terminal import final
from conformance.statistics.sequential import Plan

HELP = "put every case to a target and say which promises it keeps"
SUITE_FAULT = 4


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb."""
    parser.add_argument(
        "target", nargs="?", default="", metavar="TARGET",
        help="reference (embedded, the default), or a server's name from the documents",
    )  # fmt: skip
    add(parser, "which target", known.TARGET)
    add(parser, "which cases", (*known.SELECTION, *known.DRAWN))
    add(parser, "which documents", known.CONTRACT)
    add(parser, "how", known.PLAY)
    add(parser, "what fails it", known.GATE)


def run(options: argparse.Namespace) -> int:
    """Run to the end, or to the first Ctrl-C; the exit code says what came out."""
    # From the first moment, not only while cases play: whoever ends us gets a run file that says so.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        wish = known.wish(vars(options), options.target)
    except UsageError as failure:
        _note(options.report_dir, failure, known.Wish(baseline=options.baseline or ""))
        raise
    known_secrets(wish)
    try:
        baseline = earlier_run(wish)
        history = history_of(wish)
    except (DocumentError, UsageError) as failure:
        _note(options.report_dir, failure, wish)
        raise
    artefacts = Artefacts(report_folder(wish), wish, baseline, history)
    try:
        record = _played(wish, artefacts)
    except ConformanceError as failure:
        tell(artefacts.failed(failure, failure.exit_code))
        raise
    except KeyboardInterrupt:
        tell(artefacts.end(interrupted=True))
        raise
    except Exception as fault:
        tell(artefacts.failed(RuntimeError(f"{type(fault).__name__}: {fault}"), SUITE_FAULT))
        raise
    if artefacts.comparison is not None:
        sys.stdout.write(beside(artefacts.comparison, Paper.of(sys.stdout)) + "\n")
    sys.stdout.write(final(record, Paper.of(sys.stdout), artefacts=str(artefacts.folder)))
    tell(record)
    assert record.end is not None
    return record.end.exit_code


def refused(words: Sequence[str], failure: UsageError) -> None:
    """Wrong options: a folder that was named tells of it, too."""
    wish = known.Wish(url=tuple(words), baseline=_given("--baseline", words))
    known_secrets(wish)
    _note(_given("--report-dir", words), failure, wish)


def _given(option: str, words: Sequence[str]) -> str:
    """The value of an option among words that nobody could read as a whole; the last one, as for a reader."""
    found = ""
    for at, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name == option:
            found = value if equals else "".join(words[at + 1 : at + 2])
    return found


def _note(folder: str | None, failure: UsageError | DocumentError, given: known.Wish) -> None:
    if folder and not writes_over(given.baseline, folder):
        wish = known.Wish(target=given.target, url=given.url, credential=given.credential, report_dir=folder)
        tell(Artefacts(report_folder(wish), wish).failed(failure, failure.exit_code))


def expected(cases: int) -> str:
    """What it costs to repeat each case, in a line."""
    plan = Plan()
    worst = max(plan.expected(p / 100) for p in range(51))
    return (
        f"note: --repeat plays {count(cases, 'case')} {plan.first} times each, {cases * plan.first} plays; "
        f"one that fails now and then about {worst:.0f} times at worst on average, and {plan.most} at most"
    )


def _played(wish: known.Wish, artefacts: Artefacts) -> RunRecord:
    gc.disable()  # until the first case is played: what is made before that stays
    prepared = prepare(wish)
    for line in told(prepared.documented):
        print(starred(line), file=sys.stderr, flush=True)
    cases = len(prepared.cases)
    if wish.repeat:
        print(expected(cases), file=sys.stderr, flush=True)
    progress = Progress(cases, sys.stderr, plays=Plan().first * cases if wish.repeat else 0)
    try:
        return asyncio.run(play(prepared, wish, artefacts, progress))
    finally:
        progress.close()
        gc.unfreeze()
        gc.enable()
