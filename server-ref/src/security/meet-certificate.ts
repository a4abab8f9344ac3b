import { connect } from "node:tls";
import type { AgentAddress } from "../transport/agent-address.ts";

/** The agent showed nothing, not even an error; it may be away, or busy. */
export class NoCertificateInTime extends Error {}

/** How long an agent has to show its certificate. */
const patienceMs = 10_000;

/** SNI has to be a name, not an IP address; an agent has one certificate whatever it says. */
export const serverName = "berth-agent";

/**
 * Fetches the certificate an agent shows, in DER form. It proves nothing yet and nothing but the TLS handshake is sent, which is why verification
 * can be off here and only here. Rejects where no TLS is spoken, and with the signal's reason when that is aborted.
 */
export function meetCertificate(
  address: AgentAddress,
  source: string | undefined,
  signal: AbortSignal,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...address,
      ...(source && { localAddress: source }),
      servername: serverName,
      ALPNProtocols: ["h2"],
      rejectUnauthorized: false,
    });
    socket.setTimeout(patienceMs, () =>
      socket.destroy(new NoCertificateInTime(`no certificate within ${patienceMs / 1000} s`)),
    );
    const giveUp = () => socket.destroy(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    if (signal.aborted) giveUp();
    socket.once("secureConnect", () => {
      const certificate = socket.getPeerX509Certificate();
      socket.destroy();
      if (certificate) resolve(certificate.raw);
      else reject(new Error("the agent showed no certificate"));
    });
    socket.once("error", reject);
    socket.once("close", () => {
      signal.removeEventListener("abort", giveUp);
      reject(new Error("the connection was closed during the TLS handshake"));
    });
  });
}
