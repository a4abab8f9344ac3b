import { HostStream } from "@berth/proto/messages/sync/v44/host";
import type { AgentCase } from "../../src/case.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { withHost } from "./with-host.ts";

/** Cases of spec/legacy.md, "Operations": the output. */
export const legacyOperationOutputCases: readonly AgentCase[] = [
  {
    id: "legacy-output-in-order",
    clauses: ["LEG-042"],
    title: "Output comes in the order it was written, each stream marked, byte for byte, and the end after all of it",
    dialects: [1, 44],
    async run(context) {
      await withHost(context, async (berth) => {
        const both = await berth.run("both");
        const marked = both.output.map(({ stream, data }) => [stream, Buffer.from(data).toString()]);
        const { HOST_STREAM_STDOUT: out, HOST_STREAM_STDERR: err } = HostStream;
        const what = { code: "output-wrong", clause: "LEG-042", what: "the output of both streams" };
        expectEqual(
          marked,
          [
            [out, "out-1"],
            [err, "err-1"],
            [out, "out-2"],
          ],
          what,
        );
        const binary = await berth.run("binary");
        const bytes = Buffer.concat(binary.output.map(({ data }) => data)).toString("hex");
        expectEqual(bytes, "0001fffe0d0a80", { ...what, what: "output that is no text" });
        const long = await berth.run("count", ["20000"]);
        const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join("");
        expectEqual(long.stdout.length, lines.length, { ...what, what: "the length of 20,000 lines" });
        expectEqual(long.stdout === lines, true, { ...what, what: "20,000 lines complete and in order" });
        const none = await berth.run("exit", ["0"]);
        expectEqual(none.output.length, 0, { ...what, what: "runs of output of a silent host" });
      });
    },
  },
  {
    id: "legacy-output-as-it-comes",
    clauses: ["LEG-042", "LEG-043"],
    title: "Output is sent while the host still runs",
    dialects: [1, 44],
    async run(context) {
      await withHost(context, async (berth) => (await berth.begin("hold", [], "ready")).call.cancel());
    },
  },
];
