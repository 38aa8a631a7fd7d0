"""Puts the official JavaScript tools into a cache outside the project: never committed, never skipped."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

PACKAGES = (
    "@asyncapi/parser@3.6.3",
    "@microsoft/jest-sarif@1.0.0-beta.0",
    "@asyncapi/specs@6.11.1",
    "@actions/core@3.0.1",
    "@seriousme/openapi-schema-validator@2.11.0",
)
CACHE = (
    "CONFORMANCE_NODE_CACHE"  # environment variable: where to keep them instead of the temporary directory
)


class NoNodeError(Exception):
    """The official tools cannot be installed here."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"the documents cannot be held against their official tools: {self.reason}"


def program(name: str) -> str:
    """The path of ``node`` or ``npm``: of this Python's environment, else of the machine."""
    beside = shutil.which(name, path=str(Path(sys.executable).parent))
    found = beside or shutil.which(name)
    if found is None:
        raise NoNodeError(f"{name} is not there (pip install -e '.[test]' brings it, or install Node.js 20)")
    return found


def installed(packages: Sequence[str] = PACKAGES) -> Path:
    """The directory that holds `node_modules`, filled when it was not."""
    npm = program("npm")
    pins = hashlib.sha256(" ".join(packages).encode()).hexdigest()[:12]
    base = Path(os.environ.get(CACHE) or Path(tempfile.gettempdir()) / "conformance-node")
    home = base / pins
    if (home / "node_modules").is_dir():
        return home
    base.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(dir=base))
    asked = [
        npm,
        "install",
        "--prefix",
        str(making),
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        *packages,
    ]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        shutil.rmtree(making)
        raise NoNodeError(f"npm install failed: {done.stderr.strip()[-400:]}")
    try:
        making.rename(home)
    except OSError:  # another process was faster
        shutil.rmtree(making)
    return home


def run(home: Path, script: str, *arguments: str) -> str:
    """What a JavaScript module prints; its imports are found in the cache."""
    with tempfile.NamedTemporaryFile("w", suffix=".mjs", dir=home, delete=False) as file:
        file.write(script)
    try:
        done = subprocess.run(
            [program("node"), file.name, *arguments], capture_output=True, text=True, check=False, cwd=home
        )
    finally:
        Path(file.name).unlink()
    assert done.returncode == 0, done.stderr
    return done.stdout
