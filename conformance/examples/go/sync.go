package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	sync49 "berth.example/agent/generated/berth/sync/v49"
)

// Sync is one stream: Offer, ManifestParts, Need, Data, Commit, Committed (SYNC-030). Whatever ends it before, what arrived is kept.
func (a *agent) Sync(stream sync49.SyncService_SyncServer) error {
	in := a.receive(stream)
	first, err := in.next()
	if err != nil {
		return err
	}
	offer := first.GetOffer()
	if offer == nil {
		return unexpected("SYNC-031", "The first message is not an Offer.")
	}
	s, leave, err := a.enter(stream.Context(), offer.SessionToken)
	if err != nil {
		return err
	}
	defer leave()
	m, err := a.readManifest(in, offer)
	if err != nil {
		return err
	}
	open, err := s.instance.open(m)
	if err != nil {
		return err
	}
	defer open.close()
	for _, need := range open.needs() {
		if err := stream.Send(&sync49.SyncResponse{Frame: &sync49.SyncResponse_Need{Need: need}}); err != nil {
			return err
		}
	}
	for {
		message, err := in.next()
		if err != nil {
			return err
		}
		switch frame := message.Frame.(type) {
		case *sync49.SyncRequest_Data:
			if err := open.take(frame.Data, a.limits.MaxDataBytes, s.zstd); err != nil {
				return err
			}
		case *sync49.SyncRequest_Commit:
			committed, err := open.commit()
			if err != nil {
				return err
			}
			a.confirm(s, committed)
			return stream.Send(&sync49.SyncResponse{Frame: &sync49.SyncResponse_Committed{Committed: &sync49.Committed{
				ManifestDigest: m.digest[:],
				ReceivedBytes:  open.received,
				ReusedBytes:    open.reused,
			}}})
		default:
			return unexpected("SYNC-031", "After the manifest, only Data and Commit can follow.")
		}
	}
}

// readManifest puts the manifest together (SYNC-032) and checks all of it before anything is written.
func (a *agent) readManifest(in *inbox, offer *sync49.Offer) (*manifest, error) {
	if len(offer.ManifestDigest) != sha256.Size {
		return nil, refuse(errInvalidDigest, "SYNC-039",
			"The offered digest has %d bytes, not 32.", len(offer.ManifestDigest)).with("field", "manifest_digest")
	}
	if most := a.limits.MaxManifestBytes; most > 0 && offer.ManifestSize > most {
		return nil, limitExceeded("SYNC-032", "max_manifest_bytes", most, fmt.Sprintf("A manifest of %d bytes", offer.ManifestSize))
	}
	text := offer.Manifest
	for uint64(len(text)) < offer.ManifestSize {
		message, err := in.next()
		if err != nil {
			return nil, err
		}
		part := message.GetManifestPart().GetManifest()
		if len(part) == 0 {
			return nil, unexpected("SYNC-032", "Manifest bytes are outstanding, and this message brings none.")
		}
		text = append(text, part...)
	}
	if uint64(len(text)) > offer.ManifestSize {
		return nil, unexpected("SYNC-032", "The manifest is longer than manifest_size.")
	}
	if sha256.Sum256(text) != digest(offer.ManifestDigest) {
		return nil, refuse(errManifestDigestMismatch, "SYNC-002", "The manifest does not have the offered digest.")
	}
	m, err := parseManifest(text)
	if err != nil {
		return nil, err
	}
	return m, m.within(a.limits)
}

func unexpected(clause, message string) error {
	return refuse(errUnexpectedMessage, clause, "%s", message)
}

// inbox hands over the messages of a stream, and gives up on one that is silent (SYNC-044).
type inbox struct {
	messages chan *sync49.SyncRequest
	ended    chan error
	idle     time.Duration
}

func (a *agent) receive(stream sync49.SyncService_SyncServer) *inbox {
	in := &inbox{make(chan *sync49.SyncRequest), make(chan error, 1), milliseconds(a.limits.SyncIdleMs)}
	go func() {
		for {
			message, err := stream.Recv()
			if err != nil {
				in.ended <- err
				return
			}
			select {
			case in.messages <- message:
			case <-stream.Context().Done():
				in.ended <- context.Cause(stream.Context())
				return
			}
		}
	}()
	return in
}

