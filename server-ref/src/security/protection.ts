import { plaintextRefused, protectionContradictory } from "../errors/transport-failures.ts";
import { type AgentAddress, formatAgentAddress, isLoopback } from "../transport/agent-address.ts";

/** What keeps others from reading and answering in the agent's place. There is no TLS without a pin (SEC-004). */
export type Protection =
  | { readonly kind: "plaintext"; readonly beyondLoopback: boolean }
  /** `pin` is the SHA-256 of the agent's certificate in DER form, 32 bytes. */
  | { readonly kind: "pinned"; readonly pin: Uint8Array };

/** What an operator said about protection. */
export interface ProtectionWish {
  readonly pin: Uint8Array | undefined;
  readonly plaintext: boolean;
  readonly plaintextBeyondLoopback: boolean;
}

/** Settles how an agent is to be protected. Plaintext beyond loopback only where it was asked for in so many words (SEC-002). */
export function chooseProtection(address: AgentAddress, wish: ProtectionWish): Protection {
  if (wish.pin && (wish.plaintext || wish.plaintextBeyondLoopback)) throw protectionContradictory();
  const protection: Protection = wish.pin
    ? { kind: "pinned", pin: wish.pin }
    : { kind: "plaintext", beyondLoopback: wish.plaintextBeyondLoopback };
  requireProtection(address, protection);
  return protection;
}

/** Throws where plaintext would leave the machine without having been asked for. Asked again at every connection, not only when stored. */
export function requireProtection(address: AgentAddress, protection: Protection): void {
  if (protection.kind === "pinned" || protection.beyondLoopback || isLoopback(address.host)) return;
  throw plaintextRefused(formatAgentAddress(address));
}
