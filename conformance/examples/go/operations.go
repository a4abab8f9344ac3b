package main

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	handshake "berth.example/agent/generated/berth/handshake/v1"
	sync49 "berth.example/agent/generated/berth/sync/v49"
)

// StartOperation makes the checks of spec/operations.md, "Failures"; a repeated id is looked up before those on the generation (OP-010).
func (a *agent) StartOperation(ctx context.Context, request *sync49.StartOperationRequest) (*sync49.StartOperationResponse, error) {
	s, leave, err := a.enter(ctx, request.SessionToken)
	if err != nil {
		return nil, err
	}
	defer leave()
	id, err := operationID(request.OperationId)
	if err != nil {
		return nil, err
	}
	if err := a.checkArguments(request); err != nil {
		return nil, err
	}
	o, err := a.startOrRepeat(s, id, request)
	if err != nil {
		return nil, err
	}
	o.await(ctx, a.waiting(request.WaitMs), func() bool { return o.hasEnded() })
	answer, err := o.read(0, 0)
	if err != nil {
		return nil, err
	}
	return &sync49.StartOperationResponse{Status: answer.Status, Output: answer.Output, NextCursor: answer.NextCursor}, nil
}

func (a *agent) startOrRepeat(s *session, id string, request *sync49.StartOperationRequest) (*operation, error) {
	i := s.instance
	i.desk.Lock()
	defer i.desk.Unlock()
	if known := i.operations[id]; known != nil {
		if known.record.Name != request.Name || !slices.Equal(known.record.Arguments, request.Arguments) {
			return nil, refuse(errOperationIDReused, "OP-011", "The operation id was used with another name or other arguments.")
		}
		return known, nil
	}
	g := a.confirmed(s)
	if g == nil {
		return nil, refuse(errNoGeneration, "OP-001", "The session has confirmed no generation.")
	}
	if g.manifest.host() == nil {
		return nil, refuse(errNoHost, "OP-003", "The generation has no host package.")
	}
	running := 0
	for _, each := range i.operations {
		if each.status().State == sync49.OperationState_OPERATION_STATE_RUNNING {
			running++
		}
	}
	if most := a.limits.MaxOperations; most > 0 && running >= int(most) {
		return nil, refuse(errTooManyOperations, "OP-016", "The instance runs %d operations already.", running).with("maximum", most)
	}
	o, err := i.startOperation(id, g, request, a.limits)
	if err != nil {
		fault := storageFailed(err)
		fault.phase = handshake.Phase_PHASE_MAY_HAVE_STARTED // spec/operations.md, "Failures": repeating with the same id is safe
		return nil, fault
	}
	i.operations[id] = o
	return o, nil
}

// checkArguments holds the name and the arguments against OP-012 and the limit.
func (a *agent) checkArguments(request *sync49.StartOperationRequest) error {
	if length := len(request.Name); length < 1 || length > 256 || strings.ContainsFunc(request.Name, unicode.IsControl) {
		return refuse(errInvalidArguments, "OP-012", "The name is not 1 to 256 bytes without control characters.")
	}
	sum := len(request.Name)
	for _, argument := range request.Arguments {
		if strings.Contains(argument, "\x00") {
			return refuse(errInvalidArguments, "OP-012", "An argument has a NUL.")
		}
		sum += len(argument)
	}
	if most := a.limits.MaxArgumentBytes; most > 0 && sum > int(most) {
		return limitExceeded("HS-030", "max_argument_bytes", most, "Name and arguments together")
	}
	return nil
}

// ReadOperation answers state and output from a cursor on (OP-020 to OP-027).
func (a *agent) ReadOperation(ctx context.Context, request *sync49.ReadOperationRequest) (*sync49.ReadOperationResponse, error) {
	o, leave, err := a.find(ctx, request.SessionToken, request.OperationId)
	if err != nil {
		return nil, err
	}
	defer leave()
	o.await(ctx, a.waiting(request.WaitMs), func() bool { return o.output.size != request.Cursor || o.hasEnded() })
	return o.read(request.Cursor, uint64(request.MaxBytes))
}

// CancelOperation asks the host to end, and ends it by force after the grace (OP-030, OP-031).
func (a *agent) CancelOperation(ctx context.Context, request *sync49.CancelOperationRequest) (*sync49.CancelOperationResponse, error) {
	o, leave, err := a.find(ctx, request.SessionToken, request.OperationId)
	if err != nil {
		return nil, err
	}
	defer leave()
	o.stop(sync49.OperationState_OPERATION_STATE_CANCELLED, "It was cancelled.", milliseconds(request.GraceMs))
	return &sync49.CancelOperationResponse{Status: o.status()}, nil
}

// AbandonOperation gives an operation up before it answers, whatever its host does (OP-033).
func (a *agent) AbandonOperation(ctx context.Context, request *sync49.AbandonOperationRequest) (*sync49.AbandonOperationResponse, error) {
	o, leave, err := a.find(ctx, request.SessionToken, request.OperationId)
	if err != nil {
		return nil, err
	}
	defer leave()
	if err := o.end(sync49.OperationState_OPERATION_STATE_ABANDONED, 0, "It was given up."); err != nil {
		return nil, err
	}
	o.kill()
	return &sync49.AbandonOperationResponse{Status: o.status()}, nil
}

// find begins a call about an operation of the session's own instance (INST-046, OP-026).
func (a *agent) find(ctx context.Context, token, text string) (*operation, func(), error) {
	s, leave, err := a.enter(ctx, token)
	if err != nil {
		return nil, nil, err
	}
	id, err := operationID(text)
	if err != nil {
		leave()
		return nil, nil, err
	}
	s.instance.desk.Lock()
	defer s.instance.desk.Unlock()
	o := s.instance.operations[id]
	if o == nil {
		leave()
		return nil, nil, refuse(errOperationUnknown, "OP-026", "The instance has no operation of this id.")
	}
	return o, leave, nil
}

// operationID gives an id in lower case (OP-014).
func operationID(text string) (string, error) {
	id, valid := parseUUID(text)
	if !valid {
		return "", refuse(errInvalidOperationID, "OP-014", "The operation id is no UUID, or the nil UUID.")
	}
	return id, nil
}

// waiting cuts a wait to what was announced (OP-013, OP-022).
func (a *agent) waiting(asked uint64) time.Duration {
	if most := a.limits.MaxWaitMs; most > 0 {
		asked = min(asked, most)
	}
	return milliseconds(asked)
}
