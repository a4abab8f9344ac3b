package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	handshake "berth.example/agent/generated/berth/handshake/v1"
	sync49 "berth.example/agent/generated/berth/sync/v49"
)

const (
	graceAfterTimeout = 2 * time.Second // OP-034 leaves it to the agent
	patienceForOutput = 5 * time.Second // with a process that left the host's group and holds its output
)

// handedOn are the agent's own variables that a host gets (OP-053).
var handedOn = []string{"PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT"}

// host is a process that leads a process group, from its start until it is reaped: so long its number is nobody else's.
type host struct{ pid int }

func (h *host) signal(signal unix.Signal) { _ = unix.Kill(-h.pid, signal) }

// hasExited says whether the process has ended, without reaping it.
func (h *host) hasExited(flags int) bool {
	for {
		var info unix.Siginfo
		err := unix.Waitid(unix.P_PID, h.pid, &info, unix.WEXITED|unix.WNOWAIT|flags, nil)
		if err != unix.EINTR {
			return err != nil || info.Signo == int32(unix.SIGCHLD)
		}
	}
}

// run starts the host of an operation (OP-050 to OP-054) and follows it to its end.
func (o *operation) run(g *generation, limits *handshake.Limits, timeoutMs uint64) {
	command, outputs, err := o.startHost(g)
	if err != nil {
		removeTree(o.workDirectory())
		o.mustEnd(sync49.OperationState_OPERATION_STATE_HOST_NOT_STARTED, 0, fmt.Sprintf("The host's entry point cannot be run: %v", reasonOf(err)))
		return
	}
	o.host = &host{command.Process.Pid}
	var reading sync.WaitGroup
	for index, stream := range []sync49.OutputStream{sync49.OutputStream_OUTPUT_STREAM_STDOUT, sync49.OutputStream_OUTPUT_STREAM_STDERR} {
		reading.Go(func() { o.keepOutput(outputs[index], stream, limits.MaxOutputBytes) })
	}
	var timer *time.Timer
	if most := shorterOf(timeoutMs, limits.MaxOperationMs); most > 0 {
		timer = time.AfterFunc(milliseconds(most), func() {
			o.stop(sync49.OperationState_OPERATION_STATE_TIMED_OUT, "Its time was up.", graceAfterTimeout)
		})
	}
	go func() {
		o.follow(command, outputs, &reading)
		if timer != nil {
			timer.Stop()
		}
	}()
}

// shorterOf gives the shorter of two times, of which zero is none (OP-034).
func shorterOf(a, b uint64) uint64 {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

// startHost starts the entry point of the generation's host package in a process group of its own.
func (o *operation) startHost(g *generation) (*exec.Cmd, [2]*os.File, error) {
	var reads, writes [2]*os.File
	for index := range reads {
		var err error
		if reads[index], writes[index], err = os.Pipe(); err != nil {
			return nil, reads, err
		}
		defer writes[index].Close()
	}
	item := g.manifest.host()
	entry := filepath.Join(g.directory, item.folder(), item.entry)
	command := &exec.Cmd{
		Path:        entry,
		Args:        append([]string{entry, o.record.Name}, o.record.Arguments...),
		Dir:         o.workDirectory(),
		Stdout:      writes[0],
		Stderr:      writes[1], // standard input stays empty (OP-054)
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true},
		Env: []string{
			"BERTH_EXTENSIONS=" + filepath.Join(g.directory, "extensions"),
			"BERTH_WORK=" + o.workDirectory(),
			"BERTH_OPERATION_ID=" + o.id,
			"TEMP=" + o.workDirectory(),
			"TMPDIR=" + o.workDirectory(),
		},
	}
	for _, name := range handedOn {
		if value, set := os.LookupEnv(name); set {
			command.Env = append(command.Env, name+"="+value)
		}
	}
	err := command.Start()
	if err != nil {
		for _, read := range reads {
			_ = read.Close()
		}
	}
	return command, reads, err
}

// reasonOf leaves out where on the agent's disk the entry point lies.
func reasonOf(err error) error {
	if fault, ok := err.(*fs.PathError); ok {
		return fault.Err
	}
	return err
}

// keepOutput keeps the first bytes of a stream, and reads on when there is no more room, so that the host does not wait (OP-024).
func (o *operation) keepOutput(from *os.File, stream sync49.OutputStream, most uint64) {
	buffer := make([]byte, 64<<10)
	for {
		count, err := from.Read(buffer)
		if count > 0 {
			o.appendOutput(stream, buffer[:count], most)
		}
		if err != nil {
			return
		}
	}
}

