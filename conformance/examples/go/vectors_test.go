package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	handshake "berth.example/agent/generated/berth/handshake/v1"
)

// answer is what a rule answers to the input of a vector; it is compared whole with what the vector expects.
type answer = map[string]any

// vectors asks a rule for every entry of a file of proto/vectors, or for those of one rule. Finding none is a failure.
func vectors[Input any](t *testing.T, file, rule string, ask func(Input) answer) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "proto", "vectors", file))
	if err != nil {
		t.Fatal(err)
	}
	var entries []struct {
		Name, Rule      string
		Input, Expected json.RawMessage
	}
	if err := json.Unmarshal(text, &entries); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, entry := range entries {
		if entry.Rule != rule {
			continue
		}
		ran++
		t.Run(entry.Name, func(t *testing.T) {
			var input Input
			if err := json.Unmarshal(entry.Input, &input); err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(ask(input))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(decoded(t, got), decoded(t, entry.Expected)) {
				t.Errorf("got %s, and the vector expects %s", got, entry.Expected)
			}
		})
	}
	if ran == 0 {
		t.Fatalf("%s has no entry of the rule %q", file, rule)
	}
}

func decoded(t *testing.T, text []byte) (value any) {
	t.Helper()
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func accepted(text string, valid bool) answer {
	if !valid {
		return answer{"refused": true}
	}
	return answer{"accepted": text}
}

// nullable is a text of which null, in a vector, and empty, in the agent, mean none.
func nullable(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func codeOf(err error) string {
	fault, _ := errors.AsType[*refusal](err)
	return strings.TrimPrefix(fault.code.String(), "ERROR_CODE_")
}

type textInput struct{ Text string }
type pairInput struct{ A, B string }

func TestProduct(t *testing.T) {
	vectors(t, "product.json", "parse", func(in textInput) answer { return accepted(in.Text, productPattern.MatchString(in.Text)) })
	vectors(t, "product.json", "compare", func(in pairInput) answer { return answer{"equal": encodeName(in.A) == encodeName(in.B)} })
}

func TestVersion(t *testing.T) {
	vectors(t, "version.json", "parse", func(in textInput) answer { return accepted(in.Text, versionNumbers.MatchString(in.Text)) })
	vectors(t, "version.json", "compare", func(in pairInput) answer { return answer{"order": compareVersions(in.A, in.B)} })
	vectors(t, "version.json", "minimum", func(in struct{ Product string }) answer {
		return answer{"minimum": nullable(minimumVersions[strings.ToLower(in.Product)])}
	})
}

func TestInstanceID(t *testing.T) {
	vectors(t, "instance-id.json", "", func(in textInput) answer {
		id, valid := parseInstanceID(in.Text)
		if !valid {
			return answer{"refused": true}
		}
		return answer{"instance_id": nullable(id)}
	})
}

func TestAddress(t *testing.T) {
	vectors(t, "address.json", "", func(in struct{ Address string }) answer {
		address, err := canonicalAddress(in.Address)
		if err != nil {
			return answer{"canonical": nil}
		}
		return answer{"canonical": address}
	})
}

func TestInstanceName(t *testing.T) {
	vectors(t, "instance-name.json", "encode", func(in textInput) answer { return answer{"encoded": encodeName(in.Text)} })
	vectors(t, "instance-name.json", "choose", func(in struct {
		Product        string
		ProductVersion string `json:"product_version"`
		InstanceID     string `json:"instance_id"`
		ServerID       string `json:"server_id"`
		ServerIdentity bool   `json:"server_identity"`
		PeerAddress    string `json:"peer_address"`
	}) answer {
		isolation, name, err := greeter{in.Product, in.ProductVersion, in.InstanceID, in.ServerID, in.ServerIdentity, in.PeerAddress}.choose()
		if fault, refused := errors.AsType[*refusal](err); refused {
			return answer{"error": codeOf(err), "minimum_version": fault.details["minimum_version"]}
		}
		return answer{"isolation": strings.TrimPrefix(isolation.String(), "ISOLATION_"), "instance_name": name}
	})
}

func TestDialect(t *testing.T) {
	vectors(t, "dialect.json", "", func(in struct {
		Server *handshake.DialectRange
		Agent  []uint32
	}) answer {
		dialect, fault := chooseDialect(in.Server, in.Agent)
		if fault != nil {
			return answer{"error": codeOf(fault)}
		}
		return answer{"dialect": dialect}
	})
}

func TestFeature(t *testing.T) {
	// The rule `parse` is for those who read versions; this agent compares a feature as a whole.
	vectors(t, "feature.json", "common", func(in struct{ Server, Agent []string }) answer {
		return answer{"features": append([]string{}, commonFeatures(in.Server, in.Agent)...)}
	})
}

func TestPath(t *testing.T) {
	ask := func(paths []string) answer {
		set := newPathSet()
		for _, path := range paths {
			if fault := set.add(path); fault != nil {
				return answer{"refused": fault.clause}
			}
		}
		return answer{"accepted": true}
	}
	type input struct{ Paths []string }
	vectors(t, "path.json", "", func(in input) answer { return ask(in.Paths) })
	vectors(t, "path.json", "", func(in input) answer {
		var reversed []string
		for _, path := range in.Paths {
			reversed = append([]string{path}, reversed...)
		}
		return ask(reversed)
	})
}

func TestManifest(t *testing.T) {
	vectors(t, "manifest.json", "parse", func(in struct {
		Lines []string
		Text  string
		Hex   string
	}) answer {
		text, _ := hex.DecodeString(in.Hex)
		for _, line := range in.Lines {
			text = append(text, line+"\n"...)
		}
		m, err := parseManifest(append(bytes.Clone(text), in.Text...))
		if fault, refused := errors.AsType[*refusal](err); refused {
			line, _ := strconv.Atoi(fault.details["line"])
			if fault.errorKind == errPathRefused {
				return answer{"error": codeOf(err), "line": line, "clause": fault.clause}
			}
			return answer{"error": codeOf(err), "line": line}
		}
		contents := []answer{}
		for _, each := range m.contents {
			contents = append(contents, answer{"sha256": each.digest.String(), "bytes": each.size})
		}
		return answer{"sha256": m.digest.String(), "files": m.files, "bytes": strconv.FormatUint(m.bytes, 10), "contents": contents}
	})
}
