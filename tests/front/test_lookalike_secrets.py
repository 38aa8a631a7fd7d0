"""What is made of a credential shows most of it: it is starred out like the credential itself."""

from __future__ import annotations

from conformance.cases.case import Case, Family, Needs
from conformance.cases.lookalikes import HOW, Alike, alike
from conformance.cases.reading import codec_of
from conformance.cases.steps import Send
from conformance.contract import Level, Provenance, load
from conformance.fronts.secrets import Harvest
from conformance.payloads import Hole
from conformance.transcript import Direction, Frame, Secrets, Transcript

SECRET = "omn_9f31c07aa2"
CONTRACT = load()
CODEC = codec_of(CONTRACT.services["gateway"])


def played(how: str) -> tuple[Case, Transcript]:
    """A case that shows a look-alike, and then a string that stands in the case."""
    shown = {"type": "auth", "request_id": 1, "api_key": alike(SECRET, how)}
    plain = {"type": "auth", "request_id": 2, "api_key": "no-such-key"}
    steps = (
        Send("main", "auth", {**shown, "api_key": Alike(Hole("credential", "apiKey"), how)}),
        Send("main", "auth", plain),
    )
    one = Case(
        "gateway/auth/one", Family.AUTH, "gateway", "A test.", (), Level.MUST, Provenance.ASSUMED, steps,
        Needs(("gateway",)),
    )  # fmt: skip
    frames = (Frame("main", Direction.SENT, "binary", CODEC.encode(each), 1) for each in (shown, plain))
    return one, Transcript(one.id, tuple(frames))


def test_no_look_alike_is_kept() -> None:
    """Nothing of it is left, wherever it was changed; what everybody may know stays legible."""
    for how in HOW:
        secrets = Secrets()
        secrets.add(SECRET)
        one, transcript = played(how)
        Harvest(CONTRACT, secrets).look(one, transcript)
        first, second = secrets.redact_transcript(transcript).frames()
        kept = CODEC.decode(first.data).value
        assert isinstance(kept, dict)
        assert set(str(kept["api_key"])) == {"*"}, how
        assert b"no-such-key" in second.data
