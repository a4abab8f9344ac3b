package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"runtime/debug"
	"syscall"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	handshake "berth.example/agent/generated/berth/handshake/v1"
)

// errorKind is a code with what the table of spec/errors.md says of it (ERR-003, ERR-004, ERR-006).
type errorKind struct {
	code      handshake.ErrorCode
	status    codes.Code
	retryable bool
	remedy    string
}

var (
	errInternal               = errorKind{handshake.ErrorCode_ERROR_CODE_INTERNAL, codes.Internal, false, "Look at the agent's log."}
	errMalformedRequest       = errorKind{handshake.ErrorCode_ERROR_CODE_MALFORMED_REQUEST, codes.InvalidArgument, false, "Correct the field."}
	errUnexpectedMessage      = errorKind{handshake.ErrorCode_ERROR_CODE_UNEXPECTED_MESSAGE, codes.InvalidArgument, false, "Keep the order of SYNC-030."}
	errLimitExceeded          = errorKind{handshake.ErrorCode_ERROR_CODE_LIMIT_EXCEEDED, codes.ResourceExhausted, false, "Keep within the announced limit."}
	errStorageFailed          = errorKind{handshake.ErrorCode_ERROR_CODE_STORAGE_FAILED, codes.Unavailable, true, "Look at the agent's disk, then repeat the call."}
	errInvalidProduct         = errorKind{handshake.ErrorCode_ERROR_CODE_INVALID_PRODUCT, codes.InvalidArgument, false, "Correct the product."}
	errInvalidProductVersion  = errorKind{handshake.ErrorCode_ERROR_CODE_INVALID_PRODUCT_VERSION, codes.InvalidArgument, false, "Correct the product's version."}
	errInvalidServerID        = errorKind{handshake.ErrorCode_ERROR_CODE_INVALID_SERVER_ID, codes.InvalidArgument, false, "Send the server's own UUID."}
	errInvalidInstanceID      = errorKind{handshake.ErrorCode_ERROR_CODE_INVALID_INSTANCE_ID, codes.InvalidArgument, false, "Correct Agent.InstanceId."}
	errInvalidDigest          = errorKind{handshake.ErrorCode_ERROR_CODE_INVALID_DIGEST, codes.InvalidArgument, false, "Send 32 bytes."}
	errServerTooOld           = errorKind{handshake.ErrorCode_ERROR_CODE_SERVER_TOO_OLD, codes.FailedPrecondition, false, "Upgrade the server."}
	errAgentTooOld            = errorKind{handshake.ErrorCode_ERROR_CODE_AGENT_TOO_OLD, codes.FailedPrecondition, false, "Upgrade the agent."}
	errInstancingUnsupported  = errorKind{handshake.ErrorCode_ERROR_CODE_INSTANCING_UNSUPPORTED, codes.FailedPrecondition, false, "Upgrade the product, or unset Agent.InstanceId."}
	errInstanceConflict       = errorKind{handshake.ErrorCode_ERROR_CODE_INSTANCE_CONFLICT, codes.FailedPrecondition, false, "Set Agent.InstanceId to a unique value."}
	errSessionUnknown         = errorKind{handshake.ErrorCode_ERROR_CODE_SESSION_UNKNOWN, codes.Unauthenticated, false, "Negotiate again."}
	errTooManySessions        = errorKind{handshake.ErrorCode_ERROR_CODE_TOO_MANY_SESSIONS, codes.ResourceExhausted, true, "Use a session there is, or wait until one has ended."}
	errInvalidManifest        = errorKind{handshake.ErrorCode_ERROR_CODE_INVALID_MANIFEST, codes.InvalidArgument, false, "Write the canonical form."}
	errManifestDigestMismatch = errorKind{handshake.ErrorCode_ERROR_CODE_MANIFEST_DIGEST_MISMATCH, codes.InvalidArgument, false, "Offer the digest of the bytes sent."}
	errPathRefused            = errorKind{handshake.ErrorCode_ERROR_CODE_PATH_REFUSED, codes.InvalidArgument, false, "Rename the file in its package."}
	errQuotaExceeded          = errorKind{handshake.ErrorCode_ERROR_CODE_QUOTA_EXCEEDED, codes.ResourceExhausted, false, "Send less, or raise the quota."}
	errUnexpectedContent      = errorKind{handshake.ErrorCode_ERROR_CODE_UNEXPECTED_CONTENT, codes.InvalidArgument, false, "Send only what was asked for."}
	errOutOfOrder             = errorKind{handshake.ErrorCode_ERROR_CODE_OUT_OF_ORDER, codes.InvalidArgument, false, "Go on where the content ended."}
	errContentDigestMismatch  = errorKind{handshake.ErrorCode_ERROR_CODE_CONTENT_DIGEST_MISMATCH, codes.InvalidArgument, false, "Publish the package again."}
	errInvalidPayload         = errorKind{handshake.ErrorCode_ERROR_CODE_INVALID_PAYLOAD, codes.InvalidArgument, false, "Code the payload as announced."}
	errIncomplete             = errorKind{handshake.ErrorCode_ERROR_CODE_INCOMPLETE, codes.FailedPrecondition, false, "Send everything that is missing."}
	errSyncIdle               = errorKind{handshake.ErrorCode_ERROR_CODE_SYNC_IDLE, codes.DeadlineExceeded, true, "Offer again; what arrived is kept."}
	errNoGeneration           = errorKind{handshake.ErrorCode_ERROR_CODE_NO_GENERATION, codes.FailedPrecondition, false, "Negotiate with the wanted digest, or sync."}
	errNoHost                 = errorKind{handshake.ErrorCode_ERROR_CODE_NO_HOST, codes.FailedPrecondition, false, "Add a host package."}
	errInvalidOperationID     = errorKind{handshake.ErrorCode_ERROR_CODE_INVALID_OPERATION_ID, codes.InvalidArgument, false, "Choose a UUID."}
	errOperationIDReused      = errorKind{handshake.ErrorCode_ERROR_CODE_OPERATION_ID_REUSED, codes.AlreadyExists, false, "Choose a new UUID."}
	errOperationUnknown       = errorKind{handshake.ErrorCode_ERROR_CODE_OPERATION_UNKNOWN, codes.NotFound, false, "Check the id and the instance."}
	errTooManyOperations      = errorKind{handshake.ErrorCode_ERROR_CODE_TOO_MANY_OPERATIONS, codes.ResourceExhausted, true, "Wait until an operation has ended."}
	errInvalidCursor          = errorKind{handshake.ErrorCode_ERROR_CODE_INVALID_CURSOR, codes.OutOfRange, false, "Read from a cursor the agent gave."}
	errInvalidArguments       = errorKind{handshake.ErrorCode_ERROR_CODE_INVALID_ARGUMENTS, codes.InvalidArgument, false, "Correct the name or the argument."}
)