func (in *inbox) next() (*sync49.SyncRequest, error) {
	var silence <-chan time.Time
	if in.idle > 0 {
		silence = time.After(in.idle)
	}
	select {
	case message := <-in.messages:
		return message, nil
	case err := <-in.ended:
		if errors.Is(err, io.EOF) {
			return nil, unexpected("SYNC-030", "The stream ended without Commit.")
		}
		return nil, err
	case <-silence:
		return nil, refuse(errSyncIdle, "SYNC-044", "Nothing was sent for longer than %v.", in.idle)
	}
}

// openSync is what one stream brings to an instance.
type openSync struct {
	instance         *instance
	manifest         *manifest
	missing          map[digest]*incoming
	order            []*incoming
	current          *incoming // the content that is begun and not whole (SYNC-040)
	received, reused uint64
}

// incoming is a missing content and the file that it arrives in.
type incoming struct {
	content
	path string // below partial/, claimed by this stream
	held uint64 // what was there at the offer
	end  uint64 // where the last segment ended
	file *os.File
}

// open finds what the instance lacks for a manifest, and claims what it holds of that in part.
func (i *instance) open(m *manifest) (*openSync, error) {
	i.store.Lock()
	defer i.store.Unlock()
	open := &openSync{instance: i, manifest: m, missing: map[digest]*incoming{}}
	known := i.lookUp(m.digest)
	partials, err := i.heldPartials()
	if err != nil {
		return nil, err
	}
	for _, c := range m.contents {
		held := partials[c.digest.String()]
		if held.size >= c.size && verify(held.path, c) == nil {
			_ = os.Rename(held.path, i.contentPath(c.digest)) // the agent was killed just before it did this
		}
		if known != nil || !i.lacks(c) {
			open.reused += c.size
			continue
		}
		if held.size == 0 || held.size >= c.size {
			held = partial{path: filepath.Join(i.directory, "partial", c.digest.String()+"-"+rand.Text())}
		}
		one := &incoming{content: c, path: held.path, held: held.size}
		i.claimed[one.path] = true
		open.missing[c.digest] = one
		open.order = append(open.order, one)
	}
	return open, nil
}

// partial is a file that holds the beginning of a content.
type partial struct {
	path string
	size uint64
}

// heldPartials gives the longest partial file of each content that no stream writes to now, and removes the others.
func (i *instance) heldPartials() (map[string]partial, error) {
	entries, err := os.ReadDir(filepath.Join(i.directory, "partial"))
	held := map[string]partial{}
	for _, entry := range entries {
		here := partial{path: filepath.Join(i.directory, "partial", entry.Name())}
		facts, err := entry.Info()
		if err != nil || i.claimed[here.path] {
			continue
		}
		here.size = uint64(facts.Size())
		name, _, _ := strings.Cut(entry.Name(), "-")
		if longest := held[name]; longest.size >= here.size {
			_ = os.Remove(here.path)
			continue
		} else if longest.path != "" {
			_ = os.Remove(longest.path)
		}
		held[name] = here
	}
	return held, err
}

// needs gives the Needs, of at most so many contents each that a message stays small. The last one is marked (SYNC-036, SYNC-037).
func (o *openSync) needs() []*sync49.Need {
	needs := []*sync49.Need{{}}
	for index, one := range o.order {
		if index > 0 && index%10_000 == 0 {
			needs = append(needs, &sync49.Need{})
		}
		need := needs[len(needs)-1]
		need.Missing = append(need.Missing, one.digest[:])
		if one.held > 0 {
			need.Partials = append(need.Partials, &sync49.PartialContent{Digest: one.digest[:], HeldBytes: one.held})
		}
	}
	needs[len(needs)-1].Complete = true
	return needs
}

// take checks one Data and writes its segments.
func (o *openSync) take(data *sync49.Data, mostBytes uint32, zstdNegotiated bool) error {
	if mostBytes > 0 && data.RawSize > mostBytes {
		return limitExceeded("HS-030", "max_data_bytes", mostBytes, fmt.Sprintf("A Data of %d bytes", data.RawSize))
	}
	payload, err := decode(data, zstdNegotiated)
	if err != nil {
		return err
	}
	var sum uint64
	for _, segment := range data.Segments {
		if segment.Length == 0 {
			return invalidPayload("SYNC-041", "A segment has no length.")
		}
		sum += uint64(segment.Length)
	}
	if len(data.Segments) == 0 || sum != uint64(data.RawSize) {
		return invalidPayload("SYNC-041", "The segments' lengths do not sum to raw_size, or there is none.")
	}
	for _, segment := range data.Segments {
		if err := o.write(segment, payload[:segment.Length]); err != nil {
			return err
		}
		payload = payload[segment.Length:]
	}
	return nil
}

