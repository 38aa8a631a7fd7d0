"""What `bundle --verify` sees: every way in which a bundle may have become another one."""

from __future__ import annotations

import json
import random
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.cli import main
from conformance.errors import DocumentError
from conformance.evidence import archive, bundle, verify

from ..front.command import Ended
from .runs import played, sha256
from .test_bundle import contents

Held = dict[str, bytes]
Tamper = Callable[[Held], None]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of a run; ``altered`` makes others of it."""
    return bundle(played(tmp_path_factory.mktemp("run")), None, version="9").path


def packed(held: Held, path: Path) -> Path:
    """An archive of these files, packed as a bundle is."""
    members = []
    for number, (name, data) in enumerate(held.items()):
        (path.parent / f"{number}.member").write_bytes(data)
        members.append((name, path.parent / f"{number}.member"))
    archive.write(path, members)
    return path


def altered(made: Path, path: Path, *tampers: Tamper) -> Path:
    """Another bundle: one whose files somebody changed, without or with its manifest."""
    held = contents(made)
    for tamper in tampers:
        tamper(held)
    return packed(held, path)


def wrong(path: Path, sum_: str = "") -> list[str]:
    """All that is wrong of a bundle."""
    return [str(one) for one in verify(path, version="9", sha256=sum_).problems]


def resummed(held: Held) -> None:
    """Whoever changes a file may change its sum as well."""
    told = json.loads(held["MANIFEST.json"])
    for one in told["files"]:
        if one["file"] in held:
            data = held[one["file"]]
            one.update(bytes=len(data), sha256=sha256(data))
    held["MANIFEST.json"] = (json.dumps(told, indent=2) + "\n").encode()


def replaced(name: str, old: bytes, new: bytes) -> Tamper:
    """Another text in a file."""

    def tamper(held: Held) -> None:
        assert old in held[name]
        held[name] = held[name].replace(old, new)

    return tamper


def without(name: str) -> Tamper:
    """A file that is missing."""
    return lambda held: held.__delitem__(name)


def retold(change: Callable[[Any], None]) -> Tamper:
    """Another manifest."""

    def tamper(held: Held) -> None:
        told = json.loads(held["MANIFEST.json"])
        change(told)
        held["MANIFEST.json"] = json.dumps(told).encode()

    return tamper


def unlisted(name: str) -> Tamper:
    """A file that the manifest does not speak of, and that is not there."""

    def change(told: Any) -> None:
        told["files"] = [one for one in told["files"] if one["file"] != name]

    def tamper(held: Held) -> None:
        del held[name]
        retold(change)(held)

    return tamper


def added(name: str, data: bytes = b"more", *, listed: bool = False) -> Tamper:
    """A file more."""

    def tamper(held: Held) -> None:
        held[name] = data
        if listed:
            one = {"file": name, "bytes": len(data), "sha256": sha256(data)}
            retold(lambda told: told["files"].append(one))(held)

    return tamper


def test_what_was_made_verifies(made: Path) -> None:
    """With the sum of its manifest, and without it."""
    summed = sha256(contents(made)["MANIFEST.json"])
    assert wrong(made) == wrong(made, summed) == []
    assert wrong(made, "ab" * 32) == [
        f"MANIFEST.json: has the SHA-256 {summed}, and should have {'ab' * 32}"
    ]  # fmt: skip


CHANGES: dict[str, tuple[list[Tamper], str]] = {
    "one letter of a report": (
        [replaced("junit.xml", b"failure", b"fbilure")],
        "junit.xml: has the SHA-256 …, and … in the manifest",
    ),
    "a longer report": (
        [replaced("summary.md", b"\n", b"\n\n")], "summary.md: is … bytes long, and … in the manifest"
    ),
    "a report is missing": ([without("report.html")], "report.html: is listed in the manifest and not there"),
    "the run file is missing": ([without("run.jsonl")], "run.jsonl: is listed in the manifest and not there"),
    "a report is not even listed": (
        [unlisted("junit.xml")],
        "junit.xml: belongs to every bundle, and the manifest does not list it",
    ),
    "a file more": ([added("notes.txt")], "notes.txt: is not listed in the manifest"),
    "a file more, with its sum": (
        [added("notes.txt", listed=True)], "notes.txt: is no report, and no document of the run"
    ),
    "a document, with its sum": (
        [replaced("documents/tide/asyncapi.yaml", b"Tide", b"Tidy"), resummed],
        "documents/tide/asyncapi.yaml: is not the text of tide/asyncapi.yaml that run.jsonl has",
    ),
    "no document, nor its sum": (
        [unlisted("documents/tide/asyncapi.yaml")],
        "documents/tide/asyncapi.yaml: is not there, and run.jsonl has its text",
    ),
    "the summary, with its sum": (
        [replaced("summary.json", b'"not conformant"', b'"conformant"'), resummed],
        "summary.json: does not say of verdict what run.jsonl says",
    ),
    "a number of the summary": (
        [replaced("summary.json", b'"failed": 3', b'"failed": 2'), resummed],
        "summary.json: does not say of cases what run.jsonl says",
    ),
    "a summary that is none": (
        [lambda held: held.update({"summary.json": b"[]"}), resummed], "summary.json: is no JSON object"
    ),
    "the run file, with its sum": (
        [replaced("run.jsonl", b'"outcome":"failed"', b'"outcome":"passed"'), resummed],
        "summary.json: does not say of … what run.jsonl says",
    ),
    "the end of the run": (
        [replaced("run.jsonl", b'"exit_code":1', b'"exit_code":0'), resummed],
        "MANIFEST.json: does not say of exit_code what run.jsonl says",
    ),
    "no run file at all": (
        [lambda held: held.update({"run.jsonl": b"{}\n"}), resummed],
        "run.jsonl: cannot be read as a run: line 1: not a JSON object with a `line`",
    ),
    "the sum of a document": (
        [retold(lambda told: told["documents"][0].update(sha256="ab" * 32))],
        "MANIFEST.json: does not tell of the documents what run.jsonl tells of them",
    ),
    "as read, which it is not": (
        [retold(lambda told: told["documents"][0].update(as_read=False))],
        "MANIFEST.json: does not tell of the documents what run.jsonl tells of them",
    ),
    "other versions": (
        [retold(lambda told: told["versions"].update(python="3"))],
        "MANIFEST.json: does not say of python what run.jsonl says",
    ),
    "a file twice in the manifest": (
        [retold(lambda told: told["files"].append(told["files"][0]))], "run.jsonl: is listed twice"
    ),
    "a name that leads out": (
        [added("../../etc/cron.d/x")],
        "../../etc/cron.d/x: has a name that no file of a bundle has: it may lead out of the folder",
    ),
    "a name from the root": (
        [added("/etc/passwd")],
        "/etc/passwd: has a name that no file of a bundle has: it may lead out of the folder",
    ),
    "a name on a drive": (
        [added("documents/C:x")],
        "documents/C:x: has a name that no file of a bundle has: it may lead out of the folder",
    ),
    "a backslash": (
        [added("documents\\x")],
        "documents\\x: has a name that no file of a bundle has: it may lead out of the folder",
    ),
    "a folder": (
        [added("documents/", b"")],
        "documents/: has a name that no file of a bundle has: it may lead out of the folder",
    ),
    "a name that is another one elsewhere": ([added("RUN.jsonl")], "RUN.jsonl: is there twice"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_is_named(what: str, made: Path, tmp_path: Path) -> None:
    """One sentence for it, with the name of the file in the bundle."""
    tampers, sentence = CHANGES[what]
    told = wrong(altered(made, tmp_path / "altered.zip", *tampers))
    start, _, end = sentence.partition("…")
    assert any(one.startswith(start) and one.endswith(end.rpartition("…")[2]) for one in told), told


def test_a_run_file_with_two_sums_of_a_document_is_told(tmp_path: Path) -> None:
    """What the header says that was read is what the text in it is of."""
    folder = played(tmp_path / "run")
    file = folder / "run.jsonl"
    header, rest = file.read_bytes().split(b"\n", 1)
    told = json.loads(header)
    told["documents"][0]["sha256"] = "ab" * 32
    file.write_bytes(json.dumps(told).encode() + b"\n" + rest)
    path = bundle(folder, None, version="9").path
    says = "run.jsonl: gives tide/asyncapi.yaml two sums: what was read of it is not what was judged by"
    assert says in wrong(path)


def test_another_version_of_the_suite_may_say_more(made: Path, tmp_path: Path) -> None:
    """Words that only one of two versions knows are no fault; those that both know have to agree."""

    def older(held: Held) -> None:
        told = json.loads(held["summary.json"])
        del told["notes"]
        held["summary.json"] = json.dumps({**told, "weather": "fair"}).encode()

    path = altered(made, tmp_path / "a.zip", older, resummed)
    assert wrong(path) == ["summary.json: does not say of notes, weather what run.jsonl says"]
    assert verify(path, version="10").problems == ()
    lied = altered(path, tmp_path / "b.zip", replaced("summary.json", b'"seed": 7', b'"seed": 8'), resummed)
    assert [str(one) for one in verify(lied, version="10").problems] == [
        "summary.json: does not say of seed what run.jsonl says"
    ]


def test_a_file_twice_is_told(made: Path, tmp_path: Path) -> None:
    """Programs differ in which of two files of one name they take."""
    held = contents(made)
    path = packed({**held, "run.jsonX": b"{}"}, tmp_path / "twice.zip")
    path.write_bytes(path.read_bytes().replace(b"run.jsonX", b"run.jsonl"))
    assert "run.jsonl: is there twice" in wrong(path)


def test_a_link_is_no_file(made: Path, tmp_path: Path) -> None:
    """It would lead wherever it says."""
    path = tmp_path / "link.zip"
    path.write_bytes(made.read_bytes())
    with zipfile.ZipFile(path, "a") as opened:
        info = zipfile.ZipInfo("documents/link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        opened.writestr(info, "/etc/passwd")
    assert "documents/link: is no ordinary file" in wrong(path)


def spliced(made: Path, path: Path, **parts: bytes) -> Path:
    """Bytes before, between and behind the files."""
    data = made.read_bytes()
    table = data.index(b"PK\x01\x02")
    tail = data.rindex(b"PK\x05\x06")
    middle, offset = parts.get("middle", b""), len(parts.get("middle", b""))
    end = bytearray(data[tail:])
    struct.pack_into("<I", end, 16, table + offset)
    path.write_bytes(data[:table] + middle + data[table:tail] + bytes(end) + parts.get("end", b""))
    return path


def test_no_byte_stands_outside_of_the_files(made: Path, tmp_path: Path) -> None:
    """Behind them, before their table, in a comment; nor is an end missing."""
    assert wrong(spliced(made, tmp_path / "same.zip")) == []
    path = spliced(made, tmp_path / "behind.zip", end=b"more")
    assert wrong(path) == ["the bundle: is cut short, or has bytes behind its end"]
    path = spliced(made, tmp_path / "between.zip", middle=b"more")
    assert wrong(path) == ["the bundle: has bytes that belong to none of its files"]
    path = tmp_path / "comment.zip"
    path.write_bytes(made.read_bytes())
    with zipfile.ZipFile(path, "a") as opened:
        opened.comment = b"hello"
    assert wrong(path) == ["the bundle: is cut short, or has bytes behind its end"]
    (tmp_path / "cut.zip").write_bytes(made.read_bytes()[:-100])
    assert wrong(tmp_path / "cut.zip") == ["the bundle: is cut short, or has bytes behind its end"]


def test_repacked_by_another_program_it_is_another_file(made: Path, tmp_path: Path) -> None:
    """Its time stamps and fields are under no sum: whoever needs the bundle keeps the bundle."""
    path = tmp_path / "again.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in contents(made).items():
            opened.writestr(name, data)
    assert "run.jsonl: is told of in the table with bytes that no bundle has" in wrong(path)


def test_a_bomb_is_not_unpacked(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what it says of its own size; and one that says less is left when it has had its say."""
    unpacked: list[str] = []
    chunks = archive.Archive.chunks

    def watched(self: archive.Archive, name: str) -> Any:
        unpacked.append(name)
        return chunks(self, name)

    monkeypatch.setattr(archive.Archive, "chunks", watched)
    path = tmp_path / "bomb.zip"
    size = 64 << 20
    monkeypatch.setattr(archive, "_hollow", lambda path: False)
    altered(made, path, added("summary.txt", bytes(size)))
    assert path.stat().st_size < size / 500
    assert "summary.txt: unpacks to more than 200 times its size" in wrong(path)
    assert "summary.txt" not in unpacked
    lying = path.read_bytes().replace(struct.pack("<I", size), struct.pack("<I", 1000))
    (tmp_path / "lying.zip").write_bytes(lying)
    assert "summary.txt: is not listed in the manifest" in wrong(tmp_path / "lying.zip")
    assert "summary.txt" not in unpacked
    with pytest.raises(ValueError, match="cannot be unpacked"):
        list(chunks(archive.Archive(tmp_path / "lying.zip"), "summary.txt"))
    monkeypatch.setattr(archive, "LARGEST", 10_000)
    unpacked.clear()
    assert "the bundle: unpacks to more than 0 MiB" in wrong(made)
    assert unpacked == []


