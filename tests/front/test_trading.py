"""Trading at a target in another process: what a run sends, says, leaves; one that is killed, and swept."""

from __future__ import annotations

import json
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.record import read
from tests.front.command import Ended, command, run
from tests.front.kills import Exchange, exchange, killed, trading

TIMES = 3
TRADING = ("exact", "fills", "isolation", "kinds", "races", "traded", "unique", "untouched")


@pytest.fixture(scope="module")
def target() -> Iterator[Exchange]:
    """An honest exchange."""
    with exchange("--deadline", "auth=1500") as made:
        yield made


def traded(target: Exchange, folder: Path, *words: str) -> Ended:
    return run(*target.words(), "--history", "none", *words, cwd=folder, env=target.environment())


def swept(target: Exchange, folder: Path, *words: str) -> Ended:
    return command("sweep", *target.words(), *words, cwd=folder, env=target.environment())


def test_without_permission_nothing_is_sent_that_changes_state(target: Exchange, tmp_path: Path) -> None:
    """Every such case is skipped with that reason; no order is even meant."""
    ended = traded(target, tmp_path, "--case", "gateway/commands/placeOptionOrder/*")
    reasons = {line.reason for line in ended.record.cases}
    assert reasons <= {
        "may change state at the target: needs --allow-trading",
        "needs a target that nobody else uses (exclusive)",
    }
    assert ended.record.intents == ()
    assert ended.code == 3


def test_a_run_on_a_shared_target_trades_nothing_and_proves_it(target: Exchange, tmp_path: Path) -> None:
    """Far, post-only, tagged, within the limits; what may be sent is said before, what is open behind."""
    ended = traded(
        target,
        tmp_path,
        "--allow-trading",
        "--case",
        "gateway/commands/place*",
        "--case",
        "gateway/streams/up*",
    )
    record = ended.record
    told = [notice.text for notice in record.notices]
    assert told[0].startswith("trading is allowed at 127.0.0.1:")
    assert "post-only, and only what cannot trade" in told[0]
    assert told[-1].startswith("nothing of ours is open (checked at the end: demo-a")
    assert told[-1] in " ".join(ended.out.split())
    assert record.header.target.limits["order_notional"] == "1000"
    ends = {end.number: end for end in record.intent_ends}
    assert len(record.intents) > 50
    assert set(ends) == {intent.number for intent in record.intents}
    assert {end.how for end in ends.values()} <= {"done", "refused", "unknown"}
    assert all(intent.client_id.startswith("oc") for intent in record.intents if intent.role == "order.place")
    why = {line.reason for line in record.cases if line.outcome == "skipped"}
    assert any("it takes any price, and others use the target" in each for each in why)
    assert {line.outcome for line in record.cases} == {"passed", "skipped"}
    assert target.open_orders() == {}


def test_what_exceeds_a_limit_is_never_sent(target: Exchange, tmp_path: Path) -> None:
    """The case is skipped with one sentence, and blames nobody."""
    ended = traded(
        target, tmp_path, "--allow-trading", "--exclusive", "--trading-limit", "order_notional=0.049",
        "--case", "gateway/commands/place-read-cancel", "--case", "gateway/commands/getOrder/accepted",
    )  # fmt: skip
    (reason,) = {line.reason for line in ended.record.cases}
    assert reason == "this order is not sent: 0.5 times 0.1, more than 0.049 (order_notional)"
    assert {line.blame for line in ended.record.cases} == {"nobody"}
    assert ended.record.intents == ()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--trading-limit", "orders=many"], "orders must be a whole number or none, not 'many'"),
        (["--trading-limit", "size=1"], "--trading-limit size: no such limit (did you mean order_size?)"),
        (["--trading-limit", "orders"], "--trading-limit must be NAME=VALUE, not 'orders'"),
    ],
)
def test_a_limit_that_is_none_is_one_sentence(words: list[str], sentence: str, tmp_path: Path) -> None:
    """Nothing is sent by a user who meant to bound it."""
    ended = run("--url", "gateway=ws://127.0.0.1:1/", *words, cwd=tmp_path)
    assert ended.code == 2
    assert sentence in ended.sentence


