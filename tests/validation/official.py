"""The official JSON Schema suite, out of jsonschema's source distribution: never committed, never skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

SOURCE = "jsonschema==4.26.0"
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
