import { Command } from "commander";
import { type CertificatePair, holdsCertificate, makeCertificate, readCertificate } from "../security/certificate.ts";
import { parseOption } from "../settings/parse-option.ts";
import { directoryPath } from "../settings/setting-values.ts";
import { SettingsError } from "../settings/settings-error.ts";

interface CertificateOptions {
  readonly root: string;
  readonly replace?: boolean;
  readonly json?: boolean;
}

/** `berth-agent certificate new|show`. */
export function certificateCommand(): Command {
  const command = new Command("certificate").description(
    "make or show the certificate by which servers know this agent",
  );
  command
    .command("new")
    .description("make a self-signed certificate in the root")
    .requiredOption("--root <directory>", "the agent's root")
    .option("--replace", "in place of the one that is there: servers have to be given the new thumbprint")
    .option("--json", "answer in JSON")
    .action(async ({ root, replace, json }: CertificateOptions) => {
      parseOption("--root", directoryPath, root);
      if (!replace && holdsCertificate(root)) {
        throw new SettingsError(
          "--root",
          `there is a certificate in ${root}, and servers may have pinned it`,
          "Show it with `berth-agent certificate show`, or give --replace to make another.",
        );
      }
      show(await makeCertificate(root), json);
    });
  command
    .command("show")
    .description("show the thumbprint that servers pin: the SHA-256 of the certificate")
    .requiredOption("--root <directory>", "the agent's root")
    .option("--json", "answer in JSON")
    .action(async ({ root, json }: CertificateOptions) => {
      parseOption("--root", directoryPath, root);
      const certificate = await readCertificate(root);
      if (!certificate)
        throw new SettingsError(
          "--root",
          `there is no certificate in ${root}`,
          'Make one with "berth-agent certificate new".',
        );
      show(certificate, json);
    });
  return command;
}

function show({ thumbprint, certificatePem }: CertificatePair, json: boolean | undefined): void {
  console.log(json ? JSON.stringify({ thumbprint, certificate: certificatePem }) : thumbprint);
}
