package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// instance is the isolated place of one server, in the directory of its name (INST-047):
//
//	owner.json          who owns it
//	contents/DIGEST     what arrived whole, each under its SHA-256
//	partial/DIGEST-…    what arrived in part (SYNC-060)
//	staging/…           a generation that is being made
//	generations/DIGEST  one committed manifest each: the file manifest, and the folders extensions and hosts
//	operations/ID       one operation each
type instance struct {
	name, directory string
	owner           *owner // guarded by the agent's mutex

	store       sync.Mutex // guards the files but operations, and what follows
	generations map[digest]*generation
	verified    map[digest]bool // contents found whole since the agent's start
	claimed     map[string]bool // partial files that a stream writes to now

	desk       sync.Mutex // guards what follows
	operations map[string]*operation
	ended      []*operation // in the order of their ends (OP-042)
}

// generation is one committed manifest, found whole since the agent's start. It is immutable.
type generation struct {
	manifest  *manifest
	directory string
}

// instanceNamed opens an instance once, and makes it when it is new.
func (a *agent) instanceNamed(name string) (*instance, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if known := a.instances[name]; known != nil {
		return known, nil
	}
	i := &instance{
		name:        name,
		directory:   filepath.Join(a.root, filepath.FromSlash(name)),
		generations: map[digest]*generation{},
		verified:    map[digest]bool{},
		claimed:     map[string]bool{},
		operations:  map[string]*operation{},
	}
	for _, folder := range []string{"contents", "partial", "generations", "operations"} {
		if err := os.MkdirAll(filepath.Join(i.directory, folder), 0o700); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(os.RemoveAll(filepath.Join(i.directory, "staging")), i.loadOwner(), i.loadOperations()); err != nil {
		return nil, err
	}
	a.instances[name] = i
	return i, nil
}

// generation gives a generation that is there, whole and verified, or nil (HS-024). It compares the files with the manifest once after
// the agent's start (HS-025), so no other file is ever trusted to tell what is there (SYNC-055).
func (i *instance) generation(wanted digest) *generation {
	i.store.Lock()
	defer i.store.Unlock()
	return i.lookUp(wanted)
}

func (i *instance) lookUp(wanted digest) *generation {
	if known := i.generations[wanted]; known != nil {
		return known
	}
	directory := i.generationDirectory(wanted)
	text, err := os.ReadFile(filepath.Join(directory, "manifest"))
	if err != nil || sha256.Sum256(text) != wanted {
		return nil
	}
	m, err := parseManifest(text)
	if err != nil || !m.isWhole(directory) {
		return nil
	}
	i.generations[wanted] = &generation{manifest: m, directory: directory}
	return i.generations[wanted]
}

func (i *instance) generationDirectory(d digest) string {
	return filepath.Join(i.directory, "generations", d.String())
}

// isWhole says whether a directory holds the manifest's files and no others, byte for byte (SYNC-054).
func (m *manifest) isWhole(directory string) bool {
	expected := map[string]file{}
	for _, each := range m.packages {
		for _, one := range each.files {
			expected[filepath.Join(directory, each.folder(), one.path)] = one
		}
	}
	expected[filepath.Join(directory, "manifest")] = file{content: content{m.digest, uint64(len(m.text))}}
	err := filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		one, named := expected[path]
		facts, err := entry.Info()
		if err != nil || !named || !facts.Mode().IsRegular() || one.executable != (facts.Mode()&0o100 != 0) {
			return fmt.Errorf("%s is not as the manifest names it: %w", path, err)
		}
		delete(expected, path)
		return verify(path, one.content)
	})
	return err == nil && len(expected) == 0
}

// verify compares a file with what it has to be; times decide nothing (SYNC-057).
func verify(path string, expected content) error {
	opened, err := os.Open(path)
	if err != nil {
		return err
	}
	defer opened.Close()
	return copyVerified(io.Discard, opened, expected)
}

var errDiffers = errors.New("the content differs from its digest")

func copyVerified(to io.Writer, from io.Reader, expected content) error {
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(hash, to), io.LimitReader(from, int64(expected.size)+1))
	if err != nil {
		return err
	}
	if uint64(size) != expected.size || !bytes.Equal(hash.Sum(nil), expected.digest[:]) {
		return errDiffers
	}
	return nil
}

