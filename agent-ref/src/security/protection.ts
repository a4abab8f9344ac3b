import { BlockList, isIP } from "node:net";
import { canonicalPeerAddress } from "@berth/proto/rules/peer-address";
import type { CertificatePair } from "./certificate.ts";

/** What decides how the agent protects its connections. */
export interface ProtectionRequest {
  readonly host: string;
  readonly certificate: CertificatePair | undefined;
  readonly plaintext: boolean;
  readonly insecurePlaintextBeyondLoopback: boolean;
}

/** How the agent listens, or why it does not. */
export type Protection =
  | { readonly kind: "tls"; readonly certificate: CertificatePair }
  | { readonly kind: "plaintext" }
  | { readonly kind: "refused"; readonly reason: string; readonly remedy: string };

/**
 * TLS wherever there is a certificate, unless plaintext was asked for; plaintext beyond loopback only for one who said so in so many words
 * (SEC-001).
 */
export function chooseProtection(request: ProtectionRequest): Protection {
  const { host, certificate, plaintext, insecurePlaintextBeyondLoopback } = request;
  if (certificate && !plaintext) return { kind: "tls", certificate };
  if (isLoopback(host) || insecurePlaintextBeyondLoopback) return { kind: "plaintext" };
  return {
    kind: "refused",
    reason: `${host} can be reached from other machines, and without TLS anybody there could run programs here`,
    remedy: certificate
      ? "Leave out --plaintext, or listen on 127.0.0.1."
      : 'Make a certificate with "berth-agent certificate new", listen on 127.0.0.1, or say --insecure-plaintext-beyond-loopback.',
  };
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

function isLoopback(host: string): boolean {
  if (host === "localhost") return true;
  const address = canonicalPeerAddress(host);
  return address !== undefined && loopback.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}
