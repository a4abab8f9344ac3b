"""Failures as data (spec/errors.md): one table, one exception, one way for a call to end with it."""

import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from berth.handshake.v1 import handshake_pb2 as handshake
from google.protobuf.message import DecodeError

log = logging.getLogger("berth")

S = grpc.StatusCode

# The gRPC status of each code, whether it is retryable, and what the caller has to do (ERR-003, ERR-004, ERR-006).
TABLE: dict[str, tuple[grpc.StatusCode, bool, str]] = {
    "INTERNAL": (S.INTERNAL, False, "Look at the agent's log."),
    "MALFORMED_REQUEST": (S.INVALID_ARGUMENT, False, "Correct the field."),
    "UNEXPECTED_MESSAGE": (S.INVALID_ARGUMENT, False, "Keep the order Offer, ManifestPart, Data, Commit."),
    "LIMIT_EXCEEDED": (S.RESOURCE_EXHAUSTED, False, "Keep within the limit that the agent announced."),
    "STORAGE_FAILED": (S.UNAVAILABLE, True, "Look at the agent's disk, and repeat later."),
    "INVALID_PRODUCT": (S.INVALID_ARGUMENT, False, "Correct the product."),
    "INVALID_PRODUCT_VERSION": (S.INVALID_ARGUMENT, False, "Correct the version of the product."),
    "INVALID_SERVER_ID": (S.INVALID_ARGUMENT, False, "Send the server's own UUID."),
    "INVALID_INSTANCE_ID": (S.INVALID_ARGUMENT, False, "Correct Agent.InstanceId."),
    "INVALID_DIGEST": (S.INVALID_ARGUMENT, False, "Send 32 bytes."),
    "SERVER_TOO_OLD": (S.FAILED_PRECONDITION, False, "Upgrade the server."),
    "AGENT_TOO_OLD": (S.FAILED_PRECONDITION, False, "Upgrade the agent."),
    "INSTANCING_UNSUPPORTED": (S.FAILED_PRECONDITION, False, "Upgrade the product, or unset Agent.InstanceId."),
    "INSTANCE_CONFLICT": (S.FAILED_PRECONDITION, False, "Set Agent.InstanceId to a unique value."),
    "SESSION_UNKNOWN": (S.UNAUTHENTICATED, False, "Negotiate again."),
    "INVALID_MANIFEST": (S.INVALID_ARGUMENT, False, "Write the manifest in canonical form."),
    "MANIFEST_DIGEST_MISMATCH": (S.INVALID_ARGUMENT, False, "Offer the digest of the bytes that are sent."),
    "PATH_REFUSED": (S.INVALID_ARGUMENT, False, "Rename the file in its package."),
    "QUOTA_EXCEEDED": (S.RESOURCE_EXHAUSTED, False, "Send less, or ask the agent's operator for a larger quota."),
    "UNEXPECTED_CONTENT": (S.INVALID_ARGUMENT, False, "Send only what was asked for."),
    "OUT_OF_ORDER": (S.INVALID_ARGUMENT, False, "Go on where the content ended."),
    "CONTENT_DIGEST_MISMATCH": (S.INVALID_ARGUMENT, False, "Publish the package again."),
    "INVALID_PAYLOAD": (S.INVALID_ARGUMENT, False, "Code the payload as announced."),
    "INCOMPLETE": (S.FAILED_PRECONDITION, False, "Send everything that is missing."),
    "SYNC_IDLE": (S.DEADLINE_EXCEEDED, True, "Offer again; what arrived is kept."),
    "NO_GENERATION": (S.FAILED_PRECONDITION, False, "Negotiate with the wanted digest, or sync."),
    "NO_HOST": (S.FAILED_PRECONDITION, False, "Add a host package."),
    "INVALID_OPERATION_ID": (S.INVALID_ARGUMENT, False, "Choose a UUID."),
    "OPERATION_ID_REUSED": (S.ALREADY_EXISTS, False, "Choose a new UUID."),
    "OPERATION_UNKNOWN": (S.NOT_FOUND, False, "Check the id and the instance."),
    "TOO_MANY_OPERATIONS": (S.RESOURCE_EXHAUSTED, True, "Wait until an operation has ended."),
    "INVALID_CURSOR": (S.OUT_OF_RANGE, False, "Read from a cursor that the agent gave."),
    "INVALID_ARGUMENTS": (S.INVALID_ARGUMENT, False, "Correct the name or the argument."),
}


class Refusal(Exception):
    """A call that is refused: a code of the table, a sentence for people, the clause, and the details of the code."""

    def __init__(
        self, code: str, message: str, clause: str, phase: int = handshake.PHASE_NOT_STARTED, **details: object
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.clause, self.phase = code, message, clause, phase
        self.details = {key: str(value) for key, value in details.items()}

    @property
    def status(self) -> grpc.StatusCode:
        return TABLE[self.code][0]

    def to_message(self) -> handshake.Error:
        _, retryable, remedy = TABLE[self.code]
        return handshake.Error(
            code=handshake.ErrorCode.Value(f"ERROR_CODE_{self.code}"),
            message=self.message,
            retryable=retryable,
            phase=self.phase,
            remedy=remedy,
            clause=self.clause,
            details=self.details,
        )


class Malformed:
    """What stands for a message that is not valid Protobuf."""


class ForgivingDecoder(grpc.aio.ServerInterceptor):
    """HS-003: left alone, gRPC's asyncio server answers what it cannot decode with the status UNKNOWN."""

    async def intercept_service(self, continuation: Any, details: grpc.HandlerCallDetails) -> Any:
        handler = await continuation(details)
        if handler is None:  # HS-002: gRPC answers UNIMPLEMENTED
            return None
        decode = handler.request_deserializer

        def decode_or_mark(data: bytes) -> Any:
            try:
                return decode(data)
            except DecodeError:
                return Malformed()

        return handler._replace(request_deserializer=decode_or_mark)


def check_decoded(request: Any) -> None:
    if isinstance(request, Malformed):
        raise Refusal("MALFORMED_REQUEST", "The message is not valid Protobuf.", "HS-003", field="")


def ending_with_refusals(method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Ends a call with what its method raises (ERR-001, ERR-002, ERR-007). No other path leads to a status."""

    @functools.wraps(method)
    async def call(service: Any, request: Any, context: grpc.aio.ServicerContext) -> Any:
        try:
            check_decoded(request)
            return await method(service, request, context)
        except Refusal as raised:
            refusal = raised
        except OSError as error:
            log.exception("%s: the disk failed", method.__name__)
            refusal = Refusal(
                "STORAGE_FAILED", f"The agent's disk failed: {error.strerror or 'see its log'}.", "ERR-003"
            )
        except Exception:
            log.exception("%s failed", method.__name__)
            refusal = Refusal(
                "INTERNAL", "The agent has a fault of its own.", "ERR-003", handshake.PHASE_MAY_HAVE_STARTED
            )
        trailer = ("berth-error-bin", refusal.to_message().SerializeToString())
        await context.abort(refusal.status, refusal.message, trailing_metadata=(trailer,))

    return call
