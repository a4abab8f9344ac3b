import { createHash } from "node:crypto";
import type { ServerMutant } from "../mutant.ts";

/** Broken protection: plaintext, TLS and pins. */
export const securityMutants: readonly ServerMutant[] = [
  {
    id: "plaintext-anywhere",
    clause: "SEC-002",
    breaks: "It connects without TLS to any address.",
    part: "security/protection",
    mutate: ({ chooseProtection }) => ({
      chooseProtection: (address, wish) =>
        chooseProtection(address, { ...wish, plaintextBeyondLoopback: wish.pin === undefined }),
    }),
  },
  {
    id: "zeros-taken-for-loopback",
    clause: "SEC-002",
    breaks: "It takes 0.0.0.0 for a loopback address.",
    part: "transport/agent-address",
    mutate: ({ isLoopback }) => ({ isLoopback: (host) => host === "0.0.0.0" || isLoopback(host) }),
  },
  {
    id: "loopback-alone-without-tls",
    clause: "SEC-002",
    breaks: "It notes that it may connect without TLS beyond loopback, and refuses to do so.",
    part: "security/protection",
    mutate: ({ requireProtection }) => ({
      requireProtection: (address, protection) =>
        requireProtection(
          address,
          protection.kind === "plaintext" ? { ...protection, beyondLoopback: false } : protection,
        ),
    }),
  },
  {
    id: "any-certificate-taken",
    clause: "SEC-003",
    breaks: "It takes whatever certificate it meets for the pinned one.",
    part: "security/certificate-pin",
    mutate: ({ thumbprintOf }) => ({
      thumbprintOf: (certificate) => Object.assign(thumbprintOf(certificate), { equals: () => true }),
    }),
  },
  {
    id: "pin-compared-by-its-beginning",
    clause: "SEC-003",
    breaks: "It compares the first half of a pin.",
    part: "security/certificate-pin",
    mutate: ({ thumbprintOf }) => ({
      thumbprintOf: (certificate) => {
        const met = thumbprintOf(certificate);
        return Object.assign(met, { equals: (pin: Uint8Array) => met.subarray(0, 16).equals(pin.subarray(0, 16)) });
      },
    }),
  },
  {
    id: "pin-of-the-text-of-a-certificate",
    clause: "SEC-003",
    breaks: "It compares the pin with the SHA-256 of the certificate in Base64.",
    part: "security/certificate-pin",
    mutate: () => ({
      thumbprintOf: (certificate) => createHash("sha256").update(Buffer.from(certificate).toString("base64")).digest(),
    }),
  },
  {
    id: "first-certificate-trusted",
    clause: "SEC-004",
    breaks: "It trusts the first certificate of an agent for which no pin was set.",
    part: "transport/agent-connection",
    mutate: ({ connectAgent }) => ({
      connectAgent: async (route, signal) => {
        if (route.protection.kind === "pinned") return connectAgent(route, signal);
        const [{ meetCertificate }, { thumbprintOf }] = await Promise.all([
          import("@berth/server/dist/security/meet-certificate.js"),
          import("@berth/server/dist/security/certificate-pin.js"),
        ]);
        const met = await meetCertificate(route.address, route.source, signal).catch(() => undefined);
        const isTls = met !== undefined;
        return connectAgent(
          isTls ? { ...route, protection: { kind: "pinned", pin: thumbprintOf(met) } } : route,
          signal,
        );
      },
    }),
  },
];
