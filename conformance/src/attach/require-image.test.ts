import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { TargetUnreachable } from "../runner/failure.ts";
import { requireImage } from "./require-image.ts";

/** A client with or without an engine, that has one image. */
const clientOf = (engine: boolean) =>
  [
    process.execPath,
    "-e",
    `const words = process.argv.slice(1);
     if (!${engine}) { console.error("no daemon"); process.exit(1); }
     if (words[0] === "image") process.exit(words.join(" ") === "image inspect here:1" ? 0 : 1);`,
  ] as const;

describe("requireImage", () => {
  it("accepts an image that is here", async () => {
    await requireImage(clientOf(true), "here:1");
  });

  it("names an image that is not", async () => {
    await assert.rejects(
      requireImage(clientOf(true), "gone:1"),
      (error) => error instanceof TargetUnreachable && /there is no image "gone:1" here/.test(error.message),
    );
  });

  it("says what the client says where no engine answers", async () => {
    await assert.rejects(
      requireImage(clientOf(false), "here:1"),
      (error) => error instanceof TargetUnreachable && /no container engine answers.*no daemon/s.test(error.message),
    );
  });

  it("says how to name a client where there is none", async () => {
    await assert.rejects(
      requireImage(["/nowhere/docker"], "here:1"),
      (error) => error instanceof TargetUnreachable && /no container client.*DOCKER/.test(error.message),
    );
  });
});
