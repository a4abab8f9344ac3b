"""Host processes: how one is started, heard, asked to end, and ended with all that it started (spec/operations.md)."""

import asyncio
import contextlib
import errno
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import IO

from berth.sync.v49 import operation_pb2 as messages

HANDED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT")  # OP-053; TEMP and TMPDIR point at the work directory
DRAIN_SECONDS = 2.0  # for output that a process outside the group keeps open


def environment(extensions: Path, work: Path, operation_id: str) -> dict[str, str]:
    """What a host is given, and nothing else (OP-051, OP-053)."""
    own = {
        "BERTH_EXTENSIONS": extensions,
        "BERTH_WORK": work,
        "BERTH_OPERATION_ID": operation_id,
        "TEMP": work,
        "TMPDIR": work,
    }
    return {name: os.environ[name] for name in HANDED_ON if name in os.environ} | {
        name: str(value) for name, value in own.items()
    }


class Host:
    """One host, in a process group of its own. The event loop reads its output and sees its end."""

    def __init__(
        self, command: list[str], work: Path, variables: dict[str, str], on_output: Callable[[int, bytes], None]
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._process = _start(command, work, variables)
        try:
            self._pidfd = os.pidfd_open(self._process.pid)
        except OSError:
            self.end_by_force()
            self._process.wait()
            raise
        self._exited = self._loop.create_future()
        self._loop.add_reader(self._pidfd, self._see_exit)
        self._open: dict[IO[bytes], asyncio.Future[None]] = {}
        for number, pipe in enumerate((self._process.stdout, self._process.stderr), messages.OUTPUT_STREAM_STDOUT):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
            self._open[pipe] = self._loop.create_future()
            self._loop.add_reader(pipe, self._read, pipe, number, on_output)

    def has_ended(self) -> bool:
        """Whether the host has ended, even if nobody was told yet; it is not reaped by this."""
        if self._process.returncode is not None:
            return True
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def ask_to_end(self) -> None:
        self._signal(signal.SIGTERM)

    def end_by_force(self) -> None:
        self._signal(signal.SIGKILL)

    async def end(self) -> int:
        """Waits for the end, ends what is left in the group (OP-038), and gives the exit code, or minus a signal."""
        await self._exited
        self.end_by_force()  # before it is reaped: until then nobody else can have its number
        code = self._process.wait()
        os.close(self._pidfd)
        await asyncio.wait(self._open.values(), timeout=DRAIN_SECONDS)
        for pipe in self._open:
            self._loop.remove_reader(pipe)
            pipe.close()
        return code

    def _signal(self, number: int) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def _see_exit(self) -> None:
        self._loop.remove_reader(self._pidfd)
        self._exited.set_result(None)

    def _read(self, pipe: IO[bytes], number: int, on_output: Callable[[int, bytes], None]) -> None:
        try:
            data = os.read(pipe.fileno(), 65_536)
        except BlockingIOError:
            return
        if data:
            on_output(number, data)
        else:
            self._loop.remove_reader(pipe)
            self._open[pipe].set_result(None)


def _start(command: list[str], work: Path, variables: dict[str, str]) -> subprocess.Popen[bytes]:
    """Starts a program. Raises OSError where it cannot be run (OP-035)."""
    for attempt in range(50):
        try:
            return subprocess.Popen(
                command,
                cwd=work,
                env=variables,
                stdin=subprocess.DEVNULL,  # OP-054
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
            )
        except OSError as error:
            # A child that is just being started holds a file that a commit is writing until its own exec.
            if error.errno != errno.ETXTBSY or attempt == 49:
                raise
            time.sleep(0.01)
    raise AssertionError("the last attempt returns or raises")


def end_left_behind(works: Collection[Path]) -> None:
    """Ends, with their groups, the processes whose environment names one of these work directories (OP-041)."""
    marks = {f"BERTH_WORK={work}".encode() for work in works}
    while left := _groups_with(marks):
        for group in left:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        time.sleep(0.01)


def _groups_with(marks: set[bytes]) -> set[int]:
    """The groups of the processes that have one of these variables and are no zombies, as Linux shows them."""
    groups = set()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if marks.isdisjoint((process / "environ").read_bytes().split(b"\0")):
                continue
            state, _, group = (process / "stat").read_text().rpartition(")")[2].split()[:3]
            if state not in "ZX":
                groups.add(int(group))
    return groups - {os.getpgrp()}


def remove_work(work: Path) -> None:
    """Removes a work directory, also where the host took away the right to (OP-052)."""
    for folder, _, _ in os.walk(work):
        with contextlib.suppress(OSError):
            os.chmod(folder, 0o700)
    shutil.rmtree(work, ignore_errors=True)