def test_too_many_files_are_not_looked_at(tmp_path: Path) -> None:
    """The table itself may be what fills a memory."""
    path = packed({f"f{number}": b"" for number in range(archive.MOST + 1)}, tmp_path / "many.zip")
    assert wrong(path) == [f"the bundle: holds {archive.MOST + 1} files, and a bundle at most {archive.MOST}"]


def test_what_hides_behind_compressed_data_is_found(made: Path, tmp_path: Path) -> None:
    """`zipfile` passes over it."""
    data = contents(made)["run.jsonl"]
    packing = zlib.compressobj(wbits=-15)
    raw = packing.compress(data) + packing.flush()
    path = tmp_path / "one.zip"
    info = (0, 8, 0, 33, zlib.crc32(data), len(raw) + 6, len(data), 9)
    head = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, *info, 0) + b"run.jsonl" + raw + b"hidden"
    table = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 788, 20, *info, 0, 0, 0, 0, 0o100644 << 16, 0)
    table += b"run.jsonl"
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(table), len(head), 0)
    path.write_bytes(head + table + tail)
    with zipfile.ZipFile(path) as opened:
        assert opened.read("run.jsonl") == data
    opened_ = archive.Archive(path)
    assert opened_.wrong == []
    with pytest.raises(ValueError, match="cannot be unpacked"):
        list(opened_.chunks("run.jsonl"))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is no archive"),
        (b"nothing of the kind", "is no archive"),
        (b"\x1f\x8b" + bytes(40), "is no archive"),
    ],
)
def test_what_is_no_bundle_is_said(data: bytes, sentence: str, tmp_path: Path) -> None:
    """An empty file, another file."""
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    with pytest.raises(DocumentError, match=f"{sentence}; expected a bundle of evidence"):
        verify(path, version="9")


