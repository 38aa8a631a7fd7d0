"""References lead somewhere, or say why not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.documents.allowed import read_allowed
from conformance.documents.loader import load_tree
from conformance.documents.references import References
from conformance.documents.tree import Node
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


@pytest.mark.parametrize(
    ("reference", "hint"),
    [
        ("#/b/x/y", "a / in a name is written ~1: …/x~1y"),
        ("#/b/x/y/~0z/deep", "a / in a name is written ~1: …/x~1y~1~0z/deep"),
        ("#/b/x/y/none", "there is x/y, x/y/~z"),
        ("#/b/xy", "did you mean x/y?"),
    ],
)
def test_a_slash_in_a_name_is_explained(tmp_path: Path, reference: str, hint: str) -> None:
    """Where the pointer would lead somewhere if it were written so (RFC 6901, 3)."""
    write(tmp_path, root=f"a:\n  $ref: '{reference}'\nb: {{x/y: 1, x/y/~z: {{deep: 2}}}}\n")
    with pytest.raises(DocumentError) as raised:
        resolved(tmp_path, "/a")
    assert raised.value.hint == hint


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


def allowed(folder: Path, reference: str, *texts: str) -> Node:
    """What ``$ref: reference`` in docs/root.yaml leads to when these are allowed."""
    write(folder, docs__root=f"a: {{$ref: '{reference}'}}\n")
    tree = load_tree(folder / "docs/root.yaml", "docs/root.yaml")
    node = tree.node("/a")
    assert node is not None
    return References(tree, allowed=read_allowed(texts)).resolve(node)


def test_a_file_stands_for_an_address(tmp_path: Path) -> None:
    """By name: one file, or all below an address."""
    write(tmp_path, far__one="x: {y: 1}\n", far__deep__two="x: {$ref: '../one.yaml#/x'}\n")
    for reference, text in {
        "https://example.com/v1/one#/x": f"https://example.com/v1/one={tmp_path}/far/one.yaml",
        "https://example.com/v1/one.yaml#/x": f"https://example.com/v1/={tmp_path}/far",
        "https://example.com/v1/deep/two.yaml#/x": f"https://example.com/v1/={tmp_path}/far",
        "https://example.com/a?b=c#/x": f"https://example.com/a?b=c={tmp_path}/far/one.yaml",
        "//example.com/one.yaml#/x": f"//example.com/={tmp_path}/far",
    }.items():
        found = allowed(tmp_path, reference, text)
        assert found.value == {"y": 1}
        assert found.where.file.endswith("one.yaml")


def test_a_file_outside_is_allowed_by_name(tmp_path: Path) -> None:
    """The file itself, or its folder."""
    write(tmp_path, far__one="x: {y: 1}\n", farther__one="x: 2\n")
    for text in (f"{tmp_path}/far/one.yaml", f"{tmp_path}/far"):
        assert allowed(tmp_path, "../far/one.yaml#/x", text).value == {"y": 1}
        assert allowed(tmp_path, f"{tmp_path}/far/one.yaml#/x", text).value == {"y": 1}
        with pytest.raises(DocumentError, match="leaves the folder"):
            allowed(tmp_path, "../farther/one.yaml#/x", text)


def test_what_is_allowed_is_no_way_elsewhere(tmp_path: Path) -> None:
    """Neither by dots, written or escaped, nor by the beginning of another address."""
    write(tmp_path, far__one="x: 1\n", secret="x: 2\n")
    text = f"https://example.com/v1/={tmp_path}/far"
    for reference in (
        "https://example.com/v1/../secret.yaml",
        "https://example.com/v1/%2e%2e/secret.yaml",
        "https://example.com/v10/one.yaml",
        "https://example.com/one.yaml",
        "http://example.com/v1/one.yaml",
    ):
        with pytest.raises(DocumentError, match="is remote and nothing is fetched"):
            allowed(tmp_path, reference, text)
    with pytest.raises(DocumentError, match="points at a file that does not exist"):
        allowed(tmp_path, "https://example.com/v1/two.yaml", text)


def test_references_without_end_are_refused(tmp_path: Path) -> None:
    """A long chain, a chain inside pointers, and a circle inside a pointer."""
    chain = "".join(f"s{n}: {{$ref: '#/s{n + 1}'}}\n" for n in range(10_000))
    through = "".join(f"s{n}: {{$ref: '#/s{n + 1}/x'}}\n" for n in range(10_000))
    for text in (
        f"a: {{$ref: '#/s0'}}\n{chain}",
        f"a: {{$ref: '#/s0/x'}}\n{through}",
        "a: {$ref: '#/a/x'}\n",
    ):
        write(tmp_path, root=text)
        with pytest.raises(DocumentError, match=r"root\.yaml:\d+: .* goes on through more than 100 others"):
            resolved(tmp_path, "/a")


@pytest.mark.parametrize("name", ["a%00b.yaml", "a" * 5000, "loop.yaml"])
def test_a_name_that_no_file_can_have(tmp_path: Path, name: str) -> None:
    """NUL bytes, endless names, links in a circle."""
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    write(tmp_path, root=f"a: {{$ref: '{name}#/x'}}\n")
    with pytest.raises(DocumentError, match=r"root\.yaml:1: the reference .{1,101} names no file"):
        resolved(tmp_path, "/a")


def test_a_document_that_is_known_is_not_read_again(tmp_path: Path) -> None:
    """What an overlay changed is what a reference from another document leads to."""
    write(tmp_path, root="a: {$ref: 'other.yaml#/x'}\n", other="x: 1\n")
    tree = loaded(tmp_path)
    known = replace(loaded(tmp_path, "other.yaml"), value={"x": 2})
    node = tree.node("/a")
    assert node is not None
    assert References(tree, trees={known.path.resolve(): known}).resolve(node).value == 2
