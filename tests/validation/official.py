"""The official JSON Schema suite, out of jsonschema's source distribution: never committed, never skipped."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.contract.clauses import Book, Subject
from conformance.contract.dialects import Flavour
from conformance.contract.expand import Expander
from conformance.contract.lexical import Lexical
from conformance.contract.schema import Dialect, Schema
from conformance.documents.allowed import Allowed
from conformance.documents.loader import parse_tree
from conformance.documents.references import References

SOURCE = "jsonschema==4.26.0"
SERVER = "http://localhost:1234/"
"""Where the suite's own ``remotes`` are said to be."""
DRAFTS = {
    "draft4": Dialect.DRAFT4,
    "draft6": Dialect.DRAFT6,
    "draft7": Dialect.DRAFT7,
    "draft2019-09": Dialect.DRAFT2019,
    "draft2020-12": Dialect.DRAFT2020,
}
GIVEN = "JSON_SCHEMA_TEST_SUITE"
"""Environment variable: the suite's ``tests`` folder, where it is not to be downloaded."""


def suite_folder() -> Path:
    """The suite's ``tests`` folder, downloaded once into the temporary directory."""
    if given := os.environ.get(GIVEN):
        return Path(given)
    home = Path(tempfile.gettempdir()) / f"conformance-{SOURCE.replace('==', '-')}"
    if not home.is_dir():
        making = Path(tempfile.mkdtemp())
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "jsonschema"]
        asked = [*pip, "--dest", str(making), SOURCE]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"the official JSON Schema suite cannot be had: {done.stderr[-400:]}"
        with tarfile.open(next(making.glob("*.tar.gz"))) as archive:
            if hasattr(tarfile, "data_filter"):  # not in the first releases of Python 3.11
                archive.extraction_filter = tarfile.data_filter
            archive.extractall(making / "suite")
        try:
            (making / "suite").rename(home)
        except OSError:  # another process was faster
            shutil.rmtree(making / "suite")
        shutil.rmtree(making)
    return next(home.glob("*/json/tests"))


@dataclass(frozen=True, slots=True)
class Asked:
    """One test of the suite: a value, and whether it keeps the schema."""

    file: str
    group: str
    test: str
    schema: Any
    value: Any
    valid: bool

    def __str__(self) -> str:
        return f"{self.file}: {self.group}: {self.test}"


def asked(folder: str) -> Iterator[Asked]:
    """All tests of a draft, the optional ones too."""
    home = suite_folder() / folder
    for file in sorted(home.rglob("*.json")):
        name = file.relative_to(home).as_posix()
        for group in json.loads(file.read_text("utf-8")):
            for test in group["tests"]:
                yield Asked(
                    name,
                    group["description"],
                    test["description"],
                    group["schema"],
                    test["data"],
                    test["valid"],
                )


def read(schema: Any, dialect: Dialect) -> Schema:
    """A schema as it is read from a document, references into the suite's ``remotes`` allowed by name."""
    wrapped = {"schema": schema} if isinstance(schema, bool) else schema  # a document is a map
    remotes = suite_folder().parent / "remotes"
    tree = parse_tree(json.dumps(wrapped).encode(), remotes.parent / "schema.json", "schema.json")
    references = References(tree, allowed=Allowed(((SERVER, remotes.resolve()),), (remotes.resolve(),)))
    node = tree.root if wrapped is schema else tree.root.get("schema")
    assert node is not None
    lexical = Lexical()
    made = Expander(references, lexical).expand(node, Flavour(dialect))
    return Book("suite", lexical).schema(made, Subject(("m",), "m"))
