"""A file -> a tree that knows the line of every value."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from conformance.documents.encoding import decoded
from conformance.documents.json_text import parse_json
from conformance.documents.tree import Tree
from conformance.documents.yaml_text import parse_yaml
from conformance.errors import DocumentError

MAX_BYTES = 32 * 1024 * 1024
NONBLOCK = getattr(os, "O_NONBLOCK", 0)


def load_tree(path: Path, shown: str = "") -> Tree:
    """Read a YAML or (by its suffix) JSON document. ``shown`` is its name for people.

    Raises DocumentError: missing, a directory, unreadable, too large, not UTF-8, not YAML or JSON, empty,
    or not a map at the top.
    """
    shown = shown or str(path)
    return parse_tree(read_bytes(path, shown), path, shown)


def read_bytes(path: Path, shown: str) -> bytes:
    """The bytes of a document. Raises DocumentError when they cannot be read."""
    expected = "a YAML or JSON document"
    try:
        # without waiting: nobody may ever write into a pipe
        with os.fdopen(os.open(path, os.O_RDONLY | NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise DocumentError(shown, "this is a device or a pipe", expected=expected)
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise DocumentError(shown, "no such file", expected=expected) from None
    except IsADirectoryError:
        raise DocumentError(shown, "this is a directory", expected=expected) from None
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else None
        raise DocumentError(shown, f"cannot be read: {reason or problem}") from None
    if len(data) > MAX_BYTES:
        raise DocumentError(
            shown, f"larger than {MAX_BYTES // 1024 // 1024} MiB", expected="a contract document"
        )
    return data


def parse_tree(data: bytes, path: Path, shown: str) -> Tree:
    """The tree of a document's bytes. Raises DocumentError as ``load_tree`` does."""
    text = decoded(data, shown)
    parse = parse_json if path.suffix.lower() == ".json" else parse_yaml
    value, spot = parse(text, shown)
    if spot is None or value is None:
        raise DocumentError(f"{shown}:1", "the document is empty", expected="a map at the top")
    if not isinstance(value, dict):
        kind = "a list" if isinstance(value, list) else "a single value"
        raise DocumentError(f"{shown}:{spot.line}", f"the document is {kind}", expected="a map at the top")
    return Tree(shown, path, value, spot, hashlib.sha256(data).hexdigest())