// decode gives exactly raw_size bytes, and reads no further than one byte beyond them (SYNC-041).
func decode(data *sync49.Data, zstdNegotiated bool) ([]byte, error) {
	payload := data.Payload
	switch {
	case data.Codec == sync49.Codec_CODEC_IDENTITY:
	case data.Codec == sync49.Codec_CODEC_ZSTD && zstdNegotiated:
		reader, err := zstd.NewReader(bytes.NewReader(payload), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20))
		if err != nil {
			return nil, err
		}
		defer reader.Close()
		if payload, err = io.ReadAll(io.LimitReader(reader, int64(data.RawSize)+1)); err != nil {
			return nil, invalidPayload("SYNC-041", "The payload is not one zstd frame.")
		}
	default:
		return nil, invalidPayload("SYNC-043", "The codec is unknown or was not negotiated.")
	}
	if len(payload) != int(data.RawSize) {
		return nil, invalidPayload("SYNC-041", "The payload does not decode to exactly raw_size bytes.")
	}
	return payload, nil
}

func invalidPayload(clause, message string) error {
	return refuse(errInvalidPayload, clause, "%s", message)
}

// write takes one segment, which begins at 0, at what is held, or where the last one ended (SYNC-042).
func (o *openSync) write(segment *sync49.Segment, run []byte) error {
	var one *incoming
	if len(segment.Digest) == sha256.Size {
		one = o.missing[digest(segment.Digest)]
	}
	if one == nil {
		return refuse(errUnexpectedContent, "SYNC-045", "A segment is of content that is not missing.")
	}
	if o.current != nil && o.current != one {
		return outOfOrder(o.current.end, "Another content was begun before the last was whole.")
	}
	if o.current == nil {
		if segment.Offset != 0 && segment.Offset != one.held {
			return outOfOrder(one.held, "The content begins neither at 0 nor at what is held.")
		}
		if err := o.begin(one, segment.Offset); err != nil {
			return err
		}
	}
	if segment.Offset != one.end {
		return outOfOrder(one.end, "The segment does not begin where the last one ended.")
	}
	if uint64(len(run)) > one.size-one.end {
		return outOfOrder(one.end, "The segment reaches beyond the content's size.")
	}
	if _, err := one.file.Write(run); err != nil {
		return err
	}
	one.end += uint64(len(run))
	o.received += uint64(len(run))
	if one.end < one.size {
		return nil
	}
	return o.finish(one)
}

func outOfOrder(expected uint64, message string) error {
	return refuse(errOutOfOrder, "SYNC-042", "%s", message).with("expected_offset", expected)
}

// begin opens the file of a content, and cuts it to where the first segment begins.
func (o *openSync) begin(one *incoming, offset uint64) error {
	opened, err := os.OpenFile(one.path, os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	one.file, one.end, o.current = opened, offset, one
	if err := opened.Truncate(int64(offset)); err != nil {
		return err
	}
	_, err = opened.Seek(int64(offset), io.SeekStart)
	o.reused += offset
	return err
}

// finish compares a whole content with its digest (SYNC-046) and puts it with the others.
func (o *openSync) finish(one *incoming) error {
	o.current = nil
	if err := one.file.Close(); err != nil {
		return err
	}
	if err := verify(one.path, one.content); err != nil {
		_ = os.Remove(one.path)
		if errors.Is(err, errDiffers) {
			return refuse(errContentDigestMismatch, "SYNC-046", "A content does not have its digest.").
				with("digest", one.digest)
		}
		return err
	}
	o.instance.store.Lock()
	defer o.instance.store.Unlock()
	if err := os.Rename(one.path, o.instance.contentPath(one.digest)); err != nil {
		return err
	}
	o.instance.verified[one.digest] = true
	delete(o.instance.claimed, one.path)
	delete(o.missing, one.digest)
	return nil
}

// commit makes the generation once everything has arrived (SYNC-050, SYNC-052).
func (o *openSync) commit() (*generation, error) {
	if count := len(o.missing); count > 0 {
		return nil, refuse(errIncomplete, "SYNC-052", "%d contents have not arrived.", count).with("missing", count)
	}
	return o.instance.commit(o.manifest)
}

// close gives up what the stream claimed, so that the next offer finds it (SYNC-060).
func (o *openSync) close() {
	if o.current != nil {
		_ = o.current.file.Close()
	}
	o.instance.store.Lock()
	defer o.instance.store.Unlock()
	for _, one := range o.missing {
		delete(o.instance.claimed, one.path)
	}
}
