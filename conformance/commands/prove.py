"""`omen-conformance prove`: shows that every case can fail, and that every broken promise is caught."""

from __future__ import annotations

import argparse
import asyncio
import os
import shlex
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from conformance.errors import ConformanceError, EnvironmentFailure, UsageError
from conformance.fronts.artefacts import report_folder
from conformance.fronts.options import Wish, whole
from conformance.fronts.versions import suite_version
from conformance.proof.ground import ground
from conformance.proof.journal import NAME as JOURNAL
from conformance.proof.journal import read_journal
from conformance.proof.page import NAME as PAGE
from conformance.proof.page import write_page
from conformance.proof.progress import Counting
from conformance.proof.prover import Asked, prove
from conformance.proof.record import EXIT_CODES, INCOMPLETE, INCONCLUSIVE, ProofRecord
from conformance.proof.summary import NAME as SUMMARY
from conformance.proof.summary import write_proof
from conformance.proof.telling import final
from conformance.reporting.paper import Paper

HELP = "show that every case can fail, and that every fault is caught"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb."""
    parser.description = (
        "Puts faults of the embedded reference to the cases that claim what they break: each must be caught "
        "by a case that names the broken clause, and each case must be seen failing."
    )
    parser.add_argument(
        "--full",
        action="store_true",
        help="put every case to every fault (hours), not only those that claim it",
    )
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument(
        "--sample", metavar="N", help="only the N-th tenth of the derived faults, and all behavioural ones"
    )
    extent.add_argument(
        "--fault", action="append", default=[], metavar="NAME", help="only this fault; repeatable"
    )
    parser.add_argument("--workers", metavar="N", help="processes that work side by side (one a core)")
    parser.add_argument("--seed", metavar="N", default="0", help="what decides all that moves by chance (0)")
    parser.add_argument("--report-dir", metavar="DIR", help="where proof.jsonl, proof.json and proof.html go")
    parser.add_argument(
        "--resume", action="store_true", help="go on with the proof in --report-dir where it was stopped"
    )


def run(options: argparse.Namespace) -> int:
    """Prove to the end, or to the first Ctrl-C; the exit code says what came out."""
    # From the first moment: whoever ends us gets what is known so far, and how to go on.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    tenth = None if options.sample is None else whole("--sample", options.sample)
    if options.resume and not options.report_dir:
        raise UsageError("--resume needs the --report-dir of the proof that is to be gone on with")
    asked = Asked(
        suite=suite_version(),
        mode="sample" if tenth is not None or options.fault else "full" if options.full else "default",
        full=options.full,
        tenth=tenth,
        names=tuple(options.fault),
        seed=whole("--seed", options.seed),
        workers=_cores() if options.workers is None else whole("--workers", options.workers, 1),
        resume=options.resume,
    )
    folder = report_folder(Wish(target="proof", report_dir=options.report_dir or ""))
    for name in (JOURNAL, SUMMARY, PAGE):
        if (folder / name).is_dir():
            raise EnvironmentFailure(f"cannot write {folder / name}: it is a folder")
    counting = Counting(sys.stderr)
    try:
        record = asyncio.run(prove(ground(), asked, folder, counting))
    except KeyboardInterrupt:
        counting.close()
        _kept(folder, options)
        raise
    finally:
        counting.close()
    _write(record, folder)
    sys.stdout.write(final(record, Paper.of(sys.stdout), artefacts=str(folder)))
    if asked.mode == "sample" and record.verdict == INCOMPLETE and not record.of(INCONCLUSIVE):
        return 0  # as far as it goes, nothing speaks against it
    return EXIT_CODES[record.verdict]


def _write(record: ProofRecord, folder: Path) -> None:
    write_proof(record, folder / SUMMARY)
    write_page(record, folder / PAGE)


def _kept(folder: Path, options: argparse.Namespace) -> None:
    """What is known so far, told and written all the same."""
    try:
        record = read_journal(folder).record
    except ConformanceError:  # nothing has been written yet
        return
    _write(record, folder)
    sys.stdout.write(final(record, Paper.of(sys.stdout), artefacts=str(folder)))
    print(f"To go on: omen-conformance prove --resume {shlex.join(_again(folder, options))}")


def _again(folder: Path, options: argparse.Namespace) -> Iterator[str]:
    """The options that make the same proof again: a journal is gone on with by no other."""
    yield from ("--report-dir", str(folder))
    if options.full:
        yield "--full"
    for name in ("sample", "workers"):
        if getattr(options, name) is not None:
            yield from (f"--{name}", getattr(options, name))
    if options.seed != "0":
        yield from ("--seed", options.seed)
    for fault in options.fault:
        yield from ("--fault", fault)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1
