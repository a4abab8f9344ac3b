package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// owner is the server that first asked for an instance by InstanceId (INST-031). The file owner.json remembers it, and the file's
// modification time when it was last seen.
type owner struct {
	ServerID string `json:"server_id"`
	lastSeen time.Time
}

// own lets a server into an instance that it asks for by InstanceId, or refuses it (INST-030 to INST-033).
func (a *agent) own(i *instance, serverID string) error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if i.owner == nil || a.isAway(i) {
		if serverID == "" && i.owner == nil {
			return nil // an instance that only servers without a server_id use has no owner yet
		}
		return i.setOwner(serverID)
	}
	if i.owner.ServerID != serverID {
		return refuse(errInstanceConflict, "INST-030",
			"Another server owns the instance of this InstanceId: set Agent.InstanceId to a unique value.")
	}
	return nil
}

// isAway says whether no session of the owner has made a call for longer than the window (INST-032). A call under way is one.
func (a *agent) isAway(i *instance) bool {
	window := milliseconds(a.limits.OwnershipWindowMs)
	if window == 0 || time.Since(i.owner.lastSeen) <= window {
		return false
	}
	for _, s := range a.sessions {
		if s.instance == i && s.calls > 0 && s.serverID == i.owner.ServerID {
			return false
		}
	}
	return true
}

// noteOwner notes that the owner has been seen, when the session is the owner's.
func (a *agent) noteOwner(s *session) {
	if owner := s.instance.owner; owner != nil && owner.ServerID == s.serverID {
		owner.lastSeen = time.Now()
		_ = os.Chtimes(s.instance.ownerFile(), owner.lastSeen, owner.lastSeen) // what is lost shortens the window after a restart
	}
}

func (i *instance) ownerFile() string { return filepath.Join(i.directory, "owner.json") }

// setOwner writes the new owner before it counts. A server without a server_id leaves the instance without one.
func (i *instance) setOwner(serverID string) error {
	if serverID == "" {
		i.owner = nil
		return os.Remove(i.ownerFile())
	}
	next := &owner{ServerID: serverID, lastSeen: time.Now()}
	if err := writeJSON(i.ownerFile(), next); err != nil {
		return err
	}
	i.owner = next
	return nil
}

// loadOwner reads the owner after a restart. A damaged file opens the instance to nobody, rather than to anybody (SYNC-055).
func (i *instance) loadOwner() error {
	text, err := os.ReadFile(i.ownerFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	facts, err := os.Stat(i.ownerFile())
	if err != nil {
		return err
	}
	found := &owner{lastSeen: facts.ModTime()}
	if err := json.Unmarshal(text, found); err != nil {
		return &fs.PathError{Op: "parse", Path: i.ownerFile(), Err: err}
	}
	i.owner = found
	return nil
}
