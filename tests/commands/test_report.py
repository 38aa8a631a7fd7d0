"""`omen-conformance report`, as a user starts it, and what `run` tells a build server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.cli import main
from conformance.fronts.ci import tell
from conformance.record import RunRecord
from conformance.reporting.formats import FORMATS
from conformance.reporting.markdown import ROOM, markdown
from conformance.reporting.paper import Paper
from conformance.reporting.terminal import final

from ..front.command import Ended, command, environment, run
from ..record import samples

TEXTS = [name for name, form in FORMATS.items() if form.made]


@pytest.fixture
def red(tmp_path: Path) -> RunRecord:
    """A run in ``tmp_path / "played"``."""
    return samples.record(tmp_path / "played", samples.red(), notices=["a word"])


class Report:
    """The verb, where the run is, in this process."""

    def __init__(self, folder: Path, captured: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._captured = captured

    def __call__(self, *words: str) -> Ended:
        with pytest.raises(SystemExit) as caught:
            main(["report", "played", *words])
        out, err = self._captured.readouterr()
        return Ended(int(caught.value.code or 0), out, err, self.folder / "played")


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Report:
    """``report("--to", "junit")``."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    return Report(tmp_path, capsys)


def files(folder: Path) -> set[str]:
    """What is in the run's folder besides the run."""
    return {path.name for path in (folder / "played").iterdir()} - {"run.jsonl"}


def test_a_run_is_told_as_it_was_told_at_its_end(tmp_path: Path, red: RunRecord, report: Report) -> None:
    """Without any option; exit code 0, for the verdict was the run's; nothing is written."""
    ended = report()
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == final(red, Paper(100), artefacts="played")
    assert not files(tmp_path)
    assert command("report", "played/run.jsonl", cwd=tmp_path).out == ended.out


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_is_asked_for_alone_is_printed(
    tmp_path: Path, red: RunRecord, report: Report, name: str
) -> None:
    """Each of them, and with ``=FILE`` the same lands there."""
    printed = report("--to", name)
    assert (printed.code, printed.err) == (0, "")
    assert printed.out
    written = report("--to", f"{name}=told/here")
    assert written.code == 3, "no folder is made that nobody asked for"
    assert "cannot write told/here" in written.sentence
    (tmp_path / "told").mkdir()
    written = report("--to", f"{name}=told/here")
    assert (written.code, written.out, written.err) == (0, "", "wrote told/here\n")
    told = (tmp_path / "told/here").read_text("utf-8")
    if name != "terminal":
        assert told == printed.out
    assert told.splitlines()[0] == printed.out.splitlines()[0]
    assert not files(tmp_path)


@pytest.mark.parametrize("name", TEXTS)
def test_a_terminal_of_few_letters_gets_them_all(tmp_path: Path, red: RunRecord, name: str) -> None:
    """In a plain ASCII one, too: marks become plainer for people, programs get the bytes of the file."""
    few = environment(PYTHONIOENCODING="ascii")
    ended = command("report", "played", "--to", name, cwd=tmp_path, env=few)
    assert (ended.code, ended.err) == (0, "")
    if name == "terminal":
        assert ended.out.isascii()
        assert ended.out.startswith("x NOT CONFORMANT")
    else:
        command("report", "played", "--to", f"{name}=told", cwd=tmp_path)
        assert ended.out == (tmp_path / "told").read_text("utf-8")


def test_several_go_into_the_folder_of_the_run(tmp_path: Path, red: RunRecord, report: Report) -> None:
    """Under their usual names; what is for the log is printed all the same."""
    ended = report("--to", "junit", "--to", "sarif", "--to", "github")
    assert files(tmp_path) == {"junit.xml", "report.sarif"}
    assert ended.err == "wrote played/junit.xml\nwrote played/report.sarif\n"
    assert [line[:8] for line in ended.out.splitlines()] == ["::error ", "::error "]


def test_a_killed_run_is_told_too(tmp_path: Path, report: Report) -> None:
    """In every format, from a file that ends in the middle of a line."""
    samples.record(tmp_path / "played", samples.red(), end=False)
    file = tmp_path / "played/run.jsonl"
    file.write_bytes(file.read_bytes()[:-300])
    words = [word for name in FORMATS for word in ("--to", name)]
    ended = report(*words)
    assert ended.code == 0
    assert "Killed before its end" in ended.out
    assert files(tmp_path) == {form.file for form in FORMATS.values() if not form.aloud}
    made = json.loads((tmp_path / "played/summary.json").read_text())
    assert (made["verdict"], made["complete"]) == ("interrupted", False)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--to", "sarrif"], "report: no format 'sarrif' (did you mean sarif?)"),
        (["--to", "pdf"], f"report: no format 'pdf' (there are {', '.join(FORMATS)})"),
        (["--to", "junit="], "report: --to junit= names no file (--to junit=FILE, or --to junit)"),
        (["--too", "junit"], "report: no option '--too' (did you mean --to?)"),
    ],
)
def test_wrong_usage_is_one_sentence(
    tmp_path: Path, red: RunRecord, report: Report, words: list[str], sentence: str
) -> None:
    """With the nearest word that there is, before anything is read or written."""
    ended = report(*words)
    assert (ended.code, ended.sentence) == (2, sentence)
    assert not files(tmp_path)


