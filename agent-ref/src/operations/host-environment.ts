/** What a host is told about its operation (OP-051). */
export interface HostPlace {
  readonly operationId: string;
  readonly extensionsDirectory: string;
  readonly workDirectory: string;
}

const handedOn = ["PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT"];

/** The whole environment of a host. Of the agent's own, which can hold keys, it gets only what is named here (OP-053). */
export function hostEnvironment(agentEnvironment: NodeJS.ProcessEnv, place: HostPlace): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {};
  for (const name of handedOn) {
    const value = agentEnvironment[name];
    if (value !== undefined) environment[name] = value;
  }
  return {
    ...environment,
    TEMP: place.workDirectory,
    TMPDIR: place.workDirectory,
    BERTH_EXTENSIONS: place.extensionsDirectory,
    BERTH_WORK: place.workDirectory,
    BERTH_OPERATION_ID: place.operationId,
  };
}