@pytest.mark.parametrize(
    ("manifest", "sentence"),
    [
        (None, "holds no MANIFEST.json"),
        (b"{", "not JSON in ASCII"),
        (b'{"format": 1, "format": 1}', "with a key twice"),
        (b"[" * 100_000, "not JSON in ASCII"),
        (b"[]", "not a manifest as bundle.schema.json describes it: the whole"),
        (b'{"format": 2}', "format 2, and this version reads format 1"),
        (b'{"format": 1}', "not a manifest as bundle.schema.json describes it"),
    ],
)
def test_what_has_no_manifest_is_no_bundle(
    manifest: bytes | None, sentence: str, made: Path, tmp_path: Path
) -> None:
    """One sentence, whatever stands there."""
    held = contents(made)
    if manifest is None:
        del held["MANIFEST.json"]
    else:
        held["MANIFEST.json"] = manifest
    with pytest.raises(DocumentError, match=sentence):
        verify(packed(held, tmp_path / "x.zip"), version="9")


def test_no_byte_can_be_changed_unseen(made: Path, tmp_path: Path) -> None:
    """Wherever it is: either the bundle does not verify, or nothing that can be read in it has changed."""
    data = made.read_bytes()
    dice = random.Random(5)
    path = tmp_path / "flipped.zip"
    table = data.index(b"PK\x01\x02")
    places = {*dice.sample(range(len(data)), 120), *dice.sample(range(table, len(data)), 60), *range(60)}
    for place in sorted(places):
        flipped = bytearray(data)
        flipped[place] ^= 1 << dice.randrange(8)
        path.write_bytes(flipped)
        try:
            unseen = not verify(path, version="9").problems
        except DocumentError:
            continue
        assert not unseen or contents(path) == contents(made), place


