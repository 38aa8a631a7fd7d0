"""Where we differ from the official JSON Schema suite on purpose: each with its reason, in this one place.

A test that is listed here and agrees fails ``test_official.py``: what is mended is struck off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from .official import Asked

WIRE = "decided: on the wire a float is no integer, and 1.0 is not 1"
FORMAT = "decided: format is an annotation; each is a clause that nobody enforces, with this reason"
DECODED = "decided: contentEncoding is a promise about what is sent, so a text that does not decode breaks it"
MEDIA = "contentMediaType is an annotation: what a text holds is not read; a clause that nobody enforces"
GONE = "optional: `dependencies` went with 2019-09; a clause that nobody enforces there, with this reason"
VOCABULARY = (
    "a meta-schema of one's own is read as the draft that its URI names: vocabularies are not switched off"
)


@dataclass(frozen=True, slots=True)
class Listed:
    """Tests by file and description, as shell patterns; ``valid`` None: whatever the suite says."""

    reason: str
    file: str
    tests: tuple[str, ...] = ("*",)
    valid: bool | None = None
    drafts: tuple[str, ...] = ()

    def __call__(self, draft: str, test: Asked) -> bool:
        """Whether the test is one of these."""
        return (
            (not self.drafts or draft in self.drafts)
            and fnmatchcase(test.file, self.file)
            and any(fnmatchcase(test.test, each) for each in self.tests)
            and self.valid in (None, test.valid)
        )


NEW = ("draft2019-09", "draft2020-12")

LISTED: tuple[Listed, ...] = (
    Listed(
        WIRE,
        "const.json",
        ("float zero is valid", "float one is valid", "float is valid", "integer -2 is valid"),
    ),
    Listed(WIRE, "enum.json", ("float zero is valid", "float one is valid", "[[][01].0] is valid")),
    Listed(WIRE, "type.json", ("a float with zero fractional part is an integer",), valid=True),
    Listed(WIRE, "optional/float-overflow.json", valid=True, drafts=("draft6", "draft7", *NEW)),
    Listed(FORMAT, "optional/format/*.json", valid=False),
    Listed(FORMAT, "optional/format-assertion.json", valid=False),
    Listed(DECODED, "content.json", ("an invalid base64 string*",), drafts=NEW),
    Listed(
        MEDIA, "optional/content.json", ("an invalid JSON document", "*invalid JSON document"), valid=False
    ),
    Listed(GONE, "optional/dependencies-compatibility.json", valid=False),
    Listed(VOCABULARY, "vocabulary.json", ("no validation: invalid number, but it still validates",)),
)


def reason_for(draft: str) -> Callable[[Asked], str]:
    """Why we differ at a test of that draft; '' where we must not."""
    return lambda test: next((each.reason for each in LISTED if each(draft, test)), "")