def test_what_is_no_run_is_one_sentence(tmp_path: Path, report: Report) -> None:
    """A folder without a run, another file."""
    (tmp_path / "played").mkdir()
    ended = report()
    assert (ended.code, ended.sentence) == (
        2,
        "played/run.jsonl: cannot be read: No such file or directory; expected a run file",
    )
    (tmp_path / "played/run.jsonl").write_text("{}\n\n")
    assert report().sentence.startswith("played/run.jsonl:1: not a JSON object with a `line`")


class Log:
    """A stream that may be a terminal."""

    def __init__(self, terminal: bool) -> None:
        self.terminal = terminal
        self.text = ""

    def isatty(self) -> bool:
        return self.terminal

    def write(self, text: str) -> int:
        self.text += text
        return len(text)


def test_a_build_server_is_told(tmp_path: Path, red: RunRecord) -> None:
    """The page is added to the step's summary; annotations go into a log, not to a terminal."""
    page, log, terminal = tmp_path / "page.md", Log(False), Log(True)
    page.write_text("# What was there\n")
    offered = {"GITHUB_STEP_SUMMARY": str(page), "GITHUB_ACTIONS": "true"}
    tell(red, offered, log)  # type: ignore[arg-type]
    assert page.read_text("utf-8") == "# What was there\n\n" + markdown(red)
    assert log.text.startswith("::error title=")
    tell(red, {"GITHUB_ACTIONS": "true"}, terminal)  # type: ignore[arg-type]
    tell(red, {}, terminal)  # type: ignore[arg-type]
    tell(None, offered, terminal)  # type: ignore[arg-type]
    assert terminal.text == ""


def test_a_summary_that_is_nearly_full_stays_below_the_limit(tmp_path: Path, red: RunRecord) -> None:
    """GitHub shows nothing of a longer one."""
    page = tmp_path / "page.md"
    page.write_text("x" * (ROOM - 900))
    tell(red, {"GITHUB_STEP_SUMMARY": str(page)}, Log(True))  # type: ignore[arg-type]
    assert ROOM - 900 < page.stat().st_size <= ROOM
    page.write_text("x" * ROOM)
    tell(red, {"GITHUB_STEP_SUMMARY": str(page)}, Log(True))  # type: ignore[arg-type]
    assert page.stat().st_size == ROOM


def test_a_summary_that_cannot_be_written_fails_nothing(
    tmp_path: Path, red: RunRecord, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said."""
    tell(red, {"GITHUB_STEP_SUMMARY": str(tmp_path)}, Log(True))  # type: ignore[arg-type]
    assert f"the step summary {tmp_path} cannot be written: Is a directory" in capsys.readouterr().err


def test_run_tells_github_even_what_kept_it_from_beginning(tmp_path: Path) -> None:
    """A real run that cannot: the page, the annotation, its own exit code."""
    page = tmp_path / "page.md"
    env = environment(GITHUB_STEP_SUMMARY=str(page), GITHUB_ACTIONS="true")
    ended = command("run", "nowhere", "--report-dir", "report", cwd=tmp_path, env=env)
    assert ended.code == 2
    (line,) = ended.out.splitlines()
    assert line.startswith("::error title=unusable contract%3A nowhere::")
    text = page.read_text("utf-8")
    assert text == (tmp_path / "report/summary.md").read_text("utf-8")
    assert text.startswith("## ⚠️ Unusable contract: `nowhere`")


def test_a_report_that_cannot_be_written_leaves_the_run(tmp_path: Path) -> None:
    """One sentence, the environment's exit code, and a run file that is whole: reports can be made again."""
    (tmp_path / "report/summary.md.part").mkdir(parents=True)
    ended = run("--case", "gateway-health/health/getHealth/status", cwd=tmp_path)
    assert ended.code == 3
    assert ended.err.splitlines()[-1].endswith("cannot write report/summary.md: Is a directory")
    assert ended.record.complete
    assert ended.record.end is not None
    assert ended.record.end.verdict == "conformant"
