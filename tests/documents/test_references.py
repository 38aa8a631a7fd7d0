"""References lead somewhere, or say why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.documents.references import References
from conformance.errors import DocumentError
from tests.documents.build import loaded, write


def resolved(folder: Path, pointer: str) -> object:
    tree = loaded(folder)
    node = tree.node(pointer)
    assert node is not None
    return References(tree).resolve(node).value


def test_references_are_followed(tmp_path: Path) -> None:
    """Inside the document, through other references, with both kinds of escape."""
    write(
        tmp_path,
        root="""
        a: {$ref: '#/b'}
        b: {$ref: '#/c/x~1y'}
        c: {x/y: 1, "p q": {z: 2}}
        d: {$ref: '#/c/p%20q/z'}
        e: {$ref: '#/f/z'}
        f: {$ref: '#/c/p%20q'}
        """,
    )
    assert [resolved(tmp_path, at) for at in ("/a", "/d", "/e")] == [1, 2, 2]


def test_files_below_are_followed_and_know_their_lines(tmp_path: Path) -> None:
    """A reference in a referenced file is relative to that file."""
    write(
        tmp_path,
        root="a: {$ref: 'parts/one.yaml#/x'}\nwhole: {$ref: parts/two.yaml}",
        parts__one="x: {$ref: 'two.yaml#/y'}",
        parts__two="\ny: 5\nback: {$ref: '../root.yaml#/a'}",
    )
    tree = loaded(tmp_path)
    references = References(tree)
    node = tree.node("/a")
    assert node is not None
    found = references.resolve(node)
    assert (found.value, str(found.where)) == (5, "parts/two.yaml:2")
    assert isinstance(resolved(tmp_path, "/whole"), dict)


BAD = {
    "'#/b/nme'": (
        "root.yaml:2: the reference #/b/nme points at nothing: 'nme' is not in /b (did you mean name?)"
    ),
    "'#/zzz'": (
        "root.yaml:2: the reference #/zzz points at nothing: 'zzz' is not in the document (there is a, b)"
    ),
    "'#/b/empty/x'": (
        "root.yaml:2: the reference #/b/empty/x points at nothing: 'x' is not in /b/empty (there are none)"
    ),
    "'#anchor'": (
        "root.yaml:2: the reference #anchor names an anchor; expected a JSON pointer behind # "
        "(such as #/components/…)"
    ),
    "'#/a'": "root.yaml:2: the reference #/a leads back to itself; expected no circle",
    "'https://example.com/x.yaml#/y'": (
        "root.yaml:2: the reference https://example.com/x.yaml#/y is remote and nothing is fetched; "
        "expected a file beside the document (download it and give --reference https://example.com/x.yaml=FILE)"
    ),
    "'//example.com/x'": (
        "root.yaml:2: the reference //example.com/x is remote and nothing is fetched; "
        "expected a file beside the document (download it and give --reference //example.com/x=FILE)"
    ),
    "'../out.yaml'": (
        "root.yaml:2: the reference ../out.yaml leaves the folder of the document; "
        "expected a file in that folder or below (--reference FILE, or its folder, allows it)"
    ),
    "'/etc/hostname'": (
        "root.yaml:2: the reference /etc/hostname leaves the folder of the document; "
        "expected a file in that folder or below (--reference FILE, or its folder, allows it)"
    ),
    "'%2e%2e/out.yaml'": (
        "root.yaml:2: the reference %2e%2e/out.yaml leaves the folder of the document; "
        "expected a file in that folder or below (--reference FILE, or its folder, allows it)"
    ),
    "'rot.yaml'": (
        "root.yaml:2: the reference rot.yaml points at a file that does not exist (did you mean root.yaml?)"
    ),
}


@pytest.mark.parametrize(("reference", "sentence"), BAD.items(), ids=BAD)
def test_a_reference_to_nothing_says_what_there_is(tmp_path: Path, reference: str, sentence: str) -> None:
    """The line is that of the reference; the hint names what exists."""
    write(tmp_path, root=f"a:\n  $ref: {reference}\nb: {{name: 1, other: 2, empty: {{}}}}\n")
    with pytest.raises(DocumentError) as raised:
        resolved(tmp_path, "/a")
    assert str(raised.value) == sentence


def test_a_symlink_does_not_lead_out(tmp_path: Path) -> None:
    """The folder is the real one."""
    (tmp_path / "secret.yaml").write_text("a: 1\n")
    inner = tmp_path / "docs"
    write(inner, root="a: {$ref: 'link.yaml#/a'}")
    (inner / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    with pytest.raises(DocumentError, match="leaves the folder"):
        resolved(inner, "/a")


def test_a_broken_file_names_both_places(tmp_path: Path) -> None:
    """The error is in the file, the hint is where it was asked for."""
    write(tmp_path, root="a: {$ref: 'bad.yaml#/x'}", bad="x: [\n")
    with pytest.raises(DocumentError, match=r"^bad\.yaml:2: not valid YAML.*\(referenced at root\.yaml:1\)$"):
        resolved(tmp_path, "/a")


def test_the_contract_folder_may_be_the_boundary(tmp_path: Path) -> None:
    """Documents of one contract may share what stands beside their folders."""
    write(tmp_path, one__root="a: {$ref: '../common/x.yaml#/y'}", common__x="y: 1")
    tree = loaded(tmp_path, "one/root.yaml")
    node = tree.node("/a")
    assert node is not None
    assert References(tree, tmp_path).resolve(node).value == 1
    with pytest.raises(DocumentError, match="leaves the folder"):
        References(tree).resolve(node)
