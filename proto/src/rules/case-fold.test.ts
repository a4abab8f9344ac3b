import assert from "node:assert/strict";
import { foldCase } from "./case-fold.ts";

const MAX_CODE_POINT = 0x10ffff;

function isSurrogate(codePoint: number): boolean {
  return codePoint >= 0xd800 && codePoint <= 0xdfff;
}

/** Every code point that changes under any mapping of case, and so every one that can equal another. */
function codePointsWithCase(): string[] {
  const withCase: string[] = [];
  for (let codePoint = 0; codePoint <= MAX_CODE_POINT; codePoint++) {
    if (isSurrogate(codePoint)) continue;
    const character = String.fromCodePoint(codePoint);
    if (/[\p{CWCM}\p{CWCF}\p{CWL}\p{CWU}\p{CWT}]/u.test(character)) withCase.push(character);
  }
  return withCase;
}

describe("case folding", () => {
  // The flags `iu` compare by simple case folding, so the engine's own table is the judge.
  it("holds two code points equal exactly when a regular expression with the flags iu does", function () {
    this.timeout(20_000);
    const characters = codePointsWithCase();
    const text = characters.join("");
    const byFold = Map.groupBy(characters, foldCase);
    assert.ok(characters.length > 2_500);
    for (const character of characters) {
      const equal = text.match(new RegExp(`\\u{${character.codePointAt(0)!.toString(16)}}`, "giu"));
      assert.deepEqual(byFold.get(foldCase(character)), equal, `U+${character.codePointAt(0)!.toString(16)}`);
    }
  });

  it("leaves every code point without case as it is", function () {
    this.timeout(20_000);
    const withCase = new Set(codePointsWithCase());
    for (let codePoint = 0; codePoint <= MAX_CODE_POINT; codePoint++) {
      const character = isSurrogate(codePoint) ? "" : String.fromCodePoint(codePoint);
      if (!withCase.has(character) && foldCase(character) !== character) assert.fail(`U+${codePoint.toString(16)}`);
    }
  });

  it("is done when it is done once", () => {
    for (const character of codePointsWithCase()) assert.equal(foldCase(foldCase(character)), foldCase(character));
  });

  it("folds each code point of a text by itself", () => {
    assert.equal(foldCase("ΣΊΣΥΦΟΣ"), foldCase("σίσυφος"));
    assert.notEqual(foldCase("straße"), foldCase("STRASSE"));
  });
});
