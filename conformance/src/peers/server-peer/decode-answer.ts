import { failed } from "../../expect/failed.ts";

/** Decodes what the agent sent; bytes that are not the message of this method are its failure. */
export function decodeAnswer<Message>(path: string, decode: (bytes: Buffer) => Message, bytes: Buffer): Message {
  try {
    return decode(bytes);
  } catch (error) {
    throw failed({
      code: "answer-unreadable",
      clause: "HS-001",
      expected: `an answer of ${path} that decodes`,
      actual: `${bytes.length} bytes that do not: ${String(error)}`,
    });
  }
}
