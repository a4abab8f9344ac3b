package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"net"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc/peer"

	handshake "berth.example/agent/generated/berth/handshake/v1"
	sync49 "berth.example/agent/generated/berth/sync/v49"
)

const agentVersion = 49

var (
	spokenDialects = []uint32{49}                            // HS-009
	servedFeatures = []string{"server-identity@1", "zstd@1"} // HS-017
)

// agent serves every call. Its instances are found by their names, its sessions by their tokens.
type agent struct {
	handshake.UnimplementedHandshakeServiceServer
	sync49.UnimplementedSyncServiceServer
	sync49.UnimplementedOperationServiceServer

	root   string
	limits *handshake.Limits

	mutex     sync.Mutex // guards what follows, the fields of sessions, and the owners of instances
	instances map[string]*instance
	sessions  map[string]*session
}

// session is a negotiated connection. A restart ends all of them (HS-021).
type session struct {
	instance  *instance
	address   string
	serverID  string
	zstd      bool
	confirmed *generation // the last one it confirmed, or nil (OP-002)
	calls     int         // under way now
	lastCall  time.Time
}

// Negotiate checks the fields in the order of the table in spec/handshake.md, and the first failure is the answer.
func (a *agent) Negotiate(ctx context.Context, request *handshake.NegotiateRequest) (*handshake.NegotiateResponse, error) {
	address, err := peerAddress(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.requireRoom(address); err != nil {
		return nil, err
	}
	if !productPattern.MatchString(request.Product) {
		return nil, refuse(errInvalidProduct, "INST-001",
			"The product is not 1 to 64 characters of printable ASCII without a space at its ends.")
	}
	if !versionNumbers.MatchString(request.ProductVersion) {
		return nil, refuse(errInvalidProductVersion, "INST-002",
			"The product's version is not 1 to 8 decimal numbers of 1 to 9 digits with single dots between.")
	}
	serverID, valid := parseUUID(request.ServerId)
	if !valid && serverID != "" {
		return nil, refuse(errInvalidServerID, "INST-021", "The server_id is no UUID, or the nil UUID.")
	}
	instanceID, valid := parseInstanceID(request.InstanceId)
	if !valid {
		return nil, refuse(errInvalidInstanceID, "INST-011",
			"The InstanceId is longer than 64 characters or has one that is not printable ASCII.")
	}
	dialect, dialectFault := chooseDialect(request.Dialects, spokenDialects)
	if dialectFault != nil && dialectFault.errorKind == errMalformedRequest {
		return nil, dialectFault
	}
	if length := len(request.WantedManifestDigest); length != 0 && length != sha256.Size {
		return nil, refuse(errInvalidDigest, "HS-023",
			"The wanted manifest digest has %d bytes, not 32 or none.", length).with("field", "wanted_manifest_digest")
	}
	if dialectFault != nil {
		return nil, dialectFault
	}
	features := commonFeatures(request.Features, servedFeatures)
	isolation, name, err := greeter{
		product:        request.Product,
		version:        request.ProductVersion,
		instanceID:     instanceID,
		serverID:       serverID,
		serverIdentity: slices.Contains(features, "server-identity@1"),
		address:        address,
	}.choose()
	if err != nil {
		return nil, err
	}
	home, err := a.instanceNamed(name)
	if err != nil {
		return nil, err
	}
	if isolation == handshake.Isolation_ISOLATION_INSTANCE_ID {
		if err := a.own(home, serverID); err != nil {
			return nil, err
		}
	}
	opened := &session{
		instance: home,
		address:  address,
		serverID: serverID,
		zstd:     slices.Contains(features, "zstd@1"),
		lastCall: time.Now(),
	}
	if len(request.WantedManifestDigest) > 0 {
		opened.confirmed = home.generation(digest(request.WantedManifestDigest))
	}
	return &handshake.NegotiateResponse{
		AgentVersion:      agentVersion,
		Dialect:           dialect,
		Features:          features,
		Isolation:         isolation,
		InstanceName:      name,
		SessionToken:      a.remember(opened),
		Limits:            a.limits,
		GenerationPresent: opened.confirmed != nil, // HS-024
	}, nil
}

// chooseDialect gives the highest dialect that both ends speak (HS-010 to HS-013).
func chooseDialect(server *handshake.DialectRange, spoken []uint32) (uint32, *refusal) {
	lowest, highest := server.GetLowest(), server.GetHighest()
	if lowest < 1 || highest < lowest {
		return 0, refuse(errMalformedRequest, "HS-010",
			"The dialect range is missing, begins below 1, or ends below its beginning.").with("field", "dialects")
	}
	var chosen uint32
	for _, dialect := range spoken {
		if dialect >= lowest && dialect <= highest {
			chosen = max(chosen, dialect)
		}
	}
	if chosen > 0 {
		return chosen, nil
	}
	fault := refuse(errAgentTooOld, "HS-013",
		"The server speaks the dialects %d to %d, which are all newer than this agent's: upgrade the agent.", lowest, highest)
	if highest < slices.Max(spoken) {
		fault = refuse(errServerTooOld, "HS-012",
			"The server speaks the dialects %d to %d, which are all older than this agent's: upgrade the server.", lowest, highest)
	}
	return 0, fault.with("agent_lowest", slices.Min(spoken)).with("agent_highest", slices.Max(spoken)).
		with("server_lowest", lowest).with("server_highest", highest)
}

// commonFeatures gives those of our features that the server named. One it cannot read equals none of them (HS-016).
func commonFeatures(named, served []string) []string {
	return slices.DeleteFunc(slices.Clone(served), func(feature string) bool { return !slices.Contains(named, feature) })
}

// peerAddress is that of the socket; no field of any message stands for it (INST-017).
func peerAddress(ctx context.Context) (string, error) {
	from, _ := peer.FromContext(ctx)
	host, _, err := net.SplitHostPort(from.Addr.String())
	if err != nil {
		return "", err
	}
	return canonicalAddress(host)
}

// requireRoom refuses an address that has as many sessions as it can (HS-035). Greetings at the same moment can exceed it by their number.
func (a *agent) requireRoom(address string) error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.forgetEnded()
	count := uint32(0)
	for _, each := range a.sessions {
		if each.address == address {
			count++
		}
	}
	if most := a.limits.MaxSessions; most > 0 && count >= most {
		return refuse(errTooManySessions, "HS-035", "This address has %d sessions already.", count).with("maximum", most)
	}
	return nil
}

