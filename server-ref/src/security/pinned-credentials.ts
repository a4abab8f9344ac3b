import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { ChannelCredentials } from "@grpc/grpc-js";
import { agentUnreachable, pinMismatch, tlsFailed } from "../errors/transport-failures.ts";
import { type AgentAddress, formatAgentAddress } from "../transport/agent-address.ts";
import { thumbprintOf } from "./certificate-pin.ts";
import { meetCertificate, NoCertificateInTime } from "./meet-certificate.ts";

/**
 * Credentials that trust exactly the certificate with this pin. It is compared twice: when the certificate is met, so that a refusal can show both
 * thumbprints, and on every connection that carries calls, because the agent behind the address can have changed in between (SEC-003).
 */
export async function createPinnedCredentials(
  address: AgentAddress,
  source: string | undefined,
  pin: Uint8Array,
  signal: AbortSignal,
): Promise<ChannelCredentials> {
  const certificateDer = await meet(address, source, pin, signal);
  requirePin(address, pin, certificateDer);
  const secureContext = createSecureContext({
    ca: new X509Certificate(certificateDer).toString(),
    allowPartialTrustChain: true, // the pinned certificate can have been issued by another
    minVersion: "TLSv1.2",
  });
  return ChannelCredentials.createFromSecureContext(secureContext, {
    checkServerIdentity(_name, certificate) {
      try {
        requirePin(address, pin, certificate.raw);
      } catch (error) {
        return error instanceof Error ? error : new Error(String(error));
      }
      return undefined;
    },
  });
}

async function meet(
  address: AgentAddress,
  source: string | undefined,
  pin: Uint8Array,
  signal: AbortSignal,
): Promise<Buffer> {
  try {
    return await meetCertificate(address, source, signal);
  } catch (cause) {
    signal.throwIfAborted();
    if (isOfTheNetwork(cause)) throw agentUnreachable(formatAgentAddress(address), cause);
    throw tlsFailed(formatAgentAddress(address), Buffer.from(pin).toString("hex"), cause);
  }
}

function requirePin(address: AgentAddress, pin: Uint8Array, certificateDer: Uint8Array): void {
  const met = thumbprintOf(certificateDer);
  if (met.equals(pin)) return;
  throw pinMismatch(formatAgentAddress(address), Buffer.from(pin).toString("hex"), met.toString("hex"));
}

function isOfTheNetwork(cause: unknown): boolean {
  if (cause instanceof NoCertificateInTime) return true;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return /^(ECONNREFUSED|ECONNRESET|EPIPE|EHOSTUNREACH|ENETUNREACH|ENETDOWN|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EADDRNOTAVAIL)$/.test(
    code,
  );
}
