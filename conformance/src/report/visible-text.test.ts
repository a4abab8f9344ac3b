import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { visibleText } from "./visible-text.ts";

describe("visibleText", () => {
  it("writes out what would move a cursor, ring a bell or turn a line", () => {
    assert.equal(visibleText("a\u001b[2Jb\u0007c\rd\u202ee\u0085f"), "a\\u{1b}[2Jb\\u{7}c\\u{d}d\\u{202e}e\\u{85}f");
  });

  it("leaves line ends, tabs and every letter alone", () => {
    for (const text of ["a\n\tb", "Größe 日本 🙂"]) assert.equal(visibleText(text), text);
  });
});
