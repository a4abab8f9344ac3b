import assert from "node:assert/strict";
import { zstdDecompressSync } from "node:zlib";
import { Codec } from "@berth/proto/messages/sync/v49/sync";
import { describe, it } from "mocha";
import { releaseOf } from "../../material/release.ts";
import { extensionOf } from "../../material/shell-host.ts";
import { dataFrames } from "./data-frames.ts";

const release = releaseOf(extensionOf("x", { a: "aaaa", b: "bbbbbbbbbb", c: "c" }));
const missing = [...release.contents.keys()];

describe("Data messages", () => {
  it("hold small contents together and large ones in pieces", () => {
    const frames = [
      ...dataFrames(release, { missing, held: new Map() }, { dataBytes: 6, codec: Codec.CODEC_IDENTITY }),
    ];
    assert.deepEqual(
      frames.map(({ payload }) => Buffer.from(payload).toString()),
      ["aaaabb", "bbbbbb", "bbc"],
    );
    assert.deepEqual(
      frames.map(({ segments }) => segments.map(({ offset, length }) => [Number(offset), length])),
      [
        [
          [0, 4],
          [0, 2],
        ],
        [[2, 6]],
        [
          [8, 2],
          [0, 1],
        ],
      ],
    );
  });

  it("go on where a content is held", () => {
    const held = new Map([[missing[1]!, 7]]);
    const [frame] = dataFrames(
      release,
      { missing: [missing[1]!], held },
      { dataBytes: 100, codec: Codec.CODEC_IDENTITY },
    );
    assert.deepEqual([Number(frame!.segments[0]!.offset), frame!.rawSize], [7, 3]);
  });

  it("are coded as one zstd frame with the decoded length", () => {
    const [frame] = dataFrames(release, { missing, held: new Map() }, { dataBytes: 100, codec: Codec.CODEC_ZSTD });
    assert.equal(zstdDecompressSync(frame!.payload).length, frame!.rawSize);
  });
});
