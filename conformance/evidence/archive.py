"""A ZIP archive (APPNOTE.TXT 6.3) that holds nothing but its files: written always the same way, read with
distrust.

No name leads out of a folder, no byte stands between or behind files, nothing unpacks to more than it may.
"""

from __future__ import annotations

import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from conformance.errors import DocumentError

TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The time stamp of every file: the format's earliest."""

MEMBER: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
"""A name of a file: no drive, no root, no backslash, no part that begins with a dot."""

MOST: Final = 2000
LARGEST: Final = 1 << 30
"""Bytes of one file, and of all: without the extensions for larger archives."""

RATIO: Final = 200
SMALL: Final = 16 << 20
"""A file of more than ``SMALL`` bytes is not compressed to less than one in ``RATIO``."""

DAMAGED: Final = "cannot be unpacked: its compressed bytes are damaged"
_CHUNK: Final = 1 << 20
_START, _TABLED, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_TIME: Final = (0, 1 << 5 | 1)  # TIME as the format writes it: time, date
_MADE, _NEEDED, _MODE = 3 << 8 | 20, 20, (stat.S_IFREG | 0o644) << 16
_LOCAL, _ENTRY, _TAIL = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")
_TABLE: Final = MOST * 600
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED: Final = 0x1
_LATER: Final = 0x8  # sizes and sums stand behind the data, where nothing holds them


def write(file: Path, members: Iterable[tuple[str, Path]]) -> None:
    """Writes an archive of these files, in this order. The same files give the same bytes."""
    with zipfile.ZipFile(file, "w", allowZip64=False) as archive:
        for name, path in members:
            info = zipfile.ZipInfo(name, TIME)
            info.create_system = 3  # so that the mode below means something, wherever this is written
            info.external_attr = _MODE
            info.compress_type = zipfile.ZIP_STORED if _hollow(path) else zipfile.ZIP_DEFLATED
            info.file_size = path.stat().st_size
            with path.open("rb") as source, archive.open(info, "w") as target:
                shutil.copyfileobj(source, target, _CHUNK)


def _hollow(path: Path) -> bool:
    """Whether a file would look like a bomb if it were compressed."""
    size = path.stat().st_size
    if size <= SMALL:
        return False
    packing, packed = zlib.compressobj(), 0
    with path.open("rb") as source:
        while data := source.read(_CHUNK):
            packed += len(packing.compress(data))
    return size > RATIO * (packed + len(packing.flush())) // 2


