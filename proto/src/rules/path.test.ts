import assert from "node:assert/strict";
import path from "node:path";
import fc from "fast-check";
import { foldCase } from "./case-fold.ts";
import { checkPath } from "./path.ts";
import { createPathSet } from "./path-set.ts";

const piece = fc.constantFrom(
  ...[
    "a",
    "B",
    "..",
    ".",
    "/",
    "//",
    "\\",
    ":",
    " ",
    "nul",
    "com1",
    ".txt",
    "é",
    "e\u0301",
    "\u0000",
    "\n",
    "~",
    "C:",
    "..\\",
  ],
);
const hostile = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
);

describe("paths", () => {
  it("that are accepted stay below the root they are joined to, on every system", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        if (checkPath(text)) return;
        assert.equal(path.posix.join("/root", text), `/root/${text}`);
        assert.equal(path.win32.join("C:\\root", text), `C:\\root\\${text.replaceAll("/", "\\")}`);
        assert.equal(path.posix.resolve("/root", text), `/root/${text}`);
        assert.equal(path.win32.resolve("C:\\root", text), `C:\\root\\${text.replaceAll("/", "\\")}`);
      }),
      { numRuns: 5_000 },
    );
  });

  it("are refused when half of a surrogate pair is missing", () => {
    assert.equal(checkPath("a\ud83e")?.rule, "not-unicode");
  });

  it("are named in the message, cut short and with nothing that moves the cursor", () => {
    const message = checkPath(`../${"x\u202e\u001b".repeat(100_000)}`)!.message;
    assert.ok(message.length < 2_000);
    assert.doesNotMatch(message, /[\p{C}]/u);
    assert.match(message, /"\.\.\/x/);
  });
});

const pathsOfFewNames = fc.uniqueArray(
  fc
    .array(fc.constantFrom("a", "A", "b", "ä", "Ä", "a.b"), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join("/")),
  { maxLength: 6 },
);

function collide(a: string, b: string): boolean {
  const [left, right] = [foldCase(a), foldCase(b)];
  return left === right || left.startsWith(`${right}/`) || right.startsWith(`${left}/`);
}

describe("a set of paths", () => {
  it("refuses a path exactly when it collides with one that was added", () => {
    fc.assert(
      fc.property(pathsOfFewNames, (paths) => {
        const set = createPathSet();
        const added: string[] = [];
        for (const one of paths) {
          const fault = set.add(one);
          assert.equal(
            fault !== undefined,
            added.some((other) => collide(one, other)),
          );
          if (!fault) added.push(one);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
