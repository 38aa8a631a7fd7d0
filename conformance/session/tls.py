"""TLS: the contexts that sessions use, and sentences for what goes wrong with a certificate."""

from __future__ import annotations

import functools
import ssl

# OpenSSL's X509_V_ERR_* codes, in words that tell the reader what to look at.
CERTIFICATE_PROBLEMS = {
    9: "the certificate is not valid yet",
    10: "the certificate has expired",
    18: "the certificate is self-signed, so it is not trusted",
    19: "the certificate chain ends in a self-signed certificate that is not trusted",
    20: "the certificate's issuer is unknown, so it is not trusted",
    21: "the certificate's chain is incomplete, so it is not trusted",
    23: "the certificate has been revoked",
    62: "the certificate is for another host name",
    64: "the certificate is for another IP address",
}
# What a certificate authority of one's own leads to.
UNTRUSTED = (18, 19, 20, 21)


@functools.cache
def default_context() -> ssl.SSLContext:
    """The verifying context of the platform, made once: loading its roots costs more than a connection."""
    return ssl.create_default_context()


def context_trusting(path: str) -> ssl.SSLContext:
    """A verifying context that trusts the certificates in the PEM file ``path``, besides the platform's."""
    context = ssl.create_default_context()
    context.load_verify_locations(cafile=path)
    return context


def sentence(error: BaseException, host: str) -> str:
    """One sentence for a TLS handshake that failed."""
    if isinstance(error, ssl.SSLCertVerificationError):
        problem = CERTIFICATE_PROBLEMS.get(error.verify_code, error.verify_message)
        hint = "; SSL_CERT_FILE names a PEM file to trust" if error.verify_code in UNTRUSTED else ""
        return f"{problem} (host {host}{hint})"
    if isinstance(error, ssl.CertificateError):
        return f"the certificate is not for this host ({host})"
    if isinstance(error, ssl.SSLError):
        if error.reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"):
            return "the peer does not speak TLS on this port"
        return f"the TLS handshake failed: {(error.reason or str(error)).replace('_', ' ').lower()}"
    return "the peer dropped the connection during the TLS handshake"