@pytest.mark.parametrize("number", range(TIMES))
def test_a_killed_run_is_swept(number: int, target: Exchange, tmp_path: Path) -> None:
    """Killed at a random moment: the sweep says what had been open, and nothing of ours is open behind it.

    ``python -m tests.front.kills`` does so fifty times.
    """
    made = killed(target, tmp_path / "run", random.Random(number), 2.0)
    assert made.faults == [], made.said
    assert made.meant > 0


@pytest.mark.parametrize("text", ["", '{"line":"hea', '{"line":"header","suite":"0.1'])
def test_a_run_that_was_killed_before_its_header_had_sent_nothing(text: str, tmp_path: Path) -> None:
    """Nothing is to be swept: that is no wrong usage, for whoever sweeps behind every run."""
    (tmp_path / "run.jsonl").write_text(text, "utf-8")
    ended = command("sweep", "--run", "run.jsonl", cwd=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "run.jsonl holds not even its header: nothing had been sent\n"


def test_a_text_that_is_no_run_is_wrong_usage(tmp_path: Path) -> None:
    """It may stand where the run was meant that left orders."""
    (tmp_path / "run.jsonl").write_text("a note", "utf-8")
    ended = command("sweep", "--run", "run.jsonl", cwd=tmp_path)
    assert ended.code == 2
    assert "run.jsonl: holds no complete line; expected a run file" in ended.sentence


def test_a_sweep_waits_for_a_target_that_counts_orders(tmp_path: Path) -> None:
    """More orders than may be cancelled at once: a cancel that is refused for now is sent again."""
    with exchange("--deadline", "auth=1500", "--variation", "orders_are_rationed") as rationed:
        with rationed.session("trader_a") as place:
            for number in range(120):
                time.sleep(0.0 if number < 40 else 0.03)
                place(f"oc0123456789-{number}")
        ended = swept(rationed, tmp_path, "--all-tagged", "--report-dir", "swept")
        assert ended.code == 0, ended.out
        assert "found     120 open" in ended.out
        assert rationed.open_orders() == {}


def test_a_target_that_counts_orders_conforms(tmp_path: Path) -> None:
    """What it refuses for now is asked for again, and no case meets the orders of another."""
    words = [word for name in TRADING for word in ("--case", f"gateway/commands/orders/{name}/*")]
    ended = run("--variation", "orders_are_rationed", "--history", "none", *words, cwd=tmp_path)
    assert {line.outcome for line in ended.record.cases} <= {"passed", "skipped"}
    assert ended.code == 0, ended.out


def test_what_nobody_answered_fills_no_room_for_open_orders(target: Exchange, tmp_path: Path) -> None:
    """Commands without a credential, or on a connection that was closed: no account lists an order."""
    words = ("--allow-trading", "--exclusive", "--trading-limit", "open_orders=40", "--jobs", "1")
    ended = traded(target, tmp_path, *words, "--case", "gateway/commands/placeOptionOrder/*")
    kept = [case.id for case in ended.record.cases if "open_orders" in case.reason]
    unanswered = {each.number for each in ended.record.intent_ends if each.how == "unknown"}
    assert (kept, unanswered, ended.code) == ([], set(), 0), ended.out
    assert sum(not intent.account for intent in ended.record.intents) > 4


def test_ctrl_c_leaves_nothing_open(target: Exchange, tmp_path: Path) -> None:
    """What plays is ended, what is open is taken back, and that is proved: within five seconds, and told."""
    with trading(target, tmp_path / "run", 3) as child:
        time.sleep(0.4)
        child.send_signal(signal.SIGINT)
        begun = time.monotonic()
        assert child.wait(30) == 130
        assert time.monotonic() - begun < 12  # five of ours, and what a busy machine needs to write reports
    assert target.open_orders() == {}
    record = read(tmp_path / "run")
    assert record.end is not None
    assert record.end.interrupted
    told = [notice.text for notice in record.notices]
    assert any(text.startswith("nothing of ours is open (checked at the end: ") for text in told), told
    assert {end.number for end in record.intent_ends} == {intent.number for intent in record.intents}


def test_a_dry_sweep_cancels_nothing_and_strangers_orders_stay(target: Exchange, tmp_path: Path) -> None:
    """Only what the run's intents name is ours; other tags are told, and cancelled only when asked for."""
    made = killed(target, tmp_path / "run", random.Random(1), 0.5)
    assert made.faults == []
    mine, other = f"{sorted(made.intents)[-1]}-again", "oc0123456789-1"
    with target.session("trader_a") as place:
        for name in (mine, other, "nobody-of-ours"):
            place(name)
        dry = swept(target, tmp_path, "--run", "run", "--dry-run", "--report-dir", "dry")
        assert dry.code == 1, dry.err
        assert f"{mine}  buy 0.1" in dry.out
        assert "was open, would be cancelled" in dry.out
        assert set(target.open_orders()) == {mine, other, "nobody-of-ours"}
        wet = swept(target, tmp_path, "--run", "run")
        assert wet.code == 0, wet.out
        assert "the tag of another run, not touched" in wet.out
        assert set(target.open_orders()) == {other, "nobody-of-ours"}
        every = swept(target, tmp_path, "--all-tagged", "--report-dir", "every")
        assert every.code == 0, every.out
        assert set(target.open_orders()) == {"nobody-of-ours"}
    stored = json.loads((tmp_path / "dry/sweep.json").read_text("utf-8"))
    assert (stored["dry_run"], stored["open"], stored["exit_code"]) == (True, 1, 1)
    target.forget("trader_a", "nobody-of-ours")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "sweep needs the target: nothing is asked of a host that was not named"),
        (["reference"], "sweep needs the target"),
        (["--url", "market-data=ws://127.0.0.1:1/"], "none of these addresses trades"),
        (["--url", "gateway=ws://10.0.0.1:1/"], "sweep needs the credentials of the accounts"),
        (["--url", "gateway=ws://127.0.0.1:1/", "--run", "nowhere"], "nowhere: cannot be read"),
    ],
)
def test_a_sweep_that_cannot_be_meant_is_one_sentence(
    words: list[str], sentence: str, tmp_path: Path
) -> None:
    """Wrong usage is told before anything is asked of anybody."""
    ended = command("sweep", *words, cwd=tmp_path)
    assert ended.code == 2
    assert sentence in ended.sentence


