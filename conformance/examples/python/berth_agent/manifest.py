"""The canonical manifest (spec/sync.md, "The manifest")."""

import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property

from .errors import Refusal
from .paths import PackagePaths, is_reserved

HEADER = "berth-manifest 1"
EMPTY_DIGEST = hashlib.sha256(b"").hexdigest()
NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?")
VERSION = re.compile(r"[A-Za-z0-9._+-]{1,64}")
FILE_LINE = re.compile(r"(file|exec) ([0-9a-f]{64}) (0|[1-9][0-9]{0,15}) (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class File:
    path: str
    digest: str
    size: int
    executable: bool


@dataclass
class Package:
    kind: str
    name: str
    entry: str | None
    line: int
    files: list[File] = field(default_factory=list)


@dataclass(frozen=True)
class Manifest:
    """A manifest in canonical form; digests are hexadecimal texts."""

    text: bytes
    packages: tuple[Package, ...]

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.text).hexdigest()

    @property
    def files(self) -> list[File]:
        return [file for package in self.packages for file in package.files]

    @cached_property
    def contents(self) -> dict[str, int]:
        """The size of each content, in the order of first appearance."""
        return {file.digest: file.size for file in self.files}

    @property
    def host(self) -> Package | None:
        return next((package for package in self.packages if package.kind == "host"), None)


def invalid(line: int, message: str) -> Refusal:
    return Refusal("INVALID_MANIFEST", f"Line {line} of the manifest: {message}.", "SYNC-001", line=line)


def parse(text: bytes) -> Manifest:
    """Reads a manifest, or refuses it by its first line at fault (SYNC-001, SYNC-010 to SYNC-017)."""
    if not text.startswith(f"{HEADER}\n".encode()):
        raise invalid(1, f"it is not `{HEADER}`")
    lines = _lines_of(text)
    packages: list[Package] = []
    sizes: dict[str, int] = {}
    position = 1
    while position < len(lines):
        package = _package(position + 1, lines[position], packages)
        end = position + 1
        while end < len(lines) and not lines[end].startswith(("extension ", "host ")):
            end += 1
        _read_files(package, lines[position + 1 : end], sizes)
        packages.append(package)
        position = end
    return Manifest(text, tuple(packages))


def _lines_of(text: bytes) -> list[str]:
    """Faults of line ends and of UTF-8 come before those of what the lines say."""
    *lines, rest = text.split(b"\n")
    decoded = []
    for number, line in enumerate(lines, 1):
        try:
            decoded.append(line.decode())
        except UnicodeDecodeError:
            raise invalid(number, "it is not UTF-8") from None
    if rest:
        raise invalid(len(lines) + 1, "it does not end with a line feed")
    return decoded


def _package(number: int, line: str, before: list[Package]) -> Package:
    kind, *fields = line.split(" ", 3)
    if kind not in ("extension", "host") or len(fields) != (2 if kind == "extension" else 3):
        raise invalid(number, "it is neither `extension NAME VERSION` nor `host NAME VERSION ENTRY`")
    name, version = fields[:2]
    if not NAME.fullmatch(name) or is_reserved(name):
        raise invalid(number, "the name of the package is outside its rule")
    if not VERSION.fullmatch(version):
        raise invalid(number, "the version of the package is outside its rule")
    if before and (before[-1].kind, before[-1].name) >= (kind, name):  # `extension` sorts before `host`
        raise invalid(number, "the packages are not in order")
    if any(other.kind == kind and (kind == "host" or other.name.lower() == name.lower()) for other in before):
        raise invalid(number, "there is a second host, or two names that differ only in case")
    return Package(kind, name, fields[2] if kind == "host" else None, number)


def _read_files(package: Package, lines: list[str], sizes: dict[str, int]) -> None:
    """Reads the file lines of a package. What only all of them show is a fault of the package's own line."""
    entries = {line.split(" ", 3)[-1] for line in lines if line.startswith("exec ")}
    if not lines:
        raise invalid(package.line, "the package has no file")
    if package.entry is not None and package.entry not in entries:
        raise invalid(package.line, "the entry is none of the package's exec files")
    paths = PackagePaths()
    for number, line in enumerate(lines, package.line + 1):
        match = FILE_LINE.fullmatch(line)
        if not match or int(match[3]) >= 2**53:
            raise invalid(number, "it is no `file DIGEST SIZE PATH` or `exec DIGEST SIZE PATH`")
        file = File(match[4], match[2], int(match[3]), match[1] == "exec")
        if sizes.setdefault(file.digest, file.size) != file.size or (file.size == 0) != (file.digest == EMPTY_DIGEST):
            raise invalid(number, "the size cannot be that of the digest")
        if package.files and file.path.encode() < package.files[-1].path.encode():
            raise invalid(number, "the files are not in order")
        if fault := paths.fault_of(file.path):
            clause, rule = fault
            raise Refusal(
                "PATH_REFUSED",
                f"Line {number} of the manifest: the path is refused ({rule}).",
                clause,
                line=number,
                rule=rule,
            )
        package.files.append(file)
