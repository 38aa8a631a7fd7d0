"""Our own failures: what stops a run before, or apart from, any verdict on a target.

Each class holds fields; ``__str__`` writes the one sentence that a user reads: what, where, what was
expected, what to do. The command line turns ``exit_code`` into the process's exit code.
"""

from __future__ import annotations


class ConformanceError(Exception):
    """A failure with one clear sentence for the user; never a finding about a target."""

    exit_code = 4


class UsageError(ConformanceError):
    """A wrong option, name or value on the command line or in a target file."""

    exit_code = 2

    def __init__(self, what: str, *, hint: str = "") -> None:
        super().__init__(what, hint)
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.what} ({self.hint})" if self.hint else self.what


class DocumentError(ConformanceError):
    """A contract or scenario document that cannot be used.

    ``where`` is ``file`` or ``file:line``; ``expected`` and ``hint`` may be empty.
    """

    exit_code = 2

    def __init__(self, where: str, what: str, *, expected: str = "", hint: str = "") -> None:
        super().__init__(where, what, expected, hint)
        self.where = where
        self.what = what
        self.expected = expected
        self.hint = hint

    def __str__(self) -> str:
        sentence = f"{self.where}: {self.what}"
        if self.expected:
            sentence += f"; expected {self.expected}"
        if self.hint:
            sentence += f" ({self.hint})"
        return sentence


class EnvironmentFailure(ConformanceError):
    """The surroundings failed before a verdict was possible: a port, a file system, a child process."""

    exit_code = 3

    def __init__(self, what: str, *, hint: str = "") -> None:
        super().__init__(what, hint)
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.what} ({self.hint})" if self.hint else self.what