func (a *agent) forgetEnded() {
	for token, each := range a.sessions {
		if a.hasEnded(each) {
			delete(a.sessions, token)
		}
	}
}

// remember gives a session its token of 26 letters and digits with at least 128 bits of randomness (HS-020).
func (a *agent) remember(opened *session) string {
	token := rand.Text()
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.forgetEnded()
	a.sessions[token] = opened
	a.noteOwner(opened)
	return token
}

func (a *agent) hasEnded(s *session) bool {
	idle := milliseconds(a.limits.SessionIdleMs)
	return s.calls == 0 && idle > 0 && time.Since(s.lastCall) > idle // HS-022
}

// enter begins a call in a session, and gives what ends it. A call that is under way keeps the session (HS-021, HS-022).
func (a *agent) enter(ctx context.Context, token string) (*session, func(), error) {
	unknown := refuse(errSessionUnknown, "HS-021", "The session is unknown, has ended, or is another address's.")
	address, err := peerAddress(ctx)
	if err != nil {
		return nil, nil, err
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	s, found := a.sessions[token]
	if !found || s.address != address || a.hasEnded(s) {
		return nil, nil, unknown
	}
	s.calls++
	a.noteOwner(s)
	return s, func() {
		a.mutex.Lock()
		defer a.mutex.Unlock()
		s.calls--
		s.lastCall = time.Now()
		a.noteOwner(s)
	}, nil
}

// confirm notes the generation that the session's operations run from (OP-002), confirmed what it is now.
func (a *agent) confirm(s *session, g *generation) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	s.confirmed = g
}

func (a *agent) confirmed(s *session) *generation {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return s.confirmed
}

// milliseconds reads a time of a message; one beyond what Go can count is as good as for ever.
func milliseconds(count uint64) time.Duration {
	return time.Duration(min(count, uint64(1<<63-1)/uint64(time.Millisecond))) * time.Millisecond
}
