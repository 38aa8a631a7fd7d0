"""Case + transcript -> verdict. Pure: the same transcript gives the same verdict, today or from the run
file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from conformance.cases.case import Case
from conformance.cases.probing import Probing
from conformance.cases.steps import Connect, Moves
from conformance.cases.unfolding import unfolded
from conformance.codec import MISSING
from conformance.contract import Binds, Clause, Contract
from conformance.transcript import Transcript
from conformance.validation import Finding
from conformance.verdict.bench import Bench
from conformance.verdict.ending import cut_short
from conformance.verdict.latency import timings
from conformance.verdict.leftovers import left
from conformance.verdict.live import Desk, Live
from conformance.verdict.model import HEARD, SILENT, Blame, Outcome, Tolerances, Verdict
from conformance.verdict.overtaken import overtaken
from conformance.verdict.places import place_of
from conformance.verdict.replay import Replay
from conformance.verdict.rest import DENIED, SWITCHING, carried_by, is_answer

FIRST = "another promise was broken first: "
ALTERNATIVES = ("/oneOf", "/anyOf")


class Judge:
    """Judges the cases of one contract. Holds no state of any case.

    ``own_credentials``: the target itself made the credentials, so that refusing one is its own fault.
    """

    def __init__(
        self,
        contract: Contract,
        clauses: Mapping[str, Clause],
        tolerances: Tolerances,
        own_credentials: bool = False,
    ) -> None:
        self.own_credentials = own_credentials
        self._bench = Bench(contract, clauses, tolerances)

    @property
    def probing(self) -> Probing:
        """The contract's probes: derived once for judging and for playing."""
        return self._bench.probing

    def ears(self, service: str, about: Collection[str]) -> Callable[[], Live]:
        """Makes judges of what a service says to many sessions, one for each (``about``: see ``Live``)."""
        desk = Desk(self._bench.reader_of(service), self._bench.frames_of(service))
        return lambda: Live(desk, about)

    def findings_on(self, case: Case, transcript: Transcript, name: str) -> tuple[Finding, ...]:
        """What is wrong with the message from which a conversation saved the value of that name."""
        replay = Replay(self._bench, self._unfolded(case, transcript), transcript)
        replay.run()
        return replay.spoils.told(name)

    def judge(self, case: Case, transcript: Transcript) -> Verdict:
        """The verdict on one case."""
        case = self._unfolded(case, transcript)
        return left(self._judged(case, transcript), transcript, self._bench.clauses)

    def _judged(self, case: Case, transcript: Transcript) -> Verdict:
        for mark in transcript.marks("cancelled"):
            reason = str(mark.data.get("reason") or "stopped")
            return Verdict(case.id, Outcome.SKIPPED, reason=reason, messages=transcript.messages_seen)
        broken = _broken_source(transcript)
        if broken and case.focused and self._is_anothers(broken, case):
            return Verdict(case.id, Outcome.SKIPPED, Blame.NOBODY, f"{FIRST}{broken[0]}")
        if broken:
            return Verdict(case.id, Outcome.FAILED, Blame.TARGET, str(broken[0]), broken)
        early = _not_played(case, transcript)
        if early is not None and transcript.messages_seen == 0:
            return Verdict(case.id, *early)
        replay = Replay(self._bench, case, transcript)
        replay.notes.excused = self._excused(case)
        replay.run()
        verdict = _conclude(case, transcript, replay, self.own_credentials)
        if verdict.outcome in (Outcome.PASSED, Outcome.FAILED):
            took = timings(case, transcript, replay.ledger, replay.notes.answers)
            made = replay.fills()
            took += tuple(each for one in made for each in one.timings)
            lags = tuple(one.lag_ms for one in made)
            evidence = tuple(replay.notes.evidence)
            verdict = replace(verdict, timings=took, evidence=evidence, fills=lags)
        # A promise that was seen broken stays broken, whatever kept the rest from being played.
        if early is not None and verdict.outcome is not Outcome.FAILED:
            return Verdict(case.id, *early, messages=transcript.messages_seen)
        return verdict

    def _excused(self, case: Case) -> tuple[object, ...]:
        """What an oracle does not foresee: that an account cannot carry an order of a sequence."""
        if not any(isinstance(step, Moves) for step in case.steps):
            return ()
        trading = self._bench.tradings.get(case.service)
        code = trading.meaning("order.refused.margin") if trading is not None else MISSING
        return () if code is MISSING else (code,)

    def _unfolded(self, case: Case, transcript: Transcript) -> Case:
        """The case with the steps that its moves became, from what was known when they were played."""
        for mark in transcript.marks("unfolded"):
            step, known = case.steps[-1], mark.data.get("known")
            if isinstance(step, Moves) and isinstance(known, Mapping):
                service = self._bench.contract.services[step.service]
                case = unfolded(self.probing.commander(service), case, known)
        return case

    def _is_anothers(self, broken: Sequence[Finding], case: Case) -> bool:
        """Whether a message broke its schema, and not where this case looks: others do."""
        known = [self._bench.clauses.get(each.clause) for each in broken]
        schema = all(each is not None and each.kind == "schema" for each in known)
        return schema and not any(each.clause in case.clauses for each in broken)


