"""One transcript with an entry of every kind."""

from __future__ import annotations

from types import MappingProxyType

from conformance.transcript.model import Direction, Exchange, Frame, Mark, Transcript

SECRET = 'p4ss/w"örd+='


def sample(text: str = "plain") -> Transcript:
    """A transcript whose every free field holds ``text``."""
    data = text.encode()
    headers = ((text, text), ("Authorization", f"Bearer {text}"))
    held = MappingProxyType(
        {
            "reason": text,
            "count": 2**64 - 1,
            "none": None,
            "real": 1.5,
            "endless": float("inf"),
            "raw": data,
            "list": (1, True, (text,)),
            "map": MappingProxyType({text: text, "$odd": 1}),
            "keys": MappingProxyType({1: b"one", b"k": "two"}),
        }
    )
    return Transcript(
        "case/1",
        (
            Mark("connecting", 1_000_000, "a"),
            Mark("connected", 2_000_000, "a", data=MappingProxyType({"status": 101, "headers": headers})),
            Mark("values", 2_100_000, step=3, data=held),
            Frame("a", Direction.SENT, "binary", data, 2_200_000),
            Frame("a", Direction.RECEIVED, "text", data, 3_000_000, fragments=3),
            Frame("b", Direction.RECEIVED, "close", b"\x03\xe8" + data, 4_000_000, code=1000, reason=text),
            Frame("b", Direction.SENT, "close", b"", 5_000_000),
            Exchange(
                "h",
                "POST",
                f"http://h/?k={text}",
                5_000_001,
                6_000_000,
                headers,
                data,
                200,
                headers,
                data,
                text,
                2,
            ),
            Exchange("h", "GET", "http://h/", 7_000_000, 8_000_000, failure=text),
            Mark(
                "closed", 9_000_000, "a", data=MappingProxyType({"code": 1006, "reason": text, "by": "peer"})
            ),
        ),
    )
