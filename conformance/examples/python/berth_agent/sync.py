"""Sync: Offer → Need → Data … → Commit → Committed (spec/sync.md)."""

import asyncio
import hashlib
from collections.abc import Iterator
from typing import Any

import grpc
from berth.handshake.v1 import handshake_pb2 as handshake
from berth.sync.v49 import sync_pb2 as messages
from berth.sync.v49 import sync_pb2_grpc as services

from . import manifest
from .errors import Refusal, check_decoded, ending_with_refusals
from .incoming import Part
from .instance import Instance
from .limits import seconds
from .manifest import EMPTY_DIGEST, Manifest
from .sessions import Session, Sessions
from .to_the_end import to_the_end

DIGESTS_IN_A_NEED = 10_000  # keeps each Need well below what a client takes in one message


class SyncService(services.SyncServiceServicer):
    def __init__(self, sessions: Sessions, limits: handshake.Limits) -> None:
        self._sessions, self._limits = sessions, limits

    @ending_with_refusals
    async def Sync(self, _requests: object, context: grpc.aio.ServicerContext) -> None:
        frames = Frames(context, self._limits.sync_idle_ms)
        offer = await frames.next("offer")
        with self._sessions.call(offer.session_token, context.peer()) as session:
            wanted = await self._receive_manifest(offer, frames)
            await self._receive_contents(wanted, session, frames, context)

    async def _receive_manifest(self, offer: messages.Offer, frames: "Frames") -> Manifest:
        if len(offer.manifest_digest) != 32:
            raise Refusal(
                "INVALID_DIGEST", "The offered digest is not 32 bytes long.", "SYNC-039", field="manifest_digest"
            )
        _check_limit("max_manifest_bytes", offer.manifest_size, self._limits.max_manifest_bytes, "SYNC-032")
        text = bytearray(offer.manifest)
        while len(text) < offer.manifest_size:
            part = await frames.next("manifest_part")
            if not part.manifest:
                raise Refusal("UNEXPECTED_MESSAGE", "A part of the manifest is empty.", "SYNC-032")
            text += part.manifest
        if len(text) > offer.manifest_size:
            raise Refusal(
                "UNEXPECTED_MESSAGE", "There are more bytes of the manifest than manifest_size says.", "SYNC-032"
            )
        if hashlib.sha256(text).digest() != offer.manifest_digest:
            raise Refusal("MANIFEST_DIGEST_MISMATCH", "The manifest does not have the offered digest.", "SYNC-002")
        wanted = await asyncio.to_thread(manifest.parse, bytes(text))
        files = wanted.files
        _check_limit("max_files", len(files), self._limits.max_files, "SYNC-033")
        quota = self._limits.instance_quota_bytes
        if quota and sum(file.size for file in files) > quota:
            raise Refusal(
                "QUOTA_EXCEEDED", f"The files are larger than {quota} bytes in all.", "SYNC-033", maximum=quota
            )
        return wanted

    async def _receive_contents(
        self, wanted: Manifest, session: Session, frames: "Frames", context: grpc.aio.ServicerContext
    ) -> None:
        instance = session.instance
        reception = Reception(instance, wanted, self._limits.max_data_bytes)
        relied_on = set(instance.generations.all())
        instance.relied_on.append(relied_on)
        try:
            for need in await reception.needs():
                await context.write(messages.SyncResponse(need=need))
            while isinstance(frame := await frames.next("data", "commit"), messages.Data):
                await to_the_end(asyncio.to_thread(reception.take, frame))
            reception.check_complete()
            session.confirmed = await to_the_end(instance.commit(wanted))
        finally:
            reception.close()
            instance.relied_on.remove(relied_on)
        await instance.remove_unused(self._sessions.confirmed())
        committed = messages.Committed(
            manifest_digest=bytes.fromhex(wanted.digest),
            received_bytes=reception.received_bytes,
            reused_bytes=reception.reused_bytes,
        )
        await context.write(messages.SyncResponse(committed=committed))


class Frames:
    """The messages of the server, in the order of SYNC-030."""

    def __init__(self, context: grpc.aio.ServicerContext, sync_idle_ms: int) -> None:
        self._context, self._idle = context, seconds(sync_idle_ms)

    async def next(self, *expected: str) -> Any:
        """The next message, which has to be one of these: SYNC-031, SYNC-044."""
        try:
            async with asyncio.timeout(self._idle):
                request = await self._context.read()
        except TimeoutError:
            raise Refusal(
                "SYNC_IDLE", "The server has sent nothing for longer than sync_idle_ms.", "SYNC-044"
            ) from None
        wanted = " or ".join(expected)
        if request is grpc.aio.EOF:
            raise Refusal("UNEXPECTED_MESSAGE", f"The stream has ended where {wanted} has to come.", "SYNC-030")
        check_decoded(request)
        frame = request.WhichOneof("frame")
        if frame not in expected:
            raise Refusal(
                "UNEXPECTED_MESSAGE",
                f"A message with {frame or 'no frame'} stands where {wanted} has to come.",
                "SYNC-031",
            )
        return getattr(request, frame)


