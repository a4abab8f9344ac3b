"""The operations of one instance: how many run, which are kept, what a restart makes of them (spec/operations.md)."""

import asyncio
import time
from pathlib import Path

from berth.handshake.v1 import handshake_pb2 as handshake

from .errors import Refusal
from .generations import Generation
from .hosts import end_left_behind, remove_work
from .limits import seconds
from .operation import Operation, Record
from .output import Output

KEPT_SECONDS, KEPT_COUNT = 3600, 1000  # OP-042


class Operations:
    """The operations of one instance, by their ids in lower case."""

    def __init__(self, directory: Path, limits: handshake.Limits) -> None:
        self.starting = asyncio.Lock()  # held from the look for a repeated id to the record of a new one (OP-010)
        self._directory, self._work = directory / "operations", directory / "work"
        self._limits = limits
        self._beginning: Operation | None = None  # whose record is being written
        self._tasks: set[asyncio.Task[None]] = set()
        self._directory.mkdir(parents=True, exist_ok=True)
        loaded = [operation for found in self._directory.iterdir() if (operation := Operation.load(found))]
        self._by_id = {operation.record.operation_id: operation for operation in loaded}

    def find(self, operation_id: str) -> Operation | None:
        self._drop_old()
        return self._by_id.get(operation_id)

    def running(self) -> list[Operation]:
        return [operation for operation in self._by_id.values() if operation.is_running]

    def generations_in_use(self) -> set[Generation]:
        """What an operation runs from, or is about to (SYNC-056)."""
        operations = [*self.running(), self._beginning]
        return {operation.generation for operation in operations if operation and operation.generation}

    async def start(self, record: Record, generation: Generation, timeout_ms: int) -> Operation:
        """Starts a new operation. Raises OSError where its record cannot be written."""
        maximum = self._limits.max_operations
        if maximum and len(self.running()) >= maximum:
            message = f"{maximum} operations of the instance are running."
            raise Refusal("TOO_MANY_OPERATIONS", message, "OP-016", maximum=maximum)
        directory = self._directory / record.operation_id
        operation = Operation(record, directory, Output(directory / "output", self._limits.max_output_bytes))
        operation.generation = generation
        self._beginning = operation
        try:
            await asyncio.to_thread(operation.save)
        finally:
            self._beginning = None
        self._by_id[record.operation_id] = operation
        times = [time for time in (seconds(timeout_ms), seconds(self._limits.max_operation_ms)) if time]
        run = operation.run(self._work / record.operation_id, min(times, default=None))
        task = asyncio.create_task(run)  # of its own: it outlives the call, the session and the connection (OP-017)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return operation

    def _drop_old(self) -> None:
        """Operations stay for an hour, or until a thousand later ones have ended (OP-042)."""
        ended = [operation for operation in self._by_id.values() if not operation.is_running]
        ended.sort(key=lambda operation: operation.record.ended_at, reverse=True)
        oldest = time.time() - KEPT_SECONDS
        for later, operation in enumerate(ended):
            if later >= KEPT_COUNT or operation.record.ended_at < oldest:
                del self._by_id[operation.record.operation_id]
                operation.remove()


async def settle_former_life(root: Path) -> None:
    """Ends the hosts that a former life of the agent has left, and sets the state of their operations (OP-040, OP-041).

    Done for all instances before the agent serves, because nobody may come for some of them.
    """
    left: list[Path] = []
    for work in root.glob("*/*/work/*"):
        operation = Operation.load(work.parent.parent / "operations" / work.name)
        if operation is None or operation.is_running:
            left.append(work)
    end_left_behind(left)
    for directory in root.glob("*/*/operations/*"):
        operation = Operation.load(directory)
        if operation and operation.is_running:
            await operation.mark_unknown()
    for work in root.glob("*/*/work/*"):
        remove_work(work)
