package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	handshake "berth.example/agent/generated/berth/handshake/v1"
	sync49 "berth.example/agent/generated/berth/sync/v49"
)

const (
	keptFor     = time.Hour // OP-042
	keptAtLeast = 1000      // later ones of the instance
)

// operation is one piece of work. Its directory holds record.json, its output, and its work directory while it runs.
type operation struct {
	id        string
	directory string
	instance  *instance

	mutex   sync.Mutex // guards what follows
	record  operationRecord
	output  *outputLog
	changed chan struct{} // closed and replaced on every change
	host    *host         // nil once it has ended
	stopped sync49.OperationState
	why     string
}

// operationRecord is what outlasts a restart (OP-040). State changes once, from RUNNING (OP-015).
type operationRecord struct {
	Name      string                `json:"name"`
	Arguments []string              `json:"arguments"`
	Manifest  string                `json:"manifest"`
	State     sync49.OperationState `json:"state"`
	ExitCode  int32                 `json:"exit_code"`
	Reason    string                `json:"reason"`
	Truncated bool                  `json:"truncated"`
	EndedAt   time.Time             `json:"ended_at"`
}

// startOperation records an operation before its host is started, so that a kill between the two forgets nothing.
func (i *instance) startOperation(id string, g *generation, request *sync49.StartOperationRequest, limits *handshake.Limits) (*operation, error) {
	o := &operation{
		id:        id,
		directory: filepath.Join(i.directory, "operations", id),
		instance:  i,
		changed:   make(chan struct{}),
		record: operationRecord{
			Name:      request.Name,
			Arguments: request.Arguments,
			Manifest:  g.manifest.digest.String(),
			State:     sync49.OperationState_OPERATION_STATE_RUNNING,
		},
	}
	// What an earlier start that failed has left would not be empty (OP-052).
	if err := errors.Join(os.RemoveAll(o.directory), os.MkdirAll(o.workDirectory(), 0o755)); err != nil {
		return nil, err
	}
	var err error
	if o.output, err = createOutput(o.directory); err != nil {
		return nil, err
	}
	if err := errors.Join(o.save(), syncPath(filepath.Dir(o.directory))); err != nil {
		o.output.close()
		return nil, err
	}
	o.run(g, limits, request.TimeoutMs)
	return o, nil
}

func (o *operation) workDirectory() string { return filepath.Join(o.directory, "work") }

func (o *operation) save() error {
	return writeJSON(filepath.Join(o.directory, "record.json"), o.record)
}

// loadOperations reads the operations of the agent's former life. What was running then has no end that anybody knows (OP-040).
func (i *instance) loadOperations() error {
	entries, err := os.ReadDir(filepath.Join(i.directory, "operations"))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		o := &operation{
			id:        entry.Name(),
			directory: filepath.Join(i.directory, "operations", entry.Name()),
			instance:  i,
			changed:   make(chan struct{}),
		}
		text, err := os.ReadFile(filepath.Join(o.directory, "record.json"))
		if err == nil {
			err = json.Unmarshal(text, &o.record)
		}
		if err == nil {
			o.output, err = loadOutput(o.directory)
		}
		if err != nil {
			log.Printf("operation %s cannot be read and is unknown from now on: %v", o.id, err)
			continue
		}
		removeTree(o.workDirectory())
		i.operations[o.id] = o
		if o.record.State != sync49.OperationState_OPERATION_STATE_RUNNING {
			i.ended = append(i.ended, o)
			continue
		}
		o.record.State = sync49.OperationState_OPERATION_STATE_UNKNOWN_AFTER_RESTART
		o.record.Reason = "The agent was restarted while it ran."
		o.record.EndedAt = time.Now()
		if err := o.save(); err != nil {
			return err
		}
		i.ended = append(i.ended, o)
	}
	slices.SortFunc(i.ended, func(a, b *operation) int { return a.record.EndedAt.Compare(b.record.EndedAt) })
	return nil
}

// end sets the final state, once, and makes it durable before anybody sees it.
func (o *operation) end(state sync49.OperationState, exitCode int32, reason string) error {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.hasEnded() {
		return nil
	}
	before := o.record
	o.record.State, o.record.ExitCode, o.record.Reason, o.record.EndedAt = state, exitCode, reason, time.Now()
	o.output.close()
	if err := o.save(); err != nil {
		o.record = before
		return err
	}
	o.announce()
	go o.instance.retire(o)
	return nil
}

// freeze holds every operation as it is until the process ends: what still runs is UNKNOWN_AFTER_RESTART then (OP-040).
func (a *agent) freeze() {
	a.mutex.Lock()
	for _, i := range a.instances {
		i.desk.Lock()
		for _, o := range i.operations {
			o.mutex.Lock()
		}
	}
}

// retire forgets the operations that ended longest ago, once they need no longer be kept (OP-042).
func (i *instance) retire(o *operation) {
	i.desk.Lock()
	defer i.desk.Unlock()
	i.ended = append(i.ended, o)
	for len(i.ended) > keptAtLeast || time.Since(i.ended[0].record.EndedAt) > keptFor {
		delete(i.operations, i.ended[0].id)
		removeTree(i.ended[0].directory)
		i.ended = i.ended[1:]
	}
}

func (o *operation) hasEnded() bool {
	return o.record.State != sync49.OperationState_OPERATION_STATE_RUNNING
}

// announce wakes everybody who waits for a change.
func (o *operation) announce() {
	close(o.changed)
	o.changed = make(chan struct{})
}

// await waits until a condition holds, the time is over, or the caller has gone.
func (o *operation) await(ctx context.Context, most time.Duration, holds func() bool) {
	over := time.After(most)
	for {
		o.mutex.Lock()
		done, changed := holds(), o.changed
		o.mutex.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-over:
			return
		case <-ctx.Done():
			return
		}
	}
}

// read answers the state and the output from a cursor on; a cursor beyond the end is refused (OP-023).
func (o *operation) read(cursor, most uint64) (*sync49.ReadOperationResponse, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if cursor > o.output.size {
		return nil, refuse(errInvalidCursor, "OP-023",
			"The cursor is beyond the end of the output, which is %d.", o.output.size).with("output_bytes", o.output.size)
	}
	chunks, next, err := o.output.read(cursor, most)
	return &sync49.ReadOperationResponse{Status: o.statusNow(), Output: chunks, NextCursor: next}, err
}

func (o *operation) status() *sync49.OperationStatus {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.statusNow()
}

func (o *operation) statusNow() *sync49.OperationStatus {
	manifest, _ := hex.DecodeString(o.record.Manifest)
	return &sync49.OperationStatus{
		OperationId:     o.id,
		State:           o.record.State,
		ExitCode:        o.record.ExitCode,
		Reason:          o.record.Reason,
		ManifestDigest:  manifest,
		OutputBytes:     o.output.size,
		OutputTruncated: o.record.Truncated,
	}
}
