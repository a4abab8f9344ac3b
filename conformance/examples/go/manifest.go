package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	handshake "berth.example/agent/generated/berth/handshake/v1"
)

// digest is a SHA-256.
type digest [sha256.Size]byte

func (d digest) String() string { return hex.EncodeToString(d[:]) }

var digestOfNothing = digest(sha256.Sum256(nil))

// manifest is one that was found canonical (SYNC-001).
type manifest struct {
	digest   digest
	text     []byte
	packages []*packageOf
	contents []content // each once, in the order of first appearance (SYNC-036)
	files    int
	bytes    uint64 // the sum of all files, those of one content too
}

// packageOf is one package with its files.
type packageOf struct {
	kind, name, entry string
	files             []file
}

type file struct {
	content    content
	path       string
	executable bool
}

// content is what one or more files consist of.
type content struct {
	digest digest
	size   uint64
}

// folder is where the package's files lie in a generation. Hosts are apart, because BERTH_EXTENSIONS holds extensions alone (OP-051).
func (p *packageOf) folder() string { return path.Join(p.kind+"s", p.name) }

// host gives the host package, or nil (OP-003).
func (m *manifest) host() *packageOf {
	if last := len(m.packages) - 1; last >= 0 && m.packages[last].kind == "host" {
		return m.packages[last]
	}
	return nil
}

