import { sha256 } from "../material/sha256.ts";
import type { ReportedCase, RunStarted } from "./run-event.ts";

/** The number of the form below; it grows with every change to it. */
const CLAIM_FORM = 1;

/** What a claim rests on, of all that a run says. */
export type ClaimedRun = Pick<
  RunStarted,
  "suite" | "suiteVersion" | "catalogue" | "specification" | "profile" | "agentVersion" | "productVersion" | "features"
> & { readonly cases: readonly Pick<ReportedCase, "id" | "outcome">[] };

/**
 * What a claim rests on as canonical JSON (RFC 8785), so that everybody comes to the same bytes: who judged what by which profile, and how
 * each case ended. When and where it was run, with which seed and how the file is written is no part of it.
 */
export function claimForm(run: ClaimedRun): string {
  // In the order of RFC 8785, by name. What a run does not say is null.
  return JSON.stringify({
    agentVersion: run.agentVersion ?? null,
    cases: run.cases
      .map(({ id, outcome }) => [id, outcome])
      .sort(([a = ""], [b = ""]) => Number(a > b) - Number(a < b)),
    catalogue: run.catalogue.digest,
    features: [...new Set(run.features ?? [])].sort(),
    form: CLAIM_FORM,
    productVersion: run.productVersion ?? null,
    profile: run.profile,
    specification: { digest: run.specification?.digest ?? null, version: run.specification?.version ?? null },
    suite: run.suite,
    suiteVersion: run.suiteVersion,
  });
}

/** The SHA-256 over that form, in hexadecimal digits. */
export function claimDigest(run: ClaimedRun): string {
  return sha256(Buffer.from(claimForm(run))).toString("hex");
}

/** The digest as a property of a run; none where not all cases were run, because nothing can be claimed then. */
export function digestOfWhole(run: ClaimedRun & Pick<RunStarted, "filter" | "level" | "shard">): {
  readonly digest?: string;
} {
  const isNarrowed = run.filter !== undefined || run.level !== undefined || run.shard !== undefined;
  return isNarrowed || run.cases.length !== run.catalogue.cases ? {} : { digest: claimDigest(run) };
}