// refusal is a failure that the agent decides on. It becomes the status of the call and the trailer berth-error-bin.
type refusal struct {
	errorKind
	clause  string
	message string
	phase   handshake.Phase
	details map[string]string
}

func (r *refusal) Error() string { return fmt.Sprintf("%v (%s): %s", r.code, r.clause, r.message) }

func refuse(kind errorKind, clause, format string, arguments ...any) *refusal {
	return &refusal{
		errorKind: kind,
		clause:    clause,
		message:   fmt.Sprintf(format, arguments...),
		phase:     handshake.Phase_PHASE_NOT_STARTED, // ERR-005
		details:   map[string]string{},
	}
}

// with adds a detail. The keys of each code are those of spec/errors.md.
func (r *refusal) with(key string, value any) *refusal {
	r.details[key] = fmt.Sprint(value)
	return r
}

func limitExceeded(clause, limit string, maximum any, what string) *refusal {
	return refuse(errLimitExceeded, clause, "%s is over %s, which is %v.", what, limit, maximum).
		with("limit", limit).with("maximum", maximum)
}

// storageFailed hides what the disk said from the server, which could hold names of other instances (ERR-010).
func storageFailed(err error) *refusal {
	log.Printf("the disk failed: %v", err)
	return refuse(errStorageFailed, "ERR-003", "The agent cannot read or write its disk.")
}

// refuseUnary and refuseStream answer every call that a handler refuses (ERR-001). A handler that panics refuses too (ERR-007).
func refuseUnary(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (answer any, err error) {
	err = guarded(func() error {
		answer, err = handler(ctx, request)
		return err
	})
	return answer, asStatus(err, func(trailer metadata.MD) { _ = grpc.SetTrailer(ctx, trailer) })
}

func refuseStream(service any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	return asStatus(guarded(func() error { return handler(service, stream) }), stream.SetTrailer)
}

func guarded(call func() error) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			log.Printf("panic: %v\n%s", fault, debug.Stack())
			err = refuse(errInternal, "ERR-003", "The agent has a fault of its own.")
		}
	}()
	return call()
}

func asStatus(err error, setTrailer func(metadata.MD)) error {
	if err == nil {
		return nil
	}
	r, refused := errors.AsType[*refusal](err)
	_, ofTheDisk := errors.AsType[*fs.PathError](err)
	_, ofTheSystem := errors.AsType[syscall.Errno](err)
	switch {
	case refused:
	case ofTheDisk, ofTheSystem:
		r = storageFailed(err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return status.FromContextError(err).Err()
	default:
		if _, ofGRPC := status.FromError(err); ofGRPC {
			return err // a message too large, or a call that was cut: decided by the library (HS-030)
		}
		log.Printf("unforeseen: %v", err)
		r = refuse(errInternal, "ERR-003", "The agent has a fault of its own.")
	}
	serialized, marshalling := proto.Marshal(&handshake.Error{
		Code:      r.code,
		Message:   r.message,
		Retryable: r.retryable,
		Phase:     r.phase,
		Remedy:    r.remedy,
		Clause:    r.clause,
		Details:   r.details,
	})
	if marshalling != nil {
		return status.Error(codes.Internal, marshalling.Error())
	}
	setTrailer(metadata.Pairs("berth-error-bin", string(serialized)))
	return status.Error(r.status, r.message)
}
