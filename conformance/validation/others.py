"""Keywords that a JSON Schema library judges as a whole: ``not``, ``if``, ``contains``, ``propertyNames`` …

``jsonschema_rs`` runs them, made wire-strict by our own ``type``, ``const``, ``enum`` and ``uniqueItems``.
It may open no connection (``offline``). Bin and ext values, which JSON does not know, are shown to it as
marked strings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import jsonschema_rs

from conformance.codec import Ext, Pairs, wire_type
from conformance.contract.schema import WIRE, Dialect, Schema
from conformance.errors import DocumentError
from conformance.validation import keywords
from conformance.validation.show import show

_VALIDATORS: Final = {
    Dialect.DRAFT4: jsonschema_rs.Draft4Validator,
    Dialect.DRAFT6: jsonschema_rs.Draft6Validator,
    Dialect.DRAFT7: jsonschema_rs.Draft7Validator,
    Dialect.DRAFT2019: jsonschema_rs.Draft201909Validator,
    Dialect.DRAFT2020: jsonschema_rs.Draft202012Validator,
}
_APPLIES: Final = {
    "contains": keywords.ARRAYS,
    "unevaluatedItems": keywords.ARRAYS,
    "propertyNames": keywords.MAPS,
    "dependencies": keywords.MAPS,
    "dependentRequired": keywords.MAPS,
    "dependentSchemas": keywords.MAPS,
    "unevaluatedProperties": keywords.MAPS,
}
_WIRE: Final = {
    "null": {"nil"},
    "boolean": {"bool"},
    "integer": {"int"},
    "number": {"int", "float"},
    "string": {"str"},
    "array": {"array"},
    "object": {"map"},
}


class _Wire:
    """The base of our keywords inside ``jsonschema_rs``."""

    def __init__(self, parent: dict[str, Any], value: Any, path: list[str | int]) -> None:
        self.parent, self.value = parent, value

    def validate(self, instance: Any) -> None:
        """Raise for a value that does not keep the keyword (the library's protocol)."""
        expected = self.expected(instance)
        if expected:
            raise ValueError(f"expected {expected}")

    def expected(self, instance: Any) -> str:
        """What was expected; '' when the value keeps the keyword."""
        raise NotImplementedError


class WireType(_Wire):
    """``type`` on the wire: no bool and no float is an integer."""

    def expected(self, instance: Any) -> str:
        """What was expected; '' when the value keeps the keyword."""
        names = [self.value] if isinstance(self.value, str) else self.value
        kind = _kind(instance)
        if kind == "bin" and "string" in names and self.parent.get(WIRE) == "bin":
            return ""
        return "" if any(kind in _WIRE.get(name, ()) for name in names) else " or ".join(names)


class WireText(_Wire):
    """``x-wire``: a string is bytes, or text in an encoding."""

    def expected(self, instance: Any) -> str:
        """What was expected; '' when the value keeps the keyword."""
        kind = _kind(instance)
        if self.value == "bin":
            return "bin" if kind == "str" else ""
        return keywords.contentEncoding(self.value, instance) if kind == "str" else ""


class WireLength(_Wire):
    """``minLength`` and ``maxLength`` where bytes are among the strings: they count those."""

    limit = staticmethod(keywords.minLength)

    def expected(self, instance: Any) -> str:
        """What was expected; '' when the value keeps the keyword."""
        if not isinstance(instance, str):
            return ""
        return self.limit(
            self.value, instance[1:].encode("latin-1") if _kind(instance) == "bin" else instance
        )


class WireMost(WireLength):
    """``maxLength``."""

    limit = staticmethod(keywords.maxLength)


class WireConst(_Wire):
    """``const`` on the wire."""

    def expected(self, instance: Any) -> str:
        """What was expected; '' when the value keeps the keyword."""
        return keywords.const(self.value, instance)


class WireEnum(_Wire):
    """``enum`` on the wire."""

    def expected(self, instance: Any) -> str:
        """What was expected; '' when the value keeps the keyword."""
        return keywords.enum(self.value, instance)


class WireUnique(_Wire):
    """``uniqueItems`` on the wire."""

    def expected(self, instance: Any) -> str:
        """What was expected; '' when the value keeps the keyword."""
        return keywords.uniqueItems(self.value, instance) if isinstance(instance, list) else ""


WIRE_KEYWORDS: Final[dict[str, Any]] = {
    "type": WireType,
    "const": WireConst,
    "enum": WireEnum,
    "uniqueItems": WireUnique,
    WIRE: WireText,
}
LENGTHS: Final[dict[str, Any]] = {"minLength": WireLength, "maxLength": WireMost}
BIN: Final = "\ufdd0"
EXT: Final = "\ufdd1"


def _kind(instance: object) -> str:
    """The wire type of a value as ``json_safe`` shows it."""
    if isinstance(instance, str) and instance[:1] in (BIN, EXT):
        return "bin" if instance[0] == BIN else "ext"
    return wire_type(instance)


def json_safe(value: object) -> Any:
    """A wire value as JSON knows it: bin and ext as marked strings, keys as strings; all else as it is."""
    if isinstance(value, bytes):
        return BIN + value.decode("latin-1")
    if isinstance(value, Ext):
        return EXT + show(value)
    if isinstance(value, Pairs):
        return {
            key if isinstance(key, str) else f"\ufdd0{key!r}": json_safe(item) for key, item in value.items
        }
    if isinstance(value, Mapping):
        return {
            key if isinstance(key, str) else f"\ufdd0{key!r}": json_safe(item) for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [json_safe(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    return value


class Other:
    """One such keyword of one schema."""

    def __init__(self, schema: Schema, keyword: str) -> None:
        self.keyword = keyword
        self.clause = schema.clauses.get(keyword, "")
        self.kinds = _APPLIES.get(keyword, keywords.ALL)
        body = schema.others[keyword]
        try:
            self._validator = _VALIDATORS[schema.dialect](
                body,  # type: ignore[arg-type]
                keywords=WIRE_KEYWORDS | LENGTHS if f"'{WIRE}': 'bin'" in repr(body) else WIRE_KEYWORDS,
                offline=True,
                validate_formats=False,
            )
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            first = str(error).splitlines()[0]
            raise DocumentError(
                str(schema.at(keyword)), f"the keyword {keyword!r} cannot be used: {first}"
            ) from error

    def broken(self, value: object) -> tuple[tuple[str | int, ...], str] | None:
        """(path below the value, what was expected) of the first thing wrong; None when nothing is."""
        safe = json_safe(value)
        try:
            if self._validator.is_valid(safe):
                return None
            errors = list(self._validator.iter_errors(safe))
        except ValueError:
            errors = []
        if self.keyword.startswith("unevaluated"):  # its schema holds its neighbours, which are judged apart
            errors = [error for error in errors if error.kind.name == self.keyword]
            if not errors:
                return None
        error = errors[0] if errors else None
        if error is None:
            return (), f"what {self.keyword!r} asks"
        kind = error.kind
        if isinstance(kind, jsonschema_rs.ValidationErrorKind.Custom):
            return tuple(error.instance_path), f"{kind.message.removeprefix('expected ')} ({self.keyword!r})"
        if kind.name == "not" == self.keyword:
            return tuple(error.instance_path), "a value that 'not' does not describe"
        if kind.name == self.keyword:
            return tuple(error.instance_path), f"what {self.keyword!r} asks"
        return tuple(error.instance_path), f"what {kind.name!r} in {self.keyword!r} asks"
