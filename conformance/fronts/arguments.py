"""Command-line options that fail in one sentence, with the nearest option that there is."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NoReturn

from conformance.errors import UsageError


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are UsageErrors, and which does not guess abbreviations."""

    def __init__(self, prog: str, description: str) -> None:
        super().__init__(prog=prog, description=description, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """One sentence instead of the usage and an exit."""
        raise UsageError(f"{self.verb}: {message}", hint=f"{self.prog} --help lists the options")

    @property
    def verb(self) -> str:
        """The verb that these options belong to."""
        return self.prog.rpartition(" ")[2]

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        """The options; an unknown one is refused with its nearest neighbours."""
        known, rest = self.parse_known_args(words)
        for word in rest:
            if word.startswith("-") and word != "-":
                option = word.partition("=")[0]
                near = get_close_matches(option, list(self._option_string_actions), n=2, cutoff=0.6)
                hint = (
                    f"did you mean {' or '.join(near)}?" if near else f"{self.prog} --help lists the options"
                )
                raise UsageError(f"{self.verb}: no option {option!r}", hint=hint)
        if rest:
            raise UsageError(f"{self.verb}: one word too many: {rest[0]!r}")
        return known
