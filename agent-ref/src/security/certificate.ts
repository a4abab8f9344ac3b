import "reflect-metadata";
import { createHash, createPrivateKey, randomBytes, webcrypto, X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import {
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { isMissing } from "../errors/storage-errors.ts";
import { makeRoot } from "../storage/root-directory.ts";
import { writeAtomically } from "../storage/write-atomically.ts";

/** The agent's certificate and its key, both in PEM form. */
export interface CertificatePair {
  readonly certificatePem: string;
  readonly keyPem: string;
  /** The SHA-256 of the certificate in DER form, in lower-case hexadecimal digits: what a server pins (SEC-003). */
  readonly thumbprint: string;
}

/** Thrown when there is a certificate or a key that cannot be used: the agent then does not start at all (SEC-005). */
export class CertificateError extends Error {
  override readonly name = "CertificateError";
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const VALID_YEARS = 20;

/**
 * Makes a self-signed certificate in the root, in place of the one that was there. Servers trust it by its thumbprint, so its dates and
 * names matter little, and it is valid for long.
 */
export async function makeCertificate(root: string): Promise<CertificatePair> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const notBefore = new Date(Date.now() - CLOCK_TOLERANCE_MS);
  const notAfter = new Date(notBefore);
  notAfter.setFullYear(notAfter.getFullYear() + VALID_YEARS);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: randomBytes(16).toString("hex"),
      name: "CN=berth-agent",
      notBefore,
      notAfter,
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new SubjectAlternativeNameExtension([{ type: "dns", value: "berth-agent" }]),
      ],
    },
    webcrypto,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  const keyPem = createPrivateKey({ key, format: "der", type: "pkcs8" }).export({ format: "pem", type: "pkcs8" });

  const files = certificateFiles(root);
  makeRoot(root);
  await mkdir(files.directory, { recursive: true, mode: 0o700 });
  await writeAtomically(files.key, keyPem.toString(), 0o600);
  await writeAtomically(files.certificate, `${certificate.toString("pem")}\n`);
  return (await readCertificate(root))!;
}

/** Whether the root holds a certificate or a key, usable or not. */
export function holdsCertificate(root: string): boolean {
  const { certificate, key } = certificateFiles(root);
  return existsSync(certificate) || existsSync(key);
}

/** The certificate in the root; undefined when there is neither a certificate nor a key. Throws CertificateError for half a pair or a bad one. */
export async function readCertificate(root: string): Promise<CertificatePair | undefined> {
  const files = certificateFiles(root);
  const certificatePem = await readIfThere(files.certificate);
  const keyPem = await readIfThere(files.key);
  if (certificatePem === undefined && keyPem === undefined) return undefined;
  if (certificatePem === undefined) throw unusable(files.certificate, "it is missing beside its key");
  if (keyPem === undefined) throw unusable(files.key, "it is missing beside its certificate");

  const certificate = parse(files.certificate, () => new X509Certificate(certificatePem));
  const key = parse(files.key, () => createPrivateKey(keyPem));
  if (!certificate.checkPrivateKey(key)) throw unusable(files.key, "it is not the key of the certificate");
  const thumbprint = createHash("sha256").update(certificate.raw).digest("hex");
  return { certificatePem, keyPem, thumbprint };
}

/** A certificate is also good on a machine whose clock is somewhat behind. */
const CLOCK_TOLERANCE_MS = 24 * 60 * 60 * 1000;

function certificateFiles(root: string) {
  const directory = path.join(root, "tls");
  return { directory, certificate: path.join(directory, "certificate.pem"), key: path.join(directory, "key.pem") };
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw unusable(file, error instanceof Error ? error.message : String(error));
  }
}

function parse<Parsed>(file: string, read: () => Parsed): Parsed {
  try {
    return read();
  } catch (error) {
    throw unusable(file, error instanceof Error ? error.message : String(error));
  }
}

function unusable(file: string, reason: string): CertificateError {
  return new CertificateError(
    `${file} cannot be used: ${reason}. Mend it, or make a new pair with "berth-agent certificate new --replace".`,
  );
}
