const PREFIX_BYTES = 5;

/** Takes the bytes of one direction of a gRPC call as they come, and hands over every message that is whole. */
export function messageReader(onMessage: (message: Buffer) => void): (bytes: Buffer) => void {
  let held: Buffer[] = [];
  let heldBytes = 0;
  return (bytes) => {
    held.push(bytes);
    heldBytes += bytes.length;
    if (heldBytes < neededBytes(held)) return;
    let rest = Buffer.concat(held);
    while (rest.length >= PREFIX_BYTES && rest.length >= PREFIX_BYTES + rest.readUInt32BE(1)) {
      const end = PREFIX_BYTES + rest.readUInt32BE(1);
      onMessage(rest.subarray(PREFIX_BYTES, end));
      rest = rest.subarray(end);
    }
    held = rest.length > 0 ? [rest] : [];
    heldBytes = rest.length;
  };
}

/** How many bytes the first message takes, so that a long one is put together once and not at every piece. */
function neededBytes([first]: readonly Buffer[]): number {
  return first !== undefined && first.length >= PREFIX_BYTES ? PREFIX_BYTES + first.readUInt32BE(1) : PREFIX_BYTES;
}
