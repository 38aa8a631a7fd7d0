"""The sentences for TLS: what is wrong, in words, for whoever has to mend it."""

from __future__ import annotations

import ssl

import pytest

from conformance.session import tls


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (9, "is not valid yet (host desk.example)"),
        (10, "has expired (host desk.example)"),
        (18, "so it is not trusted (host desk.example; SSL_CERT_FILE names a PEM file to trust)"),
        (20, "so it is not trusted (host desk.example; SSL_CERT_FILE names a PEM file to trust)"),
        (62, "is for another host name (host desk.example)"),
    ],
)
def test_certificates(code: int, words: str) -> None:
    """Each usual problem of a certificate is named in words, with the host."""
    error = ssl.SSLCertVerificationError(1, "CERTIFICATE_VERIFY_FAILED")
    error.verify_code, error.verify_message = code, "in OpenSSL's words"
    assert tls.sentence(error, "desk.example").endswith(words)


def test_unusual_certificate_problem() -> None:
    """A problem that we have no words for keeps those of OpenSSL."""
    error = ssl.SSLCertVerificationError(1, "CERTIFICATE_VERIFY_FAILED")
    error.verify_code, error.verify_message = 79, "invalid CA certificate"
    assert tls.sentence(error, "desk.example") == "invalid CA certificate (host desk.example)"


def test_default_context_verifies() -> None:
    """By default certificates are verified and host names checked, and the context is made once."""
    context = tls.default_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert tls.default_context() is context