class Archive:
    """An archive that somebody gave us. ``wrong`` tells, by name of file, what ``write`` would not write so.

    Opening one raises ``DocumentError`` for what is no such archive at all. Only ``readable`` files can be
    read: what is said to be wrong of the others, or of the archive (by the name ''), makes that unsafe.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.wrong: list[tuple[str, str]] = []
        self.readable: dict[str, int] = {}
        """Name -> its size in bytes, in the order of the archive."""
        self._infos: dict[str, zipfile.ZipInfo] = {}
        self._seen: set[str] = set()
        self._data = self._table = self._last = 0
        try:
            with path.open("rb") as file:
                if file.read(4) != _START:
                    raise DocumentError(str(path), "is no archive", expected="a bundle of evidence")
                whole = self._whole(file.seek(0, 2), file)
        except OSError as error:
            raise DocumentError(
                str(path), f"cannot be read: {error.strerror}", expected="a bundle of evidence"
            ) from error
        if whole:
            self._look()

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a readable file. Raises ``ValueError`` with what is wrong of it."""
        info = self._infos[name]
        size = summed = 0
        try:
            for data in self._unpacked(info):
                size += len(data)
                summed = zlib.crc32(data, summed)
                if size > info.file_size:
                    break
                yield data
        except (zlib.error, OSError) as error:
            raise ValueError(DAMAGED) from error
        if (size, summed) != (info.file_size, info.CRC):
            raise ValueError(DAMAGED)

    def _unpacked(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """By hand: behind the end of compressed data, ``zipfile`` would pass over whatever stands there."""
        with self.path.open("rb") as file:
            file.seek(info.header_offset + _LOCAL.size + len(info.orig_filename))
            left, packed = info.compress_size, info.compress_type == zipfile.ZIP_DEFLATED
            unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
            while left and (data := file.read(min(left, _CHUNK))):
                left -= len(data)
                if not packed:
                    yield data
                    continue
                piece = unpacking.decompress(data, _CHUNK)
                yield piece
                while unpacking.unconsumed_tail or len(piece) == _CHUNK:
                    piece = unpacking.decompress(unpacking.unconsumed_tail, _CHUNK)
                    yield piece
                if unpacking.unused_data or (unpacking.eof and left):
                    raise zlib.error("something stands behind its end")
            if packed and not unpacking.eof:
                raise zlib.error("it has no end")

    def _whole(self, size: int, source: BinaryIO) -> bool:
        """Whether the end of the archive is the end of the file, and its table is of a bearable size."""
        source.seek(max(0, size - _TAIL.size))
        tail = source.read(_TAIL.size)
        if len(tail) < _TAIL.size or not tail.startswith(_END):
            self.wrong.append(("", "is cut short, or has bytes behind its end"))
            return False
        _, disk, first, here, entries, table, at, comment = _TAIL.unpack(tail)
        if disk or first or comment or here != entries or at + table + _TAIL.size != size:
            self.wrong.append(("", "has bytes that belong to none of its files"))
            return False
        if entries > MOST or table > _TABLE:
            self.wrong.append(("", f"holds {entries} files, and a bundle at most {MOST}"))
            return False
        self._data, self._table, self._last = at, at, size - _TAIL.size
        return True

    def _look(self) -> None:
        try:
            with zipfile.ZipFile(self.path) as archive:
                infos = archive.infolist()
                at = 0
                with self.path.open("rb") as file:
                    for info in infos:
                        at = self._entry(info, at, file)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
            self.wrong.append(("", "has a table of files that cannot be read"))
            self.readable.clear()
            return
        if not self.wrong and (at, self._table) != (self._data, self._last):
            self.wrong.append(("", "has bytes that belong to none of its files"))
        if sum(self.readable.values()) > LARGEST:
            self.wrong.append(("", f"unpacks to more than {LARGEST >> 20} MiB"))
            self.readable.clear()

    def _entry(self, info: zipfile.ZipInfo, at: int, source: BinaryIO) -> int:
        """Judges one file, which should begin at this byte; where the next one should."""
        name = info.orig_filename
        wrong = list(self._faults(info))
        source.seek(info.header_offset)
        head = source.read(_LOCAL.size)
        if info.header_offset != at or len(head) < _LOCAL.size:
            self.wrong.append((name, "does not begin where the file before it ends"))
            return -1
        raw = name.encode("utf-8", "surrogateescape")
        known = (0, info.compress_type, *_TIME, info.CRC, info.compress_size, info.file_size, len(raw))
        tabled = _ENTRY.pack(_TABLED, _MADE, _NEEDED, *known, 0, 0, 0, 0, _MODE, at) + raw
        if head + source.read(len(raw)) != _LOCAL.pack(_START, _NEEDED, *known, 0) + raw:
            wrong.append("is not told of as in the table of files")
        source.seek(self._table)
        if source.read(len(tabled)) != tabled:
            wrong.append("is told of in the table with bytes that no bundle has")
        self._table += len(tabled)
        if name.casefold() in self._seen:
            wrong.append("is there twice")
            self.readable.pop(name, None)
        self._seen.add(name.casefold())
        self._infos[name] = info
        if wrong:
            self.wrong += ((name, one) for one in wrong)
        else:
            self.readable[name] = info.file_size
        return at + _LOCAL.size + len(raw) + info.compress_size

    def _faults(self, info: zipfile.ZipInfo) -> Iterator[str]:
        if not MEMBER.fullmatch(info.orig_filename) or len(info.orig_filename) > 250:
            yield "has a name that no file of a bundle has: it may lead out of the folder"
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            yield "is no ordinary file"
        if info.flag_bits & (_ENCRYPTED | _LATER) or info.compress_type not in _METHODS:
            yield "is packed in a way that no bundle is"
        if info.file_size > LARGEST:
            yield f"unpacks to more than {LARGEST >> 20} MiB"
        elif info.file_size > max(SMALL, RATIO * info.compress_size):
            yield f"unpacks to more than {RATIO} times its size"
