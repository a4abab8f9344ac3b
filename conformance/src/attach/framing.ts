const LENGTH_BYTES = 4;

/** A message longer than this is taken for something that is no message at all. */
const LONGEST_MESSAGE_BYTES = 64 * 1024 * 1024;

/** Puts a message's length before it: four bytes, most significant first. */
export function framed(message: Uint8Array): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(message.length);
  return Buffer.concat([length, message]);
}

/** Takes bytes as they come and gives whole messages. */
export interface Unframer {
  /**
   * The messages that are whole now.
   *
   * @throws {RangeError} when a length is beyond what any message has; nothing can be read after that.
   */
  take(bytes: Buffer): Buffer[];
}

export function createUnframer(): Unframer {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  return {
    take(bytes) {
      waiting.push(bytes);
      waitingBytes += bytes.length;
      const messages: Buffer[] = [];
      if (waitingBytes < LENGTH_BYTES) return messages;
      let rest = Buffer.concat(waiting);
      while (rest.length >= LENGTH_BYTES) {
        const length = rest.readUInt32BE(0);
        if (length > LONGEST_MESSAGE_BYTES) throw new RangeError(`a message of ${length} bytes is announced`);
        if (rest.length < LENGTH_BYTES + length) break;
        messages.push(rest.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
        rest = rest.subarray(LENGTH_BYTES + length);
      }
      waiting = [rest];
      waitingBytes = rest.length;
      return messages;
    },
  };
}