class Reception:
    """The contents that one sync brings: which are missing, what is held of them, and what each Data adds."""

    def __init__(self, instance: Instance, wanted: Manifest, max_data_bytes: int) -> None:
        self._incoming = instance.incoming
        self._max_data_bytes = max_data_bytes
        held = instance.contents()
        present = instance.generations.find(wanted.digest) is not None  # SYNC-038
        lacking = {} if present else {digest: size for digest, size in wanted.contents.items() if digest not in held}
        lacking.pop(EMPTY_DIGEST, None)  # SYNC-036: the agent makes it itself
        self.received_bytes = 0
        self.reused_bytes = sum(wanted.contents.values()) - sum(lacking.values())
        self._missing = lacking
        self._parts: dict[str, Part] = {}  # what is held or under way, and not closed yet
        self._current: Part | None = None
        for digest, size in lacking.items():
            if part := self._incoming.claim(digest, size):
                self._parts[digest] = part

    async def needs(self) -> list[messages.Need]:
        """What the instance lacks, in the order of the manifest, and what it holds in part (SYNC-036, SYNC-060)."""
        for part in self._parts.values():
            await asyncio.to_thread(part.read_held)
        digests = list(self._missing)
        needs = [
            self._need(digests[start : start + DIGESTS_IN_A_NEED])
            for start in range(0, len(digests), DIGESTS_IN_A_NEED)
        ]
        needs = needs or [messages.Need()]
        needs[-1].complete = True
        return needs

    def _need(self, digests: list[str]) -> messages.Need:
        partials = [
            messages.PartialContent(digest=bytes.fromhex(digest), held_bytes=self._parts[digest].held)
            for digest in digests
            if digest in self._parts
        ]
        return messages.Need(missing=map(bytes.fromhex, digests), partials=partials)

    def take(self, data: messages.Data) -> None:
        """Keeps what a Data brings, or refuses it."""
        _check_limit("max_data_bytes", data.raw_size, self._max_data_bytes, "HS-030")
        for segment, piece in _pieces(data):
            self._take_segment(segment.digest.hex(), segment.offset, piece)

    def _take_segment(self, digest: str, offset: int, piece: bytes) -> None:
        if digest not in self._missing:
            raise Refusal("UNEXPECTED_CONTENT", "A segment is of content that is not missing.", "SYNC-045")
        part = self._current or self._begin(digest, offset)
        if (digest, offset) != (part.digest, part.position) or offset + len(piece) > part.size:
            message = "A segment does not go on where its content ended, or reaches beyond its size."
            raise Refusal("OUT_OF_ORDER", message, "SYNC-042", expected_offset=part.position)
        part.write(piece)
        self.received_bytes += len(piece)
        self._current = part
        if part.position == part.size:
            self._finish(part)

    def _begin(self, digest: str, offset: int) -> Part:
        """A content begins at what is held of it, or again at 0."""
        if digest not in self._parts:
            self._parts[digest] = self._incoming.create(digest, self._missing[digest])
        part = self._parts[digest]
        if offset == 0 and part.position > 0:
            part.begin_again()
        return part

    def _finish(self, part: Part) -> None:
        self._current = None
        del self._parts[part.digest]
        if not part.is_verified():
            self._incoming.discard(part)
            raise Refusal(
                "CONTENT_DIGEST_MISMATCH", "A content does not have its digest.", "SYNC-046", digest=part.digest
            )
        self._incoming.finish(part)
        del self._missing[part.digest]

    def check_complete(self) -> None:
        if self._missing:
            count = len(self._missing)
            raise Refusal("INCOMPLETE", f"{count} of the missing contents have not arrived.", "SYNC-052", missing=count)

    def close(self) -> None:
        """Leaves what arrived in part to the next sync (SYNC-060)."""
        for part in self._parts.values():
            self._incoming.release(part)
        self._parts.clear()


def _pieces(data: messages.Data) -> Iterator[tuple[messages.Segment, bytes]]:
    """The segments of a Data with their bytes. The lengths are checked before the first is given (SYNC-041)."""
    if data.codec != messages.CODEC_IDENTITY:
        raise Refusal("INVALID_PAYLOAD", "The codec is unknown, or its feature is not in the session.", "SYNC-043")
    lengths = [segment.length for segment in data.segments]
    if not lengths or 0 in lengths or sum(lengths) != data.raw_size or len(data.payload) != data.raw_size:
        raise Refusal("INVALID_PAYLOAD", "The payload, raw_size and the segments do not agree.", "SYNC-041")
    start = 0
    for segment in data.segments:
        yield segment, data.payload[start : start + segment.length]
        start += segment.length


def _check_limit(name: str, value: int, maximum: int, clause: str) -> None:
    if maximum and value > maximum:
        raise Refusal(
            "LIMIT_EXCEEDED", f"{name} is {maximum}, and this is {value}.", clause, limit=name, maximum=maximum
        )
