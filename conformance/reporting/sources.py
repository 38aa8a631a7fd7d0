"""The lines of the documents, as the run file keeps them."""

from __future__ import annotations

import re

from conformance.record import RunRecord

_PLACE = re.compile(r"(.+):([1-9][0-9]{0,8})", re.DOTALL)


def place(where: str) -> tuple[str, int] | None:
    """The file and the line of a ``file:line``; None for anything else."""
    found = _PLACE.fullmatch(where)
    return (found[1], int(found[2])) if found else None


class Sources:
    """The texts that the documents of a run were read from, where its file has them."""

    def __init__(self, run: RunRecord) -> None:
        self._texts = {each.path: each.text for each in run.sources}
        self._lines: dict[str, list[str]] = {}

    def line(self, file: str, number: int) -> str:
        """A line of a file, from 1, without what is around it; '' where it is not known."""
        if file not in self._lines:
            # Lines of YAML and JSON end with these alone (YAML 1.2.2, 5.4).
            self._lines[file] = re.split(r"\r\n|\r|\n", self._texts.get(file, ""))
        lines = self._lines[file]
        return lines[number - 1].strip() if number <= len(lines) else ""

    def at(self, where: str) -> str:
        """The line that a ``file:line`` names; '' where it is not known."""
        found = place(where)
        return self.line(*found) if found else ""
