"""The shared options on an argument parser."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from conformance.fronts.options import Option


def add(parser: argparse.ArgumentParser, title: str, options: Iterable[Option]) -> None:
    """Adds options as a group; those that are not given stay None."""
    group = parser.add_argument_group(title)
    for option in options:
        if option.flag:
            group.add_argument(f"--{option.name}", action="store_true", default=None, help=option.says)
        elif option.many:
            group.add_argument(f"--{option.name}", action="append", metavar=option.metavar, help=option.says)
        else:
            group.add_argument(f"--{option.name}", metavar=option.metavar, help=option.says)
