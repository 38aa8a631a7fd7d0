"""Which document an overlay is for, and what is told of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.documents.find import Sources, find
from conformance.documents.opening import Opened, open_documents
from conformance.errors import DocumentError, UsageError
from tests.documents.build import write

HEAD = "overlay: 1.1.0\ninfo: {title: t, version: '1'}\n"
ONE = "asyncapi: 3.0.0\ninfo: {title: One}\nchannels: {a: {}}\n"
TWO = "openapi: 3.1.0\ninfo: {title: Two}\npaths: {}\n"


def opened(sources: Sources) -> Opened:
    return open_documents(sources, lambda tree: tree.root.text("info", "title").lower())


def titles(found: Opened) -> list[str]:
    """The description that each document has now, or ''."""
    return [tree.root.text("info", "description") for _, tree in found.documents]


def notes(found: Opened) -> list[tuple[str, str, str, bool]]:
    return [(note.rule, str(note.where), note.says, note.loud) for note in found.notes]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path, one=ONE, two=TWO)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def describing(target: str = "$.info", extends: str = "", text: str = "new") -> str:
    extra = f"extends: {extends}\n" if extends else ""
    return f"{HEAD}{extra}actions:\n- {{target: {target}, update: {{description: {text}}}}}\n"


def test_extends_names_the_document(folder: Path) -> None:
    """Relative to the overlay, as any URI reference; a fragment is no part of the file."""
    write(folder, overlays__a=describing(extends="../two.yaml"))
    found = opened(find(folder))
    assert titles(found) == ["", "new"]
    assert [(each.file, each.documents, each.version) for each in found.overlays] == [
        ("overlays/a.yaml", ("two.yaml",), "1.1.0")
    ]
    assert found.notes == ()
    write(folder, overlays__a=describing(extends=f"{(folder / 'one.yaml').as_uri()}#/info"))
    assert titles(opened(find(folder))) == ["new", ""]


def test_the_command_line_names_the_document(folder: Path) -> None:
    """By its name or by that of its file, whatever the overlay says itself."""
    write(folder, overlays__a=describing(extends="two.yaml"))
    for name in ("one", "one.yaml"):
        sources = find(asyncapi=["one.yaml"], openapi=["two.yaml"], overlays=[f"{name}=overlays/a.yaml"])
        assert titles(opened(sources)) == ["new", ""]


def test_a_name_that_is_none_is_refused(folder: Path) -> None:
    """The sentence lists what there is."""
    write(folder, overlays__a=describing())
    with pytest.raises(DocumentError) as raised:
        opened(find(asyncapi=["one.yaml"], overlays=["other=overlays/a.yaml"]))
    assert str(raised.value) == (
        "overlays/a.yaml: 'other' names no document of the contract; expected one of one (one.yaml)"
    )


@pytest.mark.parametrize("extends", ["three.yaml", "https://example.com/one.yaml", "'%00'", "'#/info'"])
def test_an_overlay_for_another_document_is_refused(folder: Path, extends: str) -> None:
    """Leaving it out would change what is tested."""
    write(folder, overlays__a=describing(extends=extends))
    with pytest.raises(DocumentError) as raised:
        opened(find(folder))
    assert str(raised.value) == (
        f"overlays/a.yaml:3: the overlay extends {extends.strip(chr(39))}, which is no "
        "document of the contract; expected one of one (one.yaml), two (two.yaml) "
        "(--overlay NAME=overlays/a.yaml says which one it is for)"
    )


def test_an_address_can_stand_for_a_file(folder: Path) -> None:
    """Nothing is fetched: --reference says which file it is."""
    write(folder, overlays__a=describing(extends="https://example.com/docs/one.yaml"))
    for reference in ("https://example.com/docs/one.yaml=one.yaml", "https://example.com/docs/=."):
        assert titles(opened(find(folder, references=[reference]))) == ["new", ""]


def test_the_only_document(folder: Path) -> None:
    """Nothing needs to be said, and nothing is told."""
    write(folder, overlays__a=describing())
    found = opened(find(asyncapi=["one.yaml"], overlays=["overlays/a.yaml"]))
    assert (titles(found), found.notes) == (["new"], ())


def test_of_several_documents_the_targets_decide(folder: Path) -> None:
    """A target that selects something in all of them tells nothing; it is told which they were."""
    write(
        folder,
        overlays__a=HEAD + "actions:\n- {target: $.info, update: {description: new}}\n"
        "- {target: $.channels.a, update: {address: /}}\n",
    )
    found = opened(find(folder))
    assert titles(found) == ["new", ""]
    says = "this overlay does not say which document it is for: by its targets one.yaml"
    assert notes(found) == [("overlay-names-no-document", "overlays/a.yaml:1", says, True)]


def test_targets_that_tell_nothing_are_for_all(folder: Path) -> None:
    """An overlay for any document changes them all."""
    write(folder, overlays__a=describing())
    found = opened(find(folder))
    assert titles(found) == ["new", "new"]
    assert [note.says for note in found.notes] == [
        "this overlay does not say which document it is for: by its targets one.yaml and two.yaml"
    ]


def test_what_matched_nothing_is_told(folder: Path) -> None:
    """Each action by its line, as long as another did something."""
    write(
        folder,
        overlays__a=HEAD + "extends: ../one.yaml\nactions:\n- {target: $.info, update: {description: new}}\n"
        "- {target: $.nope, remove: true}\n- {target: $.info}\n",
    )
    rule, nothing = "overlay-target-matches-nothing", "overlay-action-does-nothing"
    assert notes(opened(find(folder))) == [
        (rule, "overlays/a.yaml:6", "the target $.nope selects nothing in one.yaml", True),
        (
            nothing,
            "overlays/a.yaml:7",
            "an action with one of update, copy and remove changes something; this one does not",
            True,
        ),
    ]


def test_an_overlay_that_changed_nothing_is_told_once(folder: Path) -> None:
    """Its actions one by one are for lint."""
    write(folder, overlays__a=describing("$.nope", "../one.yaml"), overlays__b=describing("$.nope"))
    found = notes(opened(find(folder)))
    assert [each[:3] for each in found if each[3]] == [
        (
            "overlay-changes-nothing",
            "overlays/a.yaml:1",
            "no action of this overlay selects anything in one.yaml",
        ),
        (
            "overlay-changes-nothing",
            "overlays/b.yaml:1",
            "no action of this overlay selects anything in any document",
        ),
    ]
    assert [each[0] for each in found if not each[3]] == ["overlay-target-matches-nothing"] * 2


def test_overlays_come_in_their_order(folder: Path) -> None:
    """Those of the folder by name, then those that were given."""
    write(
        folder,
        overlays__b=describing(extends="../one.yaml", text="b"),
        overlays__a=describing(extends="../one.yaml", text="a"),
    )
    assert titles(opened(find(folder))) == ["b", ""]
    write(folder / ".given", c=describing(extends="../one.yaml", text="c"))
    assert titles(opened(find(folder, overlays=[".given/c.yaml"]))) == ["c", ""]


def test_a_scenario_file_is_changed_by_name_alone(folder: Path) -> None:
    """Its steps are no part of a service; an overlay for it says so."""
    write(folder, three="scenarios: 1\nservice: one\ninfo: {}\n", overlays__a=describing())
    assert opened(find(folder)).scenarios[0].root.text("info", "description") == ""
    write(folder, overlays__a=describing(extends="../three.yaml"))
    assert opened(find(folder)).scenarios[0].root.text("info", "description") == "new"


def test_a_reference_must_stand_for_something(folder: Path) -> None:
    """Wrong usage, in one sentence."""
    sentences = {
        "https://example.com/a": (
            "--reference https://example.com/a: nothing is fetched "
            "(give the file that stands for it: URL=FILE)"
        ),
        "https://example.com/a=nope.yaml": (
            "--reference https://example.com/a=nope.yaml: there is no nope.yaml"
        ),
        "https://example.com/a/=one.yaml": (
            "--reference https://example.com/a/=one.yaml: an address and what stands for it must both be "
            "files or both folders (a folder's address ends in /)"
        ),
        "../nope": "--reference ../nope: there is no ../nope",
    }
    for text, sentence in sentences.items():
        with pytest.raises(UsageError) as raised:
            opened(find(asyncapi=["one.yaml"], references=[text]))
        assert str(raised.value) == sentence