var (
	namePattern    = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?$`)
	versionPattern = regexp.MustCompile(`^[A-Za-z0-9._+-]{1,64}$`)
	digestPattern  = regexp.MustCompile(`^[0-9a-f]{64}$`)
	sizePattern    = regexp.MustCompile(`^(0|[1-9][0-9]{0,15})$`)
)

// manifestParser reads line by line, so that the first line at fault decides the code.
type manifestParser struct {
	manifest *manifest
	lines    []string
	sizes    map[digest]uint64
	names    map[string]bool // kinds and names in lower case
	paths    *pathSet        // of the last package
}

// parseManifest reads a manifest in canonical form (SYNC-001) and refuses every other.
func parseManifest(text []byte) (*manifest, error) {
	if !bytes.HasPrefix(text, []byte("berth-manifest 1\n")) {
		return nil, invalidManifest(1, `is not "berth-manifest 1"`)
	}
	body, terminated := strings.CutSuffix(string(text), "\n")
	lines := strings.Split(body, "\n")
	if broken := slices.IndexFunc(lines, func(line string) bool { return !utf8.ValidString(line) }); broken >= 0 {
		return nil, invalidManifest(broken+1, "is not UTF-8")
	}
	if !terminated {
		return nil, invalidManifest(len(lines), "does not end with a line feed")
	}
	p := &manifestParser{
		manifest: &manifest{digest: sha256.Sum256(text), text: text},
		lines:    lines,
		sizes:    map[digest]uint64{},
		names:    map[string]bool{},
	}
	for index := 1; index < len(lines); index++ {
		parse := p.file
		if isPackageLine(lines[index]) {
			parse = p.packageLine
		}
		if err := parse(index); err != nil {
			return nil, err
		}
	}
	return p.manifest, nil
}

func isPackageLine(line string) bool {
	return strings.HasPrefix(line, "extension ") || strings.HasPrefix(line, "host ")
}

func (p *manifestParser) packageLine(index int) error {
	fields := strings.SplitN(p.lines[index], " ", 4)
	here := &packageOf{kind: fields[0]}
	if here.kind == "host" && len(fields) == 4 {
		here.entry = fields[3]
	} else if here.kind == "host" || len(fields) != 3 {
		return invalidManifest(index+1, "is no package line: `extension NAME VERSION` or `host NAME VERSION ENTRY`")
	}
	here.name = fields[1]
	if !namePattern.MatchString(here.name) || isReservedName(here.name) {
		return invalidManifest(index+1, "has a package name outside its rule")
	}
	if !versionPattern.MatchString(fields[2]) {
		return invalidManifest(index+1, "has a version outside its rule")
	}
	if last := len(p.manifest.packages) - 1; last >= 0 {
		before := p.manifest.packages[last]
		if before.kind == "host" || before.kind == here.kind && before.name >= here.name {
			return invalidManifest(index+1, "is out of the order of packages, or a second host")
		}
	}
	if folded := here.kind + " " + strings.ToLower(here.name); p.names[folded] {
		return invalidManifest(index+1, "names a package again in other case")
	} else {
		p.names[folded] = true
	}
	if err := p.lookAhead(index, here); err != nil {
		return err
	}
	p.manifest.packages = append(p.manifest.packages, here)
	p.paths = newPathSet()
	return nil
}

// lookAhead finds what shows only at the end of a package but is a fault of its first line: no file, or an ENTRY that is none.
func (p *manifestParser) lookAhead(index int, here *packageOf) error {
	files, entryFound := 0, false
	for _, line := range p.lines[index+1:] {
		if isPackageLine(line) {
			break
		}
		files++
		fields := strings.SplitN(line, " ", 4)
		entryFound = entryFound || len(fields) == 4 && fields[0] == "exec" && fields[3] == here.entry
	}
	if files == 0 {
		return invalidManifest(index+1, "is of a package without files")
	}
	if here.kind == "host" && !entryFound {
		return invalidManifest(index+1, "has an ENTRY that is none of the package's exec files")
	}
	return nil
}

func (p *manifestParser) file(index int) error {
	fields := strings.SplitN(p.lines[index], " ", 4)
	if len(p.manifest.packages) == 0 || len(fields) != 4 || fields[0] != "file" && fields[0] != "exec" {
		return invalidManifest(index+1, "is neither a package line nor a file line of a package")
	}
	if !digestPattern.MatchString(fields[1]) {
		return invalidManifest(index+1, "has a digest that is not 64 lower-case hexadecimal digits")
	}
	size, err := strconv.ParseUint(fields[2], 10, 53)
	if err != nil || !sizePattern.MatchString(fields[2]) {
		return invalidManifest(index+1, "has a size that is no decimal number below 2^53")
	}
	here := file{path: fields[3], executable: fields[0] == "exec", content: content{size: size}}
	_, _ = hex.Decode(here.content.digest[:], []byte(fields[1]))

	known, seen := p.sizes[here.content.digest]
	if seen && known != size || (size == 0) != (here.content.digest == digestOfNothing) {
		return invalidManifest(index+1, "has another size than its digest")
	}
	if fault := p.paths.add(here.path); fault != nil {
		return refuse(errPathRefused, fault.clause, "Line %d has a refused path: %s.", index+1, fault.rule).
			with("line", index+1).with("rule", fault.rule)
	}
	last := p.manifest.packages[len(p.manifest.packages)-1]
	if count := len(last.files); count > 0 && last.files[count-1].path >= here.path {
		return invalidManifest(index+1, "is out of the order of paths")
	}
	last.files = append(last.files, here)
	if !seen {
		p.manifest.contents = append(p.manifest.contents, here.content)
	}
	p.sizes[here.content.digest] = size
	p.manifest.files++
	if p.manifest.bytes += size; p.manifest.bytes < size {
		p.manifest.bytes = math.MaxUint64 // so many bytes fit no quota
	}
	return nil
}

func invalidManifest(line int, what string) error {
	return refuse(errInvalidManifest, "SYNC-001", "Line %d of the manifest %s.", line, what).with("line", line)
}

// within checks a manifest against the limits that were announced (SYNC-033).
func (m *manifest) within(limits *handshake.Limits) error {
	if limits.MaxFiles > 0 && m.files > int(limits.MaxFiles) {
		return limitExceeded("SYNC-033", "max_files", limits.MaxFiles, fmt.Sprintf("A manifest of %d files", m.files))
	}
	if limits.InstanceQuotaBytes > 0 && m.bytes > limits.InstanceQuotaBytes {
		return refuse(errQuotaExceeded, "SYNC-033", "The files sum to more than %d bytes.", limits.InstanceQuotaBytes).
			with("maximum", limits.InstanceQuotaBytes)
	}
	return nil
}
