package main

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// pathFault is the first rule, in the order of the clauses, that a path breaks. The names are those of spec/errors.md.
type pathFault struct{ clause, rule string }

// pathSet holds the paths of one package, folded, so that collisions are found (SYNC-015).
type pathSet struct{ files, folders map[string]bool }

func newPathSet() *pathSet {
	return &pathSet{files: map[string]bool{}, folders: map[string]bool{}}
}

// add checks a path and takes it into the set; nil means that it is accepted.
func (s *pathSet) add(path string) *pathFault {
	segments := strings.Split(path, "/")
	switch {
	case slices.Contains(segments, ""):
		return &pathFault{"SYNC-010", "empty-segment"}
	case slices.Contains(segments, "."), slices.Contains(segments, ".."):
		return &pathFault{"SYNC-011", "dot-segment"}
	case strings.ContainsFunc(path, isForbidden):
		return &pathFault{"SYNC-012", "forbidden-character"}
	case slices.ContainsFunc(segments, endsWithDotOrSpace):
		return &pathFault{"SYNC-013", "trailing-dot-or-space"}
	case len(path) > 1024, slices.ContainsFunc(segments, func(segment string) bool { return len(segment) > 255 }):
		return &pathFault{"SYNC-014", "too-long"}
	case s.collides(segments):
		return &pathFault{"SYNC-015", "collision"}
	case !norm.NFC.IsNormalString(path):
		return &pathFault{"SYNC-016", "not-normalized"}
	case slices.ContainsFunc(segments, isReservedName):
		return &pathFault{"SYNC-017", "reserved-name"}
	}
	return nil
}

// collides takes the path into the set and says whether another one is the same file, one of its folders, or lies below it.
func (s *pathSet) collides(segments []string) bool {
	folder := ""
	for _, segment := range segments[:len(segments)-1] {
		folder += foldCase(segment) + "/"
		if s.files[folder] {
			return true
		}
		s.folders[folder] = true
	}
	file := folder + foldCase(segments[len(segments)-1]) + "/"
	if s.files[file] || s.folders[file] {
		return true
	}
	s.files[file] = true
	return false
}

// newerFolds are the simple foldings of Unicode 15.1 that the tables of Go, which are of 15.0, do not hold.
var newerFolds = map[rune]rune{'\u1fd3': '\u0390', '\u1fe3': '\u03b0', '\ufb05': '\ufb06'}

// foldCase replaces every character by the lowest of those that are equal to it under simple case folding.
func foldCase(text string) string {
	return strings.Map(func(character rune) rune {
		if newer, found := newerFolds[character]; found {
			character = newer
		}
		lowest := character
		for next := unicode.SimpleFold(character); next != character; next = unicode.SimpleFold(next) {
			lowest = min(lowest, next)
		}
		return lowest
	}, text)
}

func isForbidden(character rune) bool {
	return unicode.IsControl(character) || character == '\\' || character == ':'
}

func endsWithDotOrSpace(segment string) bool {
	return strings.HasSuffix(segment, ".") || strings.HasSuffix(segment, " ")
}

var reservedName = regexp.MustCompile(`(?i)^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[1-9¹²³])$`)

// isReservedName finds the reserved names of Windows, with any extension and in any case (SYNC-017).
func isReservedName(segment string) bool {
	name, _, _ := strings.Cut(segment, ".")
	return reservedName.MatchString(strings.TrimRight(name, " "))
}
