"""The official JSON Schema suite, each schema read as one of a document: every test passes or is listed."""

from collections import Counter

import pytest

from conformance.contract.schema import Schema
from conformance.validation import judge

from .listed import LISTED, reason_for
from .official import DRAFTS, asked, read

REQUIRED = {"draft4": 600, "draft6": 800, "draft7": 900, "draft2019-09": 1200, "draft2020-12": 1200}
"""Fewer required tests than these that pass: it was not the suite that was read."""


@pytest.mark.parametrize("draft", DRAFTS)
def test_every_test_passes_or_is_listed(draft: str) -> None:
    """No other disagreement, nothing that cannot be read, and nothing listed that agrees."""
    wrong, mended, tally = [], [], Counter[str]()
    listed = reason_for(draft)
    schemas: dict[int, Schema] = {}
    tests = list(asked(draft))
    for test in tests:
        schema = schemas.get(id(test.schema)) or read(test.schema, DRAFTS[draft])
        schemas[id(test.schema)] = schema
        agrees = judge(schema, test.value).ok == test.valid
        reason = listed(test)
        if agrees and reason:
            mended.append(f"{test}: {reason}")
        elif not agrees and not reason:
            wrong.append(str(test))
        tally[reason or ("optional" if test.file.startswith("optional/") else "required")] += 1
    assert (wrong, mended) == ([], [])
    assert tally["required"] >= REQUIRED[draft]


def test_every_entry_lists_something() -> None:
    """An entry that lists no test of any draft is struck off."""
    found = [(draft, test) for draft in DRAFTS for test in asked(draft)]
    idle = [each for each in LISTED if not any(each(draft, test) for draft, test in found)]
    assert idle == []