# -- the verb --------------------------------------------------------------------------------------


class Verb:
    """`omen-conformance bundle` in this process."""

    def __init__(self, captured: pytest.CaptureFixture[str]) -> None:
        self._captured = captured

    def __call__(self, *words: str | Path) -> Ended:
        with pytest.raises(SystemExit) as caught:
            main(["bundle", *map(str, words)])
        out, err = self._captured.readouterr()
        return Ended(int(str(caught.value.code)), out, err, Path())


@pytest.fixture
def verb(capsys: pytest.CaptureFixture[str]) -> Verb:
    return Verb(capsys)


def test_the_verb_makes_and_verifies(verb: Verb, tmp_path: Path) -> None:
    """It prints the sum of the manifest, which goes into a ticket and comes back with `--manifest`."""
    folder = played(tmp_path / "run")
    ended = verb(folder, "--out", tmp_path / "e.zip")
    first, second = ended.out.splitlines()
    assert ended.code == 0
    assert first.startswith(f"bundle    {tmp_path / 'e.zip'} (8 files, ")
    assert second.startswith("manifest  sha256:")
    summed = second.split()[1]
    ended = verb("--verify", tmp_path / "e.zip", "--manifest", summed)
    assert ended.code == 0, ended.out
    assert f"manifest  {summed}, as expected" in ended.out
    assert "verdict   not conformant: 2 promises broken" in ended.out
    assert ended.out.splitlines()[-1] == f"✓ {tmp_path / 'e.zip'} verifies: 8 files"


