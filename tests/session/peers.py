"""Peers for the tests: a correct WebSocket server, and small hostile ones that speak raw bytes."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(handler: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a raw TCP (or TLS) server; its connections end with the block."""
    writers: list[asyncio.StreamWriter] = []

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await handler(reader, writer)

    server = await asyncio.start_server(guarded, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()


async def upgrade_request(reader: asyncio.StreamReader) -> bytes:
    """Reads the head of an upgrade request."""
    return await reader.readuntil(b"\r\n\r\n")


def upgrade_answer(request: bytes) -> bytes:
    """The 101 that accepts ``request``."""
    key = request.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0]
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )


async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Completes the opening handshake."""
    writer.write(upgrade_answer(await upgrade_request(reader)))
    await writer.drain()


def frame(first: int, data: bytes = b"") -> bytes:
    """A server's frame: ``first`` is its first byte (FIN, RSV, opcode); never masked."""
    if len(data) < 126:
        return struct.pack("!BB", first, len(data)) + data
    return struct.pack("!BBH", first, 126, len(data)) + data


def close_frame(code: int | None, reason: bytes = b"") -> bytes:
    """A Close frame; without a code its body is empty."""
    return frame(0x88, b"" if code is None else struct.pack("!H", code) + reason)


async def until_end(reader: asyncio.StreamReader) -> bytes:
    """Reads until the client ends the connection."""
    return await reader.read(-1)


def certificate(folder: Path, name: str = "localhost", days: int = 2) -> tuple[Path, Path]:
    """A self-signed certificate for ``name`` and 127.0.0.1, and its key, as PEM files."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    private = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashes.SHA256())
    )
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert, key


def server_context(cert: Path, key: Path) -> ssl.SSLContext:
    """A TLS server's context."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context
