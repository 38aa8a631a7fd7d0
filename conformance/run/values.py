"""Values that come from the target: each run-wide source is asked once, when the first case needs it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext

from conformance.cases.case import Case
from conformance.cases.conditions import equal
from conformance.cases.sourcing import SOURCED, source_case
from conformance.cases.target import Target
from conformance.contract import Contract, Source, find
from conformance.conversation import Around, Conversation, Unavailable
from conformance.verdict import Finding, Judge, Outcome, Verdict
from conformance.verdict.overtaken import TRIES
from conformance.verdict.spoiled import spoiling


class Values:
    """The values of one run. What the target's user states wins over what the target says."""

    def __init__(
        self,
        contract: Contract,
        target: Target,
        judge: Judge,
        around: Around,
        seated: Callable[[Case], AbstractAsyncContextManager[None]] = lambda case: nullcontext(),
    ) -> None:
        self.contract = contract
        self.target = target
        self._judge = judge
        self._around = around
        self._seated = seated
        self._asked: dict[str, asyncio.Task[Mapping[str, object] | Unavailable]] = {}

    @property
    def tasks(self) -> tuple[asyncio.Task[Mapping[str, object] | Unavailable], ...]:
        """The conversations that ask, or have asked."""
        return tuple(self._asked.values())

    async def get(self, name: str) -> object:
        """The value of that name; raises ``Unavailable`` with the reason when there is none.

        ``name#3`` is the third that the source gives besides the first.
        """
        if name in self.target.values:
            return self.target.values[name]
        source = self.contract.source_of(name.partition("#")[0])
        if source is None:
            raise Unavailable(f"no document says where {name} comes from: give --value {name}=…")
        if source.service not in self.target.addresses:
            raise Unavailable(
                f"{name} comes from {source.service}, which has no address: give --value {name}=…"
            )
        task = self._asked.get(source.name)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._ask(source), name=f"source {source.name}")
            self._asked[source.name] = task
        values = await asyncio.shield(task)
        if isinstance(values, Unavailable):
            raise Unavailable(values.reason, values.broken)
        if name not in values and "#" in name:
            few = f"{source.message} of {source.service} gave no more than {name.partition('#')[2]}"
            raise Unavailable(f"{few} values of {name.partition('#')[0]}")
        if name not in values:
            raise Unavailable(f"{source.message} of {source.service} gave no {name}")
        value = values[name]
        if isinstance(value, Unavailable):
            raise Unavailable(value.reason, value.broken)
        return value

    async def _ask(self, source: Source) -> Mapping[str, object] | Unavailable:
        """The values, or why there are none (returned, because nobody may be left to catch it).

        A value that breaks its schema is none: what would be seen behind it is no news of the target.
        """
        commander = self._judge.probing.commander(self.contract.services[source.service])
        case = source_case(self.contract, source, commander)
        for attempt in range(1, TRIES + 1):
            conversation = Conversation(case, self._around)
            async with self._seated(case):
                transcript = await conversation.play()
            if not conversation.stopped and SOURCED in conversation.saved:
                break
            verdict = self._judge.judge(case, transcript)
            if verdict.overtaken and attempt < TRIES:
                continue  # it proves nothing: it has to be asked again
            why = verdict.reason if verdict.outcome is not Outcome.PASSED else "nothing came"
            names = ", ".join(source.values)
            reason = f"{names} could not be asked from {source.service}: {why}"
            return Unavailable(reason, () if self._refused(source, verdict) else verdict.findings)
        message = conversation.saved[SOURCED]
        candidates = find(message, source.each + "/*") if source.each else [("", message)]
        fitting = [(path, value) for path, value in candidates if _fits(source, value)]
        if not fitting:
            return Unavailable(
                f"no element of {source.message} of {source.service} is what {source.name} asks for"
            )
        findings = self._judge.findings_on(case, transcript, SOURCED)
        spoiled = [self._spoiled(source, path, findings) for path, _value in fitting]
        sound = [value for (_path, value), wrong in zip(fitting, spoiled, strict=True) if not wrong]
        return self._given(source, sound) if sound else self._given(source, [fitting[0][1]]) | spoiled[0]

    def _spoiled(self, source: Source, path: str, findings: tuple[Finding, ...]) -> dict[str, Unavailable]:
        """The names of what breaks its schema in one candidate, and how."""
        made: dict[str, Unavailable] = {}
        for name, pointer in source.values.items():
            wrong = spoiling(findings, path + pointer, self.contract.clauses)
            if wrong is not None:
                reason = (
                    f"{source.message} of {source.service} gave no {name} that keeps its promise: {wrong}"
                )
                made[name] = Unavailable(reason, (wrong,))
        return made

    def _given(self, source: Source, fitting: list[object]) -> dict[str, object]:
        """The first value of each name, and under ``name#1`` and on those that are others."""
        made: dict[str, object] = {}
        for name, pointer in source.values.items():
            found = [matches[0][1] for each in fitting if (matches := find(each, pointer))]
            for _path, value in find(fitting[0], pointer)[:1]:
                made[name] = value
            known = {repr(self.target.values.get(name, each)) for each in found[:1]}
            for value in found:
                if repr(value) not in known:
                    made[f"{name}#{len(known)}"] = value
                    known.add(repr(value))
        return made

    def _refused(self, source: Source, verdict: Verdict) -> bool:
        """Whether the target just said no, as documented: it may have its reasons, and breaks no promise."""
        refusals = self.contract.services[source.service].rules.refusals
        return refusals is not None and any(
            finding.where == "reply" and finding.seen.startswith(refusals.message)
            for finding in verdict.findings
        )


def _fits(source: Source, candidate: object) -> bool:
    for pointer, wanted in source.filter.items():
        matches = find(candidate, pointer)
        if not matches or not equal(matches[0][1], wanted):
            return False
    return True
