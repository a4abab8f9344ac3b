import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { contentBytes, manifestOf, releaseOf } from "./release.ts";
import { extensionOf, hostOf } from "./shell-host.ts";

describe("a release", () => {
  it("is written as the example in the specification", () => {
    const release = releaseOf(
      {
        kind: "host",
        name: "node-host",
        version: "2.0.0",
        entry: "bin/host",
        files: [{ path: "bin/host", content: Buffer.from("world"), exec: true }],
      },
      extensionOf("Files", { "lib/hello.txt": "hello" }, "1.4.0"),
    );
    assert.equal(
      Buffer.from(release.manifest).toString(),
      [
        "berth-manifest 1",
        "extension Files 1.4.0",
        "file 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 5 lib/hello.txt",
        "host node-host 2.0.0 bin/host",
        "exec 486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7 5 bin/host",
        "",
      ].join("\n"),
    );
  });

  it("orders paths by their UTF-8 bytes, not by UTF-16", () => {
    const { manifest } = releaseOf(extensionOf("x", { "\u{1f600}": "1", "\uffee": "2", a: "3", B: "4" }));
    const paths = Buffer.from(manifest)
      .toString()
      .split("\n")
      .slice(2, -1)
      .map((line) => line.split(" ")[3]);
    assert.deepEqual(paths, ["B", "a", "\uffee", "\u{1f600}"]);
  });

  it("names a content that stands at several paths once, at its first appearance", () => {
    const release = releaseOf(hostOf("b"), extensionOf("x", { one: "a", three: "b", two: "a" }));
    assert.deepEqual([...release.contents.values()].map(String), ["a", "b"]);
    assert.equal(contentBytes(release), 2);
  });

  it("gives any bytes their true digest", () => {
    const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert.equal(Buffer.from(manifestOf("").digest).toString("hex"), empty);
  });
});
