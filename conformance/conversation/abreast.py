"""Playing two subscribers of the same streams: waits until both have what one of them gets."""

from __future__ import annotations

from conformance.cases.abreast import Abreast, Course
from conformance.conversation.around import LATE_MS
from conformance.conversation.floor import MS, Floor, Stop

PONG_MS = 2000


async def abreast(floor: Floor, index: int, step: Abreast) -> None:
    """Asks the witness for a pong, and then waits for what comes to it, and for the same on the session."""
    floor.around.settle()
    await floor.session(step.session, index)
    witness = await floor.session(step.witness, index)
    data = b"abreast %d" % index
    look = floor.frame(step.witness, "pong", data)
    await witness.ping(data)
    if await floor.wait(look, floor.until(floor.recorder.now(), PONG_MS, LATE_MS), step.witness) is None:
        floor.recorder.mark("unwitnessed", step.session, index)
        raise Stop
    await floor.hear()
    floor.recorder.mark("fenced", step.witness, index)
    course = Course(step, floor.ledger.services[step.session], floor.ledger.saved)
    before = floor.ledger.seen.get(step.witness, [])
    for seen in before:
        course.led(seen, behind=False)
    heard = {step.session: 0, step.witness: len(before)}

    def whole() -> bool | None:
        _read(floor, step, course, heard)
        return course.is_whole or None

    def followed() -> bool | None:
        _read(floor, step, course, heard)
        return not course.wanting or None

    await floor.wait(whole, floor.recorder.now() + step.witness_ms * MS, step.session)
    if course.wanting:
        since = max(course.leading[key].at for key in course.wanting)
        await floor.wait(followed, floor.until(since, step.within_ms, LATE_MS), step.session)
    floor.ended("expired" if course.wanting else "satisfied", step.session, index)
    if course.wanting:
        raise Stop


def _read(floor: Floor, step: Abreast, course: Course, heard: dict[str, int]) -> None:
    """Each message once."""
    for session, take in ((step.witness, course.led), (step.session, course.followed)):
        messages = floor.ledger.seen.get(session, [])
        for seen in messages[heard[session] :]:
            take(seen)
        heard[session] = len(messages)
