from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.front.command import environment


@dataclass(frozen=True)
class Reference:
    """A reference exchange that a test talks to as a user of another process would."""

    addresses: dict[str, str]
    keys: dict[str, str]

    def urls(self, *names: str) -> list[str]:
        """``--url`` for these documents, or for all."""
        chosen = names or tuple(self.addresses)
        return [word for name in chosen for word in ("--url", f"{name}={self.addresses[name]}")]


@pytest.fixture(scope="session")
def reference() -> Iterator[Reference]:
    """The reference exchange in a process of its own."""
    words = [sys.executable, "-m", "conformance.cli", "serve", "--embedded", "--deadline", "auth=1500"]
    with subprocess.Popen(
        words, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        said = json.loads(child.stdout.readline())
        yield Reference(said["addresses"], {one["label"]: one["value"] for one in said["credentials"]})
        child.stdin.close()
        assert child.wait(60) == 0
