import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, it } from "mocha";
import { takeTurns } from "./turns.ts";

describe("takeTurns", () => {
  it("lets no more go on at once than it has room for, and some of it alone", async () => {
    const turns = takeTurns(2);
    let going = 0;
    const seen: number[] = [];
    const work = async () => {
      going += 1;
      await nextTurn();
      seen.push(going);
      await nextTurn();
      going -= 1;
    };
    await Promise.all([
      turns.shared(work),
      turns.shared(work),
      turns.shared(work),
      turns.alone(work),
      turns.shared(work),
    ]);
    assert.equal(Math.max(...seen), 2);
    assert.equal(seen[3], 1);
  });

  it("goes on after work that fails", async () => {
    const turns = takeTurns(1);
    await assert.rejects(turns.alone(() => Promise.reject(new Error("broken"))));
    assert.equal(await turns.shared(async () => "done"), "done");
  });
});
