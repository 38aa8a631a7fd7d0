"""`omen-conformance adopt`: an overlay that offers what a document leaves unsaid, guessed from its names."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from conformance.adopt.overlay import overlay
from conformance.contract import Protocol
from conformance.contract.loading import read
from conformance.documents.find import find
from conformance.errors import EnvironmentFailure, UsageError

HELP = "offer an overlay that completes a document that says too little"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this verb."""
    parser.add_argument("document", metavar="DOC", help="an AsyncAPI document, or NAME=FILE")
    parser.add_argument("--output", metavar="FILE", help="write the overlay there (never over a file)")


def run(options: argparse.Namespace) -> int:
    """Print or write the overlay; nothing of it is used before somebody gives it with --overlay."""
    sources = find(asyncapi=[options.document])
    contract, (loaded,) = read(sources)
    services = [each for each in contract.services.values() if each.protocol is Protocol.WEBSOCKET]
    document = sources.asyncapi[0][1]
    if not services:
        raise UsageError(f"{document} describes no WebSocket service", hint="adopt is for AsyncAPI documents")
    if options.output is None:
        print(overlay(services, loaded.tree, os.path.relpath(document)), end="")
        return 0
    output = Path(options.output)
    text = overlay(services, loaded.tree, os.path.relpath(document.resolve(), output.resolve().parent))
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{output} is there already", hint="nothing is written over a file") from None
    except OSError as problem:
        raise EnvironmentFailure(f"{output} cannot be written: {problem.strerror or problem}") from None
    print(
        f"{output}: look through it, then: omen-conformance list --asyncapi {document} --overlay {output}",
        file=sys.stderr,
    )
    return 0
