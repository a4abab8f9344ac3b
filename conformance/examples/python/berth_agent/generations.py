"""Generations on the disk: one directory each, built aside and renamed when it is whole (spec/sync.md, "Commit").

    generations/00000003-<digest>/manifest             the canonical manifest
    generations/00000003-<digest>/extensions/NAME/…    the files of the extensions
    generations/00000003-<digest>/host/NAME/…          the files of the host

Nothing points to a current generation: a session names the one it wants, and the name of a directory holds the digest
of its manifest. So there is no pointer that could lie (SYNC-055), and a rename is the commit (SYNC-053).
"""

import logging
import os
import secrets
import shutil
import stat
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from . import manifest
from .disk import copy_checked, digest_of, sync_directory, write_whole
from .errors import Refusal
from .manifest import EMPTY_DIGEST, File, Manifest, Package

log = logging.getLogger("berth")

NOTHING = Manifest(b"", ())  # stands for a manifest that cannot be read
NOWHERE = Path("/nowhere")  # where a content stands that is gone since it was counted as held
COPIES_AT_ONCE = 16  # the disk makes many files durable in little more than the time of one
KEPT = 3  # generations that stay for a server that comes back, besides those that are in use


@dataclass(eq=False)
class Generation:
    directory: Path
    manifest: Manifest
    contents: dict[str, Path]  # where each content stands; fewer than the manifest names where the disk has changed

    @property
    def extensions(self) -> Path:
        return self.directory / "extensions"

    @property
    def entry(self) -> Path | None:
        """The host's entry point, or None in a generation without a host."""
        host = self.manifest.host
        return _package_folder(self.directory, host) / str(host.entry) if host else None


class Generations:
    """The generations of one instance. What a former life left is compared with its manifests once, here (HS-025)."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory / "generations"
        self._staging = directory / "staging"
        shutil.rmtree(self._staging, ignore_errors=True)
        self._directory.mkdir(parents=True, exist_ok=True)
        self._staging.mkdir()
        self._whole: dict[str, Generation] = {}
        self._damaged: list[Generation] = []  # no session sees them, but what is left of them need not be sent again
        self._number = 0
        for found in sorted(self._directory.glob("[0-9]*-*")):
            self._number = int(found.name.partition("-")[0])
            generation, exact = _read(found)
            if exact:
                self.add(generation)
            else:
                log.warning("%s is not what its manifest says", found)
                self._damaged.append(generation)

    def find(self, digest: str) -> Generation | None:
        return self._whole.get(digest)

    def all(self) -> list[Generation]:
        return [*self._whole.values(), *self._damaged]

    def contents(self) -> dict[str, Path]:
        """Where each content of this instance stands: this instance alone (INST-045)."""
        return {digest: path for generation in self.all() for digest, path in generation.contents.items()}

    def add(self, generation: Generation) -> None:
        self._whole[generation.manifest.digest] = generation

    def build(self, wanted: Manifest, sources: Mapping[str, Path]) -> Generation:
        """Makes a manifest a generation: whole, verified, durable, and there by one rename (SYNC-050, SYNC-053)."""

        def copy(path: Path, file: File) -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            source = Path(os.devnull) if file.digest == EMPTY_DIGEST else sources.get(file.digest, NOWHERE)
            copy_checked(source, path, file.digest, 0o555 if file.executable else 0o444)  # SYNC-059

        draft = self._staging / secrets.token_hex(8)
        (draft / "extensions").mkdir(parents=True)
        write_whole(draft / "manifest", wanted.text)
        layout = _layout(draft, wanted)
        with ThreadPoolExecutor(COPIES_AT_ONCE) as pool:
            list(pool.map(copy, layout.keys(), layout.values()))
        for folder, _, _ in os.walk(draft):
            sync_directory(Path(folder))
        self._number += 1
        directory = self._directory / f"{self._number:08}-{wanted.digest}"
        os.rename(draft, directory)
        sync_directory(self._directory)
        return Generation(directory, wanted, {file.digest: path for path, file in _layout(directory, wanted).items()})

    def take_unused(self, used: set[Generation]) -> list[Path]:
        """Forgets the old generations that nobody uses, and gives their directories to be removed (SYNC-056)."""
        old = [generation for generation in list(self._whole.values())[:-KEPT] if generation not in used]
        for generation in old:
            del self._whole[generation.manifest.digest]
        damaged = [generation for generation in self._damaged if generation not in used]
        self._damaged = [generation for generation in self._damaged if generation in used]
        return [generation.directory for generation in old + damaged]

    def distrust(self, path: Path) -> None:
        """Takes a file for lost: its generation is whole no more, and its content is missing again."""
        for digest, generation in list(self._whole.items()):
            if generation.directory in path.parents:
                generation.contents = {digest: each for digest, each in generation.contents.items() if each != path}
                self._damaged.append(self._whole.pop(digest))


def _package_folder(directory: Path, package: Package) -> Path:
    return directory / ("host" if package.kind == "host" else "extensions") / package.name


def _layout(directory: Path, wanted: Manifest) -> dict[Path, File]:
    """Where the files of a manifest stand. Every path was checked when the manifest was read (SYNC-018)."""
    return {
        _package_folder(directory, package) / file.path: file for package in wanted.packages for file in package.files
    }


def _read(directory: Path) -> tuple[Generation, bool]:
    """A generation as the disk has it, and whether that is exactly what its manifest says (HS-025, SYNC-054)."""
    try:
        wanted = manifest.parse((directory / "manifest").read_bytes())
    except (OSError, Refusal):
        return Generation(directory, NOTHING, {}), False
    layout = _layout(directory, wanted)
    intact = {path: file for path, file in layout.items() if _is_intact(path, file)}
    found = {Path(folder) / name for folder, _, names in os.walk(directory) for name in names}
    exact = (
        wanted.digest == directory.name.partition("-")[2]
        and len(intact) == len(layout)
        and found == {*layout, directory / "manifest"}
        and (directory / "extensions").is_dir()
    )
    return Generation(directory, wanted, {file.digest: path for path, file in intact.items()}), exact


def _is_intact(path: Path, file: File) -> bool:
    try:
        found = path.lstat()
        as_named = (
            stat.S_ISREG(found.st_mode)
            and found.st_size == file.size
            and bool(found.st_mode & 0o111) == file.executable
        )
        return as_named and digest_of(path) == file.digest
    except OSError:
        return False
