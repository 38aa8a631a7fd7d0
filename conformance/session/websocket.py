"""One WebSocket client connection that records everything: the suite's only one."""

from __future__ import annotations

import asyncio
import socket
import ssl as _ssl
from collections.abc import Iterable, Sequence

from websockets.extensions.permessage_deflate import enable_client_permessage_deflate
from websockets.frames import Close
from websockets.protocol import State
from websockets.typing import Subprotocol

from conformance.session import frames, tls
from conformance.session.core import Core
from conformance.session.dial import DialError, Progress, dial
from conformance.session.opening import (
    address,
    pairs,
    refusal,
    request_head,
    why_not_upgraded,
    with_query,
)
from conformance.session.wire import Wire
from conformance.transcript.model import Direction
from conformance.transcript.recorder import Recorder

MAX_MESSAGE = 8 * 1024 * 1024
UNREAD_BYTES = 64 * 1024
"""What the kernel may keep for us while nothing is read."""


class Session:
    """A connection under a name in one conversation; whatever the peer does ends in the recorder.

    No method raises for what a peer does. No redirect is followed, no proxy asked, no ping sent unasked.
    """

    def __init__(self, recorder: Recorder, name: str, wire: Wire) -> None:
        self.recorder = recorder
        self.name = name
        self._wire = wire

    @classmethod
    async def open(
        cls,
        recorder: Recorder,
        name: str,
        url: str,
        *,
        headers: Sequence[tuple[str, str]] = (),
        query: Sequence[tuple[str, str]] = (),
        subprotocols: Sequence[str] = (),
        ssl: _ssl.SSLContext | None = None,
        timeout_s: float = 10.0,
        compression: str | None = None,
        max_size: int = MAX_MESSAGE,
    ) -> Session:
        """Connects; look at ``is_open``, and at the marks for what happened.

        Marks: ``connecting``, then one of ``connected`` (status, headers, subprotocol), ``refused``
        (status, headers, body) and ``failed`` (stage ``resolve``, ``tcp``, ``tls``, ``upgrade`` or
        ``timeout``; reason). ``compression`` is None or ``deflate`` (RFC 7692). ``headers`` and ``query``
        may be secret: no mark and no sentence of ours holds them.
        """
        uri = with_query(address(url), query)
        core = Core(
            uri,
            subprotocols=[Subprotocol(one) for one in subprotocols] or None,
            extensions=enable_client_permessage_deflate(None) if compression == "deflate" else None,
            max_size=max_size,
        )
        request = request_head(core, headers)
        wire = Wire(recorder, name, core)
        session = cls(recorder, name, wire)
        progress = Progress()
        context = (ssl or tls.default_context()) if uri.secure else None
        try:
            async with asyncio.timeout(timeout_s):
                transport, _ = await dial(lambda: wire, uri.host, uri.port, context, progress)
                wire.begin(transport, request)
                progress.waiting_for = "the answer to the upgrade request"
                await wire.answered
        except DialError as failure:
            recorder.mark("failed", name, stage=failure.stage, reason=failure.reason)
        except TimeoutError:
            if not session._record_refusal():
                reason = f"{progress.waiting_for} did not come within {timeout_s:g} s"
                recorder.mark("failed", name, stage="timeout", reason=reason)
            wire.cut("the opening handshake timed out")
        except BaseException:
            wire.cut("cancelled")
            raise
        else:
            session._judge_answer()
        return session

    def _judge_answer(self) -> None:
        if self._wire.upgraded:
            return
        if not self._record_refusal():
            core = self._wire.core
            reason = why_not_upgraded(core.handshake_exc, bytes(self._wire.head))
            answer = core.response
            self.recorder.mark(
                "failed",
                self.name,
                stage="upgrade",
                reason=reason,
                status=answer.status_code if answer else 0,
                headers=pairs(answer) if answer else (),
            )
        self._wire.cut("the upgrade failed")

    def _record_refusal(self) -> bool:
        answer = refusal(bytes(self._wire.head), self._wire.core.response)
        if answer is None:
            return False
        self.recorder.mark(
            "refused",
            self.name,
            at=self._wire.head_at,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
        )
        return True

    @property
    def is_open(self) -> bool:
        """True from the 101 until a Close was sent or received, or the connection was lost."""
        return self._wire.is_open

    @property
    def is_gone(self) -> bool:
        """True when there is no connection (any more), and so no further entry will come."""
        return self._wire.transport is None or self._wire.gone.done()

    async def send(
        self, data: bytes, opcode: str = "binary", fragments: int = 1, *, more: bool = False
    ) -> bool:
        """Sends one message (``binary`` or ``text``); False, with a mark ``unsent``, when not open.

        ``more``: it goes out with the next one.
        """
        if not self._may_send():
            return False
        self.recorder.frame(self.name, Direction.SENT, opcode, data, fragments=fragments)
        if fragments <= 1:
            self._wire.core.send_frame(frames.data_frame(frames.OPCODES[opcode], data, True))
        else:
            # RFC 6455, 5.4: "a single frame with the FIN bit clear and an opcode other than 0, followed by
            # zero or more frames with the FIN bit clear and the opcode set to 0, and terminated by a
            # single frame with the FIN bit set and an opcode of 0".
            for index, piece in enumerate(frames.pieces(data, fragments)):
                number = 0 if index else frames.OPCODES[opcode]
                self._wire.core.send_frame(frames.data_frame(number, piece, index == fragments - 1))
        return more or await self._sent()

    async def send_all(self, messages: Iterable[bytes], opcode: str = "binary") -> bool:
        """Sends several messages in one go."""
        if not self._may_send():
            return False
        for data in messages:
            self.recorder.frame(self.name, Direction.SENT, opcode, data)
            self._wire.core.send_frame(frames.data_frame(frames.OPCODES[opcode], data, True))
        return await self._sent()

    async def send_frame(
        self, opcode: str | int, data: bytes, *, fin: bool = True, rsv1: bool = False, masked: bool = True
    ) -> bool:
        """Sends one frame as told, legal or not: reserved opcodes and bits, invalid UTF-8, no mask."""
        if not self._may_send():
            return False
        number = frames.OPCODES[opcode] if isinstance(opcode, str) else opcode
        code, reason = frames.close_body(data) if number == frames.OPCODES["close"] else (None, "")
        self.recorder.frame(self.name, Direction.SENT, frames.name_of(number), data, code=code, reason=reason)
        self._wire.write(frames.raw_frame(number, data, fin=fin, rsv1=rsv1, masked=masked))
        if number == frames.OPCODES["close"]:
            # RFC 6455, 5.5.1: "The application MUST NOT send any more data frames after sending a Close".
            self._wire.note_close(Direction.SENT, code, reason)
            self._wire.core.close_sent = Close(1005 if code is None else code, reason)
            self._wire.core.state = State.CLOSING
        return await self._sent()

    async def send_behind_close(self, data: bytes, opcode: str = "binary", code: int = 1000) -> bool:
        """Sends our Close and, in the same piece, a message behind it, which nobody may look at.

        RFC 6455, 5.5.1: "The application MUST NOT send any more data frames after sending a Close".
        """
        if not self._may_send():
            return False
        body = code.to_bytes(2, "big")
        self.recorder.frame(self.name, Direction.SENT, "close", body, code=code, reason="")
        self.recorder.frame(self.name, Direction.SENT, opcode, data)
        self._wire.write(frames.raw_frame("close", body) + frames.raw_frame(opcode, data))
        self._wire.note_close(Direction.SENT, code, "")
        self._wire.core.close_sent = Close(code, "")
        self._wire.core.state = State.CLOSING
        return await self._sent()

    async def send_part(self, data: bytes, opcode: str = "binary", *, frame: bool = False) -> bool:
        """Sends the first half of a message's one frame, or (``frame``) all of it in a fragment that is not
        the last. The mark ``withheld`` holds the message."""
        if not self._may_send():
            return False
        self.recorder.mark("withheld", self.name, data=data, opcode=opcode)
        made = frames.raw_frame(opcode, data, fin=not frame)
        return await self.send_raw(made if frame else made[: len(made) // 2])

    async def send_raw(self, data: bytes) -> bool:
        """Sends bytes that need not be a frame at all; recorded as a frame with the opcode ``raw``."""
        if not self._may_send():
            return False
        self.recorder.frame(self.name, Direction.SENT, "raw", data)
        self._wire.write(data)
        return await self._sent()

    async def ping(self, data: bytes = b"") -> bool:
        """Sends a ping; its pong will be recorded."""
        if not self._may_send():
            return False
        self._wire.core.send_ping(data)
        return await self._sent()

    def stop_reading(self) -> None:
        """What comes stays with the network, until it has no more room: on our side that is little.

        A buffer of a stated size is not made larger by the kernel, as one is that was read from fast.
        """
        if self._wire.transport is not None and not self._wire.gone.done():
            end = self._wire.transport.get_extra_info("socket")
            end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, UNREAD_BYTES)
            self._wire.transport.pause_reading()

    def read_again(self) -> None:
        """What was left unread comes now, stamped with this moment."""
        if self._wire.transport is not None and not self._wire.gone.done():
            self._wire.transport.resume_reading()

    async def close(self, code: int = 1000, reason: str = "", timeout_s: float = 2.0) -> bool:
        """Closes with a handshake; True when the peer answered it and the connection ended in time.

        What arrives before the peer's Close is still recorded. A peer that does not answer is cut off.
        """
        if self.is_gone:
            return True
        if self.is_open:
            self._wire.core.send_close(code, reason)
            self._wire.flush()
        try:
            async with asyncio.timeout(timeout_s):
                await asyncio.shield(self._wire.gone)
        except TimeoutError:
            self.abort(f"the peer did not finish the closing handshake within {timeout_s:g} s")
            await self._wire.gone
            return False
        return True

    async def drop(self, *, reset: bool = False) -> None:
        """Ends the TCP connection without a Close, by a FIN or (``reset``) a RST, and waits for its end."""
        if reset:
            self._wire.reset_at_end()
        self.abort("we reset the connection" if reset else "we dropped the connection")
        await self.gone()

    def abort(self, why: str = "we cut the connection") -> None:
        """Cuts the connection without a closing handshake; the ``closed`` mark follows."""
        self._wire.cut(why)

    async def gone(self) -> None:
        """Waits until the connection is gone and the ``closed`` mark put."""
        if self._wire.transport is not None:
            await asyncio.shield(self._wire.gone)

    def _may_send(self) -> bool:
        if self._wire.is_open:
            return True
        self.recorder.mark("unsent", self.name, reason="the connection was not open any more")
        return False

    async def _sent(self) -> bool:
        self._wire.flush()
        # Lets the loop read between two messages of ours, so that answers are stamped when they arrive.
        await asyncio.sleep(0)
        return True
