"""Small documents for tests: texts written into a folder, or read without one."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from conformance.documents.loader import load_tree, parse_tree
from conformance.documents.tree import Tree


def tree_of(text: str, name: str = "a.yaml") -> Tree:
    """The tree of a text that stands in no file."""
    return parse_tree(dedent(text).encode(), Path(name), name)


def write(folder: Path, **files: str) -> None:
    """Write texts into a folder; ``__`` in a name is a slash, ``_yaml`` its suffix."""
    for name, text in files.items():
        path = folder / (name.replace("__", "/").removesuffix("_yaml") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))


def loaded(folder: Path, name: str = "root.yaml") -> Tree:
    """The tree of a file, shown by its name alone."""
    return load_tree(folder / name, name)
