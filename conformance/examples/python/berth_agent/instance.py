"""One instance: its owner, its generations, what is on its way to it, and its operations."""

import asyncio
import contextlib
import json
import os
import shutil
import time
from pathlib import Path

from berth.handshake.v1 import handshake_pb2 as handshake

from .disk import ContentChanged, write_whole
from .errors import Refusal
from .generations import Generation, Generations
from .incoming import Incoming
from .manifest import Manifest
from .operations import Operations
from .to_the_end import to_the_end


class Instance:
    """The isolated place of one server. Made in a thread, because it reads and compares all that the disk holds."""

    def __init__(self, name: str, directory: Path, limits: handshake.Limits) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.generations = Generations(directory)
        self.incoming = Incoming(directory)
        self.operations = Operations(directory, limits)
        self.relied_on: list[set[Generation]] = []  # for each sync that is under way, what it takes contents from
        self._committing = asyncio.Lock()
        self._owner_file = directory / "owner.json"
        self._owner = ""
        self._owner_called = 0.0
        if self._owner_file.exists():
            self._owner = _read_owner(self._owner_file)
            self._owner_called = self._owner_file.stat().st_mtime

    async def admit(self, server_id: str, window_ms: int) -> None:
        """Lets a server in that asks by InstanceId, as the owner or in its place (INST-030 to INST-033)."""
        away = window_ms and (time.time() - self._owner_called) * 1000 > window_ms
        if self._owner and self._owner != server_id and not away:
            raise Refusal("INSTANCE_CONFLICT", "The instance of this InstanceId belongs to another server.", "INST-030")
        if server_id != self._owner:
            before = self._owner, self._owner_called
            self._owner, self._owner_called = server_id, time.time()  # at once, so that no other takes it meanwhile
            record = json.dumps({"server_id": server_id}).encode()
            try:
                await to_the_end(asyncio.to_thread(write_whole, self._owner_file, record))
            except OSError:
                self._owner, self._owner_called = before
                raise

    def owner_calls(self, server_id: str) -> None:
        """Remembers when the owner called last, across restarts too: as the time of its file (INST-032)."""
        if self._owner and server_id == self._owner:
            self._owner_called = time.time()
            with contextlib.suppress(OSError):  # a time that is not remembered is no reason to refuse the call
                os.utime(self._owner_file)

    def contents(self) -> dict[str, Path]:
        return self.incoming.whole | self.generations.contents()

    async def commit(self, wanted: Manifest) -> Generation:
        """Makes a manifest a generation of this instance; one commit at a time."""
        async with self._committing:
            generation = self.generations.find(wanted.digest)
            if generation is None:
                try:
                    generation = await asyncio.to_thread(self.generations.build, wanted, self.contents())
                except ContentChanged as changed:  # the next offer lists it as missing
                    self.generations.distrust(changed.path)
                    self.incoming.distrust(changed.path)
                    raise
                self.generations.add(generation)
            await asyncio.to_thread(_remove, self.incoming.take_out(wanted.contents))
            return generation

    async def remove_unused(self, confirmed: set[Generation]) -> None:
        in_use = confirmed.union(self.operations.generations_in_use(), *self.relied_on)
        directories = self.generations.take_unused(in_use)
        for directory in directories:
            await asyncio.to_thread(shutil.rmtree, directory, ignore_errors=True)


def _remove(files: list[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def _read_owner(path: Path) -> str:
    try:
        return str(json.loads(path.read_bytes())["server_id"])
    except (ValueError, KeyError, TypeError):
        # An owner that cannot be read is not the same as none: letting anybody in would be a takeover.
        raise OSError(f"{path} cannot be read; remove it to leave the instance without an owner") from None


class Instances:
    """All instances that were asked for in this life of the agent."""

    def __init__(self, root: Path, limits: handshake.Limits) -> None:
        self._root, self._limits = root, limits
        self._by_name: dict[str, asyncio.Task[Instance]] = {}

    async def open(self, name: str) -> Instance:
        """The instance of a name, made where there is none. Raises OSError where it cannot be read or made."""
        task = self._by_name.get(name)
        if task is None or (task.done() and task.exception()):
            task = asyncio.create_task(asyncio.to_thread(Instance, name, self._root / name, self._limits))
            self._by_name[name] = task
        return await asyncio.shield(task)

    def opened(self) -> list[Instance]:
        return [task.result() for task in self._by_name.values() if task.done() and not task.exception()]