def _broken_source(transcript: Transcript) -> tuple[Finding, ...]:
    """The promises that the target broke when it was asked for a value that the case needs.

    They are the target's fault, and why the case cannot be played: nothing is hidden behind a skip.
    """
    for mark in transcript.marks("skipped"):
        told = mark.data.get("broken")
        if isinstance(told, Sequence):
            return tuple(
                Finding(
                    **{name: str(one.get(name, "")) for name in ("clause", "where", "expected", "seen")},
                    path=(),
                    document=str(one.get("document", "")),
                    drift=str(one.get("drift", "")),
                    entry=place_of(transcript, mark),
                )
                for one in told
                if isinstance(one, Mapping)
            )
    return ()


def _not_played(case: Case, transcript: Transcript) -> tuple[Outcome, Blame, str] | None:
    """The verdict on a case that could not be put to the target, or None."""
    for mark in transcript.marks("skipped"):
        return Outcome.SKIPPED, Blame.NOBODY, str(mark.data.get("reason"))
    for mark in transcript.marks("failed"):
        if mark.data.get("status") == SWITCHING:
            continue  # a wrong upgrade is one all the same
        return Outcome.BROKEN, Blame.ENVIRONMENT, str(mark.data.get("reason"))
    turned_away = {
        step.session: step.door.refusal for step in case.steps if isinstance(step, Connect) and step.door
    }
    for mark in transcript.marks("refused"):
        status = mark.data.get("status")
        if turned_away.get(mark.session) and is_answer(status):
            continue  # that is what the case is about
        who = carried_by(transcript, mark.session)
        if who and status in DENIED:
            reason = f"the target refused the credential {' and '.join(who)} (HTTP {status})"
            return Outcome.BROKEN, Blame.ENVIRONMENT, reason
        return Outcome.BROKEN, Blame.ENVIRONMENT, f"answered HTTP {status} instead of a WebSocket upgrade"
    for exchange in transcript.exchanges():
        if exchange.failure and not exchange.status:
            return Outcome.BROKEN, Blame.ENVIRONMENT, exchange.failure
    return None


def _evident(finding: Finding, clauses: Mapping[str, Clause]) -> bool:
    """Whether one message shows it, by its bytes or its values: then no deadline excuses it.

    A clause that binds the client is shown by what comes instead of a refusal: a deadline's own, perhaps.
    """
    known = clauses.get(finding.clause)
    if known is None or known.binds is Binds.CLIENT:
        return False
    return known.kind == "schema" or finding.clause.split("/")[-2:-1] in (["wire"], ["rules"])


