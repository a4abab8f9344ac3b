let steps = 0;

/** Begins a part of the demo. @param {string} title */
export function announce(title) {
  console.log(`\n${"─".repeat(100)}\n${title}`);
}

/** Says in one sentence what is about to be seen. @param {string} sentence */
export function say(sentence) {
  steps += 1;
  console.log(`\n${steps}. ${sentence}`);
}

/** Shows something, line by line. @param {string} text */
export function show(text) {
  for (const line of text.split("\n")) console.log(`     ${line}`);
}

/** Ends the demo when what was said is not so. @param {boolean} holds @param {string} claim @param {unknown} found */
export function expect(holds, claim, found) {
  if (!holds) throw new Error(`this was to be seen: ${claim}\nthis was seen instead: ${JSON.stringify(found)}`);
  console.log(`   ✓ ${claim}`);
}