func (i *instance) contentPath(d digest) string {
	return filepath.Join(i.directory, "contents", d.String())
}

// lacks says whether a content is missing from this instance (SYNC-036, INST-045). One that is there is compared once after the
// agent's start.
func (i *instance) lacks(c content) bool {
	if c.size == 0 || i.verified[c.digest] {
		return false
	}
	if verify(i.contentPath(c.digest), c) != nil {
		return true
	}
	i.verified[c.digest] = true
	return false
}

// commit makes a generation of the manifest's contents: it is built and flushed apart and then renamed, so that a kill leaves it whole or
// not at all (SYNC-050, SYNC-053). What other sessions have confirmed stays as it is (SYNC-056).
func (i *instance) commit(m *manifest) (*generation, error) {
	i.store.Lock()
	defer i.store.Unlock()
	if known := i.lookUp(m.digest); known != nil {
		return known, nil
	}
	staging := filepath.Join(i.directory, "staging")
	defer os.RemoveAll(staging)
	final := i.generationDirectory(m.digest)
	if err := errors.Join(os.RemoveAll(staging), os.MkdirAll(filepath.Join(staging, "extensions"), 0o755)); err != nil {
		return nil, err
	}
	if err := i.build(staging, m); err != nil {
		return nil, err
	}
	if err := os.RemoveAll(final); err != nil { // one that was damaged while the agent was away
		return nil, err
	}
	if err := os.Rename(staging, final); err != nil {
		return nil, err
	}
	if err := syncPath(filepath.Dir(final)); err != nil {
		return nil, err
	}
	i.generations[m.digest] = &generation{manifest: m, directory: final}
	return i.generations[m.digest], nil
}

// build writes a generation through os.Root, which follows nothing out of its directory whatever a path says (SYNC-018).
func (i *instance) build(staging string, m *manifest) error {
	root, err := os.OpenRoot(staging)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := writeFile(root, "manifest", 0o644, bytes.NewReader(m.text), content{m.digest, uint64(len(m.text))}); err != nil {
		return err
	}
	for _, each := range m.packages {
		for _, one := range each.files {
			if err := i.place(root, filepath.Join(each.folder(), one.path), one); err != nil {
				return err
			}
		}
	}
	return syncFileSystem(root.Name())
}

// place copies a content to its path, because a link would let a host that writes to its files change other generations.
func (i *instance) place(root *os.Root, path string, one file) error {
	if err := root.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if one.executable {
		mode = 0o755 // SYNC-059
	}
	if one.content.size == 0 {
		return writeFile(root, path, mode, strings.NewReader(""), one.content)
	}
	source, err := os.Open(i.contentPath(one.content.digest))
	if err != nil {
		delete(i.verified, one.content.digest)
		return err
	}
	defer source.Close()
	err = writeFile(root, path, mode, source, one.content)
	if errors.Is(err, errDiffers) {
		delete(i.verified, one.content.digest) // the next offer lacks it
		return &fs.PathError{Op: "verify", Path: source.Name(), Err: err}
	}
	return err
}

func writeFile(root *os.Root, path string, mode fs.FileMode, source io.Reader, expected content) error {
	if mode&0o100 != 0 {
		// A host that is started meanwhile would hold a copy of the open file for a moment, in which the file cannot be executed.
		syscall.ForkLock.RLock()
		defer syscall.ForkLock.RUnlock()
	}
	opened, err := root.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	return errors.Join(copyVerified(opened, source, expected), opened.Chmod(mode), opened.Close())
}

// syncFileSystem flushes all that was written below a directory, with thousands of files in one call.
func syncFileSystem(directory string) error {
	opened, err := os.Open(directory)
	if err != nil {
		return err
	}
	return errors.Join(os.NewSyscallError("syncfs", unix.Syncfs(int(opened.Fd()))), opened.Close())
}

func syncPath(path string) error {
	opened, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(opened.Sync(), opened.Close())
}

// writeJSON replaces a file at once: after a kill it is the old one or the new one (SYNC-055).
func writeJSON(path string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	fresh := path + ".new"
	opened, err := os.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = opened.Write(text)
	if err := errors.Join(err, opened.Sync(), opened.Close()); err != nil {
		return err
	}
	return errors.Join(os.Rename(fresh, path), syncPath(filepath.Dir(path)))
}
