"""What we use of msgpack, which has no types of its own."""

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NamedTuple, TypeAlias

from msgpack.exceptions import ExtraData as ExtraData
from msgpack.exceptions import UnpackException as UnpackException

type_bytes: TypeAlias = bytes

class ExtType(NamedTuple):
    code: int
    data: bytes

class Timestamp:
    seconds: int
    nanoseconds: int
    def __init__(self, seconds: int, nanoseconds: int = ...) -> None: ...

class Packer:
    def __init__(
        self,
        *,
        default: Callable[[Any], Any] | None = ...,
        use_single_float: bool = ...,
        autoreset: bool = ...,
        use_bin_type: bool = ...,
        strict_types: bool = ...,
        datetime: bool = ...,
        unicode_errors: str | None = ...,
    ) -> None: ...
    def pack(self, obj: object) -> type_bytes: ...
    def pack_map_header(self, size: int) -> type_bytes: ...
    def pack_array_header(self, size: int) -> type_bytes: ...
    def pack_ext_type(self, typecode: int, data: type_bytes) -> bytes | None: ...
    def bytes(self) -> type_bytes: ...
    def reset(self) -> None: ...
    def pack_map_pairs(self, pairs: object) -> type_bytes: ...

class Unpacker:
    def __init__(self, file_like: BinaryIO | None = ..., *, strict_map_key: bool = ...) -> None: ...
    def __iter__(self) -> Iterator[Any]: ...
    def feed(self, next_bytes: type_bytes) -> None: ...
    def read_map_header(self) -> int: ...
    def unpack(self) -> Any: ...

def packb(obj: object, *, use_bin_type: bool = ..., default: Callable[[Any], Any] | None = ...) -> bytes: ...
def unpackb(
    packed: bytes,
    *,
    raw: bool = ...,
    use_list: bool = ...,
    strict_map_key: bool = ...,
    timestamp: int = ...,
    object_hook: Callable[[Any], Any] | None = ...,
    object_pairs_hook: Callable[[list[tuple[Any, Any]]], Any] | type[Any] | None = ...,
    list_hook: Callable[[list[Any]], Any] | None = ...,
    ext_hook: Callable[[int, bytes], Any] | type[Any] = ...,
    unicode_errors: str | None = ...,
    max_str_len: int = ...,
    max_bin_len: int = ...,
    max_array_len: int = ...,
    max_map_len: int = ...,
    max_ext_len: int = ...,
) -> Any: ...
