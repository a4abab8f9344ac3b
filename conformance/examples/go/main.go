// Command berth-agent is a small agent of the Berth protocol: dialect 49, version 49. See README.md.
package main

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"log"
	"math"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/protobuf/reflect/protoreflect"

	handshake "berth.example/agent/generated/berth/handshake/v1"
	sync49 "berth.example/agent/generated/berth/sync/v49"
)

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatal("berth-agent: ", err)
	}
}

func run() error {
	limits, err := limitsFrom(os.LookupEnv)
	if err != nil {
		return err
	}
	options, secure, err := transportSecurity(os.Getenv("BERTH_TLS_CERTIFICATE"), os.Getenv("BERTH_TLS_KEY"))
	if err != nil {
		return err
	}
	a, err := openAgent(os.Getenv("BERTH_ROOT"), limits)
	if err != nil {
		return err
	}
	listener, err := listen(os.Getenv("BERTH_LISTEN"), secure)
	if err != nil {
		return err
	}
	most := int(limits.MaxMessageBytes)
	if most == 0 {
		most = math.MaxInt32
	}
	server := grpc.NewServer(append(options,
		grpc.MaxRecvMsgSize(most), // decided by the library alone (HS-030)
		grpc.UnaryInterceptor(refuseUnary),
		grpc.StreamInterceptor(refuseStream),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: time.Second, PermitWithoutStream: true}),
	)...)
	handshake.RegisterHandshakeServiceServer(server, a)
	sync49.RegisterSyncServiceServer(server, a)
	sync49.RegisterOperationServiceServer(server, a)

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-stop
		server.Stop()
	}()
	if err := announce(os.Getenv("BERTH_READY_FILE"), listener.Addr().String()); err != nil {
		return err
	}
	if err := server.Serve(listener); err != nil {
		return err
	}
	a.freeze()
	return endFormerHosts(a.root) // what runs now would have no owner once the agent is gone
}

// openAgent ends what a former life left, and reads what it kept, before anything is served (OP-041).
func openAgent(root string, limits *handshake.Limits) (*agent, error) {
	if root == "" {
		return nil, fmt.Errorf("BERTH_ROOT is not set: name the agent's directory")
	}
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, err
	}
	directory, err := os.Open(root)
	if err != nil {
		return nil, err
	}
	if unix.Flock(int(directory.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil { // held until the agent ends
		return nil, fmt.Errorf("another agent has %s: give each a directory of its own", root)
	}
	if err := endFormerHosts(root); err != nil {
		return nil, err
	}
	a := &agent{root: root, limits: limits, instances: map[string]*instance{}, sessions: map[string]*session{}}
	names, err := filepath.Glob(filepath.Join(root, "p-*", "*"))
	for _, path := range names {
		name, _ := filepath.Rel(root, path)
		if _, err := a.instanceNamed(name); err != nil {
			log.Printf("instance %s cannot be read now: %v", name, err) // it is tried again when a server asks for it
		}
	}
	return a, err
}

// limitsFrom reads BERTH_LIMIT_<NAME>, named as the fields of Limits, over what the agent announces by itself.
func limitsFrom(lookUp func(string) (string, bool)) (*handshake.Limits, error) {
	limits := &handshake.Limits{
		MaxMessageBytes:    4 << 20,
		MaxDataBytes:       1 << 20,
		MaxManifestBytes:   32 << 20,
		MaxFiles:           100_000,
		InstanceQuotaBytes: 16 << 30,
		SessionIdleMs:      uint64(time.Hour.Milliseconds()),
		SyncIdleMs:         uint64(time.Minute.Milliseconds()),
		MaxWaitMs:          uint64(time.Minute.Milliseconds()),
		MaxOperations:      64,
		MaxOutputBytes:     64 << 20,
		MaxOperationMs:     uint64((24 * time.Hour).Milliseconds()),
		MaxArgumentBytes:   64 << 10,
		OwnershipWindowMs:  uint64((7 * 24 * time.Hour).Milliseconds()),
		MaxSessions:        4096,
	}
	message := limits.ProtoReflect()
	for index := range message.Descriptor().Fields().Len() {
		field := message.Descriptor().Fields().Get(index)
		if field.Name() == "instance_idle_ms" {
			continue // instances are never removed here, so zero it stays (INST-060)
		}
		variable := "BERTH_LIMIT_" + strings.ToUpper(string(field.Name()))
		text, set := lookUp(variable)
		if !set {
			continue
		}
		bits := 64
		value := protoreflect.ValueOfUint64
		if field.Kind() == protoreflect.Uint32Kind {
			bits = 32
			value = func(number uint64) protoreflect.Value { return protoreflect.ValueOfUint32(uint32(number)) }
		}
		number, err := strconv.ParseUint(text, 10, bits)
		if err != nil {
			return nil, fmt.Errorf("%s is no decimal number of %d bits: %q", variable, bits, text)
		}
		message.Set(field, value(number))
	}
	if least := uint32(1_114_112); limits.MaxMessageBytes > 0 && limits.MaxMessageBytes < least {
		return nil, fmt.Errorf("BERTH_LIMIT_MAX_MESSAGE_BYTES is below %d (HS-032)", least)
	}
	if least := uint32(65_536); limits.MaxDataBytes > 0 && limits.MaxDataBytes < least {
		return nil, fmt.Errorf("BERTH_LIMIT_MAX_DATA_BYTES is below %d (HS-032)", least)
	}
	return limits, nil
}

// transportSecurity never gives less than the settings ask for (SEC-005).
func transportSecurity(certificate, key string) ([]grpc.ServerOption, bool, error) {
	if certificate == "" && key == "" {
		return nil, false, nil
	}
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return nil, false, fmt.Errorf("BERTH_TLS_CERTIFICATE and BERTH_TLS_KEY cannot be used: %w", err)
	}
	return []grpc.ServerOption{grpc.Creds(credentials.NewServerTLSFromCert(&pair))}, true, nil
}

// listen refuses to listen without TLS on an address that is not loopback; there is no setting that would allow it (SEC-001).
func listen(address string, secure bool) (net.Listener, error) {
	resolved, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("BERTH_LISTEN is no HOST:PORT: %w", err)
	}
	if !secure && !resolved.IP.IsLoopback() {
		return nil, fmt.Errorf("BERTH_LISTEN is %s, which is not loopback, and there is no TLS: set BERTH_TLS_CERTIFICATE and BERTH_TLS_KEY", address)
	}
	return net.ListenTCP("tcp", resolved)
}

// announce writes the ready file at once, so that nobody reads half of it.
func announce(path, address string) error {
	if path == "" {
		log.Printf("listening on %s", address)
		return nil
	}
	text, err := json.Marshal(map[string]string{"address": address})
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", text, 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
