package main

import (
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"sort"

	sync49 "berth.example/agent/generated/berth/sync/v49"
)

// mostAnswered is the most output of one answer, so that it fits the message limit of any gRPC library (OP-027).
const mostAnswered = 1 << 20

// outputLog holds the output of one operation: the bytes of both streams in one file, as they were received, and in another where
// each run of one stream begins. What was answered once is on the disk, so a cursor means the same after a restart (OP-025).
type outputLog struct {
	directory string
	bytes     *os.File // nil once the operation has ended
	starts    *os.File
	runs      []outputRun
	size      uint64
}

// outputRun begins at a position and reaches to the next run.
type outputRun struct {
	Stream sync49.OutputStream
	Start  uint64
}

func createOutput(directory string) (*outputLog, error) {
	bytes, err := os.Create(filepath.Join(directory, "output"))
	if err != nil {
		return nil, err
	}
	starts, err := os.Create(filepath.Join(directory, "runs"))
	return &outputLog{directory: directory, bytes: bytes, starts: starts}, err
}

// loadOutput reads where the runs begin. A kill can have left a run without bytes, which is not one.
func loadOutput(directory string) (*outputLog, error) {
	log := &outputLog{directory: directory}
	facts, err := os.Stat(filepath.Join(directory, "output"))
	if err != nil {
		return nil, err
	}
	log.size = uint64(facts.Size())
	starts, err := os.Open(filepath.Join(directory, "runs"))
	if err != nil {
		return nil, err
	}
	defer starts.Close()
	for {
		var run outputRun
		if err := binary.Read(starts, binary.BigEndian, &run); err != nil || run.Start >= log.size {
			return log, nil
		}
		log.runs = append(log.runs, run)
	}
}

// append takes a run of bytes; where they begin goes first, because bytes without a stream could not be answered.
func (l *outputLog) append(stream sync49.OutputStream, data []byte) error {
	if last := len(l.runs) - 1; last < 0 || l.runs[last].Stream != stream {
		run := outputRun{stream, l.size}
		if err := binary.Write(l.starts, binary.BigEndian, run); err != nil {
			return err
		}
		l.runs = append(l.runs, run)
	}
	_, err := l.bytes.Write(data)
	if err == nil {
		l.size += uint64(len(data))
	}
	return err
}

// read gives the output from a cursor on, each stream marked (OP-020), and the cursor after it.
func (l *outputLog) read(cursor, most uint64) ([]*sync49.OutputChunk, uint64, error) {
	if most == 0 || most > mostAnswered {
		most = mostAnswered
	}
	data := make([]byte, min(most, l.size-cursor))
	if len(data) == 0 {
		return nil, cursor, nil
	}
	file, err := os.Open(filepath.Join(l.directory, "output"))
	if err != nil {
		return nil, cursor, err
	}
	defer file.Close()
	if _, err := io.ReadFull(io.NewSectionReader(file, int64(cursor), int64(len(data))), data); err != nil {
		return nil, cursor, storageFailed(err)
	}
	var chunks []*sync49.OutputChunk
	index := sort.Search(len(l.runs), func(index int) bool { return l.runs[index].Start > cursor }) - 1
	for ; len(data) > 0; index++ {
		end := cursor + uint64(len(data))
		if index+1 < len(l.runs) {
			end = min(end, l.runs[index+1].Start)
		}
		chunks = append(chunks, &sync49.OutputChunk{Stream: l.runs[index].Stream, Data: data[:end-cursor]})
		data, cursor = data[end-cursor:], end
	}
	return chunks, cursor, nil
}

// close flushes what there is, so that the end of an operation is never more durable than its output.
func (l *outputLog) close() {
	for _, file := range []*os.File{l.bytes, l.starts} {
		_ = file.Sync()
		_ = file.Close()
	}
}
