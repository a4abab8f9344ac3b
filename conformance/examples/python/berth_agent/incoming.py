"""Contents that arrived and are in no generation yet, whole or in part (spec/sync.md, "Content" and "Resume").

    incoming/<digest>.<random>

What arrives is written at once, so a kill loses nothing that the agent has seen (SYNC-060). After a start the
digest tells what is whole.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from .disk import PIECE, digest_of


class Part:
    """The beginning of one content, as one sync writes it."""

    def __init__(self, path: Path, digest: str, size: int) -> None:
        self.path, self.digest, self.size = path, digest, size
        self.held = 0
        self.position = 0
        self._seen = hashlib.sha256()
        self._file = open(path, "ab", buffering=0)

    def read_held(self) -> None:
        """Takes what an earlier sync left as the beginning."""
        with open(self.path, "rb") as file:
            while piece := file.read(PIECE):
                self._seen.update(piece)
                self.held += len(piece)
        self.position = self.held

    def begin_again(self) -> None:
        os.truncate(self.path, 0)
        self.position = 0
        self._seen = hashlib.sha256()

    def write(self, data: bytes) -> None:
        if self._file.write(data) != len(data):
            raise OSError("the disk is full")
        self._seen.update(data)
        self.position += len(data)

    def is_verified(self) -> bool:
        return self._seen.hexdigest() == self.digest

    def close(self) -> None:
        self._file.close()


class Incoming:
    """The contents of one instance that wait for a commit."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory / "incoming"
        self._directory.mkdir(parents=True, exist_ok=True)
        self.whole: dict[str, Path] = {}
        self._free: dict[str, list[Path]] = {}  # parts that no sync is writing
        for path in self._directory.iterdir():
            digest = path.name[:64]
            if digest_of(path) == digest:
                self.whole[digest] = path
            else:
                self._free.setdefault(digest, []).append(path)

    def claim(self, digest: str, size: int) -> Part | None:
        """The longest part of a content that no other sync is writing, for one sync alone."""
        usable = [path for path in self._free.get(digest, []) if 0 < path.stat().st_size < size]
        if not usable:
            return None
        longest = max(usable, key=lambda path: path.stat().st_size)
        self._free[digest].remove(longest)
        return Part(longest, digest, size)

    def create(self, digest: str, size: int) -> Part:
        return Part(self._directory / f"{digest}.{secrets.token_hex(8)}", digest, size)

    def finish(self, part: Part) -> None:
        """Keeps a part that is whole and verified."""
        part.close()
        self.whole[part.digest] = part.path

    def release(self, part: Part) -> None:
        """Leaves a part to the next sync."""
        part.close()
        if part.path.stat().st_size > 0:
            self._free.setdefault(part.digest, []).append(part.path)
        else:
            part.path.unlink()

    def discard(self, part: Part) -> None:
        """Keeps nothing of a content that was refused (SYNC-046)."""
        part.close()
        part.path.unlink()

    def take_out(self, digests: Iterable[str]) -> list[Path]:
        """Forgets contents that a generation holds now, with the free parts of them, and gives the files to remove."""
        whole = [self.whole.pop(digest) for digest in digests if digest in self.whole]
        return whole + [path for digest in digests for path in self._free.pop(digest, [])]

    def distrust(self, path: Path) -> None:
        """Takes a verified content for lost, so that it is missing again."""
        self.whole = {digest: each for digest, each in self.whole.items() if each != path}
