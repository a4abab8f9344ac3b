/** The CI services whose annotations the suite writes. */
export const CI_SERVICES = ["github", "gitlab", "azure", "teamcity"] as const;

export type CiService = (typeof CI_SERVICES)[number];

/** The service this process runs in, by the one variable each documents; undefined anywhere else. */
export function ciServiceOf(environment: Readonly<Record<string, string | undefined>>): CiService | undefined {
  if (environment.GITHUB_ACTIONS === "true") return "github";
  if (environment.GITLAB_CI === "true") return "gitlab";
  if (environment.TF_BUILD?.toLowerCase() === "true") return "azure";
  if (environment.TEAMCITY_VERSION) return "teamcity";
  return undefined;
}
