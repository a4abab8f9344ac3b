import { ExitCode } from "./exit-code.ts";
import { Failure } from "./failure.ts";
import { reasonOf } from "./home-failures.ts";

export function addressInvalid(text: string, why: string): Failure {
  return new Failure(`${JSON.stringify(text)} is not an address of an agent: ${why}.`, {
    exitCode: ExitCode.invalidInput,
    remedy: "Write HOST:PORT, such as 127.0.0.1:44949, agent.example:44949 or [::1]:44949.",
  });
}

export function pinInvalid(text: string): Failure {
  return new Failure(`${JSON.stringify(text)} is not the SHA-256 of a certificate.`, {
    exitCode: ExitCode.invalidInput,
    remedy: "Write its 64 hexadecimal digits, with or without colons, as the agent shows them.",
  });
}

export function sourceInvalid(text: string): Failure {
  return new Failure(`${JSON.stringify(text)} is not an address to connect from.`, {
    exitCode: ExitCode.invalidInput,
    remedy: "Write one of this machine's own IP addresses.",
  });
}

export function protectionContradictory(): Failure {
  return new Failure("A pin and plaintext exclude each other.", {
    exitCode: ExitCode.invalidInput,
    remedy: "Give --pin for TLS, or --plaintext, not both.",
  });
}

export function plaintextRefused(address: string): Failure {
  return new Failure(`${address} is not a loopback address, and nothing protects the connection to it.`, {
    exitCode: ExitCode.transportRefused,
    remedy:
      "Give the SHA-256 of the agent's certificate with --pin; or, where the network itself is protected, --insecure-plaintext-beyond-loopback.",
    clause: "SEC-002",
  });
}

/** The certificate met is not the one that was pinned; both thumbprints are shown so that people can compare (SEC-003). */
export function pinMismatch(address: string, expectedHex: string, metHex: string): Failure {
  return new Failure(
    `The agent at ${address} shows another certificate than the pinned one: expected ${expectedHex}, met ${metHex}.`,
    {
      exitCode: ExitCode.transportRefused,
      remedy:
        "Compare both with the thumbprint the agent shows on its own machine. If it has a new certificate, remove the agent and add it with the new --pin.",
      clause: "SEC-003",
    },
  );
}

export function tlsFailed(address: string, expectedHex: string, cause: unknown): Failure {
  return new Failure(
    `TLS with the agent at ${address} failed: ${tlsReasonOf(cause)}. Expected the certificate ${expectedHex}; met none.`,
    {
      exitCode: ExitCode.transportRefused,
      remedy: "Check that the agent listens with TLS on this port.",
      clause: "SEC-003",
      cause,
    },
  );
}

// OpenSSL's own message has several lines and its source files in it.
function tlsReasonOf(cause: unknown): string {
  if (!(cause instanceof Error && "reason" in cause)) return reasonOf(cause);
  const isNoTls =
    "code" in cause && /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/.test(String(cause.code));
  return isNoTls ? "what answers there does not speak TLS" : String(cause.reason);
}

export function agentUnreachable(address: string, cause: unknown): Failure {
  return new Failure(`The agent at ${address} cannot be reached: ${reasonOf(cause)}.`, {
    exitCode: ExitCode.agentUnreachable,
    remedy: "Check the address, that the agent runs, and that nothing between blocks the port.",
    cause,
  });
}

/** The agent speaks TLS, but nobody said which certificate it has (SEC-004). */
export function pinMissing(address: string, metHex: string): Failure {
  return new Failure(
    `The agent at ${address} listens with TLS, and no pin was set for it: expected none, met ${metHex}.`,
    {
      exitCode: ExitCode.transportRefused,
      remedy:
        "Compare it with the thumbprint the agent shows on its own machine; then remove the agent and add it with that as --pin.",
      clause: "SEC-004",
    },
  );
}
