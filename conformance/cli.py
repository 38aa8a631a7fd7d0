"""The command line: a table of verbs, each a module that is imported only when it is asked for.

This module imports next to nothing, so that help costs next to nothing.
"""

import errno
import sys
from typing import NoReturn

VERBS = {
    "run": ("conformance.commands.run", "put every case to a target and say which promises it keeps"),
    "report": (
        "conformance.commands.report",
        "tell a run again, from its file alone: for people, build servers and code hosts",
    ),
    "list": ("conformance.commands.list", "list the cases that the documents give"),
    "adopt": (
        "conformance.commands.adopt",
        "offer an overlay that completes a document that says too little",
    ),
    "lint": (
        "conformance.commands.lint",
        "find promises that contradict each other or that nobody can enforce",
    ),
    "diff": ("conformance.commands.diff", "tell what changed between two contracts, and whom it breaks"),
    "compare": (
        "conformance.commands.compare",
        "tell what changed between two runs, and whether the later one is worse",
    ),
    "waive": (
        "conformance.commands.waive",
        "print waivers of the promises that a run saw broken, ready to paste",
    ),
    "bundle": (
        "conformance.commands.bundle",
        "make one archive of a run, its documents and its reports, or verify such an archive",
    ),
    "history": (
        "conformance.commands.history",
        "tell which clause broke when, with which build, and how long the target took over time",
    ),
    "sweep": (
        "conformance.commands.sweep",
        "cancel the orders that an earlier run left open, also one that was killed",
    ),
    "serve": ("conformance.commands.serve", "start the embedded reference exchange"),
    "prove": (
        "conformance.commands.prove",
        "show that every case can fail, and that every fault is caught",
    ),
}
"""Verb -> the module that does it, and its one line of help."""

AT_ONCE = frozenset({"list"})
"""Verbs that leave nothing to be tidied up, neither process nor file: taking apart all that they have made
would cost a twentieth of their time."""

PROGRAM = "omen-conformance"
BROKEN_PIPE = 141
ENVIRONMENT = 3
INTERRUPTED = 130
SUITE_FAULT = 4
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def main(arguments: list[str] | None = None) -> NoReturn:
    """The entry point: exits with the code of what was asked for, and never with a traceback."""
    _open_streams()
    code = _guarded(sys.argv[1:] if arguments is None else arguments)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _silence_output()
        code = BROKEN_PIPE
    except OSError as failure:
        code = _no_room(failure)
    if arguments is None and sys.argv[1:2] and sys.argv[1] in AT_ONCE:
        _leave(code)
    sys.exit(code)


def _leave(code: int) -> NoReturn:
    """Ends the process, of which all output has been written."""
    import os
    from contextlib import suppress

    with suppress(OSError):
        sys.stderr.flush()
    os._exit(code)


def _guarded(arguments: list[str]) -> int:
    """Runs a verb; every failure of ours becomes one sentence and an exit code."""
    debug = "--debug" in arguments
    arguments = [one for one in arguments if one != "--debug"]
    try:
        return _dispatch(arguments)
    except BrokenPipeError:
        _silence_output()
        return BROKEN_PIPE
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED
    except Exception as failure:  # noqa: BLE001 - whatever it is, it is told, and with an exit code of its own
        if debug:
            _say(_traceback(failure))
            return int(getattr(failure, "exit_code", SUITE_FAULT))
        if isinstance(failure, OSError) and failure.errno in NO_ROOM and failure.filename is None:
            return _no_room(failure)
        return _failed(failure)


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(_help())
        return 0
    if arguments[0] == "--version":
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"{PROGRAM} {version(PROGRAM)}")
        except PackageNotFoundError:
            print(f"{PROGRAM} (not installed)")
        return 0
    verb = arguments[0]
    if verb not in VERBS:
        _say(_unknown(verb))
        return 2
    import gc
    from importlib import import_module

    from conformance.errors import UsageError
    from conformance.fronts.arguments import Parser

    gc.disable()  # what is imported stays
    module = import_module(VERBS[verb][0])
    gc.enable()
    parser = Parser(prog=f"{PROGRAM} {verb}", description=module.HELP[0].upper() + module.HELP[1:] + ".")
    module.configure(parser)
    try:
        options = parser.parse(arguments[1:])
    except UsageError as failure:
        if hasattr(module, "refused"):
            module.refused(arguments[1:], failure)
        raise
    return int(module.run(options))


def _help() -> str:
    width = max(map(len, VERBS)) + 2
    lines = [
        f"usage: {PROGRAM} VERB [options]",
        "",
        "Does an endpoint keep every promise of its documents?",
        "",
    ]
    lines += [f"  {verb:<{width}}{says}" for verb, (_, says) in VERBS.items()]
    lines += ["", f"`{PROGRAM} VERB --help` tells a verb's options; `--version` the version of the suite;"]
    return "\n".join([*lines, "`--debug` shows the traceback of a fault of the suite itself."])


def _unknown(verb: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(verb, VERBS, n=2, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(VERBS)}"
    kind = "option" if verb.startswith("-") else "verb"
    return f"no {kind} {verb!r} ({hint})"


def _failed(failure: Exception) -> int:
    """The sentence and exit code of a failure: one of ours, or a fault of the suite."""
    from conformance.errors import ConformanceError

    if isinstance(failure, ConformanceError):
        _say(_starred(str(failure)))
        return failure.exit_code
    import tempfile

    sentence = _starred(f"a fault of the suite itself: {type(failure).__name__}: {failure}")
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            prefix=f"{PROGRAM}-",
            suffix=".txt",
            delete=False,
            encoding="utf-8",
            errors="backslashreplace",
        ) as file:
            file.write(_traceback(failure))
        _say(f"{sentence} (its traceback is in {file.name})")
    except OSError:
        _say(f"{sentence} (--debug shows its traceback)")
    return SUITE_FAULT


def _traceback(failure: Exception) -> str:
    """Where it came from, without secrets: people send such a text around."""
    import traceback

    return _starred("".join(traceback.format_exception(failure)))


def _starred(text: str) -> str:
    """``text`` without the secrets of a run, where there has been one."""
    front = sys.modules.get("conformance.fronts.secrets")
    return text if front is None else str(front.starred(text))


def _say(sentence: str) -> None:
    """One sentence for the user, on one line, which a terminal obeys nothing of: a document, or a target, may
    be quoted in it. Where even that finds no room, the exit code has to do."""
    from contextlib import suppress

    sentence = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in sentence)
    with suppress(OSError):
        print(f"{PROGRAM}: {sentence}", file=sys.stderr, flush=True)


def _no_room(failure: OSError) -> int:
    """What we print is kept on a disk that is full: no fault of ours, and none of the target."""
    _silence_output()
    _say(f"cannot write to standard output: {failure.strerror}")
    return ENVIRONMENT


def _open_streams() -> None:
    """A stream that was closed before we began (``>&-``) becomes one that nobody reads; the descriptors are
    taken in their order, so that no file of ours gets the number of a standard stream. A letter that standard
    output does not know is written by its number."""
    import os
    from io import TextIOWrapper

    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - open to the end
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _silence_output() -> None:
    """Whoever read our output has gone: nothing more is written, not even by the interpreter's own end."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
