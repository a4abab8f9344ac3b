const LENGTH_BYTES = 4;
const LONGEST_MESSAGE_BYTES = 1024 * 1024;

/** A message with its length before it, in four bytes, most significant first. */
export function frameMessage(message: Uint8Array): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(message.length);
  return Buffer.concat([length, message]);
}

/** Reads messages that each have their length before them. Throws a RangeError at a length that no request has. */
export async function* readMessages(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const bytes of input) {
    held = Buffer.concat([held, bytes]);
    while (held.length >= LENGTH_BYTES) {
      const length = held.readUInt32BE(0);
      if (length > LONGEST_MESSAGE_BYTES) throw new RangeError(`a message of ${length} bytes is announced`);
      if (held.length < LENGTH_BYTES + length) break;
      yield held.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
      held = held.subarray(LENGTH_BYTES + length);
    }
  }
}
