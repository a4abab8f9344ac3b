import { Isolation, type NegotiateRequest, type NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import { failed } from "../../expect/failed.ts";

/** Every name an agent can give an instance (INST-050). */
const instanceName =
  /^p-([a-z0-9-]|_[0-9a-f]{2}){1,192}\/(shared|i-([a-z0-9-]|_[0-9a-f]{2}){1,192}|a-([a-z0-9-]|_[0-9a-f]{2}){1,192}|s-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

const nameStart: Readonly<Record<number, string>> = {
  [Isolation.ISOLATION_PRODUCT]: "shared",
  [Isolation.ISOLATION_INSTANCE_ID]: "i-",
  [Isolation.ISOLATION_ADDRESS]: "a-",
  [Isolation.ISOLATION_SERVER]: "s-",
};

/** Holds an answer of Negotiate against everything the clauses say of any such answer, whatever the case is about. */
export function checkNegotiate(request: NegotiateRequest, response: NegotiateResponse): void {
  const { agentVersion, dialect } = response;
  const { lowest, highest } = request.dialects ?? { lowest: 1, highest: 0 };
  check(agentVersion >= 1, "HS-006", "an agent version from 1 up", `version ${agentVersion}`);
  check(agentVersion !== 47 && agentVersion !== 48, "HS-006", "never version 47 or 48", `version ${agentVersion}`);
  const isRange = lowest >= 1 && lowest <= highest; // of anything else, HS-010 says that it is not answered at all
  check(
    !isRange || (dialect >= lowest && dialect <= highest),
    "HS-011",
    `a dialect from ${lowest} to ${highest}`,
    `dialect ${dialect}`,
  );
  check(
    response.features.every((feature) => request.features.includes(feature)),
    "HS-017",
    `only features out of [${request.features.join(", ")}]`,
    `[${response.features.join(", ")}]`,
  );
  check(
    /^[\x20-\x7e]{16,128}$/.test(response.sessionToken),
    "HS-020",
    "a session token of 16 to 128 printable ASCII characters",
    `one of ${response.sessionToken.length} characters`,
  );
  check(
    !response.generationPresent || request.wantedManifestDigest.length > 0,
    "HS-024",
    "generation_present false where no generation was wanted",
    "true",
  );
  checkInstance(response);
  checkLimits(response);
}

function checkInstance({ isolation, instanceName: name }: NegotiateResponse): void {
  const start = nameStart[isolation];
  check(start !== undefined, "INST-040", "an isolation of the four", `the value ${isolation}`);
  check(instanceName.test(name), "INST-051", "an instance name as INST-050 writes it", JSON.stringify(name));
  check(
    name.split("/")[1]?.startsWith(start ?? "") === true,
    "INST-050",
    `a name whose second part begins with "${start}", as the isolation says`,
    JSON.stringify(name),
  );
}

function checkLimits({ limits }: NegotiateResponse): void {
  check(limits !== undefined, "HS-032", "limits in the answer", "none");
  const { maxMessageBytes = 0, maxDataBytes = 0 } = limits ?? {};
  check(
    maxMessageBytes === 0 || maxMessageBytes >= 1_114_112,
    "HS-032",
    "max_message_bytes zero or at least 1,114,112",
    String(maxMessageBytes),
  );
  check(
    maxDataBytes === 0 || maxDataBytes >= 65_536,
    "HS-032",
    "max_data_bytes zero or at least 65,536",
    String(maxDataBytes),
  );
}

function check(holds: boolean, clause: string, expected: string, actual: string): void {
  if (!holds) throw failed({ code: "negotiate-answer-wrong", clause, expected, actual });
}
