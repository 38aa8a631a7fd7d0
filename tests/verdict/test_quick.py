"""The quick way to 'nothing is wrong' and the way that explains are one judgement."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.cases.reading import Reader, Seen
from conformance.codec import Codec
from conformance.contract import Message, MessageRule, Service, load
from conformance.payloads import mutants
from conformance.payloads.holes import shown
from conformance.payloads.valid import all_made
from conformance.validation.compiled import WORTH
from conformance.verdict.frames import FrameJudge
from conformance.verdict.ruled import QUICK, Ruled
from conformance.verdict.ruling import KINDS, judge_rule

CONTRACT = load()
MESSAGES = [
    pytest.param(service, message, id=f"{service.name}-{message.name}")
    for service in CONTRACT.services.values()
    for message in service.messages.values()
    if message.sent_by_target
]
ODD: Any = st.sampled_from([None, True, "", "x", "1_0", "٣", 1.5, b"1", [], {"0": 1}])
NUMBER: Any = (
    st.sampled_from(["1", "1.0", "-1", "0", "0.0", "2", "1.10", "-0", "--1", "."])
    | st.integers(-1, 3)
    | st.sampled_from([10**12 - 1, 10**12, 10**13 - 1, 10**13, "1795359600123"])
)
ROW: Any = st.lists(NUMBER | ODD, max_size=3) | ODD
VALUE: Any = st.fixed_dictionaries(
    {}, optional={"a": NUMBER | ODD, "b": NUMBER | ODD, "c": NUMBER, "rows": st.lists(ROW, max_size=4)}
)
PLACES = [
    ("/a", "/b"),
    ("/a", "/b", "/c"),
    ("/rows/*/0", "/rows/*/1"),
    ("/rows/0/0", "/rows/1/0"),
    ("/c", "/c"),
    ("/0", "/1"),
]


class Slow(FrameJudge):
    """The judge that never takes the quick way."""

    def good(self, seen: Seen) -> None:
        return None


def rule(kind: str, at: tuple[str, ...], or_equal: bool, each: str) -> MessageRule:
    return MessageRule(
        name=kind, says="", kind=kind, at=at, each=each, or_equal=or_equal, clause=f"{kind}{at}{each}"
    )


@pytest.mark.parametrize("kind", [*KINDS, "not_decreasing", "unheard_of"])
@settings(max_examples=150, deadline=None, database=None)
@given(value=VALUE, at=st.sampled_from(PLACES), or_equal=st.booleans(), each=st.sampled_from(["", "/rows"]))
def test_rules_are_kept_or_broken_alike(
    kind: str, value: object, at: tuple[str, ...], or_equal: bool, each: str
) -> None:
    """Whether a rule of any kind had something to judge, and whether it was kept: both ways say the same."""
    single = rule(kind, at, or_equal, each)
    applied, findings = judge_rule(single, "m", value)
    found = Ruled([single], "m")(value)
    assert (found is None) == bool(findings)
    assert found is None or found == (frozenset({single.clause}) if applied else frozenset())


def test_rules_of_a_message_are_told_apart() -> None:
    """Of several rules those alone count as exercised that had something to judge; one broken breaks all."""
    rules = [
        rule("ascending", ("/rows/*/0",), False, ""),
        rule("positive", ("/a",), False, ""),
        rule("sum", ("/a", "/b", "/c"), False, ""),
    ]
    ruled = Ruled(rules, "m")
    assert ruled({"rows": [[1]]}) == frozenset()
    assert ruled({"rows": [[1], [2]]}) == frozenset({rules[0].clause})
    assert ruled({"a": "1", "b": "2", "c": "3"}) == frozenset({rules[1].clause, rules[2].clause})
    assert ruled({"a": "1", "b": "2", "c": "4"}) is None
    assert ruled({"a": "0", "rows": [[1], [2]]}) is None
    assert set(QUICK) < set(KINDS)


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (1_795_359_600, "1795359600 (a time in seconds)"),
        (1_795_359_600_123_000, "1795359600123000 (a time in microseconds)"),
        (1_795_359_600_123_000_000, "1795359600123000000 (a time in nanoseconds)"),
        (0, "0"),
        (2**64 - 1, str(2**64 - 1)),
        (1_795_359_600_123, ""),
        (None, ""),
    ],
)
def test_a_time_in_another_unit_is_named(value: object, seen: str) -> None:
    """What is no time of this era in milliseconds is told with the unit in which it would be one."""
    _, findings = judge_rule(rule("milliseconds", ("/ts",), False, ""), "m", {"ts": value})
    assert [finding.seen for finding in findings] == ([seen] if seen else [])
    assert all(finding.expected.startswith("1000000000000 to 9999999999999") for finding in findings)


def test_rules_of_rows_are_told_apart() -> None:
    """Each rule counts by itself, whichever list it is about; one row that breaks one breaks all."""
    rules = [
        rule("less", ("/0", "/1"), False, "/rows"),
        rule("positive", ("/2",), False, "/rows"),
        rule("less", ("/0", "/1"), True, "/more"),
        rule("positive", ("/a",), False, ""),
    ]
    ruled = Ruled(rules, "m")
    assert ruled({"rows": []}) == frozenset()
    assert ruled({"rows": [[1], [1, 2]]}) == frozenset({rules[0].clause})
    assert ruled({"a": 1, "more": [[1, 1]]}) == frozenset({rules[2].clause, rules[3].clause})
    assert ruled({"rows": [[1, 2, 3], [2, 1]]}) is None
    assert ruled({"rows": [[1, 2, 0]], "more": [[1, 1]]}) is None


def encoded(codec: Codec, value: object) -> list[bytes]:
    """The frame of a value, where it can be sent at all."""
    try:
        return [codec.encode(value)]
    except ValueError:
        return []


@pytest.mark.parametrize(("service", "message"), MESSAGES)
def test_messages_are_judged_alike(service: Service, message: Message) -> None:
    """Good messages and all that are one fault off: the same findings, the same clauses exercised."""
    reader = Reader(service)
    codec = reader.codec_for("")
    quick, slow = FrameJudge(service, CONTRACT.clauses), Slow(service, CONTRACT.clauses)
    good = [*message.examples, *(shown(made.value) for _, made in all_made(message.payload))]
    frames = [data for value in good for data in encoded(codec, value)]
    frames += [data for each in mutants(message.payload) for data in encoded(codec, shown(each.value))]
    frames += [frames[0] + b"\xc0", b"\x82\xa1a\x01\xa1a\x02", b"\x93\x01"]
    seen = [reader.read(index, 0, codec.opcode, data) for index, data in enumerate(frames)]
    seen.append(reader.read(len(frames), 0, "text", frames[0]))
    for _ in range(WORTH):
        assert quick.judge(seen[0]) == slow.judge(seen[0])
    taken = 0
    for each in seen:
        assert quick.judge(each) == slow.judge(each)
        taken += quick.good(each) is not None
    assert taken >= 1, "no message went the quick way"
