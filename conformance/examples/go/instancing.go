package main

import (
	"cmp"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	handshake "berth.example/agent/generated/berth/handshake/v1"
)

// The pure rules of spec/instancing.md: what a server said and what its socket says, and which instance that gives.

var (
	productPattern = regexp.MustCompile(`^[!-~]([ -~]{0,62}[!-~])?$`)
	versionNumbers = regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{1,9}){0,7}$`)
	printable      = regexp.MustCompile(`^[ -~]{1,64}$`)
	uuidPattern    = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
)

const nilUUID = "00000000-0000-0000-0000-000000000000"

// minimumVersions are those of the products that had no instances once, by their names in lower case (INST-006).
var minimumVersions = map[string]string{"buildmaster": "6.1.20", "otter": "2.2.10"}

// parseUUID gives a UUID in lower case, and refuses what is none and the nil UUID (INST-021, OP-014).
func parseUUID(text string) (string, bool) {
	lower := strings.ToLower(text)
	return lower, len(text) == len(nilUUID) && uuidPattern.MatchString(lower) && lower != nilUUID
}

// parseInstanceID gives an InstanceId trimmed and in lower case; empty is unset (INST-010, INST-011, INST-012).
func parseInstanceID(text string) (string, bool) {
	trimmed := strings.Trim(text, " \t")
	return strings.ToLower(trimmed), trimmed == "" || printable.MatchString(trimmed)
}

// compareVersions compares number by number (INST-003).
func compareVersions(a, b string) int {
	return slices.Compare(versionOf(a), versionOf(b))
}

// versionOf gives all eight numbers of a version; a missing one counts as zero.
func versionOf(text string) []int {
	numbers := make([]int, 8)
	for index, number := range strings.Split(text, ".") {
		numbers[index], _ = strconv.Atoi(number)
	}
	return numbers
}

// canonicalAddress brings an address to the form in which addresses are compared and named (INST-015).
func canonicalAddress(text string) (string, error) {
	address, err := netip.ParseAddr(text)
	return address.WithZone("").Unmap().String(), err
}

// encodeName encodes a product, an InstanceId or an address for the name of an instance (INST-050).
func encodeName(text string) string {
	var name strings.Builder
	for _, character := range []byte(strings.ToLower(text)) {
		switch {
		case character >= 'a' && character <= 'z', character >= '0' && character <= '9', character == '-':
			name.WriteByte(character)
		default:
			fmt.Fprintf(&name, "_%02x", character)
		}
	}
	return name.String()
}

// greeter is what decides on the instance of a server. Each field has passed its rule.
type greeter struct {
	product, version string
	instanceID       string // trimmed, in lower case; empty is unset
	serverID         string // in lower case; empty is none
	serverIdentity   bool   // whether server-identity@1 is in the session
	address          string // canonical
}

// choose is the picture of spec/instancing.md: the isolation and the name of the instance that a server gets.
func (g greeter) choose() (handshake.Isolation, string, error) {
	directory := "p-" + encodeName(g.product) + "/"
	minimum := cmp.Or(minimumVersions[strings.ToLower(g.product)], "0")
	switch tooOld := compareVersions(g.version, minimum) < 0; {
	case tooOld && g.instanceID != "":
		return 0, "", refuse(errInstancingUnsupported, "INST-007",
			"%s takes an InstanceId from version %s on, and this is %s.", g.product, minimum, g.version).with("minimum_version", minimum)
	case tooOld:
		return handshake.Isolation_ISOLATION_PRODUCT, directory + "shared", nil // INST-006
	case g.instanceID != "":
		return handshake.Isolation_ISOLATION_INSTANCE_ID, directory + "i-" + encodeName(g.instanceID), nil // INST-013
	case g.serverIdentity && g.serverID != "":
		return handshake.Isolation_ISOLATION_SERVER, directory + "s-" + g.serverID, nil // INST-022
	default:
		return handshake.Isolation_ISOLATION_ADDRESS, directory + "a-" + encodeName(g.address), nil // INST-016
	}
}
