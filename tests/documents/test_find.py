"""Documents are found by what they contain."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.documents.find import Sources, find, kind_of
from conformance.errors import DocumentError, UsageError
from tests.documents.build import write


def names(sources: Sources, root: Path) -> list[str]:
    paths = [path for _, path in (*sources.asyncapi, *sources.openapi)] + list(sources.scenarios)
    return [path.relative_to(root).as_posix() for path in paths]


def test_a_folder_of_folders(tmp_path: Path) -> None:
    """Each service has a folder with its documents, told apart by content."""
    write(
        tmp_path,
        one__asyncapi="asyncapi: 3.0.0",
        one__health="openapi: 3.1.0",
        one__scenarios="scenarios: 1",
        two__anything="# a comment\n---\nasyncapi: 3.0.0",
        two__notes="kind: other",
        **{".hidden__asyncapi": "asyncapi: 3.0.0", "node_modules__asyncapi": "asyncapi: 3.0.0"},
    )
    assert names(find(tmp_path), tmp_path) == [
        "one/asyncapi.yaml",
        "two/anything.yaml",
        "one/health.yaml",
        "one/scenarios.yaml",
    ]


def test_the_repository_of_a_service(tmp_path: Path) -> None:
    """Documents under docs/ are found from the root of the repository."""
    write(tmp_path, docs__asyncapi="asyncapi: 3.0.0", docs__health="openapi: 3.1.0", src__x="a: 1")
    assert names(find(tmp_path), tmp_path) == ["docs/asyncapi.yaml", "docs/health.yaml"]


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.json", '{"asyncapi": "3.0.0"}', "asyncapi"),
        ("a.json", '{\n  "info": {},\n  "openapi": "3.1.0"\n}', "openapi"),
        ("a.json", '{"info": {}, "openapi": "3.1.0"}', "openapi"),
        ("a.json", '{\n  "scripts": {\n    "openapi": "generate"\n  }\n}', ""),
        ("a.json", '{"asyncapi": "3.0.0",', "asyncapi"),
        ("a.yaml", "{asyncapi: 3.0.0, info: {}}", "asyncapi"),
        ("a.yaml", "overlay: 1.1.0\nactions: []\n", "overlay"),
        ("a.json", '{"info": {}, "overlay": "1.0.0"}', "overlay"),
        ("a.yaml", "info:\n  asyncapi: 3\n", ""),
        ("a.yaml", "'openapi': 3.1.0\n", "openapi"),
        ("a.yaml", "text: asyncapi: 3\n", ""),
        ("a.yaml", "", ""),
    ],
)
def test_kinds(tmp_path: Path, name: str, text: str, kind: str) -> None:
    """The top-level key tells the kind; the same word deeper down does not."""
    (tmp_path / name).write_text(text)
    assert kind_of(tmp_path / name) == kind


def test_files_can_be_named(tmp_path: Path) -> None:
    """NAME=FILE gives a document its name."""
    sources = find(asyncapi=["chat=a.yaml", "b.yaml"], openapi=["c.yaml"], scenarios=["d.yaml"])
    assert sources.asyncapi == (("chat", Path("a.yaml")), (None, Path("b.yaml")))
    assert (sources.openapi, sources.scenarios) == (((None, Path("c.yaml")),), (Path("d.yaml"),))


def test_scenarios_add_to_what_there_is(tmp_path: Path) -> None:
    """One's own scenario file goes with a folder, also the packaged one; one of the folder counts once."""
    (tmp_path / "a.yaml").write_text("asyncapi: 3.0.0")
    (tmp_path / "b.yaml").write_text("scenarios: 1")
    sources = find(tmp_path, scenarios=["mine.yaml", str(tmp_path / "b.yaml")])
    assert sources.asyncapi == ((None, tmp_path / "a.yaml"),)
    assert sources.scenarios == (tmp_path / "b.yaml", Path("mine.yaml"))
    packaged = find()
    assert find(scenarios=["mine.yaml"]).scenarios == (*packaged.scenarios, Path("mine.yaml"))


def test_a_name_is_given_once() -> None:
    """Two documents of one name would be one service."""
    with pytest.raises(DocumentError) as raised:
        find(asyncapi=["x=a.yaml", "x=b.yaml"])
    assert str(raised.value) == "b.yaml: the name 'x' is given to two documents; expected each name once"


def test_folder_or_files() -> None:
    """Both would leave open which documents make the contract."""
    with pytest.raises(UsageError, match="both a contract folder and single documents are given"):
        find(Path(), asyncapi=["a.yaml"])


def test_an_empty_folder_says_what_was_looked_for(tmp_path: Path) -> None:
    """Nothing found is an error of its own, with what would have been found."""
    with pytest.raises(DocumentError) as raised:
        find(tmp_path)
    assert str(raised.value) == (
        f"{tmp_path}: no AsyncAPI or OpenAPI document in this folder; expected .yaml, .yml, .json files with "
        "a top-level key asyncapi or openapi (looked 3 folders deep)"
    )
    with pytest.raises(DocumentError, match="no such folder; expected a folder of contract documents"):
        find(tmp_path / "nope")


def test_names_for_people_are_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative to where one stands, else to the contract's folder."""
    write(tmp_path, one__asyncapi="asyncapi: 3.0.0")
    sources = find(tmp_path)
    path = sources.asyncapi[0][1]
    assert sources.shown(path) == "one/asyncapi.yaml"
    monkeypatch.chdir(tmp_path / "one")
    assert sources.shown(path) == "asyncapi.yaml"


def test_the_packaged_documents_are_the_default() -> None:
    """Out of the box there is a contract."""
    assert find().asyncapi
