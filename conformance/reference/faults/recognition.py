"""Faults of recognising credentials: what only looks like one is taken for it, what was shown is told."""

# The decorator above each class says what it breaks, and the method that it replaces says how.
# ruff: noqa: D101, D102

import unicodedata
from collections.abc import Iterable
from typing import Any

from conformance.reference.accounts import Credential
from conformance.reference.behaviour import Behaviour
from conformance.reference.faults.fault import breaks

_WRONG = "every wrong string is `auth_failed`"
_FAILURES = ("gateway/credentials/apiKey/failure", "gateway/credentials/sessionKey/failure")
_SECRETS = ("gateway/credentials/apiKey/secret", "gateway/credentials/sessionKey/secret")
_LOOKED_AT = 16
_TWINS = str.maketrans("асеіјорѕхуАВСЕНКМОРТ", "aceijopsxyABCEHKMOPT")


class _Folding(Behaviour):
    """Compares what is left of credentials; a fault says what that is."""

    def fold(self, text: str) -> str:
        """What is compared."""
        return text

    def recognises(self, shown: str, known: Iterable[str]) -> str:
        same = (each for each in known if self.fold(each) == self.fold(shown))
        return next(same, shown) if shown else shown


@breaks(_WRONG, *_FAILURES)
class IgnoresTheCaseOfCredentials(_Folding):
    def fold(self, text: str) -> str:
        return text.casefold()


@breaks(_WRONG, *_FAILURES)
class TrimsCredentials(_Folding):
    def fold(self, text: str) -> str:
        return text.strip()


@breaks(_WRONG, *_FAILURES)
class EndsCredentialsAtNul(_Folding):
    def fold(self, text: str) -> str:
        return text.partition("\0")[0]


@breaks(_WRONG, *_FAILURES)
class LooksAtTheBeginningOfCredentials(_Folding):
    def fold(self, text: str) -> str:
        return text[:_LOOKED_AT]


@breaks(_WRONG, *_FAILURES)
class LooksAtTheEndOfCredentials(_Folding):
    def fold(self, text: str) -> str:
        return text[4:]


@breaks(_WRONG, *_FAILURES)
class TakesCompatibleCharactersInCredentials(_Folding):
    def fold(self, text: str) -> str:
        return unicodedata.normalize("NFKC", text)


@breaks(_WRONG, *_FAILURES)
class TakesTwinsOfLettersInCredentials(_Folding):
    def fold(self, text: str) -> str:
        return text.translate(_TWINS)


@breaks("credentials are never echoed", *_SECRETS)
class RepliesTellTheCredential(Behaviour):
    def confides(self, reply: dict[str, Any], held: Credential | None) -> dict[str, Any]:
        reply = super().confides(reply, held)
        return reply if held is None else {**reply, "credential": held.secret}


@breaks("credentials are never echoed", *_SECRETS)
class RefusalsNameTheCredential(Behaviour):
    def confides(self, reply: dict[str, Any], held: Credential | None) -> dict[str, Any]:
        reply = super().confides(reply, held)
        if held is None or reply["type"] != "error":
            return reply
        return {**reply, "message": f"{held.secret} may not do this: {reply['message']}"}
