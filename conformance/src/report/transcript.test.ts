import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { startTranscript, type TranscriptEntry } from "./transcript.ts";

describe("startTranscript", () => {
  it("hides what the schema marks as secret, wherever it stands", () => {
    const transcript = startTranscript();
    const offer = { $case: "offer", value: { sessionToken: "secret", manifestSize: 5n } };
    transcript.record("sent", "server", "Sync/offer", { frame: offer });
    assert.deepEqual(transcript.entries()[0]?.message, {
      frame: { offer: { sessionToken: "<redacted>", manifestSize: "5" } },
    });
  });

  it("hides a secret that is one of several fields of which one is set", () => {
    const transcript = startTranscript();
    transcript.record("sent", "server", "Sync", { frame: { $case: "sessionToken", value: "secret" } });
    assert.deepEqual(transcript.entries()[0]?.message, { frame: { sessionToken: "<redacted>" } });
  });

  it("gives who follows it every message at once, longer than a report shows it and as free of secrets", () => {
    const followed: TranscriptEntry[] = [];
    const transcript = startTranscript(undefined, (entry) => followed.push(entry));
    const text = "x".repeat(1000);
    transcript.record("sent", "server", "Data", { sessionToken: "secret", text, payload: new Uint8Array(100) });
    assert.deepEqual(followed[0]?.message, { sessionToken: "<redacted>", text, payload: "00".repeat(100) });
    assert.notDeepEqual(transcript.entries()[0]?.message, followed[0]?.message);
  });

  it("shows that a secret was empty", () => {
    const transcript = startTranscript();
    transcript.record("received", "server", "Negotiate", { sessionToken: "" });
    assert.deepEqual(transcript.entries()[0]?.message, { sessionToken: "" });
  });

  it("counts milliseconds from its start, and cuts long bytes short", () => {
    let nowMs = 100;
    const transcript = startTranscript(() => nowMs);
    nowMs = 112.34;
    transcript.record("sent", "server", "Data", { payload: new Uint8Array(100) });
    const [entry] = transcript.entries();
    assert.equal(entry?.atMs, 12.3);
    assert.match(JSON.stringify(entry?.message), /0… \(100 bytes\)/);
  });

  it("leaves out the middle of a very long case, and says so", () => {
    const transcript = startTranscript();
    for (let count = 0; count < 1000; count += 1) transcript.record("sent", "server", "Data", { count });
    const entries = transcript.entries();
    assert.equal(entries.length, 401);
    assert.equal(entries[200]?.message, "600 messages left out");
    assert.deepEqual(entries.at(-1)?.message, { count: 999 });
  });
});