def test_the_verb_says_what_does_not_verify(verb: Verb, made: Path, tmp_path: Path) -> None:
    """Exit code 1, a sentence a line, nothing of the run; no name moves a cursor."""
    path = altered(made, tmp_path / "a.zip", without("junit.xml"), added("\x1b[31mred"))
    ended = verb("--verify", path)
    assert ended.code == 1
    assert "✗ junit.xml: is listed in the manifest and not there\n" in ended.out
    assert ended.out.splitlines()[-1] == f"✗ {path} does not verify: 2 things wrong"
    assert "\x1b" not in ended.out
    assert "verdict" not in ended.out
    ended = verb("--verify", made, "--manifest", "AB" * 32)
    assert ended.code == 1
    assert f"and should have {'ab' * 32}" in ended.out
    assert "as expected" not in ended.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "bundle: which run? (bundle RUN, or bundle --verify FILE)"),
        (["run", "--verify", "x"], "bundle: --verify takes no RUN and no --out (bundle --verify FILE)"),
        (["run", "--manifest", "ab" * 32], "bundle: --manifest is for --verify"),
        (["--verify", "x", "--manifest", "abc"],
         "--manifest 'abc' is no SHA-256 (sha256: and 64 hexadecimal digits)"),
        (["--verify", "/nowhere/x"],
         "/nowhere/x: cannot be read: No such file or directory; expected a bundle of evidence"),
    ],
)  # fmt: skip
def test_wrong_words_are_one_sentence(words: list[str], sentence: str, verb: Verb) -> None:
    """Exit code 2, for what is no bundle, too."""
    ended = verb(*words)
    assert (ended.code, ended.sentence, ended.out) == (2, sentence, "")
