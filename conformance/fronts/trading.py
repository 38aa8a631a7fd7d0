"""What a run says of its trading: what may be sent, what was left, and whether that is proved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from conformance.fronts.artefacts import Artefacts
from conformance.fronts.prepare import Prepared
from conformance.run.desk import BUSY_S
from conformance.run.endstate import End, behind_run, close
from conformance.run.safety import Log, Safety

END_S = 2 * BUSY_S
STRAY = "an order of ours was filled that was not meant to be"
OPEN = "orders of ours are open"
UNPROVED = "nobody could see what of ours is open"


def safety(prepared: Prepared, artefacts: Artefacts | None, tell: Callable[[str], object]) -> Safety:
    """Who watches over the trading of a run. ``tell`` is heard at once."""
    if artefacts is None:
        return Safety(prepared.contract, prepared.target, None)

    def said(text: str) -> None:
        tell(artefacts.notice(text))

    # The embedded reference ends with the run, however that ends: there is nothing to be taken back later.
    embedded = prepared.target.embedded
    log = Log(_ignored, _ignored, said) if embedded else Log(artefacts.intent, artefacts.intent_end, said)
    made = Safety(prepared.contract, prepared.target, log)
    for line in made.opening():
        said(line)
    return made


async def ending(
    watch: Safety, artefacts: Artefacts | None, tell: Callable[[str], object], seconds: float = END_S
) -> End:
    """The proof of the end, told; within so many seconds."""
    end = End(placed=watch.orders.placed)
    try:
        async with asyncio.timeout(seconds):
            end = await behind_run(watch)
    except TimeoutError:
        end.unseen["the accounts"] = f"that took more than {seconds:g} s"
    finally:
        try:
            async with asyncio.timeout(1.0):
                await close(watch.wardens)
        except TimeoutError:
            pass
    if artefacts is None:
        return end
    for line in end.sentences() if not watch.target.embedded or end.left else ():
        tell(artefacts.notice(line))
    doubts = {STRAY: bool(watch.stopped), OPEN: bool(end.open), UNPROVED: bool(end.unseen)}
    artefacts.doubts += tuple(doubt for doubt, there in doubts.items() if there and not watch.target.embedded)
    return end


def _ignored(*words: object) -> None:
    """What nobody will ask for is not written."""
