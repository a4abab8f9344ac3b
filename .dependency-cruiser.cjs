// Who may import whom. A package reaches another only through its exports, which resolve to that package's dist.
const mutants = "^conformance/mutants/";

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "everything-resolves",
      comment: "An import that leads nowhere escapes every rule below.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "packages-meet-at-their-exports",
      comment: "Import @berth/…, never a file inside another package.",
      severity: "error",
      from: { path: "^(proto|agent-ref|server-ref|conformance)/" },
      to: { path: "^(proto|agent-ref|server-ref|conformance)/(src|bin)/", pathNot: "^$1/" },
    },
    {
      name: "proto-stands-alone",
      severity: "error",
      from: { path: "^proto/" },
      to: { path: "^(agent-ref|server-ref|conformance)/" },
    },
    {
      name: "agent-knows-no-server-and-no-suite",
      severity: "error",
      from: { path: "^agent-ref/" },
      to: { path: "^(server-ref|conformance)/" },
    },
    {
      name: "server-knows-no-agent-and-no-suite",
      severity: "error",
      from: { path: "^server-ref/" },
      to: { path: "^(agent-ref|conformance)/" },
    },
    {
      name: "suite-knows-only-messages",
      comment: "A shared helper would hide a shared mistake.",
      severity: "error",
      from: { path: "^conformance/", pathNot: mutants },
      to: { path: "^(proto|agent-ref|server-ref)/", pathNot: "^proto/dist/gen/" },
    },
    {
      name: "mutants-know-the-references-by-type",
      comment:
        "A reference that a mutant imported would be loaded before its part is replaced; what a replacement imports once it is called comes after.",
      severity: "error",
      from: { path: mutants },
      to: {
        dynamic: false,
        path: "^(proto|agent-ref|server-ref)/",
        pathNot: "^proto/dist/gen/",
        dependencyTypesNot: ["type-only", "type-import"],
      },
    },
    {
      name: "suite-only-lists-mutants",
      comment: "Cases and runner judge a mutant like any other program.",
      severity: "error",
      from: { path: "^conformance/", pathNot: mutants },
      to: { path: mutants, pathNot: `${mutants}(mutant|agents/index|servers/index)\\.ts$` },
    },
    {
      name: "faults-know-no-judge",
      comment: "A fault is thrown by cases and by strangers alike; who throws it says what has to come of it.",
      severity: "error",
      from: { path: "^conformance/src/(mallory/|network/|faults\\.ts$)" },
      to: { path: "^conformance/(cases/|src/(cli|runner|mutants)/)" },
    },
    {
      name: "rules-are-pure",
      comment: "Rules know no network, clock or disk, and no wire format. Of node:net only isIP (see biome.jsonc).",
      severity: "error",
      from: { path: "^proto/src/rules/", pathNot: "\\.test\\.ts$" },
      to: { pathNot: "^(proto/src/rules/.*(?<!\\.test)\\.ts|(node:)?(crypto|net))$" },
    },
    {
      name: "generated-code-knows-no-rules",
      severity: "error",
      from: { path: "^proto/src/gen/" },
      to: { path: "^proto/src/(?!gen/)" },
    },
    {
      name: "sources-know-no-tests",
      severity: "error",
      from: { pathNot: "\\.test\\.ts$" },
      to: { path: "\\.test\\.(ts|js)$" },
    },
    {
      name: "grpc-internals-in-one-file",
      comment: "@grpc/grpc-js has no exports map: everything but its index is an internal that may change.",
      severity: "error",
      from: { pathNot: "^agent-ref/src/transport/http2-server\\.ts$" },
      to: { path: "@grpc/grpc-js/", pathNot: "@grpc/grpc-js/build/src/index\\.(js|d\\.ts)$" },
    },
  ],
  options: {
    tsPreCompilationDeps: true, // a type-only import is a dependency too
    exclude: { path: "^[^/]+/dist/.*\\.map$" },
    doNotFollow: { path: ["node_modules", "^[^/]+/dist/"] },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["node", "import", "default"],
      extensions: [".ts", ".js", ".mjs", ".cjs", ".json"],
    },
  },
};
