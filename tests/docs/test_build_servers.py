"""The pages about build servers: their files are valid, and each command in them does what the page says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.pages import Desk, desk, files, text_of

SELECTION = "--case lamps/commands/toService.ListLamps"
"""Of the pages' runs, which put every case: those that see the fault below, in a fraction of the time."""

WORKFLOW, PIPELINE = ".github/workflows/conformance.yml", ".gitlab-ci.yml"
FAULT = "wrong-type"
CLAUSE = "lamps/LampList/lamps/each/watts/type"
GREEN, RED = "✓ CONFORMANT", "✗ NOT CONFORMANT"
INSTALLED = "install --quiet omen-conformance @ git+https://"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Desk]:
    """The repository of the pages' example: the documents, the build, no waivers."""
    with desk(tmp_path, SELECTION, LAMPS_KEY="dusk") as made:
        made.lamps("contract")
        made.put("lamps.py", (tmp_path / "contract/lamps.py").read_text("utf-8"))
        made.put("waivers.yaml", "waivers: []\n")
        yield made


def broken(made: Desk) -> None:
    """Another build: one that breaks a promise."""
    text = (made.folder / "lamps.py").read_text("utf-8")
    assert "main(int(sys.argv[1])," in text
    made.put("lamps.py", text.replace('sys.argv[2] if len(sys.argv) > 2 else ""', repr(FAULT)))


def complaints(schema: str, file: Path) -> str:
    """What a schema's own users are told of a file: the tool brings the schemas that SchemaStore keeps."""
    asked = ["--builtin-schema", f"vendor.{schema}", str(file)]
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *asked], capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout if done.returncode else ""


def config(page: str, name: str) -> Any:
    return yaml.safe_load(files(text_of(page))[name])


@pytest.mark.parametrize(
    ("page", "schema", "name", "right", "wrong"),
    [
        ("gate-github.md", "github-workflows", WORKFLOW, "runs-on: ubuntu", "ruins-on: ubuntu"),
        ("gate-gitlab.md", "gitlab-ci", PIPELINE, "when: always", "when: sometimes"),
    ],
)
def test_the_file_is_a_valid_one(
    page: str, schema: str, name: str, right: str, wrong: str, tmp_path: Path
) -> None:
    """By the official schema, which refuses what is not one."""
    text = files(text_of(page))[name]
    (tmp_path / "good.yml").write_text(text, "utf-8")
    (tmp_path / "bad.yml").write_text(text.replace(right, wrong), "utf-8")
    assert complaints(schema, tmp_path / "good.yml") == ""
    assert "Schema validation errors" in complaints(schema, tmp_path / "bad.yml")


