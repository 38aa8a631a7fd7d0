"""Files that are there as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from conformance.errors import EnvironmentFailure


@contextmanager
def drafted(path: Path | str) -> Iterator[TextIO]:
    """A file to write a report into: it takes its place when all is written, and a reader never sees half.

    A device or a pipe (``/dev/stdout``) is written into as it is, for nothing may stand in its place; a link
    stays, and what it leads to is written. Raises ``EnvironmentFailure`` when that cannot be done; then
    nothing is left behind.
    """
    asked = Path(path)
    try:
        file = asked.resolve()
        if file.is_dir():
            raise IsADirectoryError(21, "Is a directory")
        if file.exists() and not file.is_file():
            with asked.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as out:
                yield out
            return
        draft = file.with_name(file.name + ".part")
        try:
            with draft.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as out:
                yield out
            draft.replace(file)
        except BaseException:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise EnvironmentFailure(f"cannot write {asked}: {error.strerror}") from error
