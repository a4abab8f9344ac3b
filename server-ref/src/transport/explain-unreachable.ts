import type { Failure } from "../errors/failure.ts";
import { agentUnreachable, pinMissing } from "../errors/transport-failures.ts";
import { thumbprintOf } from "../security/certificate-pin.ts";
import { meetCertificate } from "../security/meet-certificate.ts";
import { formatAgentAddress } from "./agent-address.ts";
import type { AgentRoute } from "./agent-connection.ts";

/**
 * Says why an agent that was never reached could not be. A plaintext greeting to a port that speaks TLS only breaks off, which tells people nothing: the certificate
 * is met, and its thumbprint shown, so that it can be pinned (SEC-004). Throws the signal's reason where it is aborted.
 */
export async function explainUnreachable(route: AgentRoute, cause: unknown, signal: AbortSignal): Promise<Failure> {
  const address = formatAgentAddress(route.address);
  if (route.protection.kind === "pinned") return agentUnreachable(address, cause);
  try {
    const certificate = await meetCertificate(route.address, route.source, signal);
    return pinMissing(address, thumbprintOf(certificate).toString("hex"));
  } catch {
    signal.throwIfAborted();
    return agentUnreachable(address, cause);
  }
}
