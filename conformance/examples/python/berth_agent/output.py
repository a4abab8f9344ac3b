"""The output of one operation: kept in order, read by cursor, there after a restart (spec/operations.md, "Output").

The file is a run of frames: one byte for the stream, four for the length, and the bytes.
"""

import bisect
import logging
import os
import struct
from dataclasses import dataclass
from pathlib import Path

from berth.sync.v49 import operation_pb2 as messages

log = logging.getLogger("berth")

HEADER = struct.Struct("<BI")
MOST_IN_AN_ANSWER = 1 << 20


@dataclass(frozen=True, slots=True)
class Frame:
    start: int  # the cursor of its first byte (OP-021)
    length: int
    stream: int
    place: int  # of its bytes in the file


class Output:
    def __init__(self, path: Path, maximum: int) -> None:
        self._path, self._maximum = path, maximum
        self._frames: list[Frame] = []
        self._place = 0
        self.length = 0
        self.truncated = False

    @classmethod
    def load(cls, path: Path, length: int, truncated: bool) -> "Output":
        """The output of an operation that has ended; what the file has lost is missed when it is read."""
        output = cls(path, 0)
        if path.exists():
            end = path.stat().st_size
            with open(path, "rb") as file:
                while len(header := file.read(HEADER.size)) == HEADER.size:
                    stream, size = HEADER.unpack(header)
                    if file.seek(size, os.SEEK_CUR) > end:
                        break
                    output._count(stream, size)
        output.length = max(output.length, length)
        output.truncated = truncated
        return output

    def append(self, stream: int, data: bytes) -> None:
        """Keeps the first `max_output_bytes` and drops the rest (OP-024)."""
        room = self._maximum - self.length if self._maximum else len(data)
        kept = b"" if self.truncated else data[:room]
        self.truncated = len(kept) < len(data)
        if not kept:
            return
        try:
            with open(self._path, "ab", buffering=0) as file:
                if file.write(HEADER.pack(stream, len(kept)) + kept) != HEADER.size + len(kept):
                    raise OSError("the disk is full")
        except OSError:
            log.exception("the output of an operation cannot be kept")
            self.truncated = True
            return
        self._count(stream, len(kept))

    def read(self, cursor: int, max_bytes: int) -> list[messages.OutputChunk]:
        """The output from a cursor on, as much as one answer takes. Raises OSError where the disk has lost it."""
        wanted = min(max_bytes or MOST_IN_AN_ANSWER, MOST_IN_AN_ANSWER, self.length - cursor)
        if wanted <= 0:
            return []
        chunks: list[messages.OutputChunk] = []
        first = bisect.bisect_right(self._frames, cursor, key=lambda frame: frame.start) - 1
        with open(self._path, "rb") as file:
            for frame in self._frames[max(first, 0) :]:
                skipped = max(cursor - frame.start, 0)
                file.seek(frame.place + skipped)
                data = file.read(min(frame.length - skipped, wanted))
                wanted -= len(data)
                if chunks and chunks[-1].stream == frame.stream:
                    chunks[-1].data += data
                elif data:
                    chunks.append(messages.OutputChunk(stream=frame.stream, data=data))
                if wanted == 0:
                    return chunks
        raise OSError("the disk has lost output of the operation")

    def _count(self, stream: int, size: int) -> None:
        self._frames.append(Frame(self.length, size, stream, self._place + HEADER.size))
        self._place += HEADER.size + size
        self.length += size
