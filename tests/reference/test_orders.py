"""Trading over the gateway: replies, updates, snapshots, candles."""

from typing import Any

from .stage import LIVELY, QUIET, Client, Stage, limit, market, play


async def updates(client: Client, count: int) -> list[dict[str, Any]]:
    """The next notifications."""
    return [await client.hear() for _ in range(count)]


def test_updates_follow_the_reply_and_reach_every_reader() -> None:
    """Each change is told once, numbered by one, after the reply, to all that may read the account."""

    async def scene(stage: Stage) -> None:
        async with (
            stage.gateway() as trader,
            stage.gateway("omn_demo_reader_a") as reader,
            stage.gateway("omn_demo_trade_only_a") as blind,
            stage.gateway("omn_demo_trader_b") as other,
        ):
            accepted = await trader.ask("placeOptionOrder", **limit("c1", "buy", "0.5", "0.10"))
            order = accepted["order"]
            assert (order["status"], order["size"], order["remaining_size"]) == ("open", "0.1", "0.1")
            cancelled = await trader.ask("cancelOptionOrder", order_id=order["order_id"])
            assert (cancelled["order"]["status"], cancelled["order"]["remaining_size"]) == ("cancelled", "0")
            told = await updates(reader, 2)
            assert [(told["order"]["status"], told["sequence"]) for told in told] == [
                ("open", 1),
                ("cancelled", 2),
            ]
            assert (await updates(trader, 1))[0] == told[1]
            for quiet in (blind, other):
                await quiet.send(type="getMarketSnapshot", request_id=9, symbol=QUIET)
                assert (await quiet.hear())["type"] == "marketSnapshot"
            state = await trader.ask("getAccountState")
            assert state["sequence"] == 2

    play(scene)


def test_fills() -> None:
    """Two accounts meet inside the spread; both are told price and size, and hold what they traded."""

    async def scene(stage: Stage) -> None:
        async with stage.gateway() as buyer, stage.gateway("omn_demo_trader_b") as seller:
            quote = await buyer.ask("getMarketSnapshot", symbol=QUIET)
            price = str((float(quote["best_bid"]) + float(quote["best_ask"])) / 2).removesuffix(".0")
            await buyer.ask("placeOptionOrder", **limit("b", "buy", price, "0.3"))
            await updates(buyer, 1)
            await seller.send(type="placeOptionOrder", request_id=1, **market("s", "sell", "0.2"))
            reply, opened, filled = [await seller.hear() for _ in range(3)]
            assert (reply["type"], reply["order"]["filled_size"]) == ("orderAccepted", "0")
            assert opened["order"]["status"] == "open"
            assert "last_price" not in opened
            assert (filled["order"]["status"], filled["last_price"], filled["last_size"]) == (
                "filled",
                price,
                "0.2",
            )
            (half,) = await updates(buyer, 1)
            assert (half["order"]["status"], half["order"]["remaining_size"]) == ("partially_filled", "0.1")
            snapshot = await buyer.ask("getAccountSnapshot")
            assert snapshot["positions"] == [{"symbol": QUIET, "size": "0.2", "average_price": price}]
            assert [order["client_order_id"] for order in snapshot["open_orders"]] == ["b"]
            amended = await buyer.ask("amendOptionOrder", order_id=half["order"]["order_id"], size="0.25")
            assert amended["code"] == "invalid_field"
            amended = await buyer.ask("amendOptionOrder", order_id=half["order"]["order_id"], size="0.5")
            assert (amended["order"]["filled_size"], amended["order"]["remaining_size"]) == ("0.2", "0.3")

    play(scene)


def test_orders_belong_to_their_account() -> None:
    """Another account's order is order_not_found; a client order id is used once per account."""

    async def scene(stage: Stage) -> None:
        async with stage.gateway() as owner, stage.gateway("omn_demo_trader_b") as other:
            placed = await owner.ask("placeOptionOrder", **limit("mine", "buy", "0.5"))
            name = {"order_id": placed["order"]["order_id"]}
            for kind, fields in (
                ("getOrder", name),
                ("cancelOptionOrder", name),
                ("amendOptionOrder", {**name, "size": "0.2"}),
                ("getOrder", {"client_order_id": "mine"}),
            ):
                assert (await other.ask(kind, **fields))["code"] == "order_not_found"
            again = await owner.ask("placeOptionOrder", **limit("mine", "buy", "0.5"))
            assert again["code"] == "duplicate_client_order_id"
            assert (await other.ask("placeOptionOrder", **limit("mine", "buy", "0.5")))[
                "type"
            ] == "orderAccepted"

    play(scene)


def test_orders_outlive_their_connection() -> None:
    """Orders stay when their connection closes, and can be found by client id."""

    async def scene(stage: Stage) -> None:
        async with stage.gateway() as first:
            await first.ask("placeOptionOrder", **limit("left", "buy", "0.5"))
        async with stage.gateway() as second:
            found = await second.ask("getOrder", client_order_id="left")
            assert found["order"]["status"] == "open"

    play(scene)


def test_candles() -> None:
    """Candles are ascending, the earliest ones, in [start, end), without empty ones."""

    async def scene(stage: Stage) -> None:
        async with stage.gateway(None) as client:
            span = {"symbol": LIVELY, "start": 0, "end": 2**64 - 1}
            rows = (await client.ask("getCandles", interval="1m", limit=1000, **span))["candles"]
            assert len(rows) > 100
            assert rows == sorted(rows)
            few = (await client.ask("getCandles", interval="1m", limit=3, **span))["candles"]
            assert few == rows[:3]
            part = {"symbol": LIVELY, "start": rows[1][0], "end": rows[3][0]}
            assert (await client.ask("getCandles", interval="1m", limit=9, **part))["candles"] == rows[1:3]
            none = {"symbol": LIVELY, "start": 5, "end": 5}
            assert (await client.ask("getCandles", interval="1d", limit=9, **none))["candles"] == []
            for ts, first, high, low, last, _ in rows:
                assert float(low) <= min(float(first), float(last)) <= max(float(first), float(last))
                assert max(float(first), float(last)) <= float(high)
                assert ts % 60_000 == 0

    play(scene)


def test_far_orders_rest() -> None:
    """On every open symbol the quotes leave a spread, and a buy at one tick rests far below."""

    async def scene(stage: Stage) -> None:
        async with stage.gateway() as client, stage.market_data() as public:
            await public.send(type="subscribe", channel="listings")
            await public.hear()
            listings = (await public.hear())[4]
            assert len(listings) == 24
            assert {row[7] for row in listings} == {"open", "halted", "expired"}
            assert all(row[7] == "open" for row in listings[:20])
            for number, (symbol, *_, tick, lot, status) in enumerate(listings[:20]):
                quote = await client.ask("getMarketSnapshot", symbol=symbol)
                bid, ask = float(quote["best_bid"]), float(quote["best_ask"])
                assert ask - bid > 2 * float(tick)
                assert bid > 50 * float(tick)
                order = limit(f"far-{number}", "buy", tick, lot, symbol=symbol, post_only=True)
                assert (await client.ask("placeOptionOrder", **order))["order"]["status"] == "open", status

    play(scene)
