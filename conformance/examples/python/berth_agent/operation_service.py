"""The four calls on operations: their checks, in the order of the table in spec/operations.md, and their waits."""

import re

import grpc
from berth.handshake.v1 import handshake_pb2 as handshake
from berth.sync.v49 import operation_pb2 as messages
from berth.sync.v49 import operation_pb2_grpc as services

from .errors import Refusal, ending_with_refusals
from .generations import Generation
from .instancing import NIL_UUID, UUID
from .operation import Operation, Record
from .sessions import Session, Sessions
from .to_the_end import to_the_end

CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class OperationService(services.OperationServiceServicer):
    def __init__(self, sessions: Sessions, limits: handshake.Limits) -> None:
        self._sessions, self._limits = sessions, limits

    @ending_with_refusals
    async def StartOperation(
        self, request: messages.StartOperationRequest, context: grpc.aio.ServicerContext
    ) -> messages.StartOperationResponse:
        with self._sessions.call(request.session_token, context.peer()) as session:
            try:
                operation = await self._repeated_or_started(request, session)
                await operation.wait(lambda: not operation.is_running, self._wait_seconds(request.wait_ms))
                status, chunks = operation.status(), operation.output.read(0, 0)
            except OSError as error:
                message = f"The agent's disk failed: {error.strerror or 'see its log'}."
                raise Refusal("STORAGE_FAILED", message, "OP-010", handshake.PHASE_MAY_HAVE_STARTED) from error
        return messages.StartOperationResponse(status=status, output=chunks, next_cursor=_length(chunks))

    @ending_with_refusals
    async def ReadOperation(
        self, request: messages.ReadOperationRequest, context: grpc.aio.ServicerContext
    ) -> messages.ReadOperationResponse:
        with self._sessions.call(request.session_token, context.peer()) as session:
            operation = _find(request.operation_id, session)
            output = operation.output
            if request.cursor > output.length:
                message = f"The cursor is beyond the {output.length} bytes of output."
                raise Refusal("INVALID_CURSOR", message, "OP-023", output_bytes=output.length)

            def has_more() -> bool:
                return output.length > request.cursor or not operation.is_running

            await operation.wait(has_more, self._wait_seconds(request.wait_ms))
            status, chunks = operation.status(), output.read(request.cursor, request.max_bytes)
        return messages.ReadOperationResponse(
            status=status, output=chunks, next_cursor=request.cursor + _length(chunks)
        )

    @ending_with_refusals
    async def CancelOperation(
        self, request: messages.CancelOperationRequest, context: grpc.aio.ServicerContext
    ) -> messages.CancelOperationResponse:
        with self._sessions.call(request.session_token, context.peer()) as session:
            operation = _find(request.operation_id, session)
            operation.cancel(request.grace_ms / 1000)
            return messages.CancelOperationResponse(status=operation.status())

    @ending_with_refusals
    async def AbandonOperation(
        self, request: messages.AbandonOperationRequest, context: grpc.aio.ServicerContext
    ) -> messages.AbandonOperationResponse:
        with self._sessions.call(request.session_token, context.peer()) as session:
            operation = _find(request.operation_id, session)
            await operation.abandon()
            return messages.AbandonOperationResponse(status=operation.status())

    async def _repeated_or_started(self, request: messages.StartOperationRequest, session: Session) -> Operation:
        """The operation that a start repeats (OP-010, OP-011), looked up before anything is said of a generation."""
        record = Record(_read_id(request.operation_id), request.name, list(request.arguments))
        self._check_arguments(request)
        operations = session.instance.operations
        async with operations.starting:
            operation = operations.find(record.operation_id)
            if operation is None:
                generation = _generation_with_host(session)
                record.manifest_digest = generation.manifest.digest
                return await to_the_end(operations.start(record, generation, request.timeout_ms))
        if (operation.record.name, operation.record.arguments) != (record.name, record.arguments):
            message = "The operation id was used for another name or other arguments."
            raise Refusal("OPERATION_ID_REUSED", message, "OP-011")
        return operation

    def _check_arguments(self, request: messages.StartOperationRequest) -> None:
        if not 1 <= len(request.name.encode()) <= 256 or CONTROL_CHARACTER.search(request.name):
            raise Refusal("INVALID_ARGUMENTS", "The name is not 1 to 256 bytes without control characters.", "OP-012")
        if any("\0" in argument for argument in request.arguments):
            raise Refusal("INVALID_ARGUMENTS", "An argument holds a NUL.", "OP-012")
        maximum = self._limits.max_argument_bytes
        if maximum and sum(len(text.encode()) for text in (request.name, *request.arguments)) > maximum:
            message = f"The name and the arguments are longer than {maximum} bytes in all."
            raise Refusal("LIMIT_EXCEEDED", message, "HS-030", limit="max_argument_bytes", maximum=maximum)

    def _wait_seconds(self, asked_ms: int) -> float:
        return min(asked_ms, self._limits.max_wait_ms or asked_ms) / 1000


def _read_id(text: str) -> str:
    if not UUID.fullmatch(text) or text == NIL_UUID:
        raise Refusal(
            "INVALID_OPERATION_ID", "The operation id is not a UUID in text form, or it is the nil UUID.", "OP-014"
        )
    return text.lower()


def _generation_with_host(session: Session) -> Generation:
    """What the session confirmed last, whatever others have committed (OP-002)."""
    if session.confirmed is None:
        raise Refusal("NO_GENERATION", "The session has confirmed no generation.", "OP-001")
    if session.confirmed.manifest.host is None:
        raise Refusal("NO_HOST", "The generation has no host package.", "OP-003")
    return session.confirmed


def _find(operation_id: str, session: Session) -> Operation:
    operation = session.instance.operations.find(_read_id(operation_id))
    if operation is None:
        raise Refusal("OPERATION_UNKNOWN", "The instance has no operation of this id.", "OP-026")
    return operation


def _length(chunks: list[messages.OutputChunk]) -> int:
    return sum(len(chunk.data) for chunk in chunks)
