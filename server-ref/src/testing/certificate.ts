// @peculiar/x509 asks for it before anything else.
import "reflect-metadata";
import { ServerCredentials } from "@grpc/grpc-js";
import { X509CertificateGenerator } from "@peculiar/x509";
import { thumbprintOf } from "../security/certificate-pin.ts";

/** A new self-signed certificate, for an agent to show. */
export interface TestCertificate {
  readonly pin: Buffer;
  readonly credentials: ServerCredentials;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const dayMs = 24 * 60 * 60 * 1000;

export async function createTestCertificate(): Promise<TestCertificate> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: "CN=an agent for tests",
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - dayMs),
    notAfter: new Date(Date.now() + dayMs),
  });
  const key = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return {
    pin: thumbprintOf(new Uint8Array(certificate.rawData)),
    credentials: ServerCredentials.createSsl(null, [
      {
        cert_chain: Buffer.from(certificate.toString("pem")),
        private_key: Buffer.from(`-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`),
      },
    ]),
  };
}