def _causes(own: Sequence[Finding], others: Sequence[Finding]) -> list[Finding]:
    """Of a value that keeps none of its alternatives: what is wrong with it in the one that was meant.

    Who looks at the alternatives alone tells so which promise it is that was broken.
    """
    blind = [each for each in own if each.clause.endswith(ALTERNATIVES) and not each.drift]
    return [
        other
        for other in others
        if any(
            other.path[: len(each.path)] == each.path
            and other.clause.startswith(each.clause.rpartition("/")[0] + "/")
            for each in blind
        )
    ]


def _other_values(transcript: Transcript) -> str:
    """How to ask of another thing than what the target named first: it may say more of that."""
    values = [mark.data.get("values") for mark in transcript.marks("values")]
    names = sorted({name for each in values if isinstance(each, Mapping) for name in each})
    return f"; --value {names[0]}=… asks with another" if len(names) == 1 else ""


def _conclude(case: Case, transcript: Transcript, replay: Replay, own_credentials: bool) -> Verdict:
    """Findings on the case's own clauses come first; only what was really judged can pass."""
    notes = replay.notes
    claimed = set(case.clauses)
    own = [finding for finding in notes.findings if finding.clause in claimed]
    others = [finding for finding in notes.findings if finding.clause not in claimed]
    findings = tuple([*own, *_causes(own, others)] if case.focused else own + others)
    exercised = frozenset(notes.exercised)
    messages = transcript.messages_seen

    def verdict(outcome: Outcome, blame: Blame, reason: str) -> Verdict:
        return Verdict(case.id, outcome, blame, reason, findings, exercised, messages)

    if replay.refused and not own_credentials:
        return verdict(Outcome.BROKEN, Blame.ENVIRONMENT, replay.refused)
    if (findings or not replay.complete) and (
        slow := overtaken(case, transcript, replay.ledger, replay.bench.tolerances)
    ):
        clauses = replay.bench.clauses
        evident = tuple(each for each in findings if each in notes.evident or _evident(each, clauses))
        if evident:
            return replace(verdict(Outcome.FAILED, Blame.TARGET, str(evident[0])), findings=evident)
        return replace(verdict(Outcome.BROKEN, Blame.SUITE, slow), findings=(), overtaken=True)
    if findings:
        first = f"{FIRST}{findings[0]}" if replay.spoiled and not own else str(findings[0])
        return verdict(Outcome.FAILED, Blame.TARGET, first)
    if cut := cut_short(transcript):
        return verdict(Outcome.BROKEN, Blame.TARGET, cut)
    if notes.suspect:
        # Our own lag proves nothing about the target: like a conversation that was overtaken, once again.
        return replace(verdict(Outcome.BROKEN, Blame.SUITE, notes.suspect), overtaken=True)
    if notes.unclear:
        made = verdict(Outcome.SKIPPED, Blame.NOBODY, notes.unclear)
        return replace(made, overtaken=notes.busy)
    if not replay.complete and others:
        return verdict(Outcome.SKIPPED, Blame.NOBODY, f"{FIRST}{others[0]}")
    if not replay.complete:
        return verdict(
            Outcome.BROKEN,
            Blame.SUITE,
            f"the conversation stopped at step {replay.stopped_at} without a finding",
        )
    if not claimed & exercised:
        names = ", ".join(replay.ledger.heard)
        # A crowd keeps none of its messages, and an answer over HTTP is no message.
        counted = any(each.endswith(HEARD) for each in exercised)
        counted = counted or any(each.status for each in transcript.exchanges())
        told = f"; it sent only {names}" if names else "" if counted else f"; {SILENT}"
        reason = f"the target sent nothing that these clauses speak about{told}"
        return verdict(Outcome.SKIPPED, Blame.NOBODY, reason + _other_values(transcript))
    if messages == 0:
        return verdict(Outcome.BROKEN, Blame.SUITE, "no message of the target was seen")
    return verdict(Outcome.PASSED, Blame.NOBODY, "")
