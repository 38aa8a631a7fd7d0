"""The verb ``prove`` in this process, over the real ground, with workers that only pretend."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.commands import prove
from conformance.proof import prover
from tests.proof.stage import Crews, grounds

Proved = Callable[..., tuple[int, str, str]]


@pytest.fixture
def crews(monkeypatch: pytest.MonkeyPatch) -> Crews:
    made = Crews()
    monkeypatch.setattr(prover, "Crew", made)
    monkeypatch.setattr(prove, "ground", grounds)
    assert import_module("conformance.commands.prove") is prove
    return made


@pytest.fixture
def proved(crews: Crews, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Proved:
    """``omen-conformance prove``: exit code, standard output, standard error."""

    def run(*words: str, report: Path | None = tmp_path / "report") -> tuple[int, str, str]:
        folder = ("--report-dir", str(report)) if report is not None else ()
        with pytest.raises(SystemExit) as ended:
            main(["prove", *folder, *words])
        told = capsys.readouterr()
        return int(str(ended.value.code)), told.out, told.err

    return run