func (o *operation) appendOutput(stream sync49.OutputStream, data []byte, most uint64) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.hasEnded() {
		return
	}
	if room := most - o.output.size; most > 0 && uint64(len(data)) > room {
		data = data[:room]
		if !o.record.Truncated {
			o.record.Truncated = true
			_ = o.save()
		}
	}
	if len(data) == 0 {
		return
	}
	if err := o.output.append(stream, data); err != nil {
		log.Printf("output of operation %s is lost: %v", o.id, err)
	}
	o.announce()
}

// stop asks the host to end and ends it by force after a grace. A host that has ended already keeps its own end (OP-030).
func (o *operation) stop(state sync49.OperationState, why string, grace time.Duration) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.host == nil || o.hasEnded() || o.stopped == 0 && o.host.hasExited(unix.WNOHANG) {
		return
	}
	if o.stopped == 0 {
		o.stopped, o.why = state, why
	}
	o.host.signal(unix.SIGTERM)
	time.AfterFunc(grace, o.kill)
}

// kill ends the host and what it started by force.
func (o *operation) kill() {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.host != nil {
		o.host.signal(unix.SIGKILL)
	}
}

// follow waits for the host's end, ends what it left in its group (OP-038), and sets the state.
func (o *operation) follow(command *exec.Cmd, outputs [2]*os.File, reading *sync.WaitGroup) {
	o.host.hasExited(0)
	o.mutex.Lock()
	stopped, why := o.stopped, o.why
	unwanted := stopped != 0 || o.hasEnded() // it was stopped or given up
	o.host.signal(unix.SIGKILL)
	o.host = nil
	_ = command.Wait() // reaps it: from here on its number can be another's
	o.mutex.Unlock()

	if unwanted { // also what has left the group (OP-030)
		_ = endMarked(o.workDirectory() + "\x00")
	}
	for _, output := range outputs {
		_ = output.SetReadDeadline(time.Now().Add(patienceForOutput))
	}
	reading.Wait()
	for _, output := range outputs {
		_ = output.Close()
	}
	removeTree(o.workDirectory()) // OP-052

	end := command.ProcessState.Sys().(syscall.WaitStatus)
	switch {
	case stopped != 0:
		o.mustEnd(stopped, 0, why)
	case end.Signaled():
		o.mustEnd(sync49.OperationState_OPERATION_STATE_HOST_DIED, 0, fmt.Sprintf("The host was ended by the signal %v.", end.Signal()))
	default:
		o.mustEnd(sync49.OperationState_OPERATION_STATE_EXITED, int32(end.ExitStatus()), "")
	}
}

// mustEnd tries until the disk takes the end, because nobody may see a state that a restart would take back.
func (o *operation) mustEnd(state sync49.OperationState, exitCode int32, reason string) {
	for o.end(state, exitCode, reason) != nil {
		time.Sleep(time.Second)
	}
}

// removeTree removes a directory, also where a host has taken the right to do so away.
func removeTree(directory string) {
	if os.RemoveAll(directory) == nil {
		return
	}
	_ = filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if entry != nil && entry.IsDir() {
			_ = os.Chmod(path, 0o700)
		}
		return nil
	})
	if err := os.RemoveAll(directory); err != nil {
		log.Printf("cannot be removed: %v", err)
	}
}

// endFormerHosts ends what hosts of the agent's former life have left, before it serves again (OP-041).
func endFormerHosts(root string) error { return endMarked(root + string(filepath.Separator)) }

// endMarked ends every process whose BERTH_WORK begins so, with its group. The environment tells of each, also of those that left
// their group, and of those whose numbers nobody had written down when the agent was killed.
func endMarked(work string) error {
	mark := []byte("\x00BERTH_WORK=" + work)
	for range 200 {
		found := false
		environments, err := filepath.Glob("/proc/[0-9]*/environ")
		if err != nil {
			return err
		}
		for _, path := range environments {
			environment, err := os.ReadFile(path)
			if err != nil || !bytes.Contains(append([]byte{0}, environment...), mark) {
				continue
			}
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			if group, err := unix.Getpgid(pid); err == nil && group != unix.Getpgrp() {
				_ = unix.Kill(-group, unix.SIGKILL)
			}
			_ = unix.Kill(pid, unix.SIGKILL)
			found = true
		}
		if !found {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New("what hosts have left cannot be ended")
}
