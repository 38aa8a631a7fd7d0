"""Long lists as JSON: what the standard library would write, whatever stands in the texts."""

import io
import json
from collections.abc import Iterator

import pytest

from conformance.reporting.indented import AT_ONCE, Entry, write_list

ODD = ['a "quoted" \\ text', "über 価格 \U0001f600", "tab\tnew\nline\x00\x1b\x7f", "\u2028</script>", ""]
PLAIN: list[Entry] = [{"id": "one", "clauses": ("a", "b"), "why": None}, {"id": "none", "clauses": ()}, {}]


def entry(text: str) -> Entry:
    """A text wherever one may stand."""
    return {"id": text, text: (text, text)}


def many(count: int) -> list[Entry]:
    """So many entries."""
    return [{"id": str(number)} for number in range(count)]


ENTRIES = [*PLAIN, *map(entry, ODD)]


@pytest.mark.parametrize(
    "entries",
    [[], ENTRIES[:1], ENTRIES, many(AT_ONCE - 1), many(AT_ONCE), many(AT_ONCE + 1)],
    ids=["none", "one", "odd", "one less than a batch", "a batch", "one more"],
)
def test_a_list_is_written_as_the_standard_library_writes_it(entries: list[Entry]) -> None:
    """Byte for byte, the end of the line included."""
    out = io.StringIO()
    write_list("cases", iter(entries), out)
    assert out.getvalue() == json.dumps({"cases": entries}, indent=2, ensure_ascii=False) + "\n"


def test_entries_are_written_while_they_are_made() -> None:
    """What was made first is written before the last is asked for: nobody holds the whole text."""
    out = io.StringIO()

    def made() -> Iterator[Entry]:
        for number in range(3 * AT_ONCE):
            if number == 2 * AT_ONCE:
                assert out.getvalue().count('"id"') >= AT_ONCE
            yield {"id": str(number)}

    write_list("cases", made(), out)
    assert len(json.loads(out.getvalue())["cases"]) == 3 * AT_ONCE