def test_a_target_that_is_not_there_leaves_the_question_open(target: Exchange, tmp_path: Path) -> None:
    """Nobody knows what is open: that is no success."""
    words = [word.replace(target.url, "ws://127.0.0.1:9/") for word in target.words()]
    ended = command("sweep", *words, "--report-dir", "there", cwd=tmp_path, env=target.environment())
    assert ended.code == 3
    assert "nobody knows what of ours is open" in ended.out
    assert "not seen  gateway: gateway at ws://127.0.0.1:9/" in ended.out


def test_an_exchange_that_cancels_nothing_is_found_out(tmp_path: Path) -> None:
    """A case that left an order fails by a clause; the run says what is open, and so does the sweep."""
    with exchange("--deadline", "auth=1500", "--fault", "cancels_nothing") as liar:
        ended = traded(
            liar,
            tmp_path,
            "--allow-trading",
            "--exclusive",
            "--case",
            "gateway/commands/placeOptionOrder/accepted",
        )
        (line,) = ended.record.cases
        assert (line.outcome, line.blame) == ("failed", "target")
        assert [finding.clause for finding in line.findings] == ["gateway/trading/listed"]
        told = " ".join(notice.text for notice in ended.record.notices)
        assert "COULD NOT BE CANCELLED: the target said that it was, and it works still" in told
        assert "1 of ours STILL OPEN: see `omen-conformance sweep --help`" in told
        assert ended.code == 1
        again = swept(liar, tmp_path, "--run", "report")
        assert again.code == 1
        assert "was open, STILL OPEN" in " ".join(again.out.split())
        assert len(liar.open_orders()) == 1
