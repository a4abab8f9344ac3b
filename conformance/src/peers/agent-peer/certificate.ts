// First, because @peculiar/x509 resolves its parts through it while it loads.
import "reflect-metadata";
import { createHash, webcrypto } from "node:crypto";
import { X509CertificateGenerator } from "@peculiar/x509";
import type { PeerCertificate } from "./options.ts";

const SIGNING = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Makes a key and a certificate for it that nobody but itself vouches for, as an agent does at its first start. */
export async function makeCertificate(): Promise<PeerCertificate> {
  const keys = await webcrypto.subtle.generateKey(SIGNING, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: "CN=berth conformance",
      // The clocks of two machines can differ by hours.
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + DAY_MS),
      signingAlgorithm: SIGNING,
      keys,
    },
    webcrypto,
  );
  const privateKey = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));

  return {
    certificatePem: certificate.toString("pem"),
    privateKeyPem: `-----BEGIN PRIVATE KEY-----\n${privateKey.toString("base64")}\n-----END PRIVATE KEY-----\n`,
    sha256: createHash("sha256").update(Buffer.from(certificate.rawData)).digest("hex"),
  };
}
