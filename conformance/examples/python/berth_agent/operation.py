"""One operation: its record on the disk, its host, its end (spec/operations.md)."""

import asyncio
import dataclasses
import json
import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from berth.sync.v49 import operation_pb2 as messages

from .disk import write_whole
from .generations import Generation
from .hosts import Host, environment, remove_work
from .output import Output
from .to_the_end import to_the_end

log = logging.getLogger("berth")

TIME_OUT_GRACE_SECONDS = 1.0  # OP-034 leaves it to the agent

RUNNING = messages.OPERATION_STATE_RUNNING


@dataclass
class Record:
    """What the disk remembers of an operation besides its output."""

    operation_id: str
    name: str
    arguments: list[str]
    manifest_digest: str = ""
    state: int = RUNNING
    exit_code: int = 0
    reason: str = ""
    output_bytes: int = 0
    output_truncated: bool = False
    ended_at: float = 0.0


class Operation:
    """One operation, running or ended. Its state changes in one place, `_close`, and once (OP-015)."""

    def __init__(self, record: Record, directory: Path, output: Output) -> None:
        self.record, self.output = record, output
        self.generation: Generation | None = None  # what it runs from; None for one of a former life
        self._directory = directory
        self._host: Host | None = None
        self._asked: tuple[int, str] | None = None  # how it ends where the host does not decide it
        self._closed = not self.is_running
        self._changed = asyncio.Event()

    @classmethod
    def load(cls, directory: Path) -> "Operation | None":
        """An operation of a former life of the agent, or None where its record cannot be read."""
        try:
            record = Record(**json.loads((directory / "record.json").read_bytes()))
        except (OSError, ValueError, TypeError):
            log.warning("%s holds no operation", directory)
            return None
        return cls(record, directory, Output.load(directory / "output", record.output_bytes, record.output_truncated))

    @property
    def is_running(self) -> bool:
        return self.record.state == RUNNING

    def status(self) -> messages.OperationStatus:
        record = self.record
        return messages.OperationStatus(
            operation_id=record.operation_id,
            state=record.state,
            exit_code=record.exit_code,
            reason=record.reason,
            manifest_digest=bytes.fromhex(record.manifest_digest),
            output_bytes=self.output.length,
            output_truncated=self.output.truncated,
        )

    async def wait(self, condition: Callable[[], bool], seconds: float | None) -> None:
        """Waits until a condition on this operation holds, for so long at most."""
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    await self._changed.wait()
        except TimeoutError:
            pass

    def save(self) -> None:
        """Writes the record of a new operation, before anything of it is there."""
        shutil.rmtree(self._directory, ignore_errors=True)
        self._directory.mkdir()
        self._write(self.record)

    async def run(self, work: Path, timeout: float | None) -> None:
        """Runs the host from its start to the end of its output, and sets the state."""
        timer = asyncio.get_running_loop().call_later(timeout, self._time_out) if timeout is not None else None
        code = 0
        try:
            await asyncio.to_thread(work.mkdir, parents=True)
            generation = self.generation
            if generation and not self._asked:  # it can have been cancelled already
                command = [str(generation.entry), self.record.name, *self.record.arguments]
                variables = environment(generation.extensions, work, self.record.operation_id)
                self._host = Host(command, work, variables, self._hear)
                code = await self._host.end()
        except OSError as error:
            reason = f"The host's entry point cannot be run: {error.strerror or error}."
            self._asked = self._asked or (messages.OPERATION_STATE_HOST_NOT_STARTED, reason)
        if timer:
            timer.cancel()
        await asyncio.to_thread(remove_work, work)
        if self._asked:
            await self._close(*self._asked)
        elif code < 0:
            await self._close(messages.OPERATION_STATE_HOST_DIED, f"The host was ended by the signal {-code}.")
        else:
            await self._close(messages.OPERATION_STATE_EXITED, "", code)

    def cancel(self, grace: float) -> None:
        """OP-030. A host that has ended already keeps its own end."""
        self._ask(messages.OPERATION_STATE_CANCELLED, "The operation was cancelled.", grace)

    async def abandon(self) -> None:
        """OP-033: the state before the answer, whatever the process does."""
        end = messages.OPERATION_STATE_ABANDONED, "The operation was abandoned."
        self._asked = self._asked or end
        self.end_host()
        await to_the_end(self._close(*end))

    async def mark_unknown(self) -> None:
        reason = "The agent was restarted while the operation ran."
        await self._close(messages.OPERATION_STATE_UNKNOWN_AFTER_RESTART, reason)

    def end_host(self) -> None:
        if self._host:
            self._host.end_by_force()

    def remove(self) -> None:
        shutil.rmtree(self._directory, ignore_errors=True)

    def _time_out(self) -> None:
        self._ask(messages.OPERATION_STATE_TIMED_OUT, "The operation ran out of time.", TIME_OUT_GRACE_SECONDS)

    def _ask(self, state: int, reason: str, grace: float) -> None:
        if self._closed or (self._host and self._host.has_ended()):
            return
        self._asked = self._asked or (state, reason)
        if self._host:
            self._host.ask_to_end()
            asyncio.get_running_loop().call_later(grace, self._host.end_by_force)

    def _hear(self, stream: int, data: bytes) -> None:
        if not self._closed:
            self.output.append(stream, data)
            self._tell()

    async def _close(self, state: int, reason: str, exit_code: int = 0) -> None:
        """Sets the final state; of several ends at once the first counts, and all return when it is there."""
        if self._closed:
            await self.wait(lambda: not self.is_running, None)
            return
        self._closed = True
        ended = dataclasses.replace(
            self.record,
            state=state,
            reason=reason,
            exit_code=exit_code,
            output_bytes=self.output.length,
            output_truncated=self.output.truncated,
            ended_at=time.time(),
        )
        try:  # before anybody sees the end, because a restart may not take it back (OP-040)
            await asyncio.to_thread(self._write, ended)
        except OSError:
            log.exception("the end of the operation %s cannot be written", ended.operation_id)
        self.record = ended
        self._tell()

    def _write(self, record: Record) -> None:
        write_whole(self._directory / "record.json", json.dumps(dataclasses.asdict(record)).encode())

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
