import type { NegotiateRequest } from "@berth/proto/messages/handshake/v1/handshake";
import { dialectsOf } from "@berth/proto/rules/agent-version";
import type { AgentVersion } from "../handshake/agent-version.ts";
import {
  compareDialects,
  readProduct,
  readProductVersion,
  requireCommonDialect,
} from "../handshake/greeting-fields.ts";
import type { LegacyDialect, LegacySession } from "./legacy-session.ts";

/**
 * Checks what an agent before version 49 knows of a greeting, in the order of the table in spec/handshake.md. The other fields are not
 * looked at (LEG-003). Nor is the InstanceId here: whether it counts is known only with the dialect (LEG-013, LEG-015).
 */
export function readLegacyGreeting(request: NegotiateRequest, agentVersion: AgentVersion): LegacySession {
  const product = readProduct(request);
  const productVersion = readProductVersion(request);
  const spoken = dialectsOf(agentVersion);
  const dialect = requireCommonDialect(compareDialects(request, spoken), request, spoken);
  return { product, productVersion, dialect: dialect as LegacyDialect };
}