def github(made: Desk, summary: Path) -> list[tuple[str, int, str]]:
    """(name, exit code, output) of each `run` step of the workflow, as a runner plays them."""
    job = config("gate-github.md", WORKFLOW)["jobs"]["gate"]
    made.environment |= {**job["env"], "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    played: list[tuple[str, int, str]] = []
    red = False
    for step in job["steps"]:
        if "run" not in step or (red and step.get("if") != "${{ !cancelled() }}"):
            continue
        assert re.findall(r"\$\{\{(.*?)\}\}", step["run"]) == []
        text = step["run"]
        if "lamps.py" in text:
            made.start(text.splitlines()[0].replace("> lamps.log 2>&1 &", ""))
            text = text.splitlines()[1]
        done = made.typed(text, "bash", "-e")
        played.append((step["name"], done.returncode, done.stdout))
        red = red or done.returncode != 0
    return played


def test_github(bench: Desk, tmp_path: Path) -> None:
    """Green, and a baseline; then a build that breaks a promise, and everything tells it."""
    first, second = tmp_path / "first.md", tmp_path / "second.md"
    played = github(bench, first)
    assert [code for _, code, _ in played] == [0] * 5, played
    assert GREEN in {name: told for name, _, told in played}["Gate"]
    assert "Conformant" in first.read_text("utf-8")
    assert INSTALLED in bench.installed.read_text("utf-8")
    assert (tmp_path / "baseline/run.jsonl").is_file()

    bench.running.close()
    broken(bench)
    played = github(bench, second)
    assert [(name, code) for name, code, _ in played][-2:] == [("Gate", 1), ("Findings as SARIF", 0)], played
    gate = {name: told for name, _, told in played}["Gate"]
    assert RED in gate
    assert re.search(r"^::error .*file=contract/lamps\.asyncapi\.yaml,", gate, re.MULTILINE)
    assert CLAUSE in second.read_text("utf-8")
    assert (tmp_path / "conformance/comparison.json").is_file()
    sarif = json.loads((tmp_path / "conformance/report.sarif").read_text("utf-8"))
    assert [result["ruleId"] for result in sarif["runs"][0]["results"]] == [CLAUSE]
    assert "dusk" not in "".join(told for _, _, told in played)


def gitlab(made: Desk) -> tuple[int, str]:
    """Exit code and output of the job: its commands in one shell that stops at the first failure."""
    job = config("gate-gitlab.md", PIPELINE)["conformance"]
    made.environment |= job["variables"]
    done = made.typed("\n".join([*job["before_script"], *job["script"]]), "bash", "-eo", "pipefail")
    return done.returncode, done.stdout


def test_gitlab(bench: Desk, tmp_path: Path) -> None:
    """Green, and a baseline; then a build that breaks a promise, whose run is no baseline."""
    code, told = gitlab(bench)
    assert (code, GREEN in told) == (0, True), told
    assert INSTALLED in bench.installed.read_text("utf-8")
    kept = (tmp_path / "baseline/run.jsonl").read_bytes()
    job = config("gate-gitlab.md", PIPELINE)["conformance"]
    assert (tmp_path / job["artifacts"]["reports"]["junit"]).is_file()
    assert (tmp_path / job["artifacts"]["paths"][0] / "report.html").is_file()

    broken(bench)
    code, told = gitlab(bench)
    assert (code, RED in told) == (1, True), told
    assert (tmp_path / "conformance/comparison.json").is_file()
    assert (tmp_path / "baseline/run.jsonl").read_bytes() == kept


def test_gitlab_asks_again_only_where_the_environment_failed(bench: Desk) -> None:
    """The exit code that `retry` names is the one of a build that does not listen."""
    job = config("gate-gitlab.md", PIPELINE)["conformance"]
    done = bench.typed("\n".join(job["script"]), "bash", "-eo", "pipefail")
    assert [done.returncode] == job["retry"]["exit_codes"], done.stdout


def jenkins_steps() -> list[str]:
    """The shell scripts of the pipeline, in order, as Groovy reads them."""
    text = files(text_of("gate-jenkins.md"))["Jenkinsfile"]
    found = re.findall(r"\bsh (?:'''(.*?)'''|'([^'\n]*)')", text, re.DOTALL)
    assert len(found) == len(re.findall(r"\bsh\b", text))
    return [(long or short).replace("\\\\", "\\") for long, short in found]


def jenkins(made: Desk, baseline: Path | None = None) -> tuple[int, str]:
    """Exit code and output of the pipeline up to the first step that fails."""
    text = files(text_of("gate-jenkins.md"))["Jenkinsfile"]
    made.environment["SUITE"] = re.findall(r"SUITE = '(.*?)'", text)[0]
    install, clean, gate = jenkins_steps()
    told = ""
    for script in (install, clean, gate):
        if script is gate and baseline is not None:
            (made.folder / "baseline").mkdir()
            (made.folder / "baseline/run.jsonl").write_bytes(baseline.read_bytes())
        done = made.typed(script, "sh", "-xe")
        told += done.stdout
        if done.returncode != 0:
            return done.returncode, told
    return 0, told


def test_jenkins(bench: Desk, tmp_path: Path) -> None:
    """Each `sh` step as Jenkins starts it: green; then red, held against the archived run."""
    code, told = jenkins(bench)
    assert (code, GREEN in told) == (0, True), told
    assert INSTALLED in bench.installed.read_text("utf-8")
    assert (tmp_path / "conformance/junit.xml").is_file()
    archived = tmp_path / "archived.jsonl"
    archived.write_bytes((tmp_path / "conformance/run.jsonl").read_bytes())

    broken(bench)
    code, told = jenkins(bench, archived)
    assert (code, RED in told) == (1, True), told
    assert (tmp_path / "conformance/comparison.json").is_file()
    assert "dusk" not in told


def test_the_pipeline_has_balanced_brackets() -> None:
    """All that can be said of the Groovy without a Jenkins."""
    text = re.sub(
        r"'''.*?'''|'[^'\n]*'", "''", files(text_of("gate-jenkins.md"))["Jenkinsfile"], flags=re.DOTALL
    )
    open_: list[str] = []
    pairs = {")": "(", "]": "[", "}": "{"}
    for sign in re.findall(r"[(){}\[\]]", text):
        if sign in pairs:
            assert open_.pop() == pairs[sign]
        else:
            open_.append(sign)
    assert open_ == []
