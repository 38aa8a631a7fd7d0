"""`omen-conformance bundle`: makes one archive of a run and all that it was judged by, or verifies one."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from conformance.errors import UsageError
from conformance.evidence import Verified, bundle, verify
from conformance.evidence.manifest import NAME
from conformance.fronts.versions import suite_version
from conformance.reporting.paper import Paper, count
from conformance.reporting.words import sentence

HELP = "make one archive of a run, its documents and its reports, or verify such an archive"
SUM = re.compile(r"(sha256:)?([0-9a-f]{64})", re.IGNORECASE)
MOST = 40


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb."""
    parser.add_argument("played", nargs="?", metavar="RUN", help="the folder of a run, or its run.jsonl")
    says = "where the archive goes (default: into RUN's folder, as evidence-TIME.zip)"
    parser.add_argument("--out", metavar="FILE", help=says)
    parser.add_argument("--verify", metavar="FILE", help="verify this archive instead of making one")
    says = f"with --verify: what the SHA-256 of its {NAME} has to be, as it was printed when it was made"
    parser.add_argument("--manifest", metavar="SHA256", default="", help=says)


def run(options: argparse.Namespace) -> int:
    """0; 1 for an archive that does not verify, 2 for what is none."""
    if options.verify is None:
        return _made(options)
    if options.played is not None or options.out is not None:
        raise UsageError("bundle: --verify takes no RUN and no --out", hint="bundle --verify FILE")
    expected = SUM.fullmatch(options.manifest)
    if options.manifest and expected is None:
        raise UsageError(
            f"--manifest {options.manifest!r} is no SHA-256", hint="sha256: and 64 hexadecimal digits"
        )
    wanted = expected[2].lower() if expected else ""
    return _told(verify(Path(options.verify).expanduser(), version=suite_version(), sha256=wanted), options)


def _made(options: argparse.Namespace) -> int:
    if options.played is None:
        raise UsageError("bundle: which run?", hint="bundle RUN, or bundle --verify FILE")
    if options.manifest:
        raise UsageError("bundle: --manifest is for --verify")
    out = Path(options.out).expanduser() if options.out else None
    made = bundle(Path(options.played).expanduser(), out, version=suite_version())
    paper = Paper.of(sys.stdout)
    for one in made.differ:
        say = Paper.of(sys.stderr).safe(f"note: {one.path} is not in it as it was read: {one.differs}")
        print(say, file=sys.stderr, flush=True)
    print(paper.safe(f"bundle    {made.path} ({count(made.files, 'file')}, {made.size} bytes)"))
    print(f"manifest  sha256:{made.sha256}")
    return 0


def _told(found: Verified, options: argparse.Namespace) -> int:
    paper = Paper.of(sys.stdout)
    for problem in found.problems[:MOST]:
        print(paper.safe(f"✗ {problem}"))
    if len(found.problems) > MOST:
        print(paper.safe(f"… and {len(found.problems) - MOST} more"))
    if found.run is not None and not found.problems:
        told = found.manifest["run"]
        print(paper.safe(f"run       {told['target']}, {told['started']}, suite {told['suite']}"))
        print(paper.safe(f"verdict   {told['verdict']}: {sentence(found.run)}"))
        for one in found.manifest["documents"]:
            state = "as it was read" if one["as_read"] else one["differs"]
            print(paper.safe(f"document  {one['path']} sha256:{one['sha256']}, {state}"))
    if found.sha256:
        print(f"manifest  sha256:{found.sha256}{', as expected' * (options.manifest != '' and _same(found))}")
    if found.problems:
        says = f"✗ {options.verify} does not verify: {count(len(found.problems), 'thing')} wrong"
        print(paper.styled(says, "red", "bold"))
        return 1
    print(paper.styled(f"✓ {options.verify} verifies: {count(found.files, 'file')}", "green", "bold"))
    return 0


def _same(found: Verified) -> bool:
    return all(one.file != NAME for one in found.problems)
