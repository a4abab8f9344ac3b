"""What survives a kill at any instant: files that are whole or not there, and digests of what is."""

import hashlib
import os
import secrets
from pathlib import Path

PIECE = 1 << 20


def sync_directory(directory: Path) -> None:
    """Makes the names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file that is found with its old content or with the new one, whatever happens."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.draft")
    with open(draft, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    sync_directory(path.parent)


def digest_of(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class ContentChanged(OSError):
    """A content is no longer what it was when it was verified: the disk, or somebody, has changed it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} has changed on the disk")
        self.path = path


def copy_checked(source: Path, target: Path, digest: str, mode: int) -> None:
    """Copies a content and makes it durable. Raises ContentChanged where what was read does not have the digest."""
    try:
        reader = open(source, "rb")
    except OSError:
        raise ContentChanged(source) from None
    seen = hashlib.sha256()
    with reader, open(target, "xb") as writer:
        while piece := reader.read(PIECE):
            seen.update(piece)
            writer.write(piece)
        writer.flush()
        os.fchmod(writer.fileno(), mode)
        os.fsync(writer.fileno())
    if seen.hexdigest() != digest:
        raise ContentChanged(source)
