import { BerthError } from "../errors/berth-error.ts";

export function instanceConflict(): BerthError {
  return new BerthError({
    code: "INSTANCE_CONFLICT",
    message: "The instance of this InstanceId belongs to another server.",
    remedy: "Set Agent.InstanceId to a unique value.",
    clause: "INST-030",
  });
}

export function instanceUnreadable(cause: unknown): BerthError {
  return new BerthError({
    code: "STORAGE_FAILED",
    message: "The agent cannot read or make this server's instance.",
    remedy: "Look at the agent's disk and log, mend or remove the instance's directory, then repeat the call.",
    clause: "ERR-007",
    cause,
  });
}
