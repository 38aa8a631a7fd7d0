"""The command line: a table of verbs, each a module that is imported only when it is asked for.

This module imports next to nothing, so that help costs next to nothing.
"""

import sys
from typing import NoReturn

VERBS = {
    "run": ("conformance.commands.run", "put every case to a target and say which promises it keeps"),
    "list": ("conformance.commands.list", "list the cases that the documents give"),
    "serve": ("conformance.commands.serve", "start the embedded reference exchange"),
}
"""Verb -> the module that does it, and its one line of help."""

PROGRAM = "omen-conformance"
BROKEN_PIPE = 141
INTERRUPTED = 130
SUITE_FAULT = 4


def main(arguments: list[str] | None = None) -> NoReturn:
    """The entry point: exits with the code of what was asked for, and never with a traceback."""
    code = _guarded(sys.argv[1:] if arguments is None else arguments)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _silence_output()
        code = BROKEN_PIPE
    sys.exit(code)


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
        print(f"{PROGRAM}: interrupted", file=sys.stderr)
        return INTERRUPTED
    except Exception as failure:
        if debug:
            raise
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
        print(f"{PROGRAM}: {_unknown(verb)}", file=sys.stderr)
        return 2
    from importlib import import_module

    from conformance.errors import UsageError
    from conformance.fronts.arguments import Parser

    module = import_module(VERBS[verb][0])
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
        print(f"{PROGRAM}: {failure}", file=sys.stderr)
        return failure.exit_code
    import tempfile
    import traceback

    sentence = f"{PROGRAM}: a fault of the suite itself: {type(failure).__name__}: {failure}"
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            prefix=f"{PROGRAM}-",
            suffix=".txt",
            delete=False,
            encoding="utf-8",
            errors="backslashreplace",
        ) as file:
            traceback.print_exception(failure, file=file)
        print(f"{sentence} (its traceback is in {file.name})", file=sys.stderr)
    except OSError:
        print(f"{sentence} (--debug shows its traceback)", file=sys.stderr)
    return SUITE_FAULT


def _silence_output() -> None:
    """Whoever read our output has gone: nothing more is written, not even by the interpreter's own end."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
